package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Interrupts are cancellations; a watchdog's interrupt is a timeout. By real time, since that is
 * what is interrupted.
 */
@Timeout(60)
class InterruptTest {
  private static final String SLOW_RETRIES =
      Policies.orders(
          "{policy: constant, duration: 1h, maxRetries: -1}", Policies.TRIPS_AT_TWO, null);
  private static final String QUICK =
      Policies.orders("{policy: constant, duration: 1ms, maxRetries: 1}", null, "50ms");
  private Engine engine;

  @AfterEach
  void close() {
    engine.close();
    assertFalse(Thread.interrupted(), "a test left its thread interrupted");
  }

  private Endpoint orders(String yaml) {
    engine = Engine.builder().logger(null).fromYaml(yaml);
    return engine.app("orders");
  }

  private Throwable interrupted(CountDownLatch when, Body body) throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (Throwable t) {
                thrown.set(t);
              }
            });
    thread.start();
    assertTrue(when.await(10, TimeUnit.SECONDS));
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(1);
    }
    thread.interrupt();
    thread.join();
    return thrown.get();
  }

  private interface Body {
    void run() throws Exception;
  }

  @Test
  void aWaitForARetryEnds() throws Exception {
    Endpoint orders = orders(SLOW_RETRIES);
    CountDownLatch failed = new CountDownLatch(1);
    Throwable thrown =
        interrupted(
            failed,
            () ->
                orders.call(
                    () -> {
                      failed.countDown();
                      throw new IOException("down");
                    }));
    assertInstanceOf(InterruptedException.class, thrown);
    assertEquals(1, engine.snapshot().of(orders).calls().failures());
  }

  @Test
  void workThatIsInterruptedIsCancelled() throws Exception {
    Endpoint orders = orders(SLOW_RETRIES);
    CountDownLatch begun = new CountDownLatch(1);
    Throwable thrown =
        interrupted(
            begun,
            () ->
                orders.call(
                    () -> {
                      begun.countDown();
                      Thread.sleep(3_600_000);
                      return null;
                    }));
    assertInstanceOf(InterruptedException.class, thrown);
    assertEquals(new Snapshot.Calls(0, 0, 0, 1, 0, 0, 0, 0), engine.snapshot().of(orders).calls());
  }

  @Test
  void anInterruptInAnotherDressIsOneToo() throws Exception {
    Endpoint orders = orders(SLOW_RETRIES);
    CountDownLatch begun = new CountDownLatch(1);
    Throwable thrown =
        interrupted(
            begun,
            () ->
                orders.run(
                    () -> {
                      begun.countDown();
                      try {
                        Thread.sleep(3_600_000);
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new IllegalStateException("stopped", e);
                      }
                    }));
    assertEquals("stopped", thrown.getMessage());
    assertEquals(1, engine.snapshot().of(orders).calls().cancelled());
  }

  @Test
  void uncheckedFormsSetTheFlagAgain() throws Exception {
    Endpoint orders = orders(SLOW_RETRIES);
    CountDownLatch failed = new CountDownLatch(1);
    AtomicReference<Boolean> flag = new AtomicReference<>();
    interrupted(
        failed,
        () -> {
          assertThrows(
              OperationCancelledException.class,
              () ->
                  orders.run(
                      () -> {
                        failed.countDown();
                        throw new IllegalStateException("down");
                      }));
          flag.set(Thread.currentThread().isInterrupted());
        });
    assertTrue(flag.get());
  }

  @Test
  void theWatchdogInterruptsAtTheBudget() throws Exception {
    Endpoint orders = orders(QUICK);
    long start = System.nanoTime();
    RetriesExhaustedException e =
        assertThrows(
            RetriesExhaustedException.class,
            () ->
                orders.call(
                    () -> {
                      Thread.sleep(3_600_000);
                      return null;
                    },
                    CallOptions.DEFAULT.interruptOnTimeout()));
    assertTrue(System.nanoTime() - start >= Duration.ofMillis(100).toNanos());
    AttemptTimeoutException last = assertInstanceOf(AttemptTimeoutException.class, e.getCause());
    assertEquals(Duration.ofMillis(50), last.budget());
    assertInstanceOf(InterruptedException.class, last.getCause());
    assertFalse(Thread.currentThread().isInterrupted());
    assertEquals(2, engine.snapshot().of(orders).calls().timeouts());
  }

  @Test
  void theWatchdogLetsGoInTime() throws Exception {
    Endpoint orders = orders(QUICK);
    for (int i = 0; i < 200; i++) {
      int call = i;
      assertEquals(
          call, orders.<Integer>call(() -> call, CallOptions.DEFAULT.interruptOnTimeout()));
    }
    Thread.sleep(80); // past every budget: an interrupt that came late would end this sleep
    assertThrows(
        RetriesExhaustedException.class,
        () ->
            orders.call(
                () -> {
                  throw new IOException("down");
                },
                CallOptions.DEFAULT.interruptOnTimeout()));
  }

  @Test
  void workThatIsNotInterruptedRunsOn() throws Exception {
    Endpoint orders = orders(QUICK);
    assertEquals(
        "late",
        orders.call(
            () -> {
              Thread.sleep(80);
              return "late";
            }),
        "Java cannot stop it, and its answer is an answer");
  }
}
