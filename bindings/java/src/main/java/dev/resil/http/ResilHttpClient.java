package dev.resil.http;

import dev.resil.AttemptTimeoutException;
import dev.resil.CallOptions;
import dev.resil.Endpoint;
import dev.resil.Engine;
import dev.resil.ResilException;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * An HttpClient whose requests go through the policies: it drops into code that has one already.
 *
 * <pre>{@code
 * HttpClient client = ResilHttpClient.builder(engine).build();
 * client.send(request, BodyHandlers.ofString());
 * }</pre>
 *
 * <p>Statuses are the policy's to judge, Retry-After is heeded, an attempt ends at its timeout. A
 * request is sent again only if its body can be: see {@link Builder#replayable}. The last response
 * is returned when there is no further retry, whatever its status. Rejections, exhausted retries
 * and a closed engine are a {@link ResilIOException}, timeouts an {@link HttpTimeoutException}.
 * WebSockets are the wrapped client's own.
 */
public final class ResilHttpClient extends HttpClient {
  private final HttpClient client;
  private final Function<HttpRequest, Endpoint> targets;
  private final Predicate<HttpRequest> replayable;
  private final ScheduledExecutorService scheduler;
  private final CallOptions options;
  private final CallOptions once;

  private ResilHttpClient(Builder builder) {
    client = builder.client != null ? builder.client : HttpClient.newHttpClient();
    targets = builder.targets != null ? builder.targets : Targets.ofRequest(builder.engine);
    replayable = builder.replayable;
    scheduler = builder.scheduler != null ? builder.scheduler : SharedTimer.get();
    options = Exchange.judging(builder.options);
    once = options.notRepeatable();
  }

  public static Builder builder(Engine engine) {
    return new Builder(engine);
  }

  /** Used by one thread. */
  public static final class Builder {
    private final Engine engine;
    private HttpClient client;
    private Function<HttpRequest, Endpoint> targets;
    private Predicate<HttpRequest> replayable = Bodies::replayable;
    private ScheduledExecutorService scheduler;
    private CallOptions options = CallOptions.DEFAULT;

    private Builder(Engine engine) {
      this.engine = Objects.requireNonNull(engine, "engine");
    }

    /** The client that does the sending; a new one by default. */
    public Builder client(HttpClient wrapped) {
      client = wrapped;
      return this;
    }

    /** Which endpoint a request goes to; {@link Targets#ofRequest} by default. */
    public Builder targets(Function<HttpRequest, Endpoint> function) {
      targets = function;
      return this;
    }

    /**
     * Which requests may be sent again. By default those without a body and those whose body is the
     * JDK's ofString, ofByteArray or ofFile; a stream or an unknown publisher may be empty the
     * second time.
     */
    public Builder replayable(Predicate<HttpRequest> test) {
      replayable = Objects.requireNonNull(test, "test");
      return this;
    }

    /** Keeps time for sendAsync; a shared daemon thread by default. */
    public Builder scheduler(ScheduledExecutorService executor) {
      scheduler = executor;
      return this;
    }

    /** Deadline, waiting, which exceptions fail; statuses are read in any case. */
    public Builder options(CallOptions callOptions) {
      options = Objects.requireNonNull(callOptions, "callOptions");
      return this;
    }

    public ResilHttpClient build() {
      return new ResilHttpClient(this);
    }
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    boolean again = replayable.test(request);
    Exchange<T> exchange = new Exchange<>(client, request, handler);
    try {
      return targets.apply(request).call(exchange::send, again ? options : once);
    } catch (Exception e) {
      exchange.discard();
      throw Unchecked.<IOException>rethrow(explained(translated(e), request, again));
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    return sendAsync(request, handler, null);
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.PushPromiseHandler<T> pushPromiseHandler) {
    boolean again = replayable.test(request);
    Exchange<T> exchange = new Exchange<>(client, request, handler);
    CompletableFuture<HttpResponse<T>> operation;
    try {
      operation =
          targets
              .apply(request)
              .callAsync(
                  attempt ->
                      exchange.sendAsync(
                          () -> client.sendAsync(request, handler, pushPromiseHandler)),
                  scheduler,
                  again ? options : once);
    } catch (ResilException e) { // the engine is closed, or full
      return CompletableFuture.failedFuture(translated(e));
    }
    CompletableFuture<HttpResponse<T>> result =
        operation.handle(
            (response, failure) -> {
              if (failure == null) {
                return response;
              }
              exchange.discard();
              Throwable cause =
                  failure instanceof CompletionException && failure.getCause() != null
                      ? failure.getCause()
                      : failure;
              throw new CompletionException(
                  cause instanceof Exception e ? explained(translated(e), request, again) : cause);
            });
    // However the caller ended it: by cancel, by orTimeout, by a value of his own.
    result.whenComplete((response, failure) -> operation.cancel(true));
    return result;
  }

  /** In the words of HttpClient's own callers. */
  private static Exception translated(Exception e) {
    if (e instanceof AttemptTimeoutException) {
      HttpTimeoutException timeout = new HttpTimeoutException(e.getMessage());
      timeout.initCause(e);
      return timeout;
    }
    return e instanceof ResilException ? new ResilIOException(e) : e;
  }

  private static <X extends Exception> X explained(X failure, HttpRequest request, boolean again) {
    if (!again) {
      failure.addSuppressed(new IOException(Bodies.refusal(request)));
    }
    return failure;
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return client.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return client.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return client.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return client.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return client.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return client.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return client.authenticator();
  }

  @Override
  public Version version() {
    return client.version();
  }

  @Override
  public Optional<Executor> executor() {
    return client.executor();
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return client.newWebSocketBuilder();
  }

  // HttpClient has these since Java 21; before, there is nothing to close.

  public void shutdown() {
    Lifecycle.shutdown(client);
  }

  public void shutdownNow() {
    Lifecycle.shutdownNow(client);
  }

  public boolean awaitTermination(Duration duration) throws InterruptedException {
    return Lifecycle.awaitTermination(client, duration);
  }

  public boolean isTerminated() {
    return Lifecycle.isTerminated(client);
  }

  public void close() {
    Lifecycle.close(client);
  }
}
