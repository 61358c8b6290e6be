package dev.resil.http;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Keeps time for clients that were given no scheduler: one daemon thread, which ends when it has
 * nothing to wait for.
 */
final class SharedTimer {
  private static final ScheduledThreadPoolExecutor TIMER =
      new ScheduledThreadPoolExecutor(
          1,
          work -> {
            Thread thread = new Thread(work, "resil-http-timer");
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
          });

  static {
    TIMER.setRemoveOnCancelPolicy(true);
    TIMER.setKeepAliveTime(1, TimeUnit.SECONDS);
    TIMER.allowCoreThreadTimeOut(true);
  }

  private SharedTimer() {}

  static ScheduledExecutorService get() {
    return TIMER;
  }
}
