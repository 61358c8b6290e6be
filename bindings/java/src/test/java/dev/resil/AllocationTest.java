package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is promised to allocate nothing: healthy calls, and rejections taken as values. */
class AllocationTest {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int CALLS = 20_000;
  private static final int ROUNDS = 50;

  private static final Callable<String> WORK = () -> "answer";
  private static final Callable<String> DOWN =
      () -> {
        throw new IllegalStateException("down");
      };
  private static final Function<Rejection, String> FALLBACK = rejection -> "fallback";

  private static volatile Object sink;

  private interface Body {
    Object run() throws Exception;
  }

  /**
   * What that many calls allocated in the best of many rounds: until code is compiled the JVM
   * itself may allocate on the thread that waits for it, but what a call allocates, it does in
   * every round.
   */
  private static long bytes(Body body) throws Exception {
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least > 0; round++) {
      long before = THREADS.getThreadAllocatedBytes(thread);
      for (int i = 0; i < CALLS; i++) {
        body.run();
      }
      least = Math.min(least, THREADS.getThreadAllocatedBytes(thread) - before);
    }
    return least;
  }

  private static Engine engine(String breaker) {
    return Engine.builder().logger(null).fromYaml(Policies.orders(null, breaker, "5s"));
  }

  @Test
  void theCounterCounts() throws Exception {
    Body allocating = () -> sink = new long[1];
    assertTrue(bytes(allocating) >= CALLS, "or the other tests could not fail");
  }

  @Test
  void healthyCalls() throws Exception {
    try (Engine engine = engine(Policies.TRIPS_AT_TWO)) {
      Endpoint orders = engine.app("orders");
      assertEquals(0, bytes(() -> orders.call(WORK)));
      assertEquals(0, bytes(() -> orders.callOrElse(WORK, FALLBACK)));
    }
  }

  @Test
  void healthyCallsThroughTheEngine() throws Exception {
    try (Engine engine =
        engine("{maxRequests: 1, timeout: 5s, trip: requests > 9 && totalFailures > 5}")) {
      Endpoint orders = engine.app("orders");
      assertEquals(0, bytes(() -> orders.call(WORK)));
    }
  }

  @Test
  void rejectionsAsValues() throws Exception {
    try (Engine engine = engine("{maxRequests: 1, timeout: 24h, trip: consecutiveFailures >= 1}")) {
      Endpoint orders = engine.app("orders");
      assertInstanceOf(Result.Failure.class, orders.tryCall(DOWN));
      assertEquals(0, bytes(() -> orders.tryCall(WORK)));
      assertEquals(0, bytes(() -> orders.callOrElse(WORK, FALLBACK)));
      assertTrue(orders.tryCall(WORK).isRejected());
    }
  }
}
