package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Synchronous calls by virtual time. */
class CallTest {
  private final VirtualClock clock = new VirtualClock();
  private Engine engine;

  @AfterEach
  void close() {
    if (engine != null) {
      engine.close();
    }
  }

  private Endpoint orders(String retry, String breaker, String timeout) {
    engine =
        Engine.builder()
            .clock(clock)
            .logger(null)
            .fromYaml(Policies.orders(retry, breaker, timeout));
    return engine.app("orders", "post");
  }

  /** Fails that many times, then answers with the number of calls made. */
  static Callable<Integer> failing(int times) {
    AtomicInteger calls = new AtomicInteger();
    return () -> {
      int call = calls.incrementAndGet();
      if (call <= times) {
        throw new IOException("failure " + call);
      }
      return call;
    };
  }

  private Snapshot.Calls totals(Endpoint endpoint) {
    return engine.snapshot().of(endpoint).calls();
  }

  @Test
  void answersAndCounts() throws Exception {
    Endpoint orders = orders(Policies.THREE_RETRIES, Policies.TRIPS_AT_TWO, null);
    for (int i = 0; i < 10; i++) {
      assertEquals("answer", orders.call(() -> "answer"));
    }
    assertEquals(10, totals(orders).successes());
    assertEquals(10, totals(orders).successes(), "asking for it does not count it again");
  }

  @Test
  void retriesWithTheDelayOfThePolicy() throws Exception {
    Endpoint orders = orders(Policies.THREE_RETRIES, null, null);
    assertEquals(3, orders.<Integer>call(failing(2)));
    assertEquals(List.of(Duration.ofSeconds(1), Duration.ofSeconds(1)), clock.sleeps);
    assertEquals(new Snapshot.Calls(1, 2, 0, 0, 0, 2, 1, 0), totals(orders));
  }

  @Test
  void saysWhatEveryAttemptFailedWith() {
    Endpoint orders = orders(Policies.THREE_RETRIES, null, null);
    RetriesExhaustedException e =
        assertThrows(RetriesExhaustedException.class, () -> orders.call(failing(9)));
    assertEquals(4, e.attempts());
    assertEquals(Reason.EXHAUSTED, e.reason());
    assertEquals("failure 4", e.getCause().getMessage());
    assertEquals(
        List.of("failure 1", "failure 2", "failure 3"),
        List.of(e.getSuppressed()).stream().map(Throwable::getMessage).toList());
    assertTrue(
        e.getMessage().contains("endpoint[orders, orders:post] failed 4 times"), e.getMessage());
  }

  @Test
  void doesNotHoardTheFailuresOfALongOperation() {
    Endpoint orders = orders("{policy: constant, duration: 1ms, maxRetries: 500}", null, null);
    RetriesExhaustedException e =
        assertThrows(RetriesExhaustedException.class, () -> orders.call(failing(1000)));
    assertEquals(501, e.attempts());
    assertEquals(Failures.KEPT, e.getSuppressed().length);
    assertEquals("failure 500", e.getSuppressed()[Failures.KEPT - 1].getMessage());
  }

  @Test
  void throwsTheOnlyFailureAsItWas() {
    Endpoint orders = orders(null, Policies.TRIPS_AT_TWO, null);
    IOException failure = new IOException("the one");
    assertSame(
        failure,
        assertThrows(
            IOException.class,
            () ->
                orders.call(
                    () -> {
                      throw failure;
                    })));
  }

  @Test
  void resultsWithoutExceptions() throws Exception {
    Endpoint orders = orders(null, Policies.TRIPS_AT_TWO, null);
    assertEquals(new Result.Success<>(1), orders.tryCall(() -> 1));
    Result<Integer> failure = orders.tryCall(failing(2));
    assertEquals(
        "failure 1", assertInstanceOf(Result.Failure.class, failure).exception().getMessage());
    assertThrows(IOException.class, failure::orElseThrow);
    orders.tryCall(failing(2));
    Result<Integer> rejected = orders.tryCall(failing(0));
    assertTrue(rejected.isRejected());
    assertEquals(7, rejected.orElse(7));
    assertInstanceOf(CircuitOpenException.class, rejected.exception());
    assertSame(rejected, rejected.map(i -> i + 1));
    assertEquals(new Result.Success<>(2), new Result.Success<>(1).map(i -> i + 1));
  }

  @Test
  void waitsWhileOpenWhenAsked() throws Exception {
    Endpoint orders = orders(Policies.THREE_RETRIES, Policies.TRIPS_AT_ONE, null);
    assertEquals(4, orders.<Integer>call(failing(3), CallOptions.DEFAULT.waitWhenOpen()));
    assertTrue(
        clock.nanoTime() > Duration.ofSeconds(15).toNanos(), "three openings of five seconds each");
    assertEquals(3, totals(orders).retries(), "waiting is no attempt");
  }

