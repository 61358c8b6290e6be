package dev.resil;

import java.time.Duration;

/** The attempt used up the time that the policy gives it and was cancelled. */
public final class AttemptTimeoutException extends ResilException {
  private static final long serialVersionUID = 1;

  private final Duration budget;

  public AttemptTimeoutException(Duration budget, Throwable cause) {
    super("the attempt took longer than its " + budget.toMillis() + " ms", cause);
    this.budget = budget;
  }

  /** What the attempt was given. */
  public Duration budget() {
    return budget;
  }
}
