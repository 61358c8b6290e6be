package dev.resil;

/**
 * A checked exception through a door that does not declare it: work that threw it sneakily gets it
 * back as it was.
 */
final class Unchecked {
  private Unchecked() {}

  @SuppressWarnings("unchecked")
  static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
    throw (X) failure;
  }
}