  @Test
  void doesNotWaitForABreakerPastItsDeadline() throws Exception {
    Endpoint orders = orders(null, Policies.TRIPS_AT_ONE, null);
    CallOptions patient = CallOptions.DEFAULT.waitWhenOpen();
    assertThrows(IOException.class, () -> orders.call(failing(1)));
    long before = clock.nanoTime();
    assertThrows(
        CircuitOpenException.class,
        () -> orders.call(failing(0), patient.deadline(Duration.ofSeconds(1))));
    assertThrows(
        CircuitOpenException.class,
        () -> orders.call(failing(0), patient.deadline(Duration.ofSeconds(5))));
    assertEquals(before, clock.nanoTime(), "at once");
    assertEquals(1, orders.<Integer>call(failing(0), patient.deadline(Duration.ofSeconds(6))));
    assertTrue(clock.nanoTime() > before);
  }

  @Test
  void doesNotWaitForAProbePastItsDeadline() throws Exception {
    Endpoint orders = orders(null, Policies.TRIPS_AT_ONE, null);
    assertThrows(IOException.class, () -> orders.call(failing(1)));
    clock.advance(Duration.ofSeconds(6));
    try (Operation probe = orders.operation()) {
      assertTrue(probe.begin());
      CallOptions hurried = CallOptions.DEFAULT.waitWhenOpen().deadline(Duration.ofNanos(1000));
      long before = clock.nanoTime();
      assertThrows(TooManyRequestsException.class, () -> orders.call(failing(0), hurried));
      assertEquals(before, clock.nanoTime(), "at once");
    }
  }

  @Test
  void doesNotWaitForABreakerPastItsDeadlineInMidOperation() {
    Endpoint orders = orders(Policies.THREE_RETRIES, Policies.TRIPS_AT_TWO, null);
    CircuitOpenException e =
        assertThrows(
            CircuitOpenException.class,
            () ->
                orders.call(
                    failing(9),
                    CallOptions.DEFAULT.waitWhenOpen().deadline(Duration.ofSeconds(4))));
    assertEquals("failure 2", e.getCause().getMessage());
    assertEquals(List.of(Duration.ofSeconds(1), Duration.ofSeconds(1)), clock.sleeps);
  }

  @Test
  void aDeadlineEndsTheOperationWithItsError() {
    Endpoint orders = orders("{policy: constant, duration: 1s, maxRetries: -1}", null, null);
    RetriesExhaustedException e =
        assertThrows(
            RetriesExhaustedException.class,
            () -> orders.call(failing(99), CallOptions.DEFAULT.deadline(Duration.ofMillis(2500))));
    assertEquals(3, e.attempts());
    assertEquals(Reason.DEADLINE, e.reason());
  }

  @Test
  void aDeadlineLimitsEachAttempt() throws Exception {
    Endpoint orders = orders(Policies.THREE_RETRIES, null, "1500ms");
    List<Duration> budgets = new ArrayList<>();
    orders.call(
        attempt -> {
          budgets.add(attempt.timeout());
          if (attempt.attempt() < 3) {
            throw new IOException("again");
          }
          return null;
        },
        CallOptions.DEFAULT.deadline(Duration.ofSeconds(3)));
    assertEquals(
        List.of(Duration.ofMillis(1500), Duration.ofMillis(1500), Duration.ofSeconds(1)), budgets);
  }

  @Test
  void anAttemptKnowsItsNumberAndBudget() throws Exception {
    Endpoint orders = orders(Policies.THREE_RETRIES, null, "250ms");
    List<String> seen = new ArrayList<>();
    orders.call(
        attempt -> {
          seen.add(attempt.attempt() + " " + attempt.timeout().toMillis());
          if (attempt.attempt() < 3) {
            throw new TimeoutException();
          }
          return null;
        },
        CallOptions.DEFAULT);
    assertEquals(List.of("1 250", "2 250", "3 250"), seen);
    assertEquals(2, totals(orders).timeouts());
  }

