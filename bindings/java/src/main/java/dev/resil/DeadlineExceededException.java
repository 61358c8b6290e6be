package dev.resil;

/** The operation's deadline has passed, so no attempt was made. */
public final class DeadlineExceededException extends RejectedException {
  private static final long serialVersionUID = 1;

  DeadlineExceededException(Rejection rejection) {
    super(rejection);
  }
}
