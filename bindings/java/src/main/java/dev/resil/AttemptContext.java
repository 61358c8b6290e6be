package dev.resil;

import java.time.Duration;

/** What an attempt may know of itself. Valid during the attempt. */
public interface AttemptContext {
  /** 1 for the first attempt of the operation. */
  int attempt();

  /**
   * The time this attempt has, from its start; zero = no limit. Java cannot stop code that does not
   * help: pass it on.
   */
  Duration timeout();
}
