package dev.resil;

import java.time.Duration;

/**
 * The attempt was not made. Carries no stack trace, since it is thrown at the rate of the calls
 * that are refused. Where earlier attempts of the operation failed, the last failure is the cause
 * and those before it are suppressed.
 */
public abstract class RejectedException extends ResilException {
  private static final long serialVersionUID = 1;

  private final transient Rejection rejection;
  private Throwable earlier;

  RejectedException(Rejection rejection) {
    super(null, false);
    this.rejection = rejection;
  }

  /** Written when asked for: most rejections are caught and counted, not read. */
  @Override
  public final String getMessage() {
    return rejection == null ? "rejected" : rejection.toString();
  }

  /** A stackless exception is made without a cause for good, so this one keeps its own. */
  final void because(Throwable failure) {
    earlier = failure;
  }

  @Override
  public final synchronized Throwable getCause() {
    return earlier;
  }

  /** How long, from now, until an attempt could be admitted; zero once it could. */
  public Duration retryAfter() {
    return rejection == null ? Duration.ZERO : rejection.retryAfter();
  }

  /** The same answer as a value; null in an exception that was serialized. */
  public Rejection rejection() {
    return rejection;
  }
}
