package dev.resil;

import dev.resil.internal.ResilJNI;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Brings events from the engine to those who want them. There is no thread: events are born inside
 * calls, and the call whose ticket says so brings them. One thread at a time does, in order;
 * another that comes meanwhile leaves it the rest.
 */
final class EventPump {
  private static final int BUFFER = 256;

  private final Engine engine;
  private final System.Logger logger;
  private final CopyOnWriteArrayList<Consumer<? super Event>> listeners =
      new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean more;
  private volatile SubmissionPublisher<Event> publisher;

  /** Within the gate. */
  EventPump(Engine engine, System.Logger logger) {
    this.engine = engine;
    this.logger = logger;
    engine.handle.events = ResilJNI.new_Events();
  }

  private boolean wanted() {
    return !listeners.isEmpty()
        || publisher != null
        || logger != null && logger.isLoggable(System.Logger.Level.WARNING);
  }

  /** Within the gate. */
  void drain() {
    if (!wanted()) {
      return; // they stay in the ring, which forgets the oldest
    }
    more = true;
    if (lock.isHeldByCurrentThread()) {
      return; // a listener that makes calls itself
    }
    while (more && lock.tryLock()) {
      try {
        more = false;
        long reader = engine.handle.events;
        while (ResilJNI.Events_next(reader, engine.handle.address) != 0) {
          deliver(read(reader));
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private Event read(long reader) {
    return new Event(
        ResilJNI.Events_seq(reader),
        ResilJNI.Events_time_ns(reader),
        Event.Kind.of(ResilJNI.Events_kind(reader)),
        endpointOf(ResilJNI.Events_endpoint(reader)),
        Text.string(ResilJNI.Events_text(reader, engine.handle.address)),
        ResilJNI.Events_before(reader),
        ResilJNI.Events_after(reader),
        ResilJNI.Events_value(reader));
  }

  private Endpoint endpointOf(int id) {
    try {
      return engine.endpointOf(id);
    } catch (RuntimeException e) {
      complain(e); // a listener of new endpoints
      return null;
    }
  }

  private void deliver(Event event) {
    if (event.kind() == null) {
      return;
    }
    System.Logger.Level level =
        event.kind() == Event.Kind.WARNING ? System.Logger.Level.WARNING : System.Logger.Level.INFO;
    if (logger != null && logger.isLoggable(level) && !event.text().isEmpty()) {
      logger.log(level, event.text());
    }
    for (Consumer<? super Event> listener : listeners) {
      try {
        listener.accept(event);
      } catch (RuntimeException e) {
        complain(e);
      }
    }
    SubmissionPublisher<Event> p = publisher;
    if (p != null) {
      offer(p, event);
    }
  }

  /** A listener's trouble is not the call's. */
  private static void complain(RuntimeException trouble) {
    System.getLogger("dev.resil")
        .log(System.Logger.Level.WARNING, "a listener of resil's events failed", trouble);
  }

  /** A subscriber that lags by a buffer loses events, and sees it in their sequence. */
  private static void offer(SubmissionPublisher<Event> publisher, Event event) {
    try {
      publisher.offer(event, null);
    } catch (IllegalStateException closed) {
      return; // with the engine, while this call was still in flight
    }
  }

  AutoCloseable listen(Consumer<? super Event> listener) {
    skipOld();
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  synchronized Flow.Publisher<Event> publisher() {
    if (publisher == null) {
      skipOld();
      publisher = new SubmissionPublisher<>(java.util.concurrent.ForkJoinPool.commonPool(), BUFFER);
    }
    return publisher;
  }

  /** Who comes now hears of what happens from now on. */
  private void skipOld() {
    int cell = engine.handle.enter();
    lock.lock();
    try {
      if (!wanted()) {
        while (ResilJNI.Events_next(engine.handle.events, engine.handle.address) != 0) {
          continue;
        }
      }
    } finally {
      lock.unlock();
      engine.handle.leave(cell);
    }
  }

  void close() {
    SubmissionPublisher<Event> p = publisher;
    if (p != null) {
      p.close();
    }
  }
}
