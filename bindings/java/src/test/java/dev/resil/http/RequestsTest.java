package dev.resil.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.resil.Engine;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read off a request or a response: its target, whether it can be replayed, its hint. */
class RequestsTest {
  private static final HttpRequest.Builder REQUEST =
      HttpRequest.newBuilder(URI.create("http://localhost/orders"));

  @Test
  void theJdksOwnBodiesCanBeReplayed(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("body"), "file");
    for (HttpRequest.BodyPublisher body :
        List.of(
            BodyPublishers.noBody(),
            BodyPublishers.ofString("s"),
            BodyPublishers.ofByteArray(new byte[] {1}),
            BodyPublishers.ofFile(file))) {
      assertTrue(Bodies.replayable(REQUEST.copy().POST(body).build()), body.toString());
    }
    assertTrue(Bodies.replayable(REQUEST.copy().GET().build()));
    assertTrue(
        !Bodies.replayable(
            REQUEST
                .copy()
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString("s")))
                .build()));
  }

  @Test
  void targetsOfRequests() {
    try (Engine engine = Engine.builder().logger(null).fromYaml("kind: Resiliency\nspec: {}\n")) {
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
