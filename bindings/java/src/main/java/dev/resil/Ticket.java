package dev.resil;

import dev.resil.internal.ResilJNI;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One resil_ticket: 64 bytes of a slab of direct memory, handed to the engine by address and read here in place. One user
 * at a time. A slab lives as long as any of its tickets, so a ticket that is lost is the garbage collector's to find.
 */
final class Ticket {
  static final int SIZE = 64;
  private static final int SLAB = 32;
  private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final int ATTEMPT = 4;
  private static final int FLAGS = 8;
  private static final int REASON = 12;
  private static final int TIMEOUT = 24;
  private static final int DELAY = 32;
  private static final int HAS_EVENTS = 1;

  private final ByteBuffer slab;
  private final int offset;
  final long address;

  private Ticket(ByteBuffer slab, int offset, long address) {
    this.slab = slab;
    this.offset = offset;
    this.address = address;
  }

  /** A slab's worth, each on a cache line of its own. */
  static Ticket[] more() {
    ByteBuffer slab = ByteBuffer.allocateDirect((SLAB + 1) * SIZE).alignedSlice(SIZE);
    long base = ResilJNI.address(slab);
    Ticket[] tickets = new Ticket[SLAB];
    for (int i = 0; i < SLAB; i++) {
      tickets[i] = new Ticket(slab, i * SIZE, base + (long) i * SIZE);
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

  long timeout() {
    return (long) LONG.get(slab, offset + TIMEOUT);
  }

  long delay() {
    return (long) LONG.get(slab, offset + DELAY);
  }
}
