package dev.resil.micrometer;

import dev.resil.Endpoint;
import dev.resil.Snapshot;
import dev.resil.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;

/**
 * The meters of one target: an app's methods and an actor's ids share them, as they share their
 * labels.
 */
final class TargetMeters {
  private static final String ACTIVATIONS =
      "Number of times a policy acted: a retry, a timeout, a change of the breaker's state";

  private final ResilMetrics metrics;
  private final Tags tags;
  private final List<Endpoint> endpoints = new CopyOnWriteArrayList<>();
  private final Map<State, Counter> transitions = new EnumMap<>(State.class);

  TargetMeters(ResilMetrics metrics, Tags common, Endpoint first, MeterRegistry registry) {
    this.metrics = metrics;
    this.tags = common.and("flow_direction", direction(first), "target", label(first));
    // Of endpoints that have the policy: without one it is applied to nothing.
    executions(
        registry,
        "circuitbreaker",
        view ->
            view.breaker() == null && !view.isBreakerEvicted()
                ? 0
                : attempts(view) + view.calls().rejections());
    executions(
        registry,
        "retry",
        view -> view.retryPolicy() == null ? 0 : operations(view));
    executions(registry, "timeout", view -> view.timeout().isZero() ? 0 : attempts(view));
    activations(registry, "retry", view -> view.calls().retries());
    activations(registry, "timeout", view -> view.calls().timeouts());
    for (State state : State.values()) {
      Tags labels = tags.and("policy", "circuitbreaker", "status", state.toString());
      Gauge.builder("dapr.resiliency.cb.state", this, target -> target.isAny(state) ? 1 : 0)
          .tags(labels)
          .description("1 for the state that a circuit breaker of the target is in")
          .strongReference(true)
          .register(registry);
      transitions.put(
          state,
          Counter.builder("dapr.resiliency.activations")
              .tags(labels)
              .description(ACTIVATIONS)
              .register(registry));
    }
  }

  /** Known before the endpoint's first call. */
  void add(Endpoint endpoint) {
    endpoints.add(endpoint);
  }

  void stateChanged(State to) {
    transitions.get(to).increment();
  }

  private static long attempts(Snapshot.EndpointView view) {
    Snapshot.Calls calls = view.calls();
    return calls.successes() + calls.failures() + calls.cancelled();
  }

  /**
   * Attempts without retries, but as a sum: the difference of two counts that are read one after
   * the other may go backwards. What a rejection ended is none: no attempt was its last.
   */
  private static long operations(Snapshot.EndpointView view) {
    Snapshot.Calls calls = view.calls();
    return calls.successes() + calls.gaveUp() + calls.cancelled();
  }

  /** A gauge, for the name: a counter's would end in _total, and Dapr's does not. */
  private void executions(
      MeterRegistry registry, String policy, ToDoubleFunction<Snapshot.EndpointView> number) {
    Gauge.builder("dapr.resiliency.count", this, target -> target.sum(number))
        .tags(tags.and("policy", policy, "status", ""))
        .description("Number of times a policy was applied")
        .strongReference(true)
        .register(registry);
  }

  private void activations(
      MeterRegistry registry, String policy, ToDoubleFunction<Snapshot.EndpointView> number) {
    FunctionCounter.builder("dapr.resiliency.activations", this, target -> target.sum(number))
        .tags(tags.and("policy", policy, "status", ""))
        .description(ACTIVATIONS)
        .register(registry);
  }

  private double sum(ToDoubleFunction<Snapshot.EndpointView> number) {
    Snapshot snapshot = metrics.current();
    return endpoints.stream()
        .flatMap(endpoint -> snapshot.find(endpoint).stream())
        .mapToDouble(number)
        .sum();
  }

  private boolean isAny(State state) {
    Snapshot snapshot = metrics.current();
    return endpoints.stream()
        .flatMap(endpoint -> snapshot.find(endpoint).stream())
        .anyMatch(view -> view.breaker() != null && view.breaker().state() == state);
  }

  static String direction(Endpoint endpoint) {
    return endpoint.isInbound() ? "inbound" : "outbound";
  }

  /**
   * {@code app_order-processor}, {@code actor_Cart}, {@code Statestore_orders} ({@code Component_}
   * where the type is not known), {@code builtin_DaprBuiltInServiceRetries}.
   */
  static String label(Endpoint endpoint) {
    String type = endpoint.instance();
    return endpoint.kind().equals("component")
        ? (type == null || type.isEmpty() ? "Component" : type) + "_" + endpoint.name()
        : endpoint.kind() + "_" + endpoint.name();
  }
}
