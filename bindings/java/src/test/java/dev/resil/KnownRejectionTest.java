package dev.resil;

import static dev.resil.CallTest.failing;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rejections that the engine is not asked for: the same as if it were. */
@Timeout(60)
class KnownRejectionTest {
  private static final String OPEN_FOR_A_DAY =
      "{maxRequests: 1, timeout: 24h, trip: consecutiveFailures >= 1}";

  /** It admits when more than its timeout has passed. */
  private static final Duration OPEN_FOR = Duration.ofSeconds(5).plusNanos(1);

  private final VirtualClock clock = new VirtualClock();

  private Engine engine(String breaker) {
    return Engine.builder()
        .clock(clock)
        .logger(null)
        .fromYaml(Policies.orders(null, breaker, null));
  }

  private static void trip(Endpoint endpoint) {
    assertThrows(IOException.class, () -> endpoint.call(failing(1)));
  }

  private static Rejection rejection(Endpoint endpoint) throws Exception {
    return endpoint.callOrElse(() -> null, rejection -> rejection);
  }

  /** Three: the first changes the word, the second is kept, the third is answered by it. */
  private static void reject(Endpoint endpoint) throws Exception {
    long before = endpoint.cells.rejections();
    for (int i = 0; i < 3; i++) {
      assertEquals(Reason.OPEN, rejection(endpoint).reason());
    }
    assertEquals(before + 1, endpoint.cells.rejections());
  }

  @Test
  void answersAndCountsAsTheEngineWould() throws Exception {
    try (Engine engine = engine(Policies.TRIPS_AT_ONE);
        Engine asked =
            Engine.builder()
                .clock(clock)
                .logger(null)
                .everyRejection()
                .fromYaml(Policies.orders(null, Policies.TRIPS_AT_ONE, null))) {
      Endpoint orders = engine.app("orders");
      Endpoint same = asked.app("orders");
      List<Event> events = new ArrayList<>();
      engine.onEvent(events::add);
      for (int opening = 1; opening <= 3; opening++) {
        trip(orders);
        trip(same);
        events.clear();
        for (int i = 0; i < 999; i++) {
          clock.advance(Duration.ofMillis(5));
          Duration left = rejection(same).retryAfter();
          assertEquals(OPEN_FOR.minusMillis(5 * (i + 1)), left);
          assertEquals(left, rejection(orders).retryAfter());
          assertEquals(
              left,
              assertThrows(CircuitOpenException.class, () -> orders.call(failing(0))).retryAfter());
          assertTrue(orders.tryCall(failing(0)).isRejected());
        }
        assertEquals(1, events.size(), "the first one's");
        clock.advance(Duration.ofMillis(5));
        assertEquals(1, rejection(orders).retryAfter().toNanos());
        assertEquals(1, rejection(same).retryAfter().toNanos());
        assertEquals(opening * (3 * 999L + 1), engine.snapshot().of(orders).calls().rejections());
        assertEquals(opening * (3 * 999L - 1), orders.cells.rejections(), "but for two");
        assertEquals(opening * (999L + 1), asked.snapshot().of(same).calls().rejections());
        assertEquals(0, same.cells.rejections());
        clock.advance(Duration.ofNanos(1));
        assertEquals(1, orders.call(() -> 1), "the probe");
        assertEquals(1, same.call(() -> 1));
      }
    }
  }

  @Test
  void aCallWithADeadlineOrThatWaitsIsAskedAbout() throws Exception {
    try (Engine engine = engine(Policies.TRIPS_AT_ONE)) {
      Endpoint orders = engine.app("orders");
      trip(orders);
      reject(orders);
      CallOptions deadline = CallOptions.DEFAULT.deadline(Duration.ofSeconds(1));
      assertTrue(orders.tryCall(() -> 1, deadline).isRejected());
      assertTrue(orders.tryCall(() -> 1, deadline.waitWhenOpen()).isRejected());
      assertEquals(1, orders.tryCall(() -> 1, CallOptions.DEFAULT.waitWhenOpen()).orElseThrow());
      assertEquals(1, orders.cells.rejections());
      assertEquals(State.CLOSED, orders.state());
    }
  }

