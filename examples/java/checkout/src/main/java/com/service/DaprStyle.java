package com.service;

import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** {@code INFO[0025] ...}, the seconds counted from the start. */
final class DaprStyle extends Formatter {
  private static final long START = System.currentTimeMillis();

  static void install() {
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      if (handler instanceof ConsoleHandler) {
        handler.setFormatter(new DaprStyle());
      }
    }
  }

  @Override
  public String format(LogRecord record) {
    long seconds = (record.getMillis() - START) / 1000;
    return String.format(
        "%.4s[%04d] %s  %n", record.getLevel().getName(), seconds, formatMessage(record));
  }
}
