package dev.resil;

import dev.resil.internal.ResilJNI;
import java.lang.invoke.VarHandle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The native engine and the gate before it. Closing marks the gate; whoever is last out frees.
 * Knows nothing of {@link Engine}, so that the cleaner may hold it.
 *
 * <p>Entering writes a cell and then looks at the mark; closing sets the mark and then looks at the
 * cells. Both are sequentially consistent, so one of the two sees the other: no call is inside an
 * engine that has been freed.
 *
 * <p>Leaving writes the cell, too, and then looks at the mark, but where the cell was claimed there
 * is no fence between the two; it would cost what the claim saves. A call that leaves in the very
 * moment of closing may thus miss the mark while closing misses that it left. Then the engine is
 * freed by whoever comes to the gate next, and at the latest when the collector finds the {@link
 * Engine}: the cleaner closes again.
 */
final class Handle implements Runnable {
  /** The struct Engine of the SWIG interface, for the cold calls. */
  final long address;

  /** The resil_engine in it, for the hot ones. */
  final long engine;

  final TicketPool tickets = new TicketPool();
  private final Cells own = new Cells();
  private final ConcurrentLinkedQueue<Cells> all = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Set<Runnable> waits = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean freed = new AtomicBoolean();
  private volatile boolean closed;

  /** Freed with the engine; see EventPump. */
  volatile long events;

  Handle(long address) {
    this.address = address;
    this.engine = ResilJNI.handle(address);
    all.add(own);
  }

  /** More cells whose calls keep the engine alive. */
  void add(Cells cells) {
    all.add(cells);
  }

  boolean isClosed() {
    return closed;
  }

  boolean isFreed() {
    return freed.get();
  }

  int enter(Cells cells) {
    return entered(cells, cells.enter());
  }

  int claim(Cells cells) {
    return entered(cells, cells.claim());
  }

  private int entered(Cells cells, int cell) {
    if (closed) {
      leave(cells, cell);
      throw new EngineClosedException(null);
    }
    return cell;
  }

  void leave(Cells cells, int cell) {
    cells.leave(cell);
    if (closed) {
      freeWhenEmpty();
    }
  }

  /** For calls that belong to no endpoint. */
  int enter() {
    return enter(own);
  }

  void leave(int cell) {
    leave(own, cell);
  }

  /**
   * Wait, unless the engine is closed meanwhile; parks, so a virtual thread gives up its carrier.
   */
  void pause(long nanos) throws InterruptedException {
    closing.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** A wait without a thread, to be ended when the engine is closed; at once if it is already. */
  void addWait(Runnable end) {
    waits.add(end);
    if (closed) {
      end.run();
    }
  }

  void removeWait(Runnable end) {
    waits.remove(end);
  }

  /** Close. The cleaner calls it too, for the first time or once more. */
  @Override
  public void run() {
    closed = true;
    closing.countDown();
    waits.forEach(Runnable::run);
    freeWhenEmpty();
  }

  void freeWhenEmpty() {
    VarHandle.fullFence(); // of two who leave claimed cells and look, one sees that both have left
    for (Cells cells : all) {
      if (!cells.empty()) {
        return;
      }
    }
    if (freed.compareAndSet(false, true)) {
      ResilJNI.delete_Events(events);
      ResilJNI.delete_Engine(address);
    }
  }
}
