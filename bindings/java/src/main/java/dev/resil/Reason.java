package dev.resil;

import dev.resil.internal.ResilConstants;

/** Why an attempt was not admitted, or an operation not retried. */
public enum Reason {
  /** The circuit breaker is open. */
  OPEN(ResilConstants.WHY_OPEN),
  /** The circuit breaker is half-open and its probes are under way. */
  TOO_MANY_REQUESTS(ResilConstants.WHY_HALF_OPEN_FULL),
  /** The retry policy allows no further attempt. */
  EXHAUSTED(ResilConstants.WHY_EXHAUSTED),
  /** The retry policy's {@code matching} does not list the status. */
  NOT_RETRIABLE(ResilConstants.WHY_NOT_RETRIABLE),
  /** The caller cancelled. */
  CANCELLED(ResilConstants.WHY_CANCELLED),
  /** The operation's deadline has passed, or would before the next attempt. */
  DEADLINE(ResilConstants.WHY_DEADLINE);

  /** values() makes a copy at every call, and this is asked at every attempt. */
  private static final Reason[] ALL = values();

  private final int code;

  Reason(int code) {
    this.code = code;
  }

  /** The reason of that code, or null where there is none (an operation that went well). */
  static Reason of(int code) {
    for (Reason reason : ALL) {
      if (reason.code == code) {
        return reason;
      }
    }
    return null;
  }
}
