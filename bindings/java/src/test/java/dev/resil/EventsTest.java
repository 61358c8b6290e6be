package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Events and log lines. */
class EventsTest {
  private final VirtualClock clock = new VirtualClock();

  /** Keeps what is logged. */
  private static final class Lines implements System.Logger {
    final List<String> lines = new ArrayList<>();
    private final Level from;

    Lines(Level from) {
      this.from = from;
    }

    @Override
    public String getName() {
      return "lines";
    }

    @Override
    public boolean isLoggable(Level level) {
      return level.getSeverity() >= from.getSeverity();
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
      lines.add(level + " " + message);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
      lines.add(level + " " + format);
    }
  }

  private static final String QUICKSTART =
      Policies.orders(
          "{policy: constant, duration: 5s, maxRetries: -1}",
          "{maxRequests: 1, timeout: 5s, trip: consecutiveFailures >= 2}",
          null);

  private void outage(Engine engine) throws Exception {
    int[] calls = {0};
    engine
        .app("orders", "post")
        .call(
            () -> {
              if (++calls[0] < 4) {
                throw new IOException("down");
              }
              return null;
            },
            CallOptions.DEFAULT.waitWhenOpen());
  }

  @Test
  void linesInTheWordsOfTheQuickstart() throws Exception {
    Lines lines = new Lines(System.Logger.Level.INFO);
    try (Engine engine = Engine.builder().clock(clock).logger(lines).fromYaml(QUICKSTART)) {
      outage(engine);
    }
    String breaker = "INFO Circuit breaker \"orders:post\" changed state from ";
    assertEquals(
        List.of(
            "INFO Error processing operation endpoint[orders, orders:post]. Retrying...",
            breaker + "closed to open",
            breaker + "open to half-open",
            breaker + "half-open to open",
            breaker + "open to half-open",
            breaker + "half-open to closed",
            "INFO Recovered processing operation endpoint[orders, orders:post] after 4 attempts"),
        lines.lines);
  }

  @Test
  void warningsAreLoggedWhereTheRestIsNot() throws Exception {
    Lines lines = new Lines(System.Logger.Level.WARNING);
    try (Engine engine =
        Engine.builder()
            .clock(clock)
            .logger(lines)
            .lenient()
            .fromYaml(QUICKSTART.replace("spec:", "unknown: 1\nspec:"))) {
      outage(engine);
    }
    assertEquals(1, lines.lines.size(), lines.lines::toString);
    assertTrue(lines.lines.get(0).startsWith("WARNING "), lines.lines::toString);
    assertTrue(lines.lines.get(0).contains("'unknown'"), lines.lines::toString);
  }

  @Test
  void listenersGetThemInOrderOnTheCallingThread() throws Exception {
    List<Event> events = new ArrayList<>();
    Set<Thread> on = new HashSet<>();
    try (Engine engine = Engine.builder().clock(clock).logger(null).fromYaml(QUICKSTART)) {
      AutoCloseable registration =
          engine.onEvent(
              event -> {
                on.add(Thread.currentThread());
                events.add(event);
              });
      outage(engine);
      registration.close();
      int before = events.size();
      outage(engine);
      assertEquals(before, events.size());
    }
    assertEquals(Set.of(Thread.currentThread()), on);
    for (int i = 1; i < events.size(); i++) {
      assertEquals(events.get(i - 1).sequence() + 1, events.get(i).sequence());
    }
    Event retry =
        events.stream().filter(e -> e.kind() == Event.Kind.RETRY).findFirst().orElseThrow();
    assertEquals(1, retry.attempts());
    assertEquals(Duration.ofSeconds(5), retry.duration());
    assertEquals("endpoint[orders, orders:post]", retry.endpoint().toString());
    Event opened =
        events.stream().filter(e -> e.kind() == Event.Kind.STATE_CHANGE).findFirst().orElseThrow();
    assertEquals(State.CLOSED, opened.from());
    assertEquals(State.OPEN, opened.to());
    Event recovered =
        events.stream().filter(e -> e.kind() == Event.Kind.RECOVERED).findFirst().orElseThrow();
    assertEquals(4, recovered.attempts());
  }

  @Test
  void aListenerMayFailOrCall() throws Exception {
    List<Event.Kind> seen = new ArrayList<>();
    try (Engine engine = Engine.builder().clock(clock).logger(null).fromYaml(QUICKSTART)) {
      Endpoint other = engine.app("orders", "other");
      engine.onEvent(
          event -> {
            if (event.kind() == Event.Kind.RETRY && event.endpoint() != other && seen.isEmpty()) {
              other.tryCall(
                  () -> {
                    throw new IOException("made by a listener");
                  },
                  CallOptions.DEFAULT.notRepeatable());
            }
            seen.add(event.kind());
            throw new IllegalStateException("a listener's bug");
          });
      outage(engine);
    }
    assertTrue(seen.contains(Event.Kind.RECOVERED), seen::toString);
    assertEquals(Event.Kind.RETRY, seen.get(0));
  }

