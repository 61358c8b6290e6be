namespace Resil.Extensions.Tests;

internal static class Documents
{
    public const string Policies = """
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata: {name: test}
        spec:
          policies:
            timeouts: {second: 1s}
            retries:
              twice: {policy: constant, duration: 1s, maxRetries: 2}
              listed: {policy: constant, duration: 1s, maxRetries: 2, matching: {httpStatusCodes: "503", gRPCStatusCodes: "4,14"}}
              always: {policy: constant, duration: 1s}
            circuitBreakers:
              three: {timeout: 5s, trip: consecutiveFailures >= 3}
              once: {timeout: 5s, trip: consecutiveFailures >= 1}
          targets:
            apps:
              retried: {retry: twice}
              listed: {retry: listed}
              broken: {circuitBreaker: three}
              down: {circuitBreaker: once}
              timed: {timeout: second, circuitBreaker: three}
              timedtwice: {timeout: second, retry: twice}
              tripping: {retry: always, circuitBreaker: three}
              "broken:8080": {circuitBreaker: three}
        """;

    public static Engine Engine(TimeProvider? time = null, int maxEndpoints = 0)
        => Resil.Engine.FromText(Policies, new EngineOptions { TimeProvider = time ?? new LeapingTime(), MaxEndpoints = maxEndpoints });
}
