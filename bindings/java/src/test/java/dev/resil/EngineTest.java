package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading, reloading, endpoints, snapshots. */
class EngineTest {
  private static Engine quiet(String yaml) {
    return Engine.builder().clock(new VirtualClock()).logger(null).fromYaml(yaml);
  }

  private static Snapshot.EndpointView view(Endpoint endpoint) {
    return endpoint.engine.snapshot().of(endpoint);
  }

  @Test
  void aMistakeIsNamedWithItsPlaceAndRemedy() {
    PolicyException e =
        assertThrows(
            PolicyException.class,
            () ->
                Engine.fromYaml(
                    """
                    apiVersion: dapr.io/v1alpha1
                    kind: Resiliency
                    metadata: {name: test}
                    spec:
                      policies:
                        retries: {retryForever: {policy: constant}}
                      targets:
                        apps: {orders: {retry: retryForevr}}
                    """));
    assertEquals(8, e.line());
    assertTrue(e.column() > 0);
    assertTrue(e.getMessage().contains("retryForever"), e.getMessage());
  }

  @Test
  void allMistakesAtOnce() {
    List<String> complaints = Engine.builder().checkYaml("kind: Resiliency\nspec: {a: 1, b: 2}\n");
    assertEquals(2, complaints.size(), complaints::toString);
    assertEquals(
        List.of(), Engine.builder().checkYaml(Policies.orders(Policies.THREE_RETRIES, null, null)));
  }

  @Test
  void textIsUtf8BothWays() {
    String name = "bestellung-\u00fc-\ud83d\udce6";
    try (Engine engine =
        quiet(
            Policies.orders(null, Policies.TRIPS_AT_ONE, null)
                .replace("orders", "\"" + name + "\""))) {
      Endpoint endpoint = engine.app(name, "m\u00e9thode");
      Snapshot.EndpointView view = engine.snapshot().of(endpoint);
      assertEquals(name, view.name());
      assertEquals("m\u00e9thode", view.instance());
      assertEquals(name + ":m\u00e9thode", view.breaker().name());
    }
    assertTrue(
        assertThrows(PolicyException.class, () -> quiet("kind: Resiliency\n\ud83d\udce6: 1\n"))
            .getMessage()
            .contains("\ud83d\udce6"));
  }

  @Test
  void aNulByteDoesNotCutADocumentShort() {
    assertThrows(
        PolicyException.class, () -> quiet(Policies.orders(null, null, "1s") + "\0nonsense"));
  }

  @Test
  void lenientTurnsErrorsIntoWarnings() {
    String yaml = Policies.orders(null, null, "1s").replace("spec:", "unknown: 1\nspec:");
    assertThrows(PolicyException.class, () -> Engine.fromYaml(yaml));
    Engine.builder().lenient().logger(null).fromYaml(yaml).close();
  }

  @Test
  void filesAndFoldersAndTheSwitch(@TempDir Path folder) throws Exception {
    Files.writeString(
        folder.resolve("a.yaml"), Policies.orders(Policies.THREE_RETRIES, null, "1s"));
    Path off =
        Files.writeString(
            folder.resolve("config.yml"),
            "apiVersion: dapr.io/v1alpha1\n"
                + "kind: Configuration\n"
                + "metadata: {name: c}\n"
                + "spec: {features: []}\n");
    try (Engine engine = Engine.builder().logger(null).load(folder)) {
      assertEquals("r", view(engine.app("orders")).retryPolicy());
    }
    try (Engine engine = Engine.builder().logger(null).config(off).load(folder.resolve("a.yaml"))) {
      assertNull(view(engine.app("orders")).retryPolicy());
    }
    assertThrows(PolicyException.class, () -> Engine.load(folder.resolve("missing.yaml")));
  }

  @Test
  void scopesApplyToTheAppsTheyName() {
    String scoped =
        Policies.orders(Policies.THREE_RETRIES, null, null)
            .replace("spec:", "scopes: [checkout]\nspec:");
    try (Engine ours = Engine.builder().appId("checkout").logger(null).fromYaml(scoped);
        Engine others = Engine.builder().appId("billing").logger(null).fromYaml(scoped)) {
      assertEquals("r", view(ours.app("orders")).retryPolicy());
      assertNull(view(others.app("orders")).retryPolicy());
    }
  }

