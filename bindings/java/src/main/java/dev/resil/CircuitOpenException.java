package dev.resil;

/** The circuit breaker is open. */
public final class CircuitOpenException extends RejectedException {
  private static final long serialVersionUID = 1;

  CircuitOpenException(Rejection rejection) {
    super(rejection);
  }
}
