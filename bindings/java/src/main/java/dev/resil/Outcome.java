package dev.resil;

import dev.resil.internal.ResilConstants;
import java.time.Duration;
import java.util.Objects;

/**
 * How an attempt ended, as far as the host can tell; what that means is the policy's to say.
 * Immutable.
 *
 * <p>An HTTP or gRPC status is passed on as it is: the engine knows which of them fail, and the
 * policy which are retried.
 */
public final class Outcome {
  public static final Outcome SUCCESS = new Outcome(ResilConstants.SUCCESS, 0);
  public static final Outcome FAILURE = new Outcome(ResilConstants.FAILURE, 0);
  public static final Outcome TIMEOUT = new Outcome(ResilConstants.TIMEOUT, 0);

  /** Counts neither as success nor as failure, and ends the operation. */
  public static final Outcome CANCELLED = new Outcome(ResilConstants.CANCELLED, 0);

  private static final Outcome OK = new Outcome(NativeCheck.HTTP | 200, 0);

  final int code;
  final long hintNanos;

  private Outcome(int code, long hintNanos) {
    this.code = code;
    this.hintNanos = hintNanos;
  }

  /** The attempt was answered with this HTTP status. */
  public static Outcome http(int status) {
    return status == 200
        ? OK
        : new Outcome(NativeCheck.HTTP | within(status, 0, 999, "HTTP status"), 0);
  }

  /** The attempt was answered with this gRPC status code, 0 to 16. */
  public static Outcome grpc(int status) {
    return new Outcome(NativeCheck.GRPC | within(status, 0, 16, "gRPC status"), 0);
  }

  /**
   * The same outcome with the server's own word on when to come back (Retry-After). It can make the
   * delay before the next attempt longer, never shorter.
   */
  public Outcome retryAfter(Duration hint) {
    return new Outcome(code, Math.max(0, Times.nanos(Objects.requireNonNull(hint, "hint"))));
  }

  private static int within(int value, int low, int high, String what) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          value + " is not a " + what + ": write " + low + " to " + high);
    }
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Outcome o && o.code == code && o.hintNanos == hintNanos;
  }

  @Override
  public int hashCode() {
    return 31 * code + Long.hashCode(hintNanos);
  }

  @Override
  public String toString() {
    if ((code & NativeCheck.HTTP) != 0) {
      return "HTTP " + (code & 0xffff);
    }
    if ((code & NativeCheck.GRPC) != 0) {
      return "gRPC " + (code & 0xffff);
    }
    return switch (code) {
      case ResilConstants.SUCCESS -> "success";
      case ResilConstants.FAILURE -> "failure";
      case ResilConstants.TIMEOUT -> "timeout";
      default -> "cancelled";
    };
  }
}
