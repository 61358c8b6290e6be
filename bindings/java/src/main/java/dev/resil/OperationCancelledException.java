package dev.resil;

/**
 * The calling thread was interrupted, in a form of call that cannot throw InterruptedException. Its
 * flag is set again.
 */
public final class OperationCancelledException extends ResilException {
  private static final long serialVersionUID = 1;

  OperationCancelledException(InterruptedException cause) {
    super("the operation was cancelled: its thread was interrupted", cause);
  }
}
