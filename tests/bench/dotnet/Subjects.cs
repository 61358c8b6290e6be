using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Resil.Bench;

/// <summary>The same policies by each library, with nobody listening.</summary>
internal static class Subjects
{
    /// <summary>The work: it does nothing, succeeds and completes at once.</summary>
    public static readonly Func<CancellationToken, ValueTask<int>> Works = static _ => new ValueTask<int>(1);

    public static readonly Func<CancellationToken, ValueTask<int>> Fails = static _ => throw new InvalidOperationException("down");

    private const string Document = """
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata: {name: bench}
        spec:
          policies:
            timeouts: {t: 10s}
            retries: {r: {policy: constant, duration: 1s, maxRetries: 3}}
            circuitBreakers:
              run: {timeout: 24h, trip: consecutiveFailures > 5}
              once: {timeout: 24h, trip: consecutiveFailures > 0}
              ratio: {timeout: 24h, trip: "requests >= 100 && double(totalFailures) / double(requests) >= 0.1"}
              rate: {timeout: 24h, interval: 30s, trip: "requests >= 100 && double(totalFailures) / double(requests) >= 0.1"}
          targets:
            apps:
              breaker: {circuitBreaker: run}
              ratio: {circuitBreaker: ratio}
              rate: {circuitBreaker: rate}
              all: {timeout: t, retry: r, circuitBreaker: run}
              allrate: {timeout: t, retry: r, circuitBreaker: rate}
              open: {circuitBreaker: once}
              window: {circuitBreaker: slid}
        ---
        apiVersion: resil.dev/v1
        kind: ResiliencyExtension
        metadata: {name: bench-extras}
        spec:
          policies:
            circuitBreakers:
              slid: {timeout: 24h, window: 30s, trip: "calls >= 100 && failureRate >= 0.1"}
          targets:
            apps:
              limited: {rateLimit: {rate: 1000000000, burst: 1000000000}}
              bulkhead: {maxConcurrent: 50}
        """;

    private static readonly Engine Engine = Engine.FromText(Document);

    public static Engine Loaded => Engine;

    public static Endpoint Endpoint(string app) => Engine.App(app, "call");

    /// <summary>Polly's breaker knows a ratio of failures over a time: its own defaults.</summary>
    public static CircuitBreakerStrategyOptions Ratio() => new() { BreakDuration = TimeSpan.FromHours(23) };

    public static ResiliencePipeline PollyBreaker() => new ResiliencePipelineBuilder().AddCircuitBreaker(Ratio()).Build();

    public static ResiliencePipeline PollyAll() => new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 3, Delay = TimeSpan.FromSeconds(1) })
        .AddCircuitBreaker(Ratio())
        .AddTimeout(TimeSpan.FromSeconds(10))
        .Build();

    public static ResiliencePipeline PollyOpen()
    {
        var control = new CircuitBreakerManualControl();
        var options = Ratio();
        options.ManualControl = control;
        var pipeline = new ResiliencePipelineBuilder().AddCircuitBreaker(options).Build();
        control.IsolateAsync().GetAwaiter().GetResult();
        return pipeline;
    }

    /// <summary>Every call here completes at once; awaiting it would be most of what is measured.</summary>
    public static T Completed<T>(ValueTask<T> call)
        => call.IsCompletedSuccessfully ? call.Result : throw new InvalidOperationException("it did not complete at once");

    public static void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException(what);
    }
}
