package dev.resil.http;

import java.io.IOException;

/**
 * The request failed by a policy: the cause is a {@link dev.resil.RejectedException}, a {@link
 * dev.resil.RetriesExhaustedException} or, where the engine was closed, a {@link
 * dev.resil.EngineClosedException}. An IOException, because that is what callers of HttpClient are
 * prepared for.
 */
public final class ResilIOException extends IOException {
  private static final long serialVersionUID = 1;

  ResilIOException(Exception cause) {
    super(cause.getMessage(), cause);
  }
}
