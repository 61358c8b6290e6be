package dev.resil;

/** Policy documents for tests. */
final class Policies {
  private Policies() {}

  /**
   * The app "orders" with these parts of spec.policies: `retry: r`, `circuitBreaker: cb`, `timeout:
   * t` where they are defined.
   */
  static String orders(String retry, String breaker, String timeout) {
    StringBuilder yaml =
        new StringBuilder(
            "apiVersion: dapr.io/v1alpha1\n"
                + "kind: Resiliency\n"
                + "metadata: {name: test}\n"
                + "spec:\n"
                + "  policies:\n");
    yaml.append(timeout == null ? "" : "    timeouts: {t: " + timeout + "}\n");
    yaml.append(retry == null ? "" : "    retries: {r: " + retry + "}\n");
    yaml.append(breaker == null ? "" : "    circuitBreakers: {cb: " + breaker + "}\n");
    yaml.append("  targets:\n    apps:\n      orders: {");
    yaml.append(timeout == null ? "" : "timeout: t, ");
    yaml.append(retry == null ? "" : "retry: r, ");
    yaml.append(breaker == null ? "" : "circuitBreaker: cb, ");
    return yaml.substring(0, yaml.length() - 2) + "}\n";
  }

  static final String THREE_RETRIES = "{policy: constant, duration: 1s, maxRetries: 3}";
  static final String TRIPS_AT_TWO =
      "{maxRequests: 1, timeout: 5s, trip: consecutiveFailures >= 2}";
  static final String TRIPS_AT_ONE =
      "{maxRequests: 1, timeout: 5s, trip: consecutiveFailures >= 1}";
}