  @Test
  void whoComesLaterHearsOnlyWhatFollows() throws Exception {
    for (Lines logger : new Lines[] {null, new Lines(System.Logger.Level.OFF)}) {
      try (Engine engine = Engine.builder().clock(clock).logger(logger).fromYaml(QUICKSTART)) {
        outage(engine);
        Map<?, ?> state = (Map<?, ?>) Json.parse(engine.snapshot().json());
        List<Event> events = new ArrayList<>();
        engine.onEvent(events::add);
        outage(engine);
        assertEquals((Long) state.get("events") + 1, events.get(0).sequence());
      }
    }
  }

  @Test
  void aCallThatOutlivesThePublisherKeepsItsOwnFailure() {
    Engine engine =
        Engine.builder()
            .clock(clock)
            .logger(null)
            .fromYaml(Policies.orders(null, Policies.TRIPS_AT_ONE, null));
    engine.eventPublisher();
    IOException down = new IOException("down");
    Callable<Integer> closing =
        () -> {
          engine.close();
          throw down;
        };
    assertSame(down, assertThrows(IOException.class, () -> engine.app("orders").call(closing)));
    assertTrue(engine.handle.isFreed());
  }

  /** Its breaker belongs to none of the actors, but to a record that nobody asked for. */
  static final String BY_TYPE =
      """
      kind: Resiliency
      spec:
        policies:
          circuitBreakers: {cb: {maxRequests: 1, timeout: 5s, trip: consecutiveFailures >= 1}}
        targets:
          actors: {Cart: {circuitBreaker: cb, circuitBreakerScope: type}}
      """;

  @Test
  void aBreakerThatActorsShareHasAnEndpointOfItsOwn() throws Exception {
    List<Event> events = new ArrayList<>();
    List<Endpoint> endpoints = new ArrayList<>();
    try (Engine engine = Engine.builder().clock(clock).logger(null).fromYaml(BY_TYPE)) {
      engine.onEvent(events::add);
      engine.onEndpoint(endpoints::add);
      Endpoint cart = engine.actor("Cart", "7");
      Callable<Integer> down =
          () -> {
            throw new IOException("down");
          };
      assertThrows(IOException.class, () -> cart.call(down));
      clock.advance(Duration.ofSeconds(6));
      cart.call(() -> 1);
      List<Event> changes =
          events.stream().filter(e -> e.kind() == Event.Kind.STATE_CHANGE).toList();
      assertEquals(
          List.of(State.OPEN, State.HALF_OPEN, State.CLOSED),
          changes.stream().map(Event::to).toList());
      Endpoint shared = changes.get(0).endpoint();
      assertEquals("actor Cart", shared.kind() + " " + shared.name());
      assertEquals("", shared.instance());
      assertSame(shared, engine.actor("Cart", ""));
      assertEquals(Set.of(shared), new HashSet<>(changes.stream().map(Event::endpoint).toList()));
      assertEquals(List.of(cart, shared), endpoints);
      assertEquals(2, engine.snapshot().endpoints().size(), "the engine had it already");
      assertTrue(events.stream().allMatch(e -> e.endpoint() != null), events::toString);
    }
  }

  @Test
  void aCallThatOutlivesItsEngineStillTellsOfASharedBreaker() {
    List<Event> events = new ArrayList<>();
    Engine engine = Engine.builder().clock(clock).logger(null).fromYaml(BY_TYPE);
    engine.onEvent(events::add);
    IOException down = new IOException("down");
    Callable<Integer> closing =
        () -> {
          engine.close();
          throw down;
        };
    Endpoint cart = engine.actor("Cart", "7");
    assertSame(down, assertThrows(IOException.class, () -> cart.call(closing)));
    assertEquals("Cart", events.get(0).endpoint().name());
    assertTrue(engine.handle.isFreed());
  }

  @Test
  void aPublisherForReactiveCode() throws Exception {
    List<Event.Kind> kinds = new ArrayList<>();
    CountDownLatch completed = new CountDownLatch(1);
    try (Engine engine = Engine.builder().clock(clock).logger(null).fromYaml(QUICKSTART)) {
      engine
          .eventPublisher()
          .subscribe(
              new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                  subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(Event event) {
                  kinds.add(event.kind());
                }

                @Override
                public void onError(Throwable throwable) {
                  kinds.add(null);
                }

                @Override
                public void onComplete() {
                  completed.countDown();
                }
              });
      outage(engine);
    }
    assertTrue(
        completed.await(10, TimeUnit.SECONDS), "closing the engine completes its subscribers");
    assertEquals(Event.Kind.RECOVERED, kinds.get(kinds.size() - 1));
    assertEquals(5, kinds.stream().filter(k -> k == Event.Kind.STATE_CHANGE).count());
  }
}
