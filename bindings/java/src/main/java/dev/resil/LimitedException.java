package dev.resil;

/**
 * A limit of the target admitted no attempt: {@code rejection().reason()} says which, for instance
 * {@link Reason#BUSY} or {@link Reason#RATE_LIMITED}.
 */
public final class LimitedException extends RejectedException {
  private static final long serialVersionUID = 1;

  LimitedException(Rejection rejection) {
    super(rejection);
  }
}
