package dev.resil;

import dev.resil.internal.ResilConstants;

/** What the engine says after an attempt. */
public enum Verdict {
  /** The operation is over and went well, or counts for nothing. */
  DONE,
  /** Wait {@link Operation#delay()}, then begin again. */
  RETRY,
  /** The operation is over and failed; {@link Operation#reason()} says why there is no retry. */
  GIVE_UP;

  static Verdict of(int code) {
    return switch (code) {
      case ResilConstants.DONE -> DONE;
      case ResilConstants.RETRY -> RETRY;
      case ResilConstants.GIVE_UP -> GIVE_UP;
      default -> throw new ResilException("the attempt could not be ended: " + Text.nameOf(code));
    };
  }
}