  @Test
  void aFullHalfOpenBreakerIsAskedAbout() throws Exception {
    try (Engine engine = engine(Policies.TRIPS_AT_ONE)) {
      Endpoint orders = engine.app("orders");
      trip(orders);
      reject(orders);
      clock.advance(OPEN_FOR);
      orders.call(
          () -> {
            for (int i = 0; i < 5; i++) {
              assertEquals(Reason.TOO_MANY_REQUESTS, rejection(orders).reason());
            }
            return null;
          });
      assertEquals(1, orders.cells.rejections());
      assertEquals(8, engine.snapshot().of(orders).calls().rejections());
    }
  }

  @Test
  void aReloadWithOtherSettingsIsAskedAbout() throws Exception {
    try (Engine engine = engine(OPEN_FOR_A_DAY)) {
      Endpoint orders = engine.app("orders");
      trip(orders);
      reject(orders);
      Rejection old = rejection(orders);
      engine.reloadYaml(Policies.orders(null, OPEN_FOR_A_DAY, "3s"));
      assertSame(old, rejection(orders), "equal settings keep the breaker's state");
      engine.reloadYaml(Policies.orders(null, Policies.TRIPS_AT_ONE, null));
      assertEquals(1, orders.call(() -> 1));
      trip(orders);
      reject(orders);
      assertEquals(5, rejection(orders).retryAfter().toSeconds());
      clock.advance(OPEN_FOR);
      assertEquals(1, orders.call(() -> 1));
    }
  }

  @Test
  void theTextOfASnapshotCountsThemToo() throws Exception {
    try (Engine engine = engine(OPEN_FOR_A_DAY)) {
      Endpoint odd = engine.app("orders", "\"endpoint\":0,\"rejections\":7");
      Endpoint orders = engine.app("orders");
      Endpoint idle = engine.app("orders", "idle");
      trip(odd);
      reject(odd);
      trip(orders);
      reject(orders);
      rejection(orders);
      Snapshot snapshot = new Snapshot(engine.snapshot().json());
      assertEquals("\"endpoint\":0,\"rejections\":7", snapshot.of(odd).instance());
      assertEquals(3, snapshot.of(odd).calls().rejections());
      assertEquals(4, snapshot.of(orders).calls().rejections());
      assertEquals(0, snapshot.of(idle).calls().rejections());
    }
  }

  @Test
  void byTheMachinesClockTheProbeIsAdmittedInTime() throws Exception {
    try (Engine engine =
        Engine.builder()
            .logger(null)
            .fromYaml(
                Policies.orders(
                    null,
                    "{maxRequests: 1, timeout: 100ms, trip: consecutiveFailures >= 1}",
                    null))) {
      Endpoint orders = engine.app("orders");
      for (int opening = 0; opening < 3; opening++) {
        trip(orders);
        long half = System.nanoTime() + 50_000_000;
        do {
          orders.tryCall(failing(0));
        } while (System.nanoTime() - half < 0);
        Thread.sleep(101);
        assertTrue(orders.tryCall(() -> 1).isSuccess());
      }
    }
  }

  @Test
  void noneOfManyThreadsIsLost() throws Exception {
    int threads = 4;
    int calls = 20_000;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (Engine engine =
        Engine.builder().logger(null).fromYaml(Policies.orders(null, OPEN_FOR_A_DAY, null))) {
      Endpoint orders = engine.app("orders");
      trip(orders);
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        done.add(
            pool.submit(
                () -> {
                  for (int j = 0; j < calls; j++) {
                    assertTrue(orders.tryCall(() -> 1).isRejected());
                    orders.callOrElse(
                        () -> 1, outer -> orders.tryCall(() -> 2).isSuccess() ? 1 : 0);
                  }
                  return null;
                }));
      }
      for (Future<?> one : done) {
        one.get();
      }
      assertEquals(3L * threads * calls, engine.snapshot().of(orders).calls().rejections());
      assertTrue(orders.cells.rejections() > 0);
      assertTrue(orders.cells.empty());
    } finally {
      pool.shutdown();
    }
  }
}
