package dev.resil;

import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * A synchronous operation from where the engine must hear of it. Static throughout, state in locals
 * and one pooled ticket: a rejection allocates nothing. Runs within the endpoint's gate.
 */
final class SyncCall {
  private SyncCall() {}

  static <T> T begin(
      Endpoint endpoint,
      Callable<? extends T> work,
      CallOptions options,
      Function<Rejection, ? extends T> onRejection,
      long word)
      throws Exception {
    TicketPool pool = endpoint.handle.tickets;
    Ticket ticket = pool.take();
    try {
      long asked = endpoint.moment(word);
      long deadline = options.deadline == 0 ? 0 : Times.after(endpoint.now(), options.deadline);
      if (!Attempt.begin(endpoint, ticket, deadline)
          && !waitUntilAdmitted(endpoint, options, ticket, null)) {
        return onRejection.apply(endpoint.rejection(ticket, word, asked));
      }
      return run(endpoint, work, options, onRejection, ticket);
    } finally {
      pool.give(ticket);
    }
  }

  /**
   * The first attempt is over and was made without begin; it failed, or the word has changed
   * meanwhile.
   */
  static <T> T adopt(
      Endpoint endpoint,
      Callable<? extends T> work,
      CallOptions options,
      Function<Rejection, ? extends T> onRejection,
      long word,
      T value,
      Throwable failure)
      throws Exception {
    TicketPool pool = endpoint.handle.tickets;
    Ticket ticket = pool.take();
    try {
      Attempt.adopt(endpoint, word, ticket);
      Failures failures = new Failures();
      if (settled(endpoint, options, ticket, value, failure, failures)) {
        return value;
      }
      Rejection rejection = again(endpoint, options, ticket, failures);
      if (rejection != null) {
        return rejected(onRejection, rejection, failures);
      }
      return run(endpoint, work, options, onRejection, ticket, failures);
    } finally {
      pool.give(ticket);
    }
  }

  private static <T> T run(
      Endpoint endpoint,
      Callable<? extends T> work,
      CallOptions options,
      Function<Rejection, ? extends T> onRejection,
      Ticket ticket)
      throws Exception {
    T value;
    try {
      value = attempt(work, options, ticket.attempt(), ticket.timeout());
    } catch (Throwable failure) {
      Failures failures = new Failures();
      settled(endpoint, options, ticket, null, failure, failures);
      Rejection rejection = again(endpoint, options, ticket, failures);
      return rejection != null
          ? rejected(onRejection, rejection, failures)
          : run(endpoint, work, options, onRejection, ticket, failures);
    }
    Failures failures = options.judgesResults() ? new Failures() : null;
    if (settled(endpoint, options, ticket, value, null, failures)) {
      return value;
    }
    Rejection rejection = again(endpoint, options, ticket, failures);
    return rejection != null
        ? rejected(onRejection, rejection, failures)
        : run(endpoint, work, options, onRejection, ticket, failures);
  }

  /** Attempts and waits, until there is an end of it. An attempt has begun. */
  private static <T> T run(
      Endpoint endpoint,
      Callable<? extends T> work,
      CallOptions options,
      Function<Rejection, ? extends T> onRejection,
      Ticket ticket,
      Failures failures)
      throws Exception {
    for (; ; ) {
      T value = null;
      Throwable failure = null;
      try {
        value = attempt(work, options, ticket.attempt(), ticket.timeout());
      } catch (Throwable thrown) {
        failure = thrown;
      }
      if (settled(endpoint, options, ticket, value, failure, failures)) {
        return value;
      }
      Rejection rejection = again(endpoint, options, ticket, failures);
      if (rejection != null) {
        return rejected(onRejection, rejection, failures);
      }
    }
  }

  static <T> T attempt(Callable<? extends T> work, CallOptions options, int number, long timeout)
      throws Exception {
    Attempts.announce(work, number, timeout);
    return options.interrupt && timeout > 0 ? Watchdog.call(work, timeout) : work.call();
  }

  /**
   * End the attempt. True: the value is the answer. False: to be retried, after the ticket's delay.
   * Else throws.
   */
  private static boolean settled(
      Endpoint endpoint,
      CallOptions options,
      Ticket ticket,
      Object value,
      Throwable failure,
      Failures failures)
      throws Exception {
    // An interrupt is a cancellation however it is dressed, as long as the work did not swallow it.
    Outcome outcome =
        failure != null && Thread.currentThread().isInterrupted()
            ? Outcome.CANCELLED
            : Attempt.judge(endpoint, options, ticket, value, failure);
    Verdict verdict = Attempt.end(endpoint, options, ticket, outcome, failure);
    if (verdict == Verdict.RETRY) {
      failures.add(failure);
      return false;
    }
    if (failure == null) {
      return true;
    }
    throw Attempt.given(endpoint, ticket, verdict, failure, failures);
  }

  /** Wait, then begin once more. Null: admitted. */
  private static Rejection again(
      Endpoint endpoint, CallOptions options, Ticket ticket, Failures failures)
      throws InterruptedException {
    pause(endpoint, ticket.delay(), failures);
    if (Attempt.beginAgain(endpoint, ticket)
        || waitUntilAdmitted(endpoint, options, ticket, failures)) {
      return null;
    }
    return endpoint.rejection(ticket);
  }

  private static <T> T rejected(
      Function<Rejection, ? extends T> onRejection, Rejection rejection, Failures failures) {
    try {
      return onRejection.apply(rejection);
    } catch (RejectedException e) {
      throw e.rejection() == rejection ? failures.explain(e) : e;
    }
  }

  private static boolean waitUntilAdmitted(
      Endpoint endpoint, CallOptions options, Ticket ticket, Failures failures)
      throws InterruptedException {
    do {
      long wait = Attempt.waitAfterRejection(endpoint, options, ticket);
      if (wait < 0) {
        return false;
      }
      pause(endpoint, wait, failures);
    } while (!Attempt.beginAgain(endpoint, ticket));
    return true;
  }

  private static void pause(Endpoint endpoint, long nanos, Failures failures)
      throws InterruptedException {
    endpoint.engine.pause(nanos);
    if (endpoint.handle.isClosed()) {
      throw new EngineClosedException(failures == null ? null : failures.last());
    }
  }
}
