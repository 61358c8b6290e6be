package dev.resil;

import dev.resil.internal.ResilConstants;
import dev.resil.internal.ResilJNI;

/**
 * The three hot calls, and what a host must make of an attempt's end. Within the endpoint's gate.
 */
final class Attempt {
  /** So that a rejection without a known end is asked about again soon, but not in a spin. */
  static final long SHORTEST_WAIT = 1_000_000;

  private Attempt() {}

  static boolean begin(Endpoint endpoint, Ticket ticket, long deadline) {
    long now = endpoint.engine.nowOrNoTime();
    return admitted(
        endpoint,
        ticket,
        ResilJNI.begin(endpoint.handle.engine, endpoint.id, now, ticket.address, deadline));
  }

  static boolean beginAgain(Endpoint endpoint, Ticket ticket) {
    long now = endpoint.engine.nowOrNoTime();
    return admitted(
        endpoint,
        ticket,
        ResilJNI.beginAgain(endpoint.handle.engine, endpoint.id, now, ticket.address));
  }

  private static boolean admitted(Endpoint endpoint, Ticket ticket, int answer) {
    if (answer < 0) {
      throw new ResilException("the attempt could not be begun: " + Text.nameOf(answer));
    }
    if (ticket.hasEvents()) {
      endpoint.engine.events().drain();
    }
    return answer == ResilConstants.ALLOW;
  }

  /**
   * How long a call that was not admitted waits before it asks again; negative: it is over, as it
   * does not wait, or would wait past its deadline.
   */
  static long waitAfterRejection(Endpoint endpoint, CallOptions options, Ticket ticket) {
    if (!options.wait || ticket.reason() == Reason.DEADLINE) {
      return -1;
    }
    long wait = Math.max(ticket.delay(), SHORTEST_WAIT);
    long deadline = ticket.deadline();
    return deadline == 0 || Times.after(endpoint.now(), wait) < deadline ? wait : -1;
  }

  static void adopt(Endpoint endpoint, long word, Ticket ticket) {
    int answer =
        ResilJNI.adopt(
            endpoint.handle.engine,
            endpoint.id,
            word,
            endpoint.engine.nowOrNoTime(),
            ticket.address);
    if (answer < 0) {
      throw new ResilException("the attempt could not be adopted: " + Text.nameOf(answer));
    }
  }

  /** Ends an attempt of a call: what cannot be repeated, and an Error, is not retried. */
  static Verdict end(
      Endpoint endpoint, CallOptions options, Ticket ticket, Outcome outcome, Throwable failure) {
    if (!options.repeatable || failure instanceof Error) {
      ticket.refuseRetry();
    }
    return end(endpoint, ticket, outcome);
  }

  static Verdict end(Endpoint endpoint, Ticket ticket, Outcome outcome) {
    int answer =
        ResilJNI.end(
            endpoint.handle.engine,
            ticket.address,
            outcome.code,
            endpoint.engine.nowOrNoTime(),
            outcome.hintNanos);
    if (ticket.hasEvents()) {
      endpoint.engine.events().drain();
    }
    return Verdict.of(answer);
  }

  /**
   * How the attempt ended. A judge that throws ends it as cancelled, and the exception is the
   * caller's.
   */
  static Outcome judge(
      Endpoint endpoint, CallOptions options, Ticket ticket, Object value, Throwable failure) {
    try {
      return failure == null ? options.outcomeOf(value) : options.outcomeOf(failure);
    } catch (Throwable broken) {
      end(endpoint, ticket, Outcome.CANCELLED);
      throw broken;
    }
  }

  /**
   * What the caller of an operation that is given up gets: the failure itself, or the story of its
   * attempts.
   */
  static Exception given(
      Endpoint endpoint, Ticket ticket, Verdict verdict, Throwable failure, Failures failures) {
    if (failure instanceof Error error) {
      throw error;
    }
    Reason reason = verdict == Verdict.GIVE_UP ? ticket.reason() : null;
    if (ticket.attempt() < 2
        || reason != Reason.EXHAUSTED
            && reason != Reason.DEADLINE
            && reason != Reason.RETRY_BUDGET) {
      return (Exception) failure;
    }
    failures.add(failure);
    return failures.explain(
        new RetriesExhaustedException(endpoint.toString(), ticket.attempt(), reason, failure));
  }
}
