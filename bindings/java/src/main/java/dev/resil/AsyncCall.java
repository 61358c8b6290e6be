package dev.resil;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An asynchronous operation. It is always in one step, an attempt or a wait, which may end in
 * several ways at once: by itself, by its timer, by the caller's cancelling. Whoever takes the step
 * out of {@code current} has it to end; the others come late. Stays within the endpoint's gate from
 * start to end.
 */
final class AsyncCall<T> {
  /** One attempt or one wait. */
  private static final class Step {
    /** Something is begun that must be ended. */
    final boolean attempt;

    volatile CompletionStage<?> stage;
    volatile Future<?> timer;
    volatile Runnable wait;

    Step(boolean attempt) {
      this.attempt = attempt;
    }
  }

  private record Context(int attempt, Duration timeout) implements AttemptContext {}

  private final Endpoint endpoint;
  private final AttemptCallable<? extends CompletionStage<T>> work;
  private final ScheduledExecutorService scheduler;
  private final CallOptions options;
  private final int cell;
  private final long word;
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private final AtomicReference<Step> current = new AtomicReference<>();
  private final Failures failures = new Failures();

  /** None while the first attempt goes without. */
  private Ticket ticket;

  private AsyncCall(
      Endpoint endpoint,
      AttemptCallable<? extends CompletionStage<T>> work,
      ScheduledExecutorService scheduler,
      CallOptions options,
      int cell,
      long word) {
    this.endpoint = endpoint;
    this.work = work;
    this.scheduler = scheduler;
    this.options = options;
    this.cell = cell;
    this.word = word;
  }

  static <T> CompletableFuture<T> start(
      Endpoint endpoint,
      AttemptCallable<? extends CompletionStage<T>> work,
      ScheduledExecutorService scheduler,
      CallOptions options) {
    int cell;
    try {
      cell = endpoint.handle.enter(endpoint.cells);
    } catch (EngineClosedException closed) {
      return CompletableFuture.failedFuture(closed);
    }
    AsyncCall<T> call = new AsyncCall<>(endpoint, work, scheduler, options, cell, endpoint.word());
    call.result.whenComplete((value, failure) -> call.abandoned());
    call.guarded(call::first);
    return call.result;
  }

  private void first() {
    if (Endpoint.isFast(word) && options.mayElide) {
      attempt(1, Endpoint.timeoutOf(word));
      return;
    }
    ticket = endpoint.handle.tickets.take();
    long deadline = options.deadline == 0 ? 0 : Times.after(endpoint.now(), options.deadline);
    begun(Attempt.begin(endpoint, ticket, deadline));
  }

  private void begun(boolean admitted) {
    if (admitted) {
      attempt(ticket.attempt(), ticket.timeout());
      return;
    }
    long wait = Attempt.waitAfterRejection(endpoint, options, ticket);
    if (wait >= 0) {
      waitFor(wait);
    } else {
      fail(failures.explain(endpoint.rejection(ticket).toException()));
    }
  }

  /** Null: the caller cancelled between two steps, which is dealt with. */
  private Step enter(boolean attempt) {
    Step step = new Step(attempt);
    current.set(step);
    if (result.isDone()) {
      abandoned();
    }
    return current.get() == step ? step : null;
  }

  private void attempt(int number, long timeout) {
    Step step = enter(true);
    if (step == null) {
      return;
    }
    CompletionStage<T> stage;
    try {
      stage = work.call(new Context(number, Duration.ofNanos(timeout)));
      step.stage = stage;
    } catch (Throwable failure) {
      over(step, null, failure);
      return;
    }
    if (stage == null) {
      over(step, null, new NullPointerException("the asynchronous call returned no stage"));
      return;
    }
    stage.whenComplete((value, failure) -> over(step, value, failure));
    if (result.isDone()) { // the caller may have cancelled while there was no stage to cancel yet
      cancel(stage);
    } else if (timeout > 0 && current.get() == step) {
      keepTime(step, timeout, () -> timedOut(step, timeout));
    }
  }

  private void timedOut(Step step, long timeout) {
    if (!current.compareAndSet(step, null)) {
      return;
    }
    guarded(
        () -> {
          cancel(step.stage);
          concluded(null, new AttemptTimeoutException(Duration.ofNanos(timeout), null));
        });
  }

