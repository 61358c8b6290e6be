package dev.resil.http;

import java.io.IOException;

/**
 * The request failed by a policy: the cause is a {@link dev.resil.RejectedException} or a {@link
 * dev.resil.RetriesExhaustedException}. An IOException, because that is what callers of HttpClient
 * are prepared for.
 */
public final class ResilIOException extends IOException {
  private static final long serialVersionUID = 1;

  ResilIOException(Exception cause) {
    super(cause.getMessage(), cause);
  }
}
