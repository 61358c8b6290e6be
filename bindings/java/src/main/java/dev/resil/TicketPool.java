package dev.resil;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Tickets for calls that need the engine. Each stripe of threads has one that is always the same,
 * so that taking it is one uncontended exchange of a number and giving it back a plain store: no
 * garbage, and no reference stored, which would cost the collector's barrier. Who finds it taken,
 * by another thread or by a call around this one, takes one from a bounded queue.
 */
final class TicketPool {
  private static final VarHandle TAKEN = MethodHandles.arrayElementVarHandle(int[].class);
  private static final int STRIPES = 16;

  /** Two cache lines of ints. */
  private static final int SPACING = 32;

  private static final int SPARE = 1024;

  private final Ticket[] near = Ticket.make(STRIPES, SPACING);
  private final int[] taken = new int[(STRIPES + 1) * SPACING];
  private final ArrayBlockingQueue<Ticket> spare = new ArrayBlockingQueue<>(SPARE);

  @SuppressWarnings("deprecation") // threadId() is newer than Java 17
  Ticket take() {
    int stripe = (int) Thread.currentThread().getId() & (STRIPES - 1);
    return (int) TAKEN.getAndSet(taken, (stripe + 1) * SPACING, 1) == 0
        ? near[stripe]
        : takeSpare();
  }

  private Ticket takeSpare() {
    Ticket ticket = spare.poll();
    if (ticket != null) {
      return ticket;
    }
    Ticket[] more = Ticket.make(STRIPES, 0);
    for (int i = 1; i < more.length && spare.offer(more[i]); i++) {
      continue;
    }
    return more[0];
  }

  /** The caller must not use it any more. One that does not fit is the collector's. */
  void give(Ticket ticket) {
    int place = ticket.place;
    if (place != 0) {
      TAKEN.setRelease(taken, place, 0);
    } else {
      spare.offer(ticket);
    }
  }
}