  @Test
  void reloadIsAllOrNothingAndKeepsBreakers(@TempDir Path folder) throws Exception {
    String yaml = Policies.orders(null, Policies.TRIPS_AT_ONE, null);
    try (Engine engine = quiet(yaml)) {
      Endpoint orders = engine.app("orders");
      assertTrue(
          orders.tryCall(
                  () -> {
                    throw new IllegalStateException();
                  })
              instanceof Result.Failure);
      assertEquals(State.OPEN, orders.state());
      assertThrows(
          PolicyException.class,
          () -> engine.reloadYaml("kind: Resiliency\nspec: {nonsense: 1}\n"));
      assertEquals(State.OPEN, orders.state());
      engine.reloadYaml(Policies.orders(Policies.THREE_RETRIES, Policies.TRIPS_AT_ONE, null));
      assertEquals(State.OPEN, orders.state(), "its settings are the same");
      assertEquals("r", engine.snapshot().of(orders).retryPolicy());
      engine.reload(
          Files.writeString(
              folder.resolve("b.yaml"), Policies.orders(null, Policies.TRIPS_AT_TWO, null)));
      assertEquals(State.CLOSED, orders.state());
    }
  }

  @Test
  void endpointsOfEveryKind() {
    try (Engine engine = quiet(Policies.orders(null, null, "1s"))) {
      assertSame(engine.app("orders", "post"), engine.app("orders", "post"));
      assertEquals("endpoint[orders, orders:post]", engine.app("orders", "post").toString());
      assertEquals("actor[Cart, 7]", engine.actor("Cart", "7").toString());
      assertTrue(engine.componentInbound("store", "Statestore").isInbound());
      Snapshot.EndpointView out = view(engine.componentOutbound("bus", "Pubsub"));
      assertEquals(
          "component outbound bus Pubsub",
          out.kind() + " " + out.direction() + " " + out.name() + " " + out.instance());
      assertEquals(
          "DaprBuiltInServiceRetries",
          view(engine.builtin("DaprBuiltInServiceRetries")).retryPolicy());
      assertNull(view(engine.app("orders")).instance());
      assertEquals(6, engine.snapshot().endpoints().size());
      assertTrue(Json.parse(engine.snapshot().json()) instanceof java.util.Map);
    }
  }

  @Test
  void moreEndpointsThanAllowedAreRefused() {
    try (Engine engine =
        Engine.builder().maxEndpoints(2).logger(null).fromYaml(Policies.orders(null, null, "1s"))) {
      engine.app("a");
      engine.app("b");
      assertTrue(
          assertThrows(ResilException.class, () -> engine.app("c"))
              .getMessage()
              .contains("maxEndpoints"));
    }
    assertThrows(IllegalArgumentException.class, () -> Engine.builder().maxEndpoints(0));
  }

  @Test
  void theJitterOfASeedRepeats() {
    String yaml =
        Policies.orders("{policy: exponential, maxInterval: 15s, maxRetries: 5}", null, null);
    List<List<java.time.Duration>> runs = new java.util.ArrayList<>();
    for (int i = 0; i < 2; i++) {
      VirtualClock clock = new VirtualClock();
      try (Engine engine =
          Engine.builder().clock(clock).jitterSeed(42).logger(null).fromYaml(yaml)) {
        engine
            .app("orders")
            .tryCall(
                () -> {
                  throw new IllegalStateException();
                });
      }
      runs.add(clock.sleeps);
    }
    assertEquals(5, runs.get(0).size());
    assertEquals(runs.get(0), runs.get(1));
  }

  @Test
  void theEnginesVersionIsTheJars() {
    assertEquals(System.getProperty("resil.version"), Engine.version());
  }

  @Test
  void jsonOfOtherShapesIsRefused() {
    for (String bad :
        List.of("", "{", "[1,", "{\"a\" 1}", "\"\\u12", "tru", "1 2", "nul", "{\"a\":}")) {
      assertThrows(ResilException.class, () -> Json.parse(bad), bad);
    }
    assertEquals(
        List.of("a\"\n\u00e9", -5L, true), Json.parse(" [\"a\\\"\\n\\u00e9\", -5 ,true] "));
  }
}
