package dev.resil;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A million operations, and many engines, grow neither the heap nor the process. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class MemoryTest {
  private static final int OPERATIONS = 1_000_000;
  private static final long ALLOWED = 16 << 20;

  private static long process() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("RssAnon:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }

  private static long heap() throws Exception {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(50);
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private interface Body {
    void run(int i) throws Exception;
  }

  /**
   * As many before as after the first look: what the collector and malloc have claimed by then they
   * may keep. They may claim more in some later round; a leak grows in every one.
   */
  private static void steady(int times, Body body) throws Exception {
    for (int i = 0; i < times; i++) {
      body.run(i);
    }
    long heapGrowth = 0;
    long growth = 0;
    for (int round = 0; round < 4; round++) {
      long heap = heap();
      long process = process();
      long committed = Runtime.getRuntime().totalMemory();
      for (int i = 0; i < times; i++) {
        body.run(i);
      }
      heapGrowth = heap() - heap;
      growth = process() - process - Math.max(0, Runtime.getRuntime().totalMemory() - committed);
      if (heapGrowth < ALLOWED && growth < ALLOWED * 2) {
        return;
      }
    }
    fail(
        "every round the heap grows, now by "
            + heapGrowth
            + ", the process outside it by "
            + growth);
  }

  private static Engine engine(String breaker) {
    return Engine.builder()
        .logger(null)
        .clock(new VirtualClock())
        .fromYaml(
            Policies.orders("{policy: constant, duration: 1ms, maxRetries: 1}", breaker, null));
  }

  @Test
  void callsOfEveryKind() throws Exception {
    try (Engine engine =
        Engine.builder()
            .logger(null)
            .fromYaml(
                Policies.orders(
                    null,
                    "{maxRequests: 1, timeout: 1ms, trip: consecutiveFailures >= 3}",
                    null))) {
      Endpoint orders = engine.app("orders");
      IOException failure = new IOException();
      steady(
          OPERATIONS,
          i ->
              orders.tryCall(
                  () -> {
                    if (i % 3 == 0) {
                      throw failure;
                    }
                    return i;
                  }));
    }
  }

  @Test
  void operationsByHandThatAreAbandoned() throws Exception {
    try (Engine engine = engine("{maxRequests: 1, timeout: 5s, trip: totalFailures > 5}")) {
      Endpoint orders = engine.app("orders");
      steady(OPERATIONS, i -> orders.operation().begin());
    }
  }

  @Test
  void asynchronousCalls() throws Exception {
    ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    scheduler.setRemoveOnCancelPolicy(
        true); // or each call's timer would stay for the ten seconds of its timeout
    try (Engine engine =
        Engine.builder()
            .logger(null)
            .fromYaml(Policies.orders(null, Policies.TRIPS_AT_TWO, "10s"))) {
      Endpoint orders = engine.app("orders");
      steady(
          OPERATIONS / 5,
          i -> {
            CompletableFuture<Integer> stage = new CompletableFuture<>();
            CompletableFuture<Integer> call = orders.callAsync(() -> stage, scheduler);
            stage.complete(i);
            call.join();
          });
    } finally {
      scheduler.shutdownNow();
    }
  }

  @Test
  void enginesThatComeAndGo() throws Exception {
    steady(
        3_000,
        i -> {
          try (Engine engine = engine(Policies.TRIPS_AT_TWO)) {
            engine.app("orders").run(() -> {});
            engine.snapshot();
          }
        });
  }

  @Test
  void badDocumentsLeaveNothingBehind() throws Exception {
    steady(
        5_000,
        i -> {
          try {
            Engine.fromYaml("kind: Resiliency\nspec: {nonsense: 1}\n");
          } catch (PolicyException expected) {
            return;
          }
          throw new AssertionError("it was loaded");
        });
  }
}
