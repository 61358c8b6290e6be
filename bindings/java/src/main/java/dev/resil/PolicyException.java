package dev.resil;

/**
 * A policy file or text that cannot be loaded. The message says where it is wrong and what to write
 * instead.
 */
public final class PolicyException extends ResilException {
  private static final long serialVersionUID = 1;

  private final int line;
  private final int column;

  PolicyException(String message, int line, int column) {
    super(message);
    this.line = line;
    this.column = column;
  }

  /** Counted from 1; 0 where the mistake is not about a place in a text. */
  public int line() {
    return line;
  }

  /** Counted from 1; 0 where the mistake is not about a place in a text. */
  public int column() {
    return column;
  }
}
