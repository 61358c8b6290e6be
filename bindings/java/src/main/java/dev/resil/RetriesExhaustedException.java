package dev.resil;

/**
 * The operation failed after more than one attempt. The cause is the last failure, the suppressed
 * exceptions are those before it, oldest first (of a long operation, the latest {@value
 * Failures#KEPT}).
 */
public final class RetriesExhaustedException extends ResilException {
  private static final long serialVersionUID = 1;

  private final int attempts;
  private final Reason reason;

  RetriesExhaustedException(String target, int attempts, Reason reason, Throwable last) {
    super(
        target
            + " failed "
            + attempts
            + " times"
            + (reason == Reason.DEADLINE ? " and its deadline is near" : "")
            + ", last with: "
            + last,
        last);
    this.attempts = attempts;
    this.reason = reason;
  }

  /** How many attempts were made. */
  public int attempts() {
    return attempts;
  }

  /** Why there was no further one: {@link Reason#EXHAUSTED} or {@link Reason#DEADLINE}. */
  public Reason reason() {
    return reason;
  }
}