  private void over(Step step, T value, Throwable failure) {
    if (!current.compareAndSet(step, null)) {
      return;
    }
    cancel(step.timer);
    guarded(
        () ->
            concluded(
                value,
                failure instanceof CompletionException e && e.getCause() != null
                    ? e.getCause()
                    : failure));
  }

  private void concluded(T value, Throwable failure) {
    if (ticket == null) {
      if (failure == null && !options.judgesResults() && endpoint.word() == word) {
        endpoint.leave(cell, true);
        result.complete(value);
        return;
      }
      ticket = endpoint.handle.tickets.take();
      Attempt.adopt(endpoint, word, ticket);
    }
    Outcome outcome =
        result.isDone()
            ? Outcome.CANCELLED
            : Attempt.judge(endpoint, options, ticket, value, failure);
    Verdict verdict = Attempt.end(endpoint, options, ticket, outcome, failure);
    if (verdict == Verdict.RETRY) {
      failures.add(failure);
      waitFor(ticket.delay());
    } else if (failure == null) {
      release();
      result.complete(value);
    } else {
      fail(
          failure instanceof Exception
              ? Attempt.given(endpoint, ticket, verdict, failure, failures)
              : failure);
    }
  }

  private void waitFor(long nanos) {
    Step step = enter(false);
    if (step == null) {
      return;
    }
    Runnable end = () -> waited(step);
    step.wait = end;
    keepTime(step, nanos, end);
    if (current.get() == step) {
      endpoint.handle.addWait(end);
      if (current.get() != step) {
        endpoint.handle.removeWait(end); // it ended as it was added
      }
    }
  }

  private void waited(Step step) {
    if (!current.compareAndSet(step, null)) {
      return;
    }
    forget(step);
    guarded(
        () -> {
          if (endpoint.handle.isClosed()) {
            fail(new EngineClosedException(failures.last()));
          } else {
            begun(Attempt.beginAgain(endpoint, ticket));
          }
        });
  }

  private void keepTime(Step step, long nanos, Runnable then) {
    try {
      step.timer = scheduler.schedule(then, nanos, TimeUnit.NANOSECONDS);
    } catch (Throwable refused) { // the scheduler was shut down: without time there is no going on
      if (current.compareAndSet(step, null)) {
        cancel(step.stage);
        guarded(
            () -> {
              if (step.attempt) {
                concludeUncounted();
              }
              fail(refused);
            });
      }
      return;
    }
    if (current.get() != step) {
      cancel(step.timer);
    }
  }

  /**
   * The result was completed; by us, and then there is no step left, or by the caller, who thereby
   * cancels.
   */
  private void abandoned() {
    Step step = current.getAndSet(null);
    if (step == null) {
      return;
    }
    forget(step);
    cancel(step.stage);
    guarded(
        () -> {
          if (step.attempt) {
            concludeUncounted();
          }
          release();
        });
  }

  private void forget(Step step) {
    cancel(step.timer);
    if (step.wait != null) {
      endpoint.handle.removeWait(step.wait);
    }
  }

  private void concludeUncounted() {
    if (ticket == null) {
      ticket = endpoint.handle.tickets.take();
      Attempt.adopt(endpoint, word, ticket);
    }
    Attempt.end(endpoint, ticket, Outcome.CANCELLED);
  }

  private void fail(Throwable failure) {
    release();
    result.completeExceptionally(failure);
  }

  private void release() {
    if (ticket != null) {
      endpoint.handle.tickets.give(ticket);
      ticket = null;
    }
    endpoint.leave(cell, false);
  }

  /**
   * What should not happen, an engine that refuses, a judge that throws, must not leave the caller
   * waiting.
   */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (Throwable unexpected) {
      fail(unexpected);
    }
  }

  private static void cancel(Future<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private static void cancel(CompletionStage<?> stage) {
    if (stage == null) {
      return;
    }
    try {
      stage.toCompletableFuture().cancel(true);
    } catch (UnsupportedOperationException notSo) {
      return; // a stage that cannot be cancelled runs on, unheard
    }
  }
}
