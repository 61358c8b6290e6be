package dev.resil.bench;

import dev.failsafe.FailsafeExecutor;
import dev.resil.Endpoint;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * One call in sixteen fails, with an exception that costs nothing to make; the breaker stays
 * closed.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class FailingCall {
  private static final RuntimeException FAILURE = new IllegalStateException("down");

  /** Each thread counts its own calls. */
  @State(Scope.Thread)
  public static class Work implements Callable<String> {
    private int calls;

    @Override
    public String call() {
      if ((++calls & 15) == 0) {
        throw FAILURE;
      }
      return "answer";
    }
  }

  private final Endpoint resil = Breakers.resil("consecutiveFailures > 1000");
  private final CircuitBreaker synchronizedWindow =
      Breakers.resilience4j(SlidingWindowSynchronizationStrategy.SYNCHRONIZED, true);
  private final CircuitBreaker lockFreeWindow =
      Breakers.resilience4j(SlidingWindowSynchronizationStrategy.LOCK_FREE, true);
  private final FailsafeExecutor<Object> failsafe = Breakers.executor(Breakers.failsafe());

  @Benchmark
  public Object bare(Work work) {
    try {
      return work.call();
    } catch (IllegalStateException e) {
      return e;
    }
  }

  @Benchmark
  public Object resilCall(Work work) throws Exception {
    try {
      return resil.call(work);
    } catch (IllegalStateException e) {
      return e;
    }
  }

  @Benchmark
  public Object resilience4jSynchronized(Work work) throws Exception {
    try {
      return synchronizedWindow.executeCallable(work);
    } catch (IllegalStateException e) {
      return e;
    }
  }

  @Benchmark
  public Object resilience4jLockFree(Work work) throws Exception {
    try {
      return lockFreeWindow.executeCallable(work);
    } catch (IllegalStateException e) {
      return e;
    }
  }

  @Benchmark
  public Object failsafe(Work work) {
    try {
      return failsafe.get(work::call);
    } catch (IllegalStateException e) {
      return e;
    }
  }
}
