package dev.resil.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.resil.Endpoint;
import dev.resil.Engine;
import dev.resil.Operation;
import dev.resil.Outcome;
import dev.resil.TimeSource;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What a Prometheus server would read. */
class ResilMetricsTest {
  private static final String POLICIES =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Resiliency
      metadata: {name: myresiliency}
      spec:
        policies:
          timeouts: {t: 5s}
          retries: {r: {policy: constant, duration: 1s, maxRetries: 1}}
          circuitBreakers: {cb: {maxRequests: 1, timeout: 5s, trip: consecutiveFailures >= 2}}
        targets:
          apps: {orders: {retry: r, circuitBreaker: cb}}
          components: {store: {inbound: {retry: r}, outbound: {timeout: t}}}
          actors: {Cart: {circuitBreaker: cb, circuitBreakerScope: type}}
      """;

  private static final class Clock implements TimeSource {
    long now = 1;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void sleep(java.time.Duration duration) {
      now += duration.toNanos();
    }
  }

  private static double value(String page, String name, String... labels) {
    List<String> lines =
        page.lines()
            .filter(line -> line.startsWith(name + "{"))
            .filter(line -> List.of(labels).stream().allMatch(line::contains))
            .toList();
    assertEquals(1, lines.size(), () -> name + List.of(labels) + " in\n" + page);
    return Double.parseDouble(lines.get(0).substring(lines.get(0).lastIndexOf(' ')));
  }

  @Test
  void namesAndLabelsOfTheDashboards() throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (Engine engine = Engine.builder().clock(new Clock()).logger(null).fromYaml(POLICIES)) {
      Endpoint early = engine.app("orders", "post");
      new ResilMetrics(engine, "checkout", "myresiliency", "shop").bindTo(registry);
      Endpoint late = engine.app("orders", "get");
      engine.componentInbound("store", "Statestore").call(() -> 1);
      for (int i = 0; i < 5; i++) {
        early.call(() -> 1);
        late.call(() -> 1);
      }
      Callable<Integer> down =
          () -> {
            throw new IOException("down");
          };
      assertTrue(early.tryCall(down).exception() instanceof RuntimeException);
      assertTrue(early.tryCall(down).isRejected());
      assertTrue(early.tryCall(down).isRejected());
      for (String id : List.of("1", "2")) {
        engine.actor("Cart", id).tryCall(down); // together they trip the breaker they share
      }
      assertTrue(engine.actor("Cart", "3").tryCall(down).isRejected());
      engine.componentOutbound("store").call(() -> 1);
      try (Operation late1 = engine.componentOutbound("store").operation()) {
        late1.begin();
        late1.end(Outcome.TIMEOUT);
      }
      Endpoint builtin = engine.builtin("DaprBuiltInServiceRetries");
      builtin.call(() -> 1);
      builtin.tryCall(down); // four attempts
      try (Operation cancelled = builtin.operation()) {
        cancelled.begin();
      }
      Thread.sleep(60); // one scrape's worth of snapshot
      String page = registry.scrape();

      String common = "app_id=\"checkout\"";
      String orders = "target=\"app_orders\"";
      assertEquals(
          1,
          value(
              page,
              "dapr_resiliency_loaded",
              common,
              "name=\"myresiliency\"",
              "namespace=\"shop\""));
      assertEquals(
          10 + 2 + 2, // with the two that were rejected
          value(
              page,
              "dapr_resiliency_count",
              common,
              orders,
              "policy=\"circuitbreaker\"",
              "flow_direction=\"outbound\""));
      assertEquals(11, value(page, "dapr_resiliency_count", orders, "policy=\"retry\""));
      assertEquals(1, value(page, "dapr_resiliency_activations_total", orders, "policy=\"retry\""));
      assertEquals(
          1,
          value(
              page,
              "dapr_resiliency_activations_total",
              orders,
              "policy=\"circuitbreaker\"",
              "status=\"open\""));
      assertEquals(
          0,
          value(
              page,
              "dapr_resiliency_activations_total",
              orders,
              "policy=\"circuitbreaker\"",
              "status=\"half-open\""));
      assertEquals(
          0,
          value(page, "dapr_resiliency_count", orders, "policy=\"timeout\""),
          "the target has none");
      assertEquals(1, value(page, "dapr_resiliency_cb_state", orders, "status=\"open\""));
      assertEquals(0, value(page, "dapr_resiliency_cb_state", orders, "status=\"half-open\""));
      String cart = "target=\"actor_Cart\"";
      String breaker = "policy=\"circuitbreaker\"";
      assertEquals(3, value(page, "dapr_resiliency_count", cart, breaker));
      assertEquals(
          1,
          value(page, "dapr_resiliency_activations_total", cart, breaker, "status=\"open\""),
          "of a breaker that is no one actor's");
      assertEquals(1, value(page, "dapr_resiliency_cb_state", cart, "status=\"open\""));
      assertEquals(0, value(page, "dapr_resiliency_cb_state", cart, "status=\"closed\""));
      String store = "target=\"Component_store\"";
      assertEquals(2, value(page, "dapr_resiliency_count", store, "policy=\"timeout\""));
      assertEquals(
          1, value(page, "dapr_resiliency_activations_total", store, "policy=\"timeout\""));
      String reserved = "target=\"builtin_DaprBuiltInServiceRetries\"";
      String retry = "policy=\"retry\"";
      assertEquals(3, value(page, "dapr_resiliency_count", reserved, retry));
      assertEquals(3, value(page, "dapr_resiliency_activations_total", reserved, retry));
      assertEquals(
          1,
          value(
              page,
              "dapr_resiliency_count",
              "target=\"Statestore_store\"",
              "policy=\"retry\"",
              "flow_direction=\"inbound\""));
    }
    assertTrue(
        registry.scrape().contains("dapr_resiliency_cb_state"),
        "a closed engine's last word stays");
  }
}
