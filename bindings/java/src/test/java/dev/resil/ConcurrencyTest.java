package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads, one endpoint. */
@Timeout(120)
class ConcurrencyTest {
  private static final int THREADS = 8;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private interface Body {
    void run(int thread) throws Exception;
  }

  private void everywhere(Body body) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      all.add(
          threads.submit(
              () -> {
                start.await();
                body.run(thread);
                return null;
              }));
    }
    start.countDown();
    for (Future<?> future : all) {
      future.get();
    }
  }

  @Test
  void totalsAreExact() throws Exception {
    try (Engine engine =
        Engine.builder()
            .logger(null)
            .fromYaml(
                Policies.orders(
                    null, "{maxRequests: 1, timeout: 1h, trip: totalFailures > 1000000}", null))) {
      Endpoint orders = engine.app("orders");
      LongAdder good = new LongAdder();
      LongAdder bad = new LongAdder();
      everywhere(
          thread -> {
            for (int i = 0; i < 20_000; i++) {
              boolean fails = i % 7 == thread % 7;
              (fails ? bad : good).increment();
              orders.tryCall(
                  () -> {
                    if (fails) {
                      throw new IOException();
                    }
                    return 1;
                  });
            }
          });
      Snapshot.EndpointView view = engine.snapshot().of(orders);
      assertEquals(good.sum(), view.calls().successes());
      assertEquals(bad.sum(), view.calls().failures());
      assertEquals(bad.sum(), view.breaker().count("totalFailures").orElseThrow());
    }
  }

  @Test
  void halfOpenAdmitsNoMoreThanItMayAndEachTransitionIsOneEvent() throws Exception {
    VirtualClock clock = new VirtualClock();
    List<Event> changes = Collections.synchronizedList(new ArrayList<>());
    try (Engine engine =
        Engine.builder()
            .clock(clock)
            .logger(null)
            .fromYaml(
                Policies.orders(
                    null, "{maxRequests: 3, timeout: 5s, trip: consecutiveFailures >= 1}", null))) {
      engine.onEvent(
          event -> {
            if (event.kind() == Event.Kind.STATE_CHANGE) {
              changes.add(event);
            }
          });
      Endpoint orders = engine.app("orders");
      for (int round = 0; round < 200; round++) {
        orders.tryCall(
            () -> {
              throw new IOException();
            });
        assertEquals(State.OPEN, orders.state());
        clock.advance(Duration.ofSeconds(6));
        AtomicInteger admitted = new AtomicInteger();
        List<Operation> probes = Collections.synchronizedList(new ArrayList<>());
        everywhere(
            thread -> {
              Operation probe = orders.operation();
              if (probe.begin()) {
                admitted.incrementAndGet();
                probes.add(probe);
              }
            });
        assertEquals(3, admitted.get());
        for (Operation probe : probes) {
          probe.end(Outcome.SUCCESS);
        }
        assertEquals(State.CLOSED, orders.state());
      }
    }
    assertEquals(3 * 200, changes.size());
    State state = State.CLOSED;
    for (Event change : changes) {
      assertEquals(state, change.from());
      state = change.to();
    }
  }

  @Test
  void ticketsAreNotSharedByThreads() throws Exception {
    try (Engine engine =
        Engine.builder()
            .logger(null)
            .fromYaml(Policies.orders(Policies.THREE_RETRIES, null, null))) {
      Endpoint orders = engine.app("orders");
      everywhere(
          thread -> {
            for (int i = 0; i < 5_000; i++) {
              List<Operation> nested = new ArrayList<>();
              for (int depth = 0; depth < 1 + i % 9; depth++) {
                Operation operation = orders.operation();
                assertTrue(operation.begin());
                nested.add(operation);
              }
              for (Operation operation : nested) {
                assertEquals(1, operation.attempt());
                assertEquals(Verdict.DONE, operation.end(Outcome.SUCCESS));
              }
            }
          });
      assertEquals(0, engine.snapshot().of(orders).calls().cancelled());
    }
  }

  @Test
  void reloadsDoNotDisturbCalls() throws Exception {
    try (Engine engine =
        Engine.builder()
            .logger(null)
            .fromYaml(Policies.orders(null, Policies.TRIPS_AT_TWO, "1s"))) {
      Endpoint orders = engine.app("orders");
      everywhere(
          thread -> {
            for (int i = 0; i < (thread == 0 ? 300 : 20_000); i++) {
              if (thread == 0) {
                engine.reloadYaml(Policies.orders(null, Policies.TRIPS_AT_TWO, (1 + i % 3) + "s"));
              } else {
                orders.run(() -> {});
              }
            }
          });
      assertEquals((THREADS - 1) * 20_000, engine.snapshot().of(orders).calls().successes());
    }
  }
}
