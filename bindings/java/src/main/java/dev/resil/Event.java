package dev.resil;

import dev.resil.internal.ResilConstants;
import java.time.Duration;

/**
 * Something that happened at an endpoint.
 *
 * @param sequence counts 1, 2, 3, ...; a gap is how many events were lost because nobody read them
 *     in time
 * @param timeNanos by the engine's clock
 * @param endpoint null for warnings only, those that are not about one. The breaker that a type of
 *     actors shares ({@code circuitBreakerScope: type}) has an endpoint of its own, an actor whose
 *     instance is empty
 * @param text the line to log, in the words that Dapr's users know; empty where there is nothing to
 *     log
 * @param before see the kinds
 * @param after see the kinds
 * @param value see the kinds
 */
public record Event(
    long sequence,
    long timeNanos,
    Kind kind,
    Endpoint endpoint,
    String text,
    int before,
    int after,
    long value) {
  /** What happened; in brackets what before, after and value mean, in resil.h's numbers. */
  public enum Kind {
    /** A circuit breaker changed state: see {@link Event#from} and {@link Event#to}. */
    STATE_CHANGE,
    /** An attempt failed and will be retried (the attempt, its outcome, the delay). */
    RETRY,
    /** An operation went well after a retry (the attempts made). */
    RECOVERED,
    /**
     * An attempt was not admitted (the attempts made, the reason, nanoseconds until one could be).
     */
    REJECTED,
    /** An attempt used up its budget (the attempt, nothing, its budget). */
    TIMED_OUT,
    /** An operation failed for good (the attempts made, the reason, the last outcome). */
    GAVE_UP,
    /**
     * Something in the policies, or about their use, that deserves a look: see {@link Event#text}.
     */
    WARNING;

    static Kind of(int code) {
      return switch (code) {
        case ResilConstants.EVENT_BREAKER -> STATE_CHANGE;
        case ResilConstants.EVENT_RETRY -> RETRY;
        case ResilConstants.EVENT_RECOVERED -> RECOVERED;
        case ResilConstants.EVENT_REJECTED -> REJECTED;
        case ResilConstants.EVENT_TIMED_OUT -> TIMED_OUT;
        case ResilConstants.EVENT_GAVE_UP -> GAVE_UP;
        case ResilConstants.EVENT_WARNING -> WARNING;
        default -> null; // of a newer engine
      };
    }
  }

  /** The state before; null unless this is a {@link Kind#STATE_CHANGE}. */
  public State from() {
    return kind == Kind.STATE_CHANGE ? State.of(before) : null;
  }

  /** The state after; null unless this is a {@link Kind#STATE_CHANGE}. */
  public State to() {
    return kind == Kind.STATE_CHANGE ? State.of(after) : null;
  }

  /** The number of the attempt, or of the attempts made; 0 where there is none. */
  public int attempts() {
    return kind == Kind.STATE_CHANGE || kind == Kind.WARNING ? 0 : before;
  }

  /** Why an attempt was rejected or an operation given up; else null. */
  public Reason reason() {
    return kind == Kind.REJECTED || kind == Kind.GAVE_UP ? Reason.of(after) : null;
  }

  /**
   * How long until the retry or the possible admission, or the budget that was used up; zero
   * elsewhere.
   */
  public Duration duration() {
    return kind == Kind.RETRY || kind == Kind.REJECTED || kind == Kind.TIMED_OUT
        ? Duration.ofNanos(value)
        : Duration.ZERO;
  }
}
