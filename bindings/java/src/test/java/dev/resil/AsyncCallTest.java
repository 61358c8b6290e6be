package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AsyncCallTest {
  private static final String QUICK = "{policy: constant, duration: 5ms, maxRetries: 3}";
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
  private Engine engine;

  @AfterEach
  void close() {
    engine.close();
    scheduler.shutdownNow();
  }

  private Endpoint orders(String retry, String breaker, String timeout) {
    engine = Engine.builder().logger(null).fromYaml(Policies.orders(retry, breaker, timeout));
    return engine.app("orders");
  }

  private Supplier<CompletionStage<Integer>> failing(int times) {
    AtomicInteger calls = new AtomicInteger();
    return () -> {
      int call = calls.incrementAndGet();
      return CompletableFuture.supplyAsync(
          () -> {
            if (call <= times) {
              throw new IllegalStateException("failure " + call);
            }
            return call;
          });
    };
  }

  private Throwable failureOf(CompletableFuture<?> future) {
    return assertThrows(ExecutionException.class, () -> future.get(30, TimeUnit.SECONDS))
        .getCause();
  }

  @Test
  void answersAtOnceAndLater() throws Exception {
    Endpoint orders = orders(QUICK, Policies.TRIPS_AT_TWO, null);
    assertEquals(1, orders.callAsync(() -> CompletableFuture.completedFuture(1), scheduler).get());
    assertEquals(1, orders.callAsync(failing(0), scheduler).get());
    assertEquals(2, engine.snapshot().of(orders).calls().successes());
  }

  @Test
  void retries() throws Exception {
    Endpoint orders = orders(QUICK, null, null);
    assertEquals(3, orders.callAsync(failing(2), scheduler).get());
    assertEquals(new Snapshot.Calls(1, 2, 0, 0, 0, 2, 1, 0), engine.snapshot().of(orders).calls());
    assertEquals(
        3,
        orders
            .<Integer>decorateCompletionStage(failing(2), scheduler)
            .get()
            .toCompletableFuture()
            .get());
  }

  @Test
  void tellsTheStoryWhenExhausted() {
    Endpoint orders = orders(QUICK, null, null);
    RetriesExhaustedException e =
        assertInstanceOf(
            RetriesExhaustedException.class, failureOf(orders.callAsync(failing(9), scheduler)));
    assertEquals(4, e.attempts());
    assertEquals("failure 4", e.getCause().getMessage());
    assertEquals(3, e.getSuppressed().length);
  }

  @Test
  void whatCannotBeRepeatedIsNot() {
    Endpoint orders = orders(QUICK, null, null);
    assertEquals(
        "failure 1",
        failureOf(orders.callAsync(failing(1), scheduler, CallOptions.DEFAULT.notRepeatable()))
            .getMessage());
    assertEquals(new Snapshot.Calls(0, 1, 0, 0, 0, 0, 0, 1), engine.snapshot().of(orders).calls());
  }

  @Test
  void aSupplierThatThrowsIsAFailure() {
    Endpoint orders = orders(null, Policies.TRIPS_AT_ONE, null);
    assertInstanceOf(
        IOException.class,
        failureOf(
            orders.callAsync(
                (AttemptContext a) -> {
                  throw new IOException("before any stage");
                },
                scheduler,
                CallOptions.DEFAULT)));
    assertEquals(State.OPEN, orders.state());
    assertInstanceOf(
        CircuitOpenException.class, failureOf(orders.callAsync(failing(0), scheduler)));
  }

  @Test
  void noStageIsAFailureToo() {
    Endpoint orders = orders(null, Policies.TRIPS_AT_TWO, null);
    assertInstanceOf(
        NullPointerException.class,
        failureOf(orders.callAsync(() -> (CompletionStage<Integer>) null, scheduler)));
  }

  @Test
  void anAttemptReallyTimesOut() throws Exception {
    Endpoint orders = orders("{policy: constant, duration: 1ms, maxRetries: 1}", null, "30ms");
    List<CompletableFuture<Integer>> stages = new ArrayList<>();
    List<String> contexts = new ArrayList<>();
    Throwable failure =
        failureOf(
            orders.callAsync(
                attempt -> {
                  contexts.add(attempt.attempt() + " " + attempt.timeout().toMillis());
                  CompletableFuture<Integer> never = new CompletableFuture<>();
                  stages.add(never);
                  return never;
                },
                scheduler,
                CallOptions.DEFAULT));
    assertEquals(
        Duration.ofMillis(30),
        assertInstanceOf(AttemptTimeoutException.class, failure.getCause()).budget());
    assertEquals(List.of("1 30", "2 30"), contexts);
    assertTrue(stages.stream().allMatch(CompletableFuture::isCancelled));
    assertEquals(2, engine.snapshot().of(orders).calls().timeouts());
  }

  @Test
  void cancellingEndsTheAttempt() throws Exception {
    Endpoint orders = orders(QUICK, null, "1h");
    CompletableFuture<Integer> never = new CompletableFuture<>();
    CompletableFuture<Integer> call = orders.callAsync(() -> never, scheduler);
    assertTrue(call.cancel(true));
    assertTrue(never.isCancelled());
    assertEquals(new Snapshot.Calls(0, 0, 0, 1, 0, 0, 0, 0), engine.snapshot().of(orders).calls());
  }

  @Test
  void cancellingEndsTheWait() throws Exception {
    Endpoint orders = orders("{policy: constant, duration: 1h, maxRetries: -1}", null, null);
    AtomicInteger calls = new AtomicInteger();
    CompletableFuture<Integer> call =
        orders.callAsync(
            () -> {
              calls.incrementAndGet();
              return CompletableFuture.failedFuture(new IOException("down"));
            },
            scheduler);
    assertTrue(call.cancel(true));
    assertEquals(1, calls.get());
    engine.close();
    assertTrue(engine.handle.isFreed(), "nothing is left inside");
  }

  @Test
  void aCancelledStageIsACancellation() {
    Endpoint orders = orders(QUICK, null, null);
    CompletableFuture<Integer> stage = new CompletableFuture<>();
    CompletableFuture<Integer> call = orders.callAsync(() -> stage, scheduler);
    stage.cancel(true);
    assertTrue(call.isCompletedExceptionally());
    assertEquals(1, engine.snapshot().of(orders).calls().cancelled());
  }

  @Test
  void waitsWhileOpenWhenAsked() throws Exception {
    Endpoint orders =
        orders(null, "{maxRequests: 1, timeout: 50ms, trip: consecutiveFailures >= 1}", null);
    failureOf(orders.callAsync(failing(1), scheduler));
    assertEquals(
        1, orders.callAsync(failing(0), scheduler, CallOptions.DEFAULT.waitWhenOpen()).get());
  }

  @Test
  void doesNotWaitForABreakerPastItsDeadline() {
    Endpoint orders =
        orders(null, "{maxRequests: 1, timeout: 1h, trip: consecutiveFailures >= 1}", null);
    failureOf(orders.callAsync(failing(1), scheduler));
    CompletableFuture<Integer> call =
        orders.callAsync(
            failing(0),
            scheduler,
            CallOptions.DEFAULT.waitWhenOpen().deadline(Duration.ofMinutes(30)));
    assertTrue(call.isDone(), "at once");
    assertInstanceOf(CircuitOpenException.class, failureOf(call));
  }

  @Test
  void aDeadlineEndsIt() {
    VirtualClock clock = new VirtualClock();
    engine =
        Engine.builder()
            .clock(clock)
            .logger(null)
            .fromYaml(
                Policies.orders("{policy: constant, duration: 20ms, maxRetries: -1}", null, null));
    RetriesExhaustedException e =
        assertInstanceOf(
            RetriesExhaustedException.class,
            failureOf(
                engine
                    .app("orders")
                    .callAsync(
                        () -> {
                          clock.advance(Duration.ofMillis(30));
                          return CompletableFuture.<Integer>failedFuture(new IOException("down"));
                        },
                        scheduler,
                        CallOptions.DEFAULT.deadline(Duration.ofMillis(70)))));
    assertEquals(2, e.attempts(), "after 60 ms another 20 are too many");
    assertEquals(Reason.DEADLINE, e.reason());
  }

  @Test
  void withoutTimeThereIsNoGoingOn() {
    Endpoint orders = orders(QUICK, null, "1s");
    scheduler.shutdown();
    CompletableFuture<Integer> never = new CompletableFuture<>();
    assertInstanceOf(
        RejectedExecutionException.class, failureOf(orders.callAsync(() -> never, scheduler)));
    assertTrue(never.isCancelled());
  }

  @Test
  void closingEndsTheWait() throws Exception {
    Endpoint orders = orders("{policy: constant, duration: 1h, maxRetries: -1}", null, null);
    CompletableFuture<Integer> call = orders.callAsync(failing(99), scheduler);
    while (engine.snapshot().of(orders).calls().failures() == 0) {
      Thread.sleep(1);
    }
    engine.close();
    assertInstanceOf(EngineClosedException.class, failureOf(call));
    assertTrue(engine.handle.isFreed());
    assertInstanceOf(
        EngineClosedException.class, failureOf(orders.callAsync(failing(0), scheduler)));
  }

  @Test
  void anAttemptInFlightOutlivesTheEngine() throws Exception {
    Endpoint orders = orders(QUICK, Policies.TRIPS_AT_TWO, null);
    CompletableFuture<Integer> stage = new CompletableFuture<>();
    CompletableFuture<Integer> call = orders.callAsync(() -> stage, scheduler);
    engine.close();
    assertFalse(engine.handle.isFreed());
    stage.complete(5);
    assertEquals(5, call.get());
    assertTrue(engine.handle.isFreed());
  }

  @Test
  void aStormOfCancelsAndTimeoutsLosesNothing() throws Exception {
    Endpoint orders = orders("{policy: constant, duration: 1ms, maxRetries: 2}", null, "2ms");
    List<CompletableFuture<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      int delay = i % 5;
      CompletableFuture<Integer> call =
          orders.callAsync(
              () -> {
                CompletableFuture<Integer> stage = new CompletableFuture<>();
                scheduler.schedule(
                    () ->
                        delay == 4
                            ? stage.completeExceptionally(new IOException())
                            : stage.complete(1),
                    delay,
                    TimeUnit.MILLISECONDS);
                return stage;
              },
              scheduler);
      if (i % 3 == 0) {
        scheduler.schedule(() -> call.cancel(true), i % 4, TimeUnit.MILLISECONDS);
      }
      calls.add(call);
    }
    for (CompletableFuture<Integer> call : calls) {
      call.handle((value, failure) -> value).get(30, TimeUnit.SECONDS);
    }
    // A cancelled call is over for its caller a moment before the thread that cancelled is through.
    scheduler.shutdown();
    assertTrue(scheduler.awaitTermination(30, TimeUnit.SECONDS));
    engine.close();
    assertTrue(engine.handle.isFreed(), "every call left the gate");
  }
}
