package dev.resil.bench;

import dev.failsafe.CircuitBreaker;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.resil.Endpoint;
import dev.resil.Engine;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;

/** The same breaker by each library: a count of failures, a long opening, nobody listening. */
final class Breakers {
  private Breakers() {}

  static Endpoint resil(String trip) {
    return Engine.builder()
        .logger(null)
        .fromYaml(
            """
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata: {name: bench}
            spec:
              policies: {circuitBreakers: {cb: {maxRequests: 1, timeout: 24h, trip: '%s'}}}
              targets: {apps: {orders: {circuitBreaker: cb}}}
            """
                .formatted(trip))
        .app("orders", "post");
  }

  /** Count window of 100, the default. */
  static io.github.resilience4j.circuitbreaker.CircuitBreaker resilience4j(
      SlidingWindowSynchronizationStrategy strategy, boolean stackTrace) {
    return io.github.resilience4j.circuitbreaker.CircuitBreaker.of(
        "orders",
        CircuitBreakerConfig.custom()
            .slidingWindow(100, 100, SlidingWindowType.COUNT_BASED, strategy)
            .failureRateThreshold(100)
            .waitDurationInOpenState(Duration.ofHours(24))
            .writableStackTraceEnabled(stackTrace)
            .build());
  }

  static CircuitBreaker<Object> failsafe() {
    return CircuitBreaker.builder()
        .withFailureThreshold(100, 100)
        .withDelay(Duration.ofHours(24))
        .build();
  }

  static FailsafeExecutor<Object> executor(CircuitBreaker<Object> breaker) {
    return Failsafe.with(breaker);
  }
}
