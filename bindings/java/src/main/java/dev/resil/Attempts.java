package dev.resil;

import java.time.Duration;
import java.util.concurrent.Callable;

/** An {@link AttemptCallable} in the form of a Callable, which each attempt is announced to. */
final class Attempts<T> implements Callable<T>, AttemptContext {
  private final AttemptCallable<? extends T> work;
  private int attempt;
  private long timeout;

  Attempts(AttemptCallable<? extends T> work) {
    this.work = work;
  }

  static void announce(Callable<?> work, int attempt, long timeout) {
    if (work instanceof Attempts<?> attempts) {
      attempts.attempt = attempt;
      attempts.timeout = timeout;
    }
  }

  @Override
  public T call() throws Exception {
    return work.call(this);
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public Duration timeout() {
    return Duration.ofNanos(timeout);
  }
}
