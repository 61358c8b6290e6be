package dev.resil;

import dev.resil.internal.Contract;
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
  DEADLINE(ResilConstants.WHY_DEADLINE),
  /** The target's retry budget is used up. */
  RETRY_BUDGET(Contract.WHY_RETRY_BUDGET),
  /** As many attempts as the target may have are in flight. */
  BUSY(Contract.WHY_BUSY),
  /** The target's rate limit admits no attempt yet. */
  RATE_LIMITED(Contract.WHY_RATE_LIMITED),
  /** The target's server asked to be left alone for a while. */
  HELD(Contract.WHY_HELD),
  /** One that this version does not know. */
  OTHER(-1);

  /** values() makes a copy at every call, and this is asked at every attempt. */
  private static final Reason[] ALL = values();

  private final int code;

  Reason(int code) {
    this.code = code;
  }

  /** The reason of that code, or null where there is none (an operation that went well). */
  static Reason of(int code) {
    if (code == 0) {
      return null;
    }
    for (Reason reason : ALL) {
      if (reason.code == code) {
        return reason;
      }
    }
    return OTHER;
  }
}
