package dev.resil;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An endpoint's calls, counted per stripe of threads: how many are under way (the gate of {@link
 * Handle}), and how many went well without the engine hearing of it (its statistics are told before
 * a snapshot). A stripe has two cells, each of which says both in one number.
 *
 * <p>The first is for one call at a time: who claims it may leave it by a plain store, as nobody
 * else writes it meanwhile, so that a healthy call costs one atomic operation. Its lowest bit says
 * that it is claimed, the rest counts healthy calls.
 *
 * <p>The second is for those who find the first one claimed and for all that are not healthy calls:
 * how many are in, in its low 24 bits, and the healthy calls in the rest. It is entered and left by
 * an addition.
 *
 * <p>Beside each is the number of rejections that the engine did not hear of, written in the same
 * way by whoever is in the cell.
 *
 * <p>A call leaves the cell it entered, whichever thread it leaves on; so each cell's number of
 * calls under way is never negative, and zero in all of them, read one after the other while nobody
 * may enter, means that nobody is in.
 */
final class Cells {
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
  private static final long CLAIMED = 1;
  private static final int HEALTHY = 24;
  private static final long HEALTHY_CALL_LEAVES = (1L << HEALTHY) - 1;
  private static final long INSIDE = (1L << HEALTHY) - 1;

  /** From a cell to its rejections. */
  private static final int REJECTIONS = 2;

  /** Two cache lines apart: the prefetcher pulls pairs. Even, as the claimed cells' places are. */
  private static final int SPACING = 16;

  private static final int STRIPES =
      Math.min(
          16,
          Integer.highestOneBit(Math.max(1, 2 * Runtime.getRuntime().availableProcessors() - 1)));

  private final long[] cells = new long[(STRIPES + 1) * SPACING];

  /** Of the healthy calls in the claimed cells, whose counts only grow. */
  private long taken;

  /** Enters. For what will rarely be a healthy call, or take long. */
  int enter() {
    return share(stripe());
  }

  /**
   * Enters, by claiming if it can. Both say by which cell; the caller must then look whether the
   * gate is open, in this order.
   */
  int claim() {
    int cell = stripe();
    long seen = (long) CELL.getOpaque(cells, cell);
    return (seen & CLAIMED) == 0 && CELL.compareAndSet(cells, cell, seen, seen + CLAIMED)
        ? cell
        : share(cell);
  }

  private int share(int stripe) {
    CELL.getAndAdd(cells, stripe + 1, 1L);
    return stripe + 1;
  }

  @SuppressWarnings("deprecation") // threadId() is newer than Java 17
  private static int stripe() {
    return (((int) Thread.currentThread().getId() & (STRIPES - 1)) + 1) * SPACING;
  }

  static boolean isClaimed(int cell) {
    return (cell & 1) == 0;
  }

  void leave(int cell) {
    if (isClaimed(cell)) {
      CELL.setRelease(cells, cell, (long) CELL.get(cells, cell) - CLAIMED);
    } else {
      CELL.getAndAdd(cells, cell, -1L);
    }
  }

  /**
   * True, once in some 10^11 healthy calls, where somebody must {@link #takeHealthy} before the
   * count overflows.
   */
  boolean leaveHealthy(int cell) {
    if (isClaimed(cell)) { // the mark is carried into the count
      CELL.setRelease(cells, cell, (long) CELL.get(cells, cell) + CLAIMED);
      return false;
    }
    return (long) CELL.getAndAdd(cells, cell, HEALTHY_CALL_LEAVES) < 0;
  }

  /** Counts a rejection. Within the cell. */
  void addRejection(int cell) {
    int count = cell + REJECTIONS;
    if (isClaimed(cell)) {
      CELL.setOpaque(cells, count, (long) CELL.get(cells, count) + 1);
    } else {
      CELL.getAndAdd(cells, count, 1L);
    }
  }

  long rejections() {
    long sum = 0;
    for (int cell = SPACING; cell < cells.length; cell += SPACING) {
      sum += (long) CELL.getVolatile(cells, cell + REJECTIONS);
      sum += (long) CELL.getVolatile(cells, cell + 1 + REJECTIONS);
    }
    return sum;
  }

  boolean empty() {
    for (int cell = SPACING; cell < cells.length; cell += SPACING) {
      if (((long) CELL.getVolatile(cells, cell) & CLAIMED) != 0
          || ((long) CELL.getVolatile(cells, cell + 1) & INSIDE) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The healthy calls since this was last asked. */
  synchronized long takeHealthy() {
    long claimed = 0;
    long shared = 0;
    for (int cell = SPACING; cell < cells.length; cell += SPACING) {
      claimed += (long) CELL.getVolatile(cells, cell) >>> 1;
      long healthy = (long) CELL.getVolatile(cells, cell + 1) >>> HEALTHY;
      if (healthy != 0) {
        CELL.getAndAdd(cells, cell + 1, -(healthy << HEALTHY));
        shared += healthy;
      }
    }
    long sum = claimed - taken + shared;
    taken = claimed;
    return sum;
  }
}
