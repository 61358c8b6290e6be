package dev.resil.http;

import dev.resil.AttemptContext;
import dev.resil.AttemptTimeoutException;
import dev.resil.CallOptions;
import dev.resil.Outcome;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * One request with all its attempts: sends them, and lets go of the response that a retry replaces.
 */
final class Exchange<T> {
  private final HttpClient client;
  private final HttpRequest request;
  private final HttpResponse.BodyHandler<T> handler;
  private volatile HttpResponse<T> answered;

  Exchange(HttpClient client, HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    this.client = client;
    this.request = request;
    this.handler = handler;
  }

  /** The engine knows which statuses fail, and the policy which of those are retried. */
  static CallOptions judging(CallOptions options) {
    return options.outcomeOfResult(
        result -> {
          HttpResponse<?> response = (HttpResponse<?>) result;
          Outcome outcome = Outcome.http(response.statusCode());
          return RetryAfter.of(response.headers(), ZonedDateTime.now(ZoneOffset.UTC))
              .map(outcome::retryAfter)
              .orElse(outcome);
        });
  }

  HttpResponse<T> send(AttemptContext attempt) throws IOException, InterruptedException {
    discard();
    if (attempt.timeout().isZero()) {
      return answered = client.send(request, handler);
    }
    CompletableFuture<HttpResponse<T>> future = client.sendAsync(request, handler);
    try {
      return answered = future.get(attempt.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      future.cancel(true);
      throw new AttemptTimeoutException(attempt.timeout(), e);
    } catch (InterruptedException e) {
      future.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException(e.getCause());
    }
  }

  CompletableFuture<HttpResponse<T>> sendAsync(
      Supplier<CompletableFuture<HttpResponse<T>>> sending) {
    discard();
    CompletableFuture<HttpResponse<T>> sent = sending.get();
    CompletableFuture<HttpResponse<T>> kept =
        sent.whenComplete((response, failure) -> answered = response);
    // The JDK's futures pass a cancelling on to what they were derived from, other clients' do not.
    kept.whenComplete((response, failure) -> sent.cancel(true));
    return kept;
  }

  /**
   * Lets go of the last response, which nobody will get: a body that streams holds its connection
   * until it is closed.
   */
  void discard() {
    HttpResponse<T> old = answered;
    answered = null;
    if (old != null && old.body() instanceof AutoCloseable body) {
      try {
        body.close();
      } catch (Exception e) {
        return; // a response nobody wants
      }
    }
  }
}
