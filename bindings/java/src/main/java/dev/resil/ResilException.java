package dev.resil;

/** The root of what this library throws of its own. */
public class ResilException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ResilException(String message) {
    super(message);
  }

  public ResilException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Without a stack trace: for what is thrown often and says everything in its message. */
  ResilException(String message, boolean stackTrace) {
    super(message, null, true, stackTrace);
  }
}
