package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing while calls are in flight: the last one out frees. */
@Timeout(120)
class CloseTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private static Engine engine() {
    return Engine.builder()
        .logger(null)
        .fromYaml(
            Policies.orders(
                "{policy: constant, duration: 1h, maxRetries: -1}", Policies.TRIPS_AT_TWO, null));
  }

  @Test
  void theLastOneOutFrees() throws Exception {
    Engine engine = engine();
    Endpoint orders = engine.app("orders");
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Future<String> call =
        threads.submit(
            () ->
                orders.call(
                    () -> {
                      inside.countDown();
                      go.await();
                      return "finished";
                    }));
    inside.await();
    engine.close();
    assertTrue(engine.isClosed());
    assertFalse(engine.handle.isFreed());
    go.countDown();
    assertEquals("finished", call.get());
    assertTrue(engine.handle.isFreed());
  }

  @Test
  void ofNestedCallsTheOuterOneFrees() throws Exception {
    Engine engine = engine();
    Endpoint orders = engine.app("orders");
    boolean[] freed = new boolean[2];
    orders.call(
        () -> {
          orders.call(
              () -> {
                orders.run(() -> {});
                engine.close();
                freed[0] = engine.handle.isFreed();
                return null;
              });
          freed[1] = engine.handle.isFreed();
          return null;
        });
    assertFalse(freed[0]);
    assertFalse(freed[1]);
    assertTrue(engine.handle.isFreed());
  }

  @Test
  void aFailingCallInFlightEndsToo() throws Exception {
    Engine engine = engine();
    Endpoint orders = engine.app("orders");
    EngineClosedException e =
        assertThrows(
            EngineClosedException.class,
            () ->
                orders.call(
                    () -> {
                      engine.close();
                      throw new IOException("down");
                    }));
    assertInstanceOf(IOException.class, e.getCause());
    assertTrue(engine.handle.isFreed());
  }

  @Test
  void closingWakesThoseWhoWait() throws Exception {
    Engine engine = engine();
    Endpoint orders = engine.app("orders");
    CountDownLatch failed = new CountDownLatch(1);
    Future<?> call =
        threads.submit(
            () ->
                assertThrows(
                    EngineClosedException.class,
                    () ->
                        orders.call(
                            () -> {
                              failed.countDown();
                              throw new IOException("down");
                            })));
    failed.await();
    engine.close();
    call.get(10, TimeUnit.SECONDS);
    assertTrue(engine.handle.isFreed());
  }

  @Test
  void everythingIsRefusedAfterwards() {
    Engine engine = engine();
    Endpoint orders = engine.app("orders");
    engine.close();
    engine.close();
    assertThrows(EngineClosedException.class, () -> orders.call(() -> 1));
    assertThrows(EngineClosedException.class, () -> orders.operation().begin());
    assertThrows(EngineClosedException.class, orders::state);
    assertThrows(EngineClosedException.class, engine::snapshot);
    assertThrows(EngineClosedException.class, () -> engine.app("another"));
    assertThrows(EngineClosedException.class, () -> engine.reloadYaml(""));
    assertTrue(orders.tryCall(() -> 1).exception() instanceof EngineClosedException);
  }

  @Test
  void closedUnderFire() throws Exception {
    for (int round = 0; round < 200; round++) {
      Engine engine =
          Engine.builder()
              .logger(null)
              .fromYaml(Policies.orders(null, Policies.TRIPS_AT_TWO, null));
      Endpoint orders = engine.app("orders");
      CountDownLatch running = new CountDownLatch(4);
      AtomicBoolean freed = new AtomicBoolean();
      List<Future<Long>> calls = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        boolean fails = thread % 2 == 1;
        calls.add(
            threads.submit(
                () -> {
                  running.countDown();
                  for (long made = 0; ; made++) {
                    boolean failing = fails && made % 3 == 0;
                    Result<Integer> result =
                        orders.tryCall(
                            () -> {
                              freed.compareAndSet(false, engine.handle.isFreed());
                              if (failing) {
                                throw new IOException();
                              }
                              return 1;
                            });
                    if (result.exception() instanceof EngineClosedException) {
                      return made;
                    }
                  }
                }));
      }
      running.await();
      Thread.onSpinWait();
      engine.close();
      for (Future<Long> call : calls) {
        call.get(30, TimeUnit.SECONDS);
      }
      assertFalse(freed.get(), "freed with a call inside");
      assertTrue(engine.handle.isFreed());
    }
  }

  @Test
  void anEngineNobodyClosesIsClosedByTheCollector() throws Exception {
    assertTrue(freedByTheCollector(lost()));
  }

  @Test
  void whatClosingMissedIsFreedByTheCollector() throws Exception {
    assertTrue(freedByTheCollector(leftInTheMomentOfClosing()));
  }

  private static boolean freedByTheCollector(Handle handle) throws Exception {
    for (int i = 0; i < 200 && !handle.isFreed(); i++) {
      System.gc();
      Thread.sleep(20);
    }
    return handle.isFreed();
  }

  private static Handle lost() {
    Engine engine = engine();
    engine.app("orders").run(() -> {});
    return engine.handle;
  }

  private static Handle leftInTheMomentOfClosing() {
    Engine engine = engine();
    Cells cells = engine.app("orders").cells;
    int cell = cells.claim();
    engine.close();
    cells.leaveHealthy(cell); // and did not see the mark
    assertFalse(engine.handle.isFreed());
    return engine.handle;
  }

  @Test
  void healthyCallsAreCountedExactlyWhileSnapshotsAreTaken() throws Exception {
    try (Engine engine = engine()) {
      Endpoint orders = engine.app("orders");
      AtomicLong left = new AtomicLong(4);
      for (int thread = 0; thread < 4; thread++) {
        threads.submit(
            () -> {
              for (int i = 0; i < 100_000; i++) {
                orders.run(() -> {});
              }
              left.decrementAndGet();
            });
      }
      while (left.get() > 0) {
        engine.snapshot();
      }
      assertEquals(400_000, engine.snapshot().of(orders).calls().successes());
    }
  }
}
