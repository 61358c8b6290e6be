package dev.resil;

/**
 * The engine was closed before the call, or while it waited for its next attempt; then the last
 * failure is the cause.
 */
public final class EngineClosedException extends ResilException {
  private static final long serialVersionUID = 1;

  EngineClosedException(Throwable cause) {
    super("the resil engine is closed", cause);
  }
}
