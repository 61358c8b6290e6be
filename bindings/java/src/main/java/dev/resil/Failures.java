package dev.resil;

import java.util.ArrayDeque;

/** The failures of one operation, bounded: an operation may be retried for ever. */
final class Failures {
  static final int KEPT = 16;

  /** Of most operations there are none. */
  private ArrayDeque<Throwable> earlier;

  private Throwable last;

  /** Null for an attempt that failed by its result. */
  void add(Throwable failure) {
    if (failure == null) {
      return;
    }
    if (last != null) {
      if (earlier == null) {
        earlier = new ArrayDeque<>();
      } else if (earlier.size() == KEPT) {
        earlier.removeFirst();
      }
      earlier.addLast(last);
    }
    last = failure;
  }

  Throwable last() {
    return last;
  }

  /**
   * Hang what is known onto what is thrown: the last failure is its cause, those before it are
   * suppressed.
   */
  <X extends Throwable> X explain(X thrown) {
    if (thrown instanceof RejectedException rejected) {
      rejected.because(last);
    }
    if (earlier != null) {
      for (Throwable failure : earlier) {
        if (failure != thrown) {
          thrown.addSuppressed(failure);
        }
      }
    }
    return thrown;
  }
}
