package dev.resil;

import java.util.Objects;
import java.util.function.Function;

/** What became of a call, without an exception: a value, a failure, or a rejection. */
public sealed interface Result<T> permits Result.Success, Result.Failure, Result.Rejected {
  /**
   * The call went well, or its result counts as a failure that is not retried (any more) and is the
   * caller's to look at.
   */
  record Success<T>(T value) implements Result<T> {}

  /** The call failed with this exception, which {@code call} would have thrown. */
  record Failure<T>(Exception exception) implements Result<T> {
    public Failure {
      Objects.requireNonNull(exception, "exception");
    }
  }

  /** No attempt was made. */
  record Rejected<T>(Rejection rejection) implements Result<T> {
    public Rejected {
      Objects.requireNonNull(rejection, "rejection");
    }
  }

  default boolean isSuccess() {
    return this instanceof Success;
  }

  default boolean isRejected() {
    return this instanceof Rejected;
  }

  /** The value, or that one. */
  default T orElse(T other) {
    return this instanceof Success<T> success ? success.value() : other;
  }

  /** The value, or what {@code call} would have thrown. */
  default T orElseThrow() throws Exception {
    if (this instanceof Success<T> success) {
      return success.value();
    }
    throw exception();
  }

  /** What {@code call} would have thrown; null for a value. */
  default Exception exception() {
    if (this instanceof Failure<T> failure) {
      return failure.exception();
    }
    return this instanceof Rejected<T> rejected ? rejected.rejection().toException() : null;
  }

  /** A function of the value; a failure or rejection stays what it is. */
  @SuppressWarnings("unchecked")
  default <R> Result<R> map(Function<? super T, ? extends R> function) {
    return this instanceof Success<T> success
        ? new Success<>(function.apply(success.value()))
        : (Result<R>) this;
  }
}
