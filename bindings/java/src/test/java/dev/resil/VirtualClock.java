package dev.resil;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes when somebody waits, or says so. */
final class VirtualClock implements TimeSource {
  private final AtomicLong now = new AtomicLong(1);
  final List<Duration> sleeps = new ArrayList<>();

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public synchronized void sleep(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    sleeps.add(duration);
    now.addAndGet(duration.toNanos());
  }

  void set(long nanos) {
    now.set(nanos);
  }

  void advance(Duration duration) {
    now.addAndGet(duration.toNanos());
  }
}
