package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays every line of tests/conformance through the public API, by virtual time. */
class ConformanceTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  record Case(String name, JsonNode line) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Case> lines(String pattern, String... names) throws IOException {
    String other = System.getenv("RESIL_VECTORS");
    Path folder = Path.of(other != null ? other : System.getProperty("resil.vectors"));
    List<String> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
      for (Path file : files) {
        all.addAll(Files.readAllLines(file));
      }
    }
    return all.stream()
        .map(
            text -> {
              try {
                JsonNode line = MAPPER.readTree(text);
                return new Case(
                    Stream.of(names)
                        .map(name -> line.get(name).asText())
                        .reduce((a, b) -> a + "/" + b)
                        .get(),
                    line);
              } catch (IOException e) {
                throw new IllegalStateException(text, e);
              }
            });
  }

  static Stream<Case> operations() throws IOException {
    return lines("operations*.jsonl", "name");
  }

  static Stream<Case> cel() throws IOException {
    return lines("cel.jsonl", "file", "name");
  }

  @ParameterizedTest
  @MethodSource
  void operations(Case vector) throws Exception {
    JsonNode line = vector.line;
    VirtualClock clock = new VirtualClock();
    List<String> transitions = new ArrayList<>();
    try (Engine engine =
        Engine.builder()
            .appId(line.get("app_id").asText())
            .clock(clock)
            .jitterSeed(7)
            .logger(null)
            .fromYaml(line.get("spec").asText())) {
      engine.onEvent(
          event -> {
            if (event.kind() == Event.Kind.STATE_CHANGE) {
              assertTrue(event.endpoint() != null, event::toString);
              String breaker = event.text().split("\"")[1];
              transitions.add(
                  event.timeNanos() + " " + breaker + " " + event.from() + " -> " + event.to());
            }
          });
      Map<Long, Operation> calls = new HashMap<>();
      int number = 0;
      for (JsonNode step : line.get("steps")) {
        clock.set(step.get("at").asLong());
        String where = vector + ", step " + number++ + ": " + step;
        JsonNode expect = step.get("expect");
        switch (step.get("op").asText()) {
          case "begin" -> begin(engine, calls, step, expect, where);
          case "end" -> end(calls, step, expect, where);
          case "inspect" -> inspect(target(engine, step), expect, where);
          default -> throw new AssertionError("a step of a new kind: " + where);
        }
      }
    }
    List<String> expected = new ArrayList<>();
    for (JsonNode t : line.get("expect_transitions")) {
      expected.add(
          t.get("at").asLong()
              + " "
              + t.get("breaker").asText()
              + " "
              + t.get("from").asText()
              + " -> "
              + t.get("to").asText());
    }
    assertEquals(expected, transitions, vector.toString());
  }

  private static Endpoint target(Engine engine, JsonNode step) {
    JsonNode target = step.get("target");
    String name = target.get("name").asText();
    return switch (target.get("kind").asText()) {
      case "app" -> engine.app(name, target.get("method").asText());
      case "actor" -> engine.actor(name, target.get("id").asText());
      case "component" ->
          target.get("direction").asText().equals("inbound")
              ? engine.componentInbound(name, target.get("type").asText())
              : engine.componentOutbound(name, target.get("type").asText());
      default -> throw new AssertionError("a target of a new kind: " + step);
    };
  }

  private static void begin(
      Engine engine, Map<Long, Operation> calls, JsonNode step, JsonNode expect, String where) {
    Operation call =
        step.get("attempt").asInt() == 1
            ? target(engine, step).operation()
            : calls.get(step.get("call").asLong());
    calls.put(step.get("call").asLong(), call);
    boolean admitted = call.begin();
    assertEquals(expect.get("decision").asText(), admitted ? "allow" : "reject", where);
    if (admitted) {
      assertEquals(step.get("attempt").asInt(), call.attempt(), where);
      assertEquals(expect.get("timeout_ns").asLong(), call.timeout().toNanos(), where);
    } else {
      assertEquals(expect.get("reason").asText().toUpperCase(), call.reason().name(), where);
      assertEquals(call.reason(), call.rejection().reason(), where);
      call.close();
    }
  }

  private static void end(
      Map<Long, Operation> calls, JsonNode step, JsonNode expect, String where) {
    Operation call = calls.get(step.get("call").asLong());
    Outcome outcome =
        step.has("http_status")
            ? Outcome.http(step.get("http_status").asInt())
            : switch (step.get("outcome").asText()) {
              case "success" -> Outcome.SUCCESS;
              case "failure" -> Outcome.FAILURE;
              case "timeout" -> Outcome.TIMEOUT;
              default -> throw new AssertionError("an outcome of a new kind: " + where);
            };
    Verdict verdict = call.end(outcome);
    assertEquals(
        expect.get("verdict").asText(),
        switch (verdict) {
          case DONE -> "done";
          case RETRY -> "retry";
          case GIVE_UP -> "fail";
        },
        where);
    if (verdict == Verdict.RETRY) {
      long delay = call.delay().toNanos();
      JsonNode range = expect.get("delay_ns");
      assertTrue(
          delay >= range.get(0).asLong() && delay <= range.get(1).asLong(),
          () -> where + ": delay " + delay);
    }
  }

  private static void inspect(Endpoint endpoint, JsonNode expect, String where) {
    Snapshot.BreakerView breaker = endpoint.engine.snapshot().of(endpoint).breaker();
    assertEquals(expect.get("state").asText(), breaker.state().toString(), where);
    assertEquals(expect.get("state").asText(), endpoint.state().toString(), where);
    expect
        .get("counts")
        .fields()
        .forEachRemaining(
            count ->
                assertEquals(
                    count.getValue().asLong(), breaker.count(count.getKey()).orElseThrow(), where));
  }

  @ParameterizedTest
  @MethodSource
  void cel(Case vector) {
    String expression = vector.line.get("expr").asText();
    boolean error = vector.line.has("error");
    String other = error ? expression : vector.line.get("equals").asText();
    String rule = ("(" + expression + ") == (" + other + ")").replace("'", "''");
    Engine engine;
    try {
      engine =
          Engine.builder()
              .clock(new VirtualClock())
              .logger(null)
              .fromYaml(
                  Policies.orders(
                      null, "{maxRequests: 1, timeout: 5s, trip: '" + rule + "'}", null));
    } catch (PolicyException refused) {
      assertTrue(error, () -> vector + " was refused: " + refused.getMessage());
      return;
    }
    try (engine;
        Operation call = engine.app("orders").operation()) {
      assertTrue(call.begin());
      call.end(Outcome.FAILURE);
      assertEquals(error ? State.CLOSED : State.OPEN, engine.app("orders").state(), rule);
    }
  }
}
