package dev.resil;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An endpoint's calls, counted per stripe of threads: how many are under way (the gate of {@link
 * Handle}) in the low 24 bits, and how many went well without the engine hearing of it (its
 * statistics are told before a snapshot) in the rest. Both in one number, so that a healthy call
 * costs two uncontended additions: one as it enters, one as it leaves.
 *
 * <p>A call leaves the cell it entered, whichever thread it leaves on; so each cell's number of
 * calls under way is never negative, and zero in all of them, read one after the other while nobody
 * may enter, means that nobody is in.
 */
final class Cells {
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int HEALTHY = 24;
  private static final long HEALTHY_CALL_LEAVES = (1L << HEALTHY) - 1;
  private static final long INSIDE = (1L << HEALTHY) - 1;

  /** Two cache lines apart: the prefetcher pulls pairs. */
  private static final int SPACING = 16;

  private static final int STRIPES =
      Math.min(
          16,
          Integer.highestOneBit(Math.max(1, 2 * Runtime.getRuntime().availableProcessors() - 1)));

  private final long[] cells = new long[(STRIPES + 1) * SPACING];

  /**
   * Enters, and says by which cell; the caller must then look whether the gate is open, in this
   * order.
   */
  @SuppressWarnings("deprecation") // threadId() is newer than Java 17
  int enter() {
    int cell = (((int) Thread.currentThread().getId() & (STRIPES - 1)) + 1) * SPACING;
    CELL.getAndAdd(cells, cell, 1L);
    return cell;
  }

  void leave(int cell) {
    CELL.getAndAdd(cells, cell, -1L);
  }

  /**
   * True, once in some 10^11 healthy calls, where somebody must {@link #takeHealthy} before the
   * count overflows.
   */
  boolean leaveHealthy(int cell) {
    return (long) CELL.getAndAdd(cells, cell, HEALTHY_CALL_LEAVES) < 0;
  }

  boolean empty() {
    for (int cell = SPACING; cell < cells.length; cell += SPACING) {
      if (((long) CELL.getVolatile(cells, cell) & INSIDE) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The healthy calls since this was last asked. */
  long takeHealthy() {
    long sum = 0;
    for (int cell = SPACING; cell < cells.length; cell += SPACING) {
      long healthy = (long) CELL.getVolatile(cells, cell) >>> HEALTHY;
      if (healthy != 0) {
        CELL.getAndAdd(cells, cell, -(healthy << HEALTHY));
        sum += healthy;
      }
    }
    return sum;
  }
}
