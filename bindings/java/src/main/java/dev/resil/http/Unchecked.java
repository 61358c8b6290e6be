package dev.resil.http;

/** Throws what a lambda's signature cannot say. */
final class Unchecked {
  private Unchecked() {}

  @SuppressWarnings("unchecked")
  static <X extends Throwable> RuntimeException rethrow(Throwable failure) throws X {
    throw (X) failure;
  }
}
