package dev.resil;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Tickets for calls that need the engine: the nearest one lies in the thread's own stripe, so that taking it and giving it back
 * costs two uncontended exchanges and no garbage. What does not fit there waits in a bounded queue; what does not fit
 * there either is the collector's.
 */
final class TicketPool {
  private static final int STRIPES = 16;
  /** 4-byte references, two cache lines apart. */
  private static final int SPACING = 32;
  private static final int SPARE = 1024;

  private final AtomicReferenceArray<Ticket> near = new AtomicReferenceArray<>((STRIPES + 1) * SPACING);
  private final ArrayBlockingQueue<Ticket> spare = new ArrayBlockingQueue<>(SPARE);

  Ticket take() {
    Ticket ticket = near.getAndSet(stripe(), null);
    if (ticket == null) {
      ticket = spare.poll();
    }
    return ticket != null ? ticket : takeNew();
  }

  private Ticket takeNew() {
    Ticket[] tickets = Ticket.more();
    for (int i = 1; i < tickets.length; i++) {
      if (!spare.offer(tickets[i])) {
        break;
      }
    }
    return tickets[0];
  }

  /** The caller must not use it any more. */
  void give(Ticket ticket) {
    Ticket displaced = near.getAndSet(stripe(), ticket);
    if (displaced != null) {
      spare.offer(displaced);
    }
  }

  @SuppressWarnings("deprecation") // threadId() is newer than Java 17
  private static int stripe() {
    return (((int) Thread.currentThread().getId() & (STRIPES - 1)) + 1) * SPACING;
  }
}
