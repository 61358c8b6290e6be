package dev.resil;

import java.time.Duration;

/**
 * A clock of your own, for tests and simulators: what every decision is timed by, and how a
 * synchronous call waits. Monotonic, from any starting point, safe for use by several threads.
 * Without one the engine reads the machine's monotonic clock, and only when an answer depends on
 * it.
 */
@FunctionalInterface
public interface TimeSource {
  /** Nanoseconds since some fixed moment. */
  long nanoTime();

  /**
   * Wait that long by this clock. By default a real wait; a virtual clock moves itself on instead.
   */
  default void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(Math.max(0, duration.toMillis()), duration.toNanosPart() % 1_000_000);
  }
}
