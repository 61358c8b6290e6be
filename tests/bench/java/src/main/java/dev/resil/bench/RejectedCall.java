package dev.resil.bench;

import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.FailsafeExecutor;
import dev.resil.CircuitOpenException;
import dev.resil.Endpoint;
import dev.resil.Result;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A call while the breaker is open; all threads on one breaker. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class RejectedCall {
  private Callable<String> work = () -> "answer";
  private final Endpoint resil = Breakers.resil("consecutiveFailures > 0");
  private final CircuitBreaker resilience4j =
      Breakers.resilience4j(SlidingWindowSynchronizationStrategy.SYNCHRONIZED, true);
  private final CircuitBreaker stackless =
      Breakers.resilience4j(SlidingWindowSynchronizationStrategy.SYNCHRONIZED, false);
  private final dev.failsafe.CircuitBreaker<Object> failsafeBreaker = Breakers.failsafe();
  private final FailsafeExecutor<Object> failsafe = Breakers.executor(failsafeBreaker);

  @Setup
  public void open() {
    Result<String> failure =
        resil.tryCall(
            () -> {
              throw new IllegalStateException("down");
            });
    if (failure.isRejected() || !resil.tryCall(work).isRejected()) {
      throw new IllegalStateException("resil's breaker should be open");
    }
    resilience4j.transitionToOpenState();
    stackless.transitionToOpenState();
    failsafeBreaker.open();
  }

  @Benchmark
  public Result<String> resilValue() {
    return resil.tryCall(work);
  }

  @Benchmark
  public String resilFallback() throws Exception {
    return resil.callOrElse(work, rejection -> null);
  }

  @Benchmark
  public Object resilException() throws Exception {
    try {
      return resil.call(work);
    } catch (CircuitOpenException e) {
      return e;
    }
  }

  @Benchmark
  public Object resilience4jException() throws Exception {
    try {
      return resilience4j.executeCallable(work);
    } catch (CallNotPermittedException e) {
      return e;
    }
  }

  @Benchmark
  public Object resilience4jStacklessException() throws Exception {
    try {
      return stackless.executeCallable(work);
    } catch (CallNotPermittedException e) {
      return e;
    }
  }

  @Benchmark
  public boolean resilience4jPermission() {
    return resilience4j.tryAcquirePermission();
  }

  @Benchmark
  public Object failsafeException() {
    try {
      return failsafe.get(work::call);
    } catch (CircuitBreakerOpenException e) {
      return e;
    }
  }
}
