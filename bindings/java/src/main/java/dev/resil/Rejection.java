package dev.resil;

import java.time.Duration;

/** Why no attempt was made, as a value. Immutable; one object may be handed to many callers. */
public final class Rejection {
  private final Endpoint endpoint;
  private final Reason reason;
  private final long word;
  private final long admittedFrom;
  final Marker marker = new Marker(this);

  Rejection(Endpoint endpoint, Reason reason, long word, long admittedFrom) {
    this.endpoint = endpoint;
    this.reason = reason;
    this.word = word;
    this.admittedFrom = admittedFrom;
  }

  /**
   * What {@code tryCall} gets from inside; no code outside can hold one, so it cannot be taken for
   * a call's own result.
   */
  record Marker(Result.Rejected<Object> result) {
    Marker(Rejection rejection) {
      this(new Result.Rejected<>(rejection));
    }
  }

  /**
   * While the breaker's word stands, an open breaker's answer stands: the moment from which it
   * admits is part of what the word identifies. So a flood of rejections is served with one object.
   */
  boolean stillSays(Reason again, long wordNow) {
    return reason == Reason.OPEN && again == Reason.OPEN && word == wordNow;
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  /** Why: the circuit breaker, the deadline, or a limit of the target. */
  public Reason reason() {
    return reason;
  }

  /** How long, from now, until an attempt could be admitted; zero once it could. */
  public Duration retryAfter() {
    return Duration.ofNanos(Math.max(0, admittedFrom - endpoint.now()));
  }

  RejectedException toException() {
    return switch (reason) {
      case OPEN -> new CircuitOpenException(this);
      case TOO_MANY_REQUESTS -> new TooManyRequestsException(this);
      case DEADLINE -> new DeadlineExceededException(this);
      default -> new LimitedException(this);
    };
  }

  @Override
  public String toString() {
    return switch (reason) {
      case OPEN ->
          endpoint + ": the circuit breaker is open for another " + retryAfter().toMillis() + " ms";
      case TOO_MANY_REQUESTS ->
          endpoint + ": the circuit breaker is half-open and its probes are under way";
      case DEADLINE -> endpoint + ": the operation's deadline has passed";
      case BUSY -> endpoint + ": as many attempts as its target may have are in flight";
      case RATE_LIMITED ->
          endpoint + ": the rate limit admits none for another " + retryAfter().toMillis() + " ms";
      case HELD ->
          endpoint + ": the server asked for another " + retryAfter().toMillis() + " ms of rest";
      default -> endpoint + ": the engine admitted no attempt";
    };
  }
}
