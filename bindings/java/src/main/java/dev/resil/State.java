package dev.resil;

import dev.resil.internal.ResilConstants;

/** The state of a circuit breaker. */
public enum State {
  CLOSED("closed"),
  OPEN("open"),
  HALF_OPEN("half-open");

  private final String text;

  State(String text) {
    this.text = text;
  }

  /** As the engine writes it: {@code closed}, {@code open} or {@code half-open}. */
  @Override
  public String toString() {
    return text;
  }

  static State of(int code) {
    return switch (code) {
      case ResilConstants.CLOSED -> CLOSED;
      case ResilConstants.OPEN -> OPEN;
      case ResilConstants.HALF_OPEN -> HALF_OPEN;
      default ->
          throw new ResilException(
              "the engine named a breaker state that this jar does not know: " + code);
    };
  }

  static State of(String text) {
    for (State state : values()) {
      if (state.text.equals(text)) {
        return state;
      }
    }
    throw new ResilException(
        "the engine named a breaker state that this jar does not know: " + text);
  }
}
