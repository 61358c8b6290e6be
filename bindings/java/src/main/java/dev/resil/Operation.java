package dev.resil;

import java.time.Duration;

/**
 * One logical operation by hand, all its attempts:
 *
 * <pre>{@code
 * try (Operation operation = endpoint.operation()) {
 *   while (operation.begin()) {
 *     Outcome outcome = attemptWithin(operation.timeout());
 *     if (operation.end(outcome) != Verdict.RETRY) break;
 *     waitFor(operation.delay());
 *   }
 * }
 * }</pre>
 *
 * <p>Used by one thread at a time; it may move between threads. Closing it with an attempt in
 * flight ends that attempt as cancelled.
 */
public final class Operation implements AutoCloseable {
  private final Endpoint endpoint;
  private final long deadline;
  private Ticket ticket;
  private boolean inFlight;
  private boolean over;
  private int attempt;
  private long timeout;
  private long delay;
  private Reason reason;
  private Rejection rejection;

  Operation(Endpoint endpoint, long deadline) {
    this.endpoint = endpoint;
    this.deadline = deadline;
  }

  /**
   * Begins the next attempt. True: make it, then call {@link #end}. False: it is not admitted
   * ({@link #rejection}); the operation is over, unless you wait {@link #delay} and begin again.
   */
  public boolean begin() {
    if (inFlight || over) {
      throw new IllegalStateException(
          over ? "the operation is over: make a new one" : "an attempt is in flight: end it first");
    }
    Handle handle = endpoint.handle;
    int cell = handle.enter(endpoint.cells);
    try {
      boolean first = ticket == null;
      if (first) {
        ticket = handle.tickets.take();
      }
      inFlight =
          first ? Attempt.begin(endpoint, ticket, deadline) : Attempt.beginAgain(endpoint, ticket);
      remember();
      rejection = inFlight ? null : endpoint.rejection(ticket);
      return inFlight;
    } finally {
      handle.leave(endpoint.cells, cell);
    }
  }

  /** Ends the attempt in flight, whatever happened to it. */
  public Verdict end(Outcome outcome) {
    if (!inFlight) {
      throw new IllegalStateException("no attempt is in flight: begin one first");
    }
    Handle handle = endpoint.handle;
    int cell = handle.enter(endpoint.cells);
    try {
      inFlight = false;
      Verdict verdict = Attempt.end(endpoint, ticket, outcome);
      remember();
      if (verdict != Verdict.RETRY) {
        over = true;
        release();
      }
      return verdict;
    } finally {
      handle.leave(endpoint.cells, cell);
    }
  }

  private void remember() {
    attempt = ticket.attempt();
    timeout = ticket.timeout();
    delay = ticket.delay();
    reason = ticket.reason();
  }

  private void release() {
    Ticket released = ticket;
    ticket = null;
    endpoint.handle.tickets.give(released);
  }

  /** 1, 2, ...: the attempt last begun. */
  public int attempt() {
    return attempt;
  }

  /** What the attempt may take, never past the deadline; zero = no limit. */
  public Duration timeout() {
    return Duration.ofNanos(timeout);
  }

  /** How long to wait before the next {@link #begin}. */
  public Duration delay() {
    return Duration.ofNanos(delay);
  }

  /** Why the last answer was not an admission, or not {@link Verdict#DONE}; else null. */
  public Reason reason() {
    return reason;
  }

  /** Why {@link #begin} said no; else null. */
  public Rejection rejection() {
    return rejection;
  }

  @Override
  public void close() {
    over = true;
    if (inFlight && !endpoint.handle.isClosed()) {
      try {
        end(Outcome.CANCELLED);
      } catch (EngineClosedException meanwhile) {
        return; // nothing is left to be told
      }
    }
    if (ticket != null) {
      release();
    }
  }
}
