package dev.resil.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import dev.resil.RetriesExhaustedException;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real server on the loopback. */
@Timeout(60)
class ResilHttpClientTest {
  /** What the server answers next: a status, 0 = 200, negative = stall that many milliseconds. */
  private final ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();

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
          if (answer != null && answer < 0) {
            try {
              Thread.sleep(-answer);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          if (retryAfter != null) {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
          }
          byte[] body = "body".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer == null || answer <= 0 ? 200 : answer, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
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

  private ResilHttpClient retrying() {
    return client("retries: {r: {policy: constant, duration: 10ms, maxRetries: 2}}", "retry: r");
  }

  private HttpRequest.Builder request() {
    return HttpRequest.newBuilder(
        URI.create("http://localhost:" + server.getAddress().getPort() + "/orders"));
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
  void theJdksOwnBodiesCanBeReplayed(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("body"), "file");
    for (HttpRequest.BodyPublisher body :
        List.of(
            BodyPublishers.noBody(),
            BodyPublishers.ofString("s"),
            BodyPublishers.ofByteArray(new byte[] {1}),
            BodyPublishers.ofFile(file))) {
      assertTrue(Bodies.replayable(request().POST(body).build()), body.toString());
    }
    assertTrue(Bodies.replayable(request().GET().build()));
    assertTrue(
        !Bodies.replayable(
            request().POST(BodyPublishers.fromPublisher(BodyPublishers.ofString("s"))).build()));
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
    answers.add(-3000);
    long start = System.nanoTime();
    HttpTimeoutException e =
        assertThrows(
            HttpTimeoutException.class,
            () -> client.send(request().build(), BodyHandlers.ofString()));
    assertInstanceOf(AttemptTimeoutException.class, e.getCause());
    answers.add(-3000);
    ExecutionException async =
        assertThrows(
            ExecutionException.class,
            () -> client.sendAsync(request().build(), BodyHandlers.ofString()).get());
    assertInstanceOf(HttpTimeoutException.class, async.getCause());
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(3).toNanos());
    assertEquals(2, engine.snapshot().endpoints().get(0).calls().timeouts());
    assertEquals(200, client.send(request().build(), BodyHandlers.ofString()).statusCode());
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
    HttpClient client = retrying();
    answers.add(-3000);
    CompletableFuture<HttpResponse<String>> call =
        client.sendAsync(request().build(), BodyHandlers.ofString());
    while (bodies.isEmpty()) {
      Thread.onSpinWait();
    }
    call.cancel(true);
    assertEquals(1, engine.snapshot().endpoints().get(0).calls().cancelled());
  }

  @Test
  void anInterruptCancelsASynchronousOne() throws Exception {
    HttpClient client = client("timeouts: {t: 1h}", "timeout: t");
    answers.add(-3000);
    Thread thread =
        new Thread(
            () ->
                assertThrows(
                    InterruptedException.class,
                    () -> client.send(request().build(), BodyHandlers.ofString())));
    thread.start();
    while (bodies.isEmpty()) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    thread.join(TimeUnit.SECONDS.toMillis(2));
    assertEquals(1, engine.snapshot().endpoints().get(0).calls().cancelled());
  }

  @Test
  void targetsOfRequests() {
    engine =
        Engine.builder()
            .logger(null)
            .fromYaml(
                "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: t}\nspec: {}\n");
    var targets = Targets.ofRequest(engine);
    assertSame(
        engine.app("inventory", "items/7"),
        targets.apply(
            HttpRequest.newBuilder(URI.create("http://inventory:81/items/7?x=1")).build()));
    assertSame(
        engine.app("inventory"),
        targets.apply(HttpRequest.newBuilder(URI.create("http://inventory")).build()));
    assertSame(
        engine.app("orders", "a/b"),
        targets.apply(
            HttpRequest.newBuilder(
                    URI.create("http://localhost:3500/v1.0/invoke/orders/method/a/b"))
                .build()));
    assertSame(
        engine.app("orders", "a"),
        targets.apply(
            HttpRequest.newBuilder(URI.create("http://localhost:3500/a"))
                .header("dapr-app-id", "orders")
                .build()));
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
    assertTrue(client.awaitTermination(Duration.ofSeconds(5)));
    client.close();
  }

  @Test
  void retryAfterInBothForms() {
    var now =
        java.time.ZonedDateTime.parse(
            "Wed, 21 Oct 2015 07:28:00 GMT", java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME);
    String[][] cases = {
      {"120", "PT2M"},
      {" 7 ", "PT7S"},
      {"Wed, 21 Oct 2015 07:29:30 GMT", "PT1M30S"},
      {"soon", ""},
      {"-5", ""},
      {"0", ""},
      {"", ""},
      {"99999999999999999999", ""},
      {"Wed, 21 Oct 2015 07:00:00 GMT", ""}
    };
    assertArrayEquals(
        java.util.stream.Stream.of(cases).map(c -> c[1]).toArray(),
        java.util.stream.Stream.of(cases)
            .map(
                c ->
                    RetryAfter.of(
                            java.net.http.HttpHeaders.of(
                                java.util.Map.of("Retry-After", List.of(c[0])), (a, b) -> true),
                            now)
                        .map(Duration::toString)
                        .orElse(""))
            .toArray());
  }
}
