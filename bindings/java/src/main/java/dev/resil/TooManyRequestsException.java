package dev.resil;

/** The circuit breaker is half-open and its probes are under way. */
public final class TooManyRequestsException extends RejectedException {
  private static final long serialVersionUID = 1;

  TooManyRequestsException(Rejection rejection) {
    super(rejection);
  }
}
