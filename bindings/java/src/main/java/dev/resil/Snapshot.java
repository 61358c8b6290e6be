package dev.resil;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The state of every endpoint at one moment. Numbers that several threads write at that moment may
 * differ by the calls in flight; each is exact when there are none.
 */
public final class Snapshot {
  /** Keys only: within a string a quote has a backslash before it. */
  private static final Pattern COUNTED =
      Pattern.compile("\"endpoint\":(\\d+)|\"rejections\":(\\d+)");

  private final String json;
  private final List<EndpointView> endpoints;
  private final Map<Integer, EndpointView> byId = new HashMap<>();
  private final long policies;

  Snapshot(String json) {
    this.json = json;
    Map<?, ?> whole = (Map<?, ?>) Json.parse(json);
    this.endpoints =
        ((List<?>) whole.get("endpoints"))
            .stream().map(entry -> new EndpointView((Map<?, ?>) entry)).toList();
    endpoints.forEach(view -> byId.put(view.id, view));
    this.policies = (Long) whole.get("policies");
  }

  /** The engine's text with the rejections, by endpoint, that it did not hear of. */
  static String withRejections(String json, Map<Integer, Long> rejections) {
    if (rejections.isEmpty()) {
      return json;
    }
    StringBuilder text = new StringBuilder(json.length() + 16 * rejections.size());
    Matcher found = COUNTED.matcher(json);
    long more = 0;
    while (found.find()) {
      if (found.group(1) != null) {
        more = rejections.getOrDefault(Integer.valueOf(found.group(1)), 0L);
      } else if (more != 0) {
        long all = Long.parseLong(found.group(2)) + more;
        found.appendReplacement(text, "\"rejections\":" + all);
      }
    }
    return found.appendTail(text).toString();
  }

  /** The text, in the engine's own schema, which is in ABI.md. */
  public String json() {
    return json;
  }

  public List<EndpointView> endpoints() {
    return endpoints;
  }

  /** How many distinct policies the engine keeps: those loaded, and those of before a reload. */
  public long policies() {
    return policies;
  }

  /** What is known of that endpoint; nothing where it is younger than the snapshot. */
  public Optional<EndpointView> find(Endpoint endpoint) {
    return find(endpoint.id);
  }

  Optional<EndpointView> find(int id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** What is known of that endpoint. */
  public EndpointView of(Endpoint endpoint) {
    return find(endpoint)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    endpoint + " is not of this engine, or is younger than this snapshot"));
  }

  /** One endpoint. */
  public static final class EndpointView {
    private final int id;
    private final Map<?, ?> entry;

    private EndpointView(Map<?, ?> entry) {
      this.entry = entry;
      this.id = (int) (long) (Long) entry.get("endpoint");
    }

    /** {@code app}, {@code actor}, {@code component} or {@code builtin}. */
    public String kind() {
      return (String) entry.get("kind");
    }

    public String name() {
      return (String) entry.get("name");
    }

    /** An app's method, an actor's id, a component's type; null where there is none. */
    public String instance() {
      String key =
          switch (kind()) {
            case "app" -> "method";
            case "actor" -> "id";
            default -> "type";
          };
      String instance = (String) entry.get(key);
      return instance == null || instance.isEmpty() ? null : instance;
    }

    /** A component's: {@code inbound} or {@code outbound}; else null. */
    public String direction() {
      return (String) entry.get("direction");
    }

    /** An attempt's budget; zero = none. */
    public Duration timeout() {
      return Duration.ofNanos((Long) entry.get("timeoutNs"));
    }

    /** The retry policy's name, or null. */
    public String retryPolicy() {
      return (String) entry.get("retry");
    }

    /** Null where the target has no circuit breaker, or its breaker was evicted. */
    public BreakerView breaker() {
      return entry.get("breaker") instanceof Map<?, ?> breaker ? new BreakerView(breaker) : null;
    }

    /**
     * True where the target has a circuit breaker, but this endpoint's was evicted and starts anew
     * with its next call.
     */
    public boolean isBreakerEvicted() {
      return Boolean.TRUE.equals(entry.get("evicted"));
    }

    /** Totals since the engine was opened. */
    public Calls calls() {
      Map<?, ?> calls = (Map<?, ?>) entry.get("calls");
      return new Calls(
          (Long) calls.get("successes"),
          (Long) calls.get("failures"),
          (Long) calls.get("timeouts"),
          (Long) calls.get("cancelled"),
          (Long) calls.get("rejections"),
          (Long) calls.get("retries"),
          (Long) calls.get("recovered"),
          (Long) calls.get("gaveUp"));
    }
  }

  /** A circuit breaker. */
  public static final class BreakerView {
    private final Map<?, ?> breaker;

    private BreakerView(Map<?, ?> breaker) {
      this.breaker = breaker;
    }

    public String name() {
      return (String) breaker.get("name");
    }

    /** The name of its policy. */
    public String policy() {
      return (String) breaker.get("policy");
    }

    public State state() {
      return State.of((String) breaker.get("state"));
    }

    /** While open: until it will be half-open. */
    public Duration retryAfter() {
      return Duration.ofNanos((Long) breaker.get("retryAfterNs"));
    }

    /**
     * {@code requests}, {@code totalSuccesses}, ... of this generation; empty for one that the trip
     * rule does not read.
     */
    public OptionalLong count(String name) {
      Map<?, ?> counts = (Map<?, ?>) breaker.get("counts");
      if (!counts.containsKey(name)) {
        throw new IllegalArgumentException(
            "no count is called " + name + "; there are " + counts.keySet());
      }
      return counts.get(name) instanceof Long value ? OptionalLong.of(value) : OptionalLong.empty();
    }
  }

  /** Attempts and operations, counted. Failures include timeouts. */
  public record Calls(
      long successes,
      long failures,
      long timeouts,
      long cancelled,
      long rejections,
      long retries,
      long recovered,
      long gaveUp) {}
}
