package dev.resil;

import java.time.Duration;

/** Durations are Duration outside and nanoseconds inside. */
final class Times {
  private Times() {}

  /** Saturates: nobody waits 292 years. */
  static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException tooLong) {
      return duration.isNegative() ? Long.MIN_VALUE + 1 : Long.MAX_VALUE;
    }
  }

  /** Saturating, for a point in time that may be beyond all time. */
  static long after(long now, long nanos) {
    long sum = now + nanos;
    return nanos > 0 && sum < now ? Long.MAX_VALUE : sum;
  }
}
