package dev.resil;

import dev.resil.internal.ResilConstants;
import dev.resil.internal.ResilJNI;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * The policies of {@code kind: Resiliency} files, loaded, and the state of the circuit breakers
 * they make. Usually one per process; safe for any number of threads.
 *
 * <pre>{@code
 * try (Engine engine = Engine.builder().appId("checkout").load(Path.of("resiliency.yaml"))) {
 *   Endpoint orders = engine.app("order-processor", "orders");
 *   String answer = orders.call(() -> post(order));
 * }
 * }</pre>
 *
 * <p>Log lines go to the System.Logger named {@code dev.resil}. An engine that nobody closes is
 * closed after it became unreachable.
 */
public final class Engine implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  final Handle handle;
  final boolean everyRejection;
  private final TimeSource clock;
  private final EventPump events;
  private final Cleaner.Cleanable cleanable;
  private final ConcurrentHashMap<TargetKey, Endpoint> endpoints = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Integer, Endpoint> byId = new ConcurrentHashMap<>();
  private final CopyOnWriteArrayList<Consumer<? super Endpoint>> endpointListeners =
      new CopyOnWriteArrayList<>();

  Engine(long address, TimeSource clock, System.Logger logger, boolean everyRejection) {
    this.handle = new Handle(address);
    this.clock = clock;
    this.everyRejection = everyRejection;
    this.cleanable = CLEANER.register(this, handle);
    this.events = new EventPump(this, logger);
    events.drain(); // what the load has to say
  }

  /** Loads a policy file, or a folder of them, with every option at its default. */
  public static Engine load(Path path) {
    return builder().load(path);
  }

  /** Loads policy text: one or more YAML documents. */
  public static Engine fromYaml(String yaml) {
    return builder().fromYaml(yaml);
  }

  public static EngineBuilder builder() {
    return new EngineBuilder();
  }

  /** The version of the native engine. */
  public static String version() {
    NativeCheck.ready();
    return Text.string(ResilJNI.version());
  }

  /** An app, called without a method of its own breaker. */
  public Endpoint app(String appId) {
    return endpoint(ResilConstants.APP, appId, null);
  }

  /** A method of an app. Methods are separate endpoints with a breaker each. */
  public Endpoint app(String appId, String method) {
    return endpoint(ResilConstants.APP, appId, method);
  }

  public Endpoint actor(String type, String id) {
    return endpoint(ResilConstants.ACTOR, type, id);
  }

  /** What comes in from a component: a subscription, a trigger. */
  public Endpoint componentInbound(String name) {
    return endpoint(ResilConstants.COMPONENT_IN, name, null);
  }

  /**
   * The type (Statestore, Pubsub, ...) chooses default policies for a component that has none of
   * its own.
   */
  public Endpoint componentInbound(String name, String type) {
    return endpoint(ResilConstants.COMPONENT_IN, name, type);
  }

  public Endpoint componentOutbound(String name) {
    return endpoint(ResilConstants.COMPONENT_OUT, name, null);
  }

  /**
   * The type (Statestore, Pubsub, ...) chooses default policies for a component that has none of
   * its own.
   */
  public Endpoint componentOutbound(String name, String type) {
    return endpoint(ResilConstants.COMPONENT_OUT, name, type);
  }

  /** A reserved policy by its name, e.g. {@code DaprBuiltInServiceRetries}. */
  public Endpoint builtin(String policy) {
    return endpoint(ResilConstants.BUILTIN, policy, null);
  }

  private Endpoint endpoint(int kind, String name, String instance) {
    TargetKey key = new TargetKey(kind, name, instance);
    Endpoint known = endpoints.get(key);
    if (known != null) {
      return known;
    }
    int cell = handle.enter();
    try {
      return made(key);
    } finally {
      handle.leave(cell);
    }
  }

  /** Within the gate. */
  private Endpoint made(TargetKey key) {
    int id =
        ResilJNI.Engine_endpoint(
            handle.address, key.kind(), Text.bytes(key.name()), Text.bytes(key.instance()));
    if (id < 0) {
      throw new ResilException(
          key
              + " has no place in the engine: "
              + Text.nameOf(id)
              + (id == ResilConstants.E_FULL ? "; raise maxEndpoints" : ""));
    }
    return endpoints.computeIfAbsent(
        key,
        k -> {
          Endpoint made = new Endpoint(this, k, id);
          byId.putIfAbsent(id, made);
          endpointListeners.forEach(listener -> listener.accept(made));
          return made;
        });
  }

  /**
   * Replaces all policies, or none if the file is invalid. Breakers keep their state where their
   * settings are equal.
   */
  public void reload(Path path) {
    reload(null, path.toString());
  }

  /**
   * Replaces all policies, or none if the text is invalid. Breakers keep their state where their
   * settings are equal.
   */
  public void reloadYaml(String yaml) {
    reload(yaml, null);
  }

  /** One at a time: the engine's error has one place. */
  private synchronized void reload(String yaml, String path) {
    int cell = handle.enter();
    try {
      if (ResilJNI.Engine_reload(handle.address, Text.bytes(yaml), Text.bytes(path)) < 0) {
        throw EngineBuilder.failure(handle.address);
      }
      events.drain();
    } finally {
      handle.leave(cell);
    }
  }

  /** The state and statistics of every endpoint now, read without moving anything. */
  public Snapshot snapshot() {
    int cell = handle.enter();
    try {
      for (Endpoint endpoint : endpoints.values()) {
        credit(endpoint);
      }
      return readSnapshot();
    } finally {
      handle.leave(cell);
    }
  }

  /** Within the gate. */
  private Snapshot readSnapshot() {
    String text = Text.string(ResilJNI.Engine_snapshot(handle.address, nowOrNoTime()));
    Map<Integer, Long> rejections = new HashMap<>();
    for (Endpoint endpoint : endpoints.values()) {
      long count = endpoint.cells.rejections();
      if (count != 0) {
        rejections.merge(endpoint.id, count, Long::sum);
      }
    }
    return new Snapshot(Snapshot.withRejections(text, rejections));
  }

  private void credit(Endpoint endpoint) {
    long calls = endpoint.cells.takeHealthy();
    if (calls != 0) {
      ResilJNI.Engine_credit(handle.address, endpoint.id, calls);
    }
  }

  void afterHealthy(Endpoint endpoint, boolean full) {
    if (handle.isClosed()) {
      handle.freeWhenEmpty();
    } else if (full) {
      int cell = handle.enter();
      try {
        credit(endpoint);
      } finally {
        handle.leave(cell);
      }
    }
  }

  /**
   * Calls the listener for every event from now on, on the thread whose call caused it, in order,
   * one at a time: be quick.
   *
   * @return closing it ends that
   */
  public AutoCloseable onEvent(Consumer<? super Event> listener) {
    return events.listen(listener);
  }

  /**
   * Every event from the first subscription on, on the common pool; a subscriber that lags by 256
   * events loses some.
   */
  public Flow.Publisher<Event> eventPublisher() {
    return events.publisher();
  }

  /**
   * Calls the listener for each endpoint there is and, before its first call, for each there will
   * be.
   */
  public void onEndpoint(Consumer<? super Endpoint> listener) {
    Set<Endpoint> known = ConcurrentHashMap.newKeySet();
    Consumer<Endpoint> once =
        endpoint -> {
          if (known.add(endpoint)) {
            listener.accept(endpoint);
          }
        };
    endpointListeners.add(once);
    endpoints.values().forEach(once);
  }

  EventPump events() {
    return events;
  }

  /**
   * Null for an id that is none. One that nobody asked for is the record that the actors of a type
   * share. Within the gate.
   */
  Endpoint endpointOf(int id) {
    Endpoint known = byId.get(id);
    if (known != null || id < 0) {
      return known;
    }
    readSnapshot()
        .find(id)
        .filter(view -> view.kind().equals("actor") && view.instance() == null)
        .ifPresent(view -> made(new TargetKey(ResilConstants.ACTOR, view.name(), "")));
    return byId.get(id);
  }

  /** What to hand to the engine as the time: ours, or its own. */
  long nowOrNoTime() {
    return clock == null ? NativeCheck.NO_TIME : clock.nanoTime();
  }

  long now() {
    return clock == null ? ResilJNI.now() : clock.nanoTime();
  }

  /** The time on the engine's clock without a crossing; only differences mean anything. */
  long elapsed() {
    return clock == null ? System.nanoTime() : clock.nanoTime();
  }

  void pause(long nanos) throws InterruptedException {
    if (clock == null) {
      handle.pause(nanos);
    } else {
      clock.sleep(Duration.ofNanos(nanos));
    }
  }

  public boolean isClosed() {
    return handle.isClosed();
  }

  /**
   * Refuses calls from now on and ends the waits of those under way; attempts in flight may finish,
   * and the last one out frees the engine. May be called twice.
   */
  @Override
  public void close() {
    handle.run();
    if (handle.isFreed()) {
      cleanable.clean(); // nothing is left for the collector to find
    }
    events.close();
  }
}
