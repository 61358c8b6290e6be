package dev.resil.micrometer;

import dev.resil.Endpoint;
import dev.resil.Engine;
import dev.resil.EngineClosedException;
import dev.resil.Event;
import dev.resil.Snapshot;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The engine's statistics under the names and labels of Dapr's dashboards: {@code
 * dapr_resiliency_loaded}, {@code dapr_resiliency_count}, {@code dapr_resiliency_activations_total}
 * and {@code dapr_resiliency_cb_state}. The count is, for targets that have the policy, a retry
 * policy's operations (each at the end of its last attempt), a timeout's attempts, and the attempts
 * that a circuit breaker was asked for, admitted or not. Every retry counts as an activation, and
 * the breakers' states are those of the moment. Needs io.micrometer:micrometer-core.
 *
 * <pre>{@code new ResilMetrics(engine, "checkout", "myresiliency", "").bindTo(registry);}</pre>
 */
public final class ResilMetrics implements MeterBinder {
  /** One scrape reads one snapshot. */
  private static final long FRESH = Duration.ofMillis(50).toNanos();

  private final Engine engine;
  private final Tags common;
  private final ConcurrentHashMap<String, TargetMeters> targets = new ConcurrentHashMap<>();
  private Snapshot snapshot;
  private long taken;

  /**
   * @param appId who is calling
   * @param name of the Resiliency document; empty when there are several
   * @param namespace of the Resiliency document; may be empty
   */
  public ResilMetrics(Engine engine, String appId, String name, String namespace) {
    this.engine = Objects.requireNonNull(engine, "engine");
    this.common = Tags.of("app_id", appId, "name", name, "namespace", namespace);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    // Dapr counts a document, by its name, once.
    Gauge.builder("dapr.resiliency.loaded", this, metrics -> 1)
        .tags(common)
        .description("1 where the Resiliency document of that name is loaded")
        .strongReference(true)
        .register(registry);
    engine.onEvent(this::count);
    engine.onEndpoint(endpoint -> target(endpoint, registry).add(endpoint));
  }

  private TargetMeters target(Endpoint endpoint, MeterRegistry registry) {
    return targets.computeIfAbsent(
        TargetMeters.label(endpoint) + '/' + TargetMeters.direction(endpoint),
        key -> new TargetMeters(this, common, endpoint, registry));
  }

  private void count(Event event) {
    if (event.kind() == Event.Kind.STATE_CHANGE && event.endpoint() != null) {
      TargetMeters target =
          targets.get(
              TargetMeters.label(event.endpoint())
                  + '/'
                  + TargetMeters.direction(event.endpoint()));
      if (target != null) {
        target.stateChanged(event.to());
      }
    }
  }

  /** At most some milliseconds old; of a closed engine, the last there was. */
  synchronized Snapshot current() {
    long now = System.nanoTime();
    if (snapshot == null || now - taken > FRESH) {
      try {
        snapshot = engine.snapshot();
      } catch (EngineClosedException e) {
        if (snapshot == null) {
          throw e;
        }
      }
      taken = now;
    }
    return snapshot;
  }
}
