package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * A wait gives up its carrier thread: many more virtual threads wait at once than there are
 * carriers, or can be.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
@Timeout(120)
class VirtualThreadTest {
  private static final int CALLS = 2_000;
  private ExecutorService threads;

  @BeforeEach
  void start() throws ReflectiveOperationException {
    threads =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private static Engine engine(String delay) {
    return Engine.builder()
        .logger(null)
        .fromYaml(
            Policies.orders(
                "{policy: constant, duration: " + delay + ", maxRetries: 1}", null, null));
  }

  /** All calls fail once, and wait. */
  private List<Future<Integer>> allWaiting(Endpoint orders, CountDownLatch failed) {
    List<Future<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      AtomicInteger attempts = new AtomicInteger();
      calls.add(
          threads.submit(
              () ->
                  orders.<Integer>call(
                      () -> {
                        if (attempts.incrementAndGet() == 1) {
                          failed.countDown();
                          throw new IOException("down");
                        }
                        return attempts.get();
                      })));
    }
    return calls;
  }

  private static Throwable failureOf(Future<?> call) throws Exception {
    try {
      call.get();
    } catch (ExecutionException e) {
      return e.getCause();
    }
    throw new AssertionError("it went well");
  }

  @Test
  void waitsAreUnpinnedUntilTheEngineIsClosed() throws Exception {
    CountDownLatch failed = new CountDownLatch(CALLS);
    Engine engine = engine("1h");
    List<Future<Integer>> calls = allWaiting(engine.app("orders"), failed);
    // Were carriers pinned by the waits, a handful of calls would wait their hour and the others
    // not have begun.
    assertTrue(
        failed.await(60, TimeUnit.SECONDS), () -> failed.getCount() + " calls could not begin");
    engine.close();
    for (Future<Integer> call : calls) {
      assertInstanceOf(EngineClosedException.class, failureOf(call));
    }
    assertTrue(engine.handle.isFreed());
  }

  @Test
  void interruptsEndWaits() throws Exception {
    try (Engine engine = engine("1h")) {
      List<Future<Integer>> calls = allWaiting(engine.app("orders"), new CountDownLatch(0));
      Endpoint orders = engine.app("orders");
      while (engine.snapshot().of(orders).calls().failures() < CALLS) {
        Thread.sleep(1); // one interrupted before its failure is counted was cancelled, and says so
      }
      threads.shutdownNow(); // interrupts them all
      for (Future<Integer> call : calls) {
        assertInstanceOf(InterruptedException.class, failureOf(call));
      }
    }
  }

  @Test
  void retriesGoOnAfterTheirWait() throws Exception {
    try (Engine engine = engine("10ms")) {
      for (Future<Integer> call : allWaiting(engine.app("orders"), new CountDownLatch(0))) {
        assertEquals(2, call.get());
      }
    }
  }
}
