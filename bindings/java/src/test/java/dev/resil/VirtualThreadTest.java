package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * A wait gives up its carrier thread: many more virtual threads wait at once than there are
 * carriers.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
@Timeout(60)
class VirtualThreadTest {
  private static final int CALLS = 2_000;

  private static ExecutorService virtualThreads() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  @Test
  void retriesWaitUnpinned() throws Exception {
    ExecutorService threads = virtualThreads();
    try (Engine engine =
        Engine.builder()
            .logger(null)
            .fromYaml(
                Policies.orders("{policy: constant, duration: 2s, maxRetries: 1}", null, null))) {
      Endpoint orders = engine.app("orders");
      CountDownLatch failed = new CountDownLatch(CALLS);
      AtomicInteger answered = new AtomicInteger();
      for (int i = 0; i < CALLS; i++) {
        threads.submit(
            () -> {
              AtomicInteger attempts = new AtomicInteger();
              return orders.call(
                  () -> {
                    if (attempts.incrementAndGet() == 1) {
                      failed.countDown();
                      throw new IOException("down");
                    }
                    return answered.incrementAndGet();
                  });
            });
      }
      // Were carriers pinned by the waits, a handful of calls would wait their two seconds and the
      // others not have begun.
      assertTrue(
          failed.await(2, TimeUnit.SECONDS), () -> failed.getCount() + " calls could not begin");
      threads.shutdown();
      assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS));
      assertEquals(CALLS, answered.get());
    }
  }
}
