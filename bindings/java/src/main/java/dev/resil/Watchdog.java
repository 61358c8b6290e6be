package dev.resil;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Interrupts a thread whose attempt has used up its budget, and never one that has gone on to
 * something else.
 */
final class Watchdog extends AtomicInteger implements Runnable {
  private static final long serialVersionUID = 1;
  private static final int RUNNING = 0;
  private static final int OVER = 1;
  private static final int BITING = 2;
  private static final int BITTEN = 3;

  private final transient Thread thread;

  private Watchdog(Thread thread) {
    this.thread = thread;
  }

  /**
   * One thread for all; it ends when there is nothing to watch, so that it keeps no class loader
   * alive.
   */
  private static final class Timer {
    static final ScheduledThreadPoolExecutor EXECUTOR =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "resil-watchdog");
              thread.setDaemon(true);
              thread.setContextClassLoader(null);
              return thread;
            });

    static {
      EXECUTOR.setRemoveOnCancelPolicy(true);
      EXECUTOR.setKeepAliveTime(1, TimeUnit.SECONDS);
      EXECUTOR.allowCoreThreadTimeOut(true);
    }
  }

  static <T> T call(Callable<? extends T> work, long timeout) throws Exception {
    Watchdog watchdog = new Watchdog(Thread.currentThread());
    Future<?> timer = Timer.EXECUTOR.schedule(watchdog, timeout, TimeUnit.NANOSECONDS);
    T value = null;
    Throwable failure = null;
    try {
      value = work.call();
    } catch (Throwable thrown) {
      failure = thrown;
    }
    if (watchdog.compareAndSet(RUNNING, OVER)) {
      timer.cancel(false);
      if (failure instanceof Exception exception) {
        throw exception;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      return value;
    }
    while (watchdog.get() != BITTEN) {
      Thread.onSpinWait();
    }
    // The interrupt was ours. One from outside at the same moment cannot be told apart; the attempt
    // is over either way.
    Thread.interrupted();
    throw new AttemptTimeoutException(Duration.ofNanos(timeout), failure);
  }

  @Override
  public void run() {
    if (compareAndSet(RUNNING, BITING)) {
      thread.interrupt();
      set(BITTEN);
    }
  }
}
