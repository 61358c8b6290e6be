package dev.resil;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How one kind of call is made and judged. Immutable: each method returns another one; keep it in a
 * constant.
 *
 * <p>By default every exception is a failure, a {@link TimeoutException} or {@link
 * AttemptTimeoutException} a timeout, a {@link CancellationException} or an interrupt a
 * cancellation, and every result a success.
 */
public final class CallOptions {
  /** What calls without options use. */
  public static final CallOptions DEFAULT = new CallOptions(0, false, true, false, null, null);

  final long deadline;
  final boolean wait;
  final boolean repeatable;
  final boolean interrupt;
  private final Function<Object, Outcome> ofResult;
  private final Function<Throwable, Outcome> ofException;

  /** False where the engine must hear of every attempt's begin. */
  final boolean mayElide;

  private CallOptions(
      long deadline,
      boolean wait,
      boolean repeatable,
      boolean interrupt,
      Function<Object, Outcome> ofResult,
      Function<Throwable, Outcome> ofException) {
    this.deadline = deadline;
    this.wait = wait;
    this.repeatable = repeatable;
    this.interrupt = interrupt;
    this.ofResult = ofResult;
    this.ofException = ofException;
    this.mayElide = deadline == 0;
  }

  /**
   * The whole operation, waits included, must be over in this time from its call; an attempt's
   * budget ends with it.
   */
  public CallOptions deadline(Duration whole) {
    long nanos = Times.nanos(whole);
    if (nanos <= 0) {
      throw new IllegalArgumentException("a deadline of " + whole + ": write a positive duration");
    }
    return new CallOptions(nanos, wait, repeatable, interrupt, ofResult, ofException);
  }

  /**
   * While the breaker does not admit, wait until it may and ask again, in place of a rejection.
   * Waiting is no attempt. Where the wait would end at the deadline or after it, the call ends at
   * once with the rejection.
   */
  public CallOptions waitWhenOpen() {
    return new CallOptions(deadline, true, repeatable, interrupt, ofResult, ofException);
  }

  /**
   * The call cannot be made twice: a failure ends the operation, whatever the retry policy says.
   */
  public CallOptions notRepeatable() {
    return new CallOptions(deadline, wait, false, interrupt, ofResult, ofException);
  }

  /**
   * At an attempt's timeout, interrupt the thread that makes it. Costs a timer per attempt;
   * synchronous calls only.
   */
  public CallOptions interruptOnTimeout() {
    return new CallOptions(deadline, wait, repeatable, true, ofResult, ofException);
  }

  /**
   * Only these exceptions are failures; any other is the answer to the call: a success for the
   * breaker, and thrown on.
   */
  public CallOptions failOn(Predicate<? super Throwable> fails) {
    Objects.requireNonNull(fails, "fails");
    return outcomeOfException(e -> fails.test(e) ? defaultOutcome(e) : Outcome.SUCCESS);
  }

  /** Only exceptions of these classes are failures. */
  @SafeVarargs
  public final CallOptions failOn(Class<? extends Throwable>... classes) {
    List<Class<?>> listed = List.of(classes);
    return failOn(e -> isOneOf(listed, e));
  }

  /** Exceptions of these classes are not failures, all others are. */
  @SafeVarargs
  public final CallOptions ignore(Class<? extends Throwable>... classes) {
    List<Class<?>> listed = List.of(classes);
    return failOn(e -> !isOneOf(listed, e));
  }

  /**
   * Results like these are failures. The last one is returned, not thrown, when there is no further
   * retry.
   */
  public CallOptions failOnResult(Predicate<Object> fails) {
    Objects.requireNonNull(fails, "fails");
    return outcomeOfResult(r -> fails.test(r) ? Outcome.FAILURE : Outcome.SUCCESS);
  }

  /** Reads the HTTP status off a result, so that the policy can judge it. */
  public CallOptions httpStatus(Function<Object, Integer> status) {
    Objects.requireNonNull(status, "status");
    return outcomeOfResult(r -> Outcome.http(status.apply(r)));
  }

  /** Judges a result; null means success. */
  public CallOptions outcomeOfResult(Function<Object, Outcome> outcome) {
    return new CallOptions(
        deadline,
        wait,
        repeatable,
        interrupt,
        Objects.requireNonNull(outcome, "outcome"),
        ofException);
  }

  /**
   * Judges an exception, for instance by the status it carries; null means what it would be by
   * default.
   */
  public CallOptions outcomeOfException(Function<Throwable, Outcome> outcome) {
    return new CallOptions(
        deadline,
        wait,
        repeatable,
        interrupt,
        ofResult,
        Objects.requireNonNull(outcome, "outcome"));
  }

  Outcome outcomeOf(Object result) {
    if (ofResult == null) {
      return Outcome.SUCCESS;
    }
    Outcome outcome = ofResult.apply(result);
    return outcome == null ? Outcome.SUCCESS : outcome;
  }

  Outcome outcomeOf(Throwable failure) {
    Outcome outcome =
        ofException == null || isCancellation(failure) ? null : ofException.apply(failure);
    return outcome == null ? defaultOutcome(failure) : outcome;
  }

  boolean judgesResults() {
    return ofResult != null;
  }

  private static Outcome defaultOutcome(Throwable failure) {
    if (isCancellation(failure)) {
      return Outcome.CANCELLED;
    }
    for (Class<?> c = failure.getClass(); c != null; c = c.getSuperclass()) {
      // By name: java.net.http need not be there, and a socket's timeout has its class to itself.
      switch (c.getName()) {
        case "java.util.concurrent.TimeoutException",
            "dev.resil.AttemptTimeoutException",
            "java.net.http.HttpTimeoutException",
            "java.net.SocketTimeoutException" -> {
          return Outcome.TIMEOUT;
        }
        default -> {}
      }
    }
    return Outcome.FAILURE;
  }

  private static boolean isCancellation(Throwable failure) {
    return failure instanceof InterruptedException || failure instanceof CancellationException;
  }

  private static boolean isOneOf(List<Class<?>> classes, Throwable failure) {
    for (Class<?> c : classes) {
      if (c.isInstance(failure)) {
        return true;
      }
    }
    return false;
  }
}
