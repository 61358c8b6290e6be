package dev.resil;

/**
 * An answer of the engine that still holds: the breaker is open, and stays so until a moment that
 * the engine named. While the word is the one that it was given under, asking again would only cost
 * a crossing.
 */
record KnownRejection(Rejection rejection, long word, long until) {
  boolean holds(long wordNow, Engine engine) {
    return word == wordNow && engine.elapsed() - until < 0;
  }
}