  @Test
  void theCallerSaysWhatFails() throws Exception {
    Endpoint orders = orders(Policies.THREE_RETRIES, Policies.TRIPS_AT_ONE, null);
    CallOptions options = CallOptions.DEFAULT.ignore(IllegalArgumentException.class);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            orders.call(
                () -> {
                  throw new IllegalArgumentException("no such order");
                },
                options));
    assertEquals(State.CLOSED, orders.state());
    assertEquals(new Snapshot.Calls(1, 0, 0, 0, 0, 0, 0, 0), totals(orders));
    assertThrows(
        CircuitOpenException.class,
        () -> orders.call(failing(1), CallOptions.DEFAULT.failOn(IOException.class)));
  }

  @Test
  void resultsMayFailAndTheLastOneIsReturned() throws Exception {
    Endpoint orders = orders(Policies.THREE_RETRIES, null, null);
    AtomicInteger calls = new AtomicInteger();
    assertEquals(
        4,
        orders.<Integer>call(calls::incrementAndGet, CallOptions.DEFAULT.failOnResult(r -> true)));
    assertEquals(4, calls.get());
  }

  @Test
  void theEngineJudgesStatuses() throws Exception {
    Endpoint orders =
        orders(
            "{policy: constant, duration: 1s, maxRetries: 3, matching: {httpStatusCodes:"
                + " '500-599'}}",
            null,
            null);
    CallOptions options = CallOptions.DEFAULT.httpStatus(result -> (Integer) result);
    AtomicInteger calls = new AtomicInteger();
    assertEquals(
        404, orders.<Integer>call(() -> calls.incrementAndGet() == 1 ? 503 : 404, options));
    assertEquals(2, calls.get(), "503 is in the list, 404 is not");
    assertEquals(204, orders.<Integer>call(() -> 204, options));
    assertEquals(new Snapshot.Calls(1, 2, 0, 0, 0, 1, 0, 1), totals(orders));
  }

  @Test
  void theServersHintMakesADelayLonger() throws Exception {
    Endpoint orders = orders(Policies.THREE_RETRIES, null, null);
    AtomicInteger calls = new AtomicInteger();
    orders.call(
        calls::incrementAndGet,
        CallOptions.DEFAULT.outcomeOfResult(
            result ->
                (Integer) result == 1
                    ? Outcome.http(429).retryAfter(Duration.ofSeconds(7))
                    : Outcome.http(200)));
    assertEquals(List.of(Duration.ofSeconds(7)), clock.sleeps);
  }

  @Test
  void aCallThatCannotBeRepeatedIsNot() {
    Endpoint orders = orders(Policies.THREE_RETRIES, null, null);
    assertEquals(
        "failure 1",
        assertThrows(
                IOException.class,
                () -> orders.call(failing(1), CallOptions.DEFAULT.notRepeatable()))
            .getMessage());
    assertTrue(clock.sleeps.isEmpty());
    assertEquals(new Snapshot.Calls(0, 1, 0, 0, 0, 0, 0, 1), totals(orders), "no retry is counted");
  }

  @Test
  void errorsPassThroughAtOnce() {
    Endpoint orders = orders(Policies.THREE_RETRIES, Policies.TRIPS_AT_ONE, null);
    assertThrows(
        StackOverflowError.class,
        () ->
            orders.call(
                () -> {
                  throw new StackOverflowError();
                }));
    assertEquals(State.OPEN, orders.state(), "it was a failure");
    assertTrue(clock.sleeps.isEmpty());
    assertEquals(0, totals(orders).retries());
  }

  @Test
  void aJudgeThatThrowsLeavesNothingInFlight() throws Exception {
    Endpoint orders = orders(null, Policies.TRIPS_AT_ONE, null);
    assertThrows(IOException.class, () -> orders.call(failing(1)));
    clock.advance(Duration.ofSeconds(6));
    assertThrows(
        IllegalStateException.class,
        () ->
            orders.call(
                () -> 1,
                CallOptions.DEFAULT.failOnResult(
                    r -> {
                      throw new IllegalStateException("a bug");
                    })));
    assertEquals(1, orders.<Integer>call(() -> 1), "the probe's permit is free again");
  }

  @Test
  void uncheckedFormsAndDecorators() throws Exception {
    Endpoint orders = orders(Policies.THREE_RETRIES, null, null);
    AtomicInteger calls = new AtomicInteger();
    orders.run(calls::incrementAndGet);
    assertEquals(2, orders.<Integer>get(calls::incrementAndGet));
    orders.decorateRunnable(calls::incrementAndGet).run();
    assertEquals(4, orders.<Integer>decorateSupplier(calls::incrementAndGet).get());
    assertEquals(5, orders.<Integer>decorateCallable(calls::incrementAndGet).call());
    assertEquals(15, orders.<Integer, Integer>decorateFunction(i -> calls.addAndGet(i)).apply(10));
    orders.<Integer>decorateConsumer(calls::addAndGet).accept(10);
    assertEquals(25, calls.get());
    assertThrows(
        ArithmeticException.class,
        () ->
            engine
                .app("free")
                .run(
                    () -> {
                      throw new ArithmeticException();
                    }));
    assertEquals(7, totals(orders).successes());
  }

  @Test
  void aTargetWithoutPolicyIsCalledAsItIs() throws Exception {
    Endpoint free = orders(null, null, "1s").engine.app("nobody");
    assertNull(free.state());
    assertThrows(IOException.class, () -> free.call(failing(1)));
    assertEquals(1, free.<Integer>call(failing(0)));
    assertFalse(free.tryCall(failing(0)).isRejected());
  }
}
