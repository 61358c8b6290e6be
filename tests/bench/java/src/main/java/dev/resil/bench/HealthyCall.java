package dev.resil.bench;

import dev.failsafe.FailsafeExecutor;
import dev.resil.CallOptions;
import dev.resil.Endpoint;
import dev.resil.Operation;
import dev.resil.Outcome;
import dev.resil.Result;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A call of a no-op to a healthy target; all threads on one breaker. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class HealthyCall {
  private static final String ANSWER = "answer";

  /** Not a constant to the compiler, or the bare call would be no call. */
  private Callable<String> work = () -> ANSWER;

  private final Endpoint resil = Breakers.resil("consecutiveFailures > 5");
  private final Endpoint resilTotals = Breakers.resil("requests >= 100 && totalFailures > 50");
  private final CircuitBreaker synchronizedWindow =
      Breakers.resilience4j(SlidingWindowSynchronizationStrategy.SYNCHRONIZED, true);
  private final CircuitBreaker lockFreeWindow =
      Breakers.resilience4j(SlidingWindowSynchronizationStrategy.LOCK_FREE, true);
  private final FailsafeExecutor<Object> failsafe = Breakers.executor(Breakers.failsafe());

  @Benchmark
  public String bare() throws Exception {
    return work.call();
  }

  @Benchmark
  public String resilCall() throws Exception {
    return resil.call(work);
  }

  @Benchmark
  public Result<String> resilTryCall() {
    return resil.tryCall(work);
  }

  /** A rule that counts: every call goes through the engine. */
  @Benchmark
  public String resilCallTotals() throws Exception {
    return resilTotals.call(work);
  }

  @Benchmark
  public String resilCallJudged() throws Exception {
    return resil.call(work, JUDGED);
  }

  private static final CallOptions JUDGED =
      CallOptions.DEFAULT.failOnResult(result -> result == null);

  @Benchmark
  public Object resilByHand() {
    Operation operation = resil.operation();
    operation.begin();
    return operation.end(Outcome.SUCCESS);
  }

  @Benchmark
  public Object resilCallAsync() {
    return resil.callAsync(() -> CompletableFuture.completedFuture(ANSWER), null).join();
  }

  @Benchmark
  public String resilience4jSynchronized() throws Exception {
    return synchronizedWindow.executeCallable(work);
  }

  @Benchmark
  public String resilience4jLockFree() throws Exception {
    return lockFreeWindow.executeCallable(work);
  }

  @Benchmark
  public Object failsafe() {
    return failsafe.get(work::call);
  }
}
