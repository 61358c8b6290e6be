package dev.resil;

import dev.resil.internal.ResilJNI;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One resil_ticket: 64 bytes of a slab of direct memory, handed to the engine by address and read
 * here in place. One user at a time. A slab lives as long as any of its tickets, so a ticket that
 * is lost is the garbage collector's to find.
 */
final class Ticket {
  static final int SIZE = 64;
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final int ATTEMPT = 4;
  private static final int FLAGS = 8;
  private static final int REASON = 12;
  private static final int DEADLINE = 16;
  private static final int TIMEOUT = 24;
  private static final int DELAY = 32;
  private static final int HAS_EVENTS = 1;

  private final ByteBuffer slab;
  private final int offset;
  final long address;

  /** Where the pool notes that it is taken; 0 = nowhere. */
  final int place;

  private Ticket(ByteBuffer slab, int offset, long address, int place) {
    this.slab = slab;
    this.offset = offset;
    this.address = address;
    this.place = place;
  }

  /** A slab's worth, two cache lines apart. */
  static Ticket[] make(int count, int spacing) {
    ByteBuffer slab = ByteBuffer.allocateDirect((2 * count + 1) * SIZE).alignedSlice(SIZE);
    long base = ResilJNI.address(slab);
    Ticket[] tickets = new Ticket[count];
    for (int i = 0; i < count; i++) {
      tickets[i] = new Ticket(slab, 2 * i * SIZE, base + 2L * i * SIZE, (i + 1) * spacing);
    }
    return tickets;
  }

  int attempt() {
    return (int) INT.get(slab, offset + ATTEMPT);
  }

  boolean hasEvents() {
    return ((int) INT.get(slab, offset + FLAGS) & HAS_EVENTS) != 0;
  }

  Reason reason() {
    return Reason.of((int) INT.get(slab, offset + REASON));
  }

  /**
   * No retry may follow the attempt in flight: with a deadline long past the engine offers none,
   * and neither counts nor announces one.
   */
  void refuseRetry() {
    LONG.set(slab, offset + DEADLINE, Long.MIN_VALUE);
  }

  /** When the operation must be over; 0 = never. */
  long deadline() {
    return (long) LONG.get(slab, offset + DEADLINE);
  }

  long timeout() {
    return (long) LONG.get(slab, offset + TIMEOUT);
  }

  long delay() {
    return (long) LONG.get(slab, offset + DELAY);
  }
}
