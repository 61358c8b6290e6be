package dev.resil.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.resil.AttemptTimeoutException;
import dev.resil.CallOptions;
import dev.resil.CircuitOpenException;
import dev.resil.Engine;
import dev.resil.EngineClosedException;
import dev.resil.RetriesExhaustedException;
import dev.resil.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a real server on the loopback. */
@Timeout(60)
class ResilHttpClientTest {
  private static final int STALL = -1;

  /** What the server answers next: a status, or nothing until the test is over. */
  private final ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();

  private final CountDownLatch over = new CountDownLatch(1);

  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private volatile String retryAfter;
  private HttpServer server;
  private Engine engine;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work);
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext(
        "/",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          Integer answer = answers.poll();
          if (answer != null && answer == STALL) {
            try {
              over.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          if (retryAfter != null) {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
          }
          byte[] body = "body".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(
              answer == null || answer == STALL ? 200 : answer, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
    if (engine != null) {
      engine.close();
    }
  }

  private ResilHttpClient client(String policies, String target) {
    engine =
        Engine.builder()
            .logger(null)
            .fromYaml(
                """
                apiVersion: dapr.io/v1alpha1
                kind: Resiliency
                metadata: {name: test}
                spec:
                  policies:
                %s
                  targets: {apps: {orders: {%s}}}
                """
                    .formatted(policies.indent(4), target));
    return ResilHttpClient.builder(engine)
        .targets(request -> engine.app("orders", request.uri().getPath()))
        .build();
  }

  private Snapshot.Calls totals(String app, String method) {
    return engine.snapshot().of(engine.app(app, method)).calls();
  }

  private ResilHttpClient retrying() {
    return client("retries: {r: {policy: constant, duration: 10ms, maxRetries: 2}}", "retry: r");
  }

  private HttpRequest.Builder request() {
    return HttpRequest.newBuilder(URI.create(uri()));
  }

  private String uri() {
    return "http://localhost:" + server.getAddress().getPort() + "/orders";
  }

  @Test
  void statusesAreRetried() throws Exception {
    HttpClient client = retrying();
    answers.addAll(List.of(503, 500));
    HttpResponse<String> response =
        client.send(
            request().POST(BodyPublishers.ofString("order")).build(), BodyHandlers.ofString());
    assertEquals(200, response.statusCode());
    assertEquals(List.of("order", "order", "order"), bodies);
    answers.addAll(List.of(503, 500));
    assertEquals(
        200, client.sendAsync(request().build(), BodyHandlers.ofString()).get().statusCode());
  }

  @Test
  void theLastResponseIsReturned() throws Exception {
    HttpClient client = retrying();
    answers.addAll(List.of(503, 503, 500, 404));
    assertEquals(500, client.send(request().build(), BodyHandlers.ofInputStream()).statusCode());
    answers.clear();
    answers.addAll(List.of(503, 503, 500, 404));
    assertEquals(
        500, client.sendAsync(request().build(), BodyHandlers.ofString()).get().statusCode());
  }

  @Test
  void aBodyThatCannotBeReplayedIsNotRetriedAndWhyIsSaid() throws Exception {
    HttpClient client = retrying();
    answers.add(503);
    HttpRequest once =
        request()
            .POST(
                BodyPublishers.ofInputStream(
                    () -> new ByteArrayInputStream("stream".getBytes(StandardCharsets.UTF_8))))
            .build();
    assertEquals(503, client.send(once, BodyHandlers.ofString()).statusCode());
    assertEquals(List.of("stream"), bodies);
    server.stop(0);
    IOException e =
        assertThrows(IOException.class, () -> client.send(once, BodyHandlers.ofString()));
    assertTrue(
        e.getSuppressed()[0].getMessage().contains("may be readable only once"),
        () -> e.getSuppressed()[0].toString());
    ExecutionException async =
        assertThrows(
            ExecutionException.class, () -> client.sendAsync(once, BodyHandlers.ofString()).get());
    assertTrue(
        async.getCause().getSuppressed()[0].getMessage().contains("may be readable only once"));
  }

  @Test
  void theCallerMayKnowBetter() throws Exception {
    ResilHttpClient plain = retrying();
    ResilHttpClient client =
        ResilHttpClient.builder(engine)
            .targets(r -> engine.app("orders", "x"))
            .client(plain)
            .replayable(r -> true)
            .build();
    answers.add(503);
    HttpRequest again =
        request()
            .POST(
                BodyPublishers.ofInputStream(
                    () -> new ByteArrayInputStream("stream".getBytes(StandardCharsets.UTF_8))))
            .build();
    assertEquals(200, client.send(again, BodyHandlers.ofString()).statusCode());
    assertEquals(List.of("stream", "stream"), bodies);
  }

  @Test
  void aDownServerIsARealFailure() throws Exception {
    HttpClient client =
        client(
            "retries: {r: {policy: constant, duration: 10ms, maxRetries: 2}}\n"
                + "circuitBreakers: {cb: {maxRequests: 1, timeout: 1h, trip: consecutiveFailures >="
                + " 3}}",
            "retry: r, circuitBreaker: cb");
    server.stop(0);
    ResilIOException e =
        assertThrows(
            ResilIOException.class, () -> client.send(request().build(), BodyHandlers.ofString()));
    RetriesExhaustedException story =
        assertInstanceOf(RetriesExhaustedException.class, e.getCause());
    assertEquals(3, story.attempts());
    assertInstanceOf(IOException.class, story.getCause());
    assertInstanceOf(
        CircuitOpenException.class,
        assertThrows(
                ResilIOException.class,
                () -> client.send(request().build(), BodyHandlers.ofString()))
            .getCause());
    ExecutionException async =
        assertThrows(
            ExecutionException.class,
            () -> client.sendAsync(request().build(), BodyHandlers.ofString()).get());
    assertInstanceOf(
        CircuitOpenException.class,
        assertInstanceOf(ResilIOException.class, async.getCause()).getCause());
  }

  @Test
  void anAttemptEndsAtItsTimeout() throws Exception {
    HttpClient client = client("timeouts: {t: 100ms}", "timeout: t");
    answers.add(STALL);
    HttpTimeoutException e =
        assertThrows(
            HttpTimeoutException.class,
            () -> client.send(request().build(), BodyHandlers.ofString()));
    assertInstanceOf(AttemptTimeoutException.class, e.getCause());
    answers.add(STALL);
    ExecutionException async =
        assertThrows(
            ExecutionException.class,
            () -> client.sendAsync(request().build(), BodyHandlers.ofString()).get());
    assertInstanceOf(HttpTimeoutException.class, async.getCause());
    assertEquals(2, totals("orders", "/orders").timeouts());
  }

  @Test
  void retryAfterMakesTheDelayLonger() throws Exception {
    HttpClient client = retrying();
    retryAfter = "1";
    answers.add(429);
    long start = System.nanoTime();
    assertEquals(200, client.send(request().build(), BodyHandlers.ofString()).statusCode());
    assertTrue(System.nanoTime() - start >= Duration.ofSeconds(1).toNanos());
  }

  @Test
  void cancellingAnAsynchronousRequestCancelsIt() throws Exception {
    HttpClient wrapped = retrying(); // whose futures are ordinary ones, not the JDK's
    HttpClient client =
        ResilHttpClient.builder(engine)
            .client(wrapped)
            .targets(request -> engine.app("outer"))
            .build();
    List<UnaryOperator<CompletableFuture<HttpResponse<String>>>> ways =
        List.of(
            call -> {
              call.cancel(true);
              return call;
            },
            call -> call.orTimeout(1, TimeUnit.MILLISECONDS));
    for (int way = 0; way < ways.size(); way++) {
      answers.add(STALL);
      CompletableFuture<HttpResponse<String>> call =
          client.sendAsync(request().build(), BodyHandlers.ofString());
      while (bodies.size() <= way) {
        Thread.sleep(1);
      }
      assertThrows(Exception.class, ways.get(way).apply(call)::get);
      while (totals("orders", "/orders").cancelled() <= way
          || totals("outer", null).cancelled() <= way) {
        Thread.sleep(1); // a timer's thread may still be at it
      }
    }
  }

  /** A body that streams, and says that it was closed. */
  private static HttpResponse.BodyHandler<AutoCloseable> streaming(AtomicInteger closed) {
    return response ->
        HttpResponse.BodySubscribers.replacing((AutoCloseable) closed::incrementAndGet);
  }

  @Test
  void aResponseThatNobodyGetsIsClosed() throws Exception {
    HttpClient client =
        client(
            "retries: {r: {policy: constant, duration: 1ms, maxRetries: 1}}\n"
                + "circuitBreakers: {cb: {timeout: 1h, trip: consecutiveFailures >= 1}}",
            "retry: r, circuitBreaker: cb");
    AtomicInteger closed = new AtomicInteger();
    answers.addAll(List.of(503, 503));
    assertThrows(ResilIOException.class, () -> client.send(request().build(), streaming(closed)));
    assertEquals(1, closed.get(), "its retry was rejected");
    HttpRequest elsewhere = request().uri(URI.create(uri() + "/elsewhere")).build();
    assertThrows(
        ExecutionException.class, () -> client.sendAsync(elsewhere, streaming(closed)).get());
    assertEquals(2, closed.get());
  }

  @Test
  void aClosedEngineIsAnIOException() {
    HttpClient client = retrying();
    ResilHttpClient byDefault = ResilHttpClient.builder(engine).build();
    engine.close();
    assertInstanceOf(
        EngineClosedException.class,
        assertThrows(
                ResilIOException.class,
                () -> client.send(request().build(), BodyHandlers.ofString()))
            .getCause());
    for (HttpClient one : List.of(client, byDefault)) {
      assertInstanceOf(
          ResilIOException.class,
          assertThrows(
                  ExecutionException.class,
                  () -> one.sendAsync(request().build(), BodyHandlers.ofString()).get())
              .getCause());
    }
  }

  @Test
  void anInterruptCancelsASynchronousOne() throws Exception {
    HttpClient client = client("timeouts: {t: 1h}", "timeout: t");
    answers.add(STALL);
    Thread thread =
        new Thread(
            () ->
                assertThrows(
                    InterruptedException.class,
                    () -> client.send(request().build(), BodyHandlers.ofString())));
    thread.start();
    while (bodies.isEmpty()) {
      Thread.sleep(1);
    }
    thread.interrupt();
    thread.join();
    assertEquals(1, totals("orders", "/orders").cancelled());
  }

  @Test
  void itStandsForTheClientItWraps() throws Exception {
    HttpClient inner =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(3))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    retrying();
    ResilHttpClient client =
        ResilHttpClient.builder(engine).client(inner).options(CallOptions.DEFAULT).build();
    assertEquals(inner.connectTimeout(), client.connectTimeout());
    assertEquals(inner.followRedirects(), client.followRedirects());
    assertSame(inner.sslContext(), client.sslContext());
    assertEquals(inner.version(), client.version());
    client.shutdown();
    assertTrue(client.awaitTermination(Duration.ofSeconds(30)));
    client.close();
  }
}
