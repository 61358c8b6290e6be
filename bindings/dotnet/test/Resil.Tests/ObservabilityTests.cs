using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Resil.Tests;

public class ObservabilityTests
{
    private sealed class Lines : ILoggerProvider, ILogger
    {
        internal List<(int Id, LogLevel Level, string Text)> All { get; } = [];

        public ILogger CreateLogger(string categoryName)
        {
            Assert.Equal("Resil", categoryName);
            return this;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => All.Add((eventId.Id, logLevel, formatter(state, exception)));

        public void Dispose() { }
    }

    [Fact]
    public async Task Lines_are_those_of_the_quickstart_under_event_ids()
    {
        Lines lines = new();
        using ILoggerFactory factory = LoggerFactory.Create(logging => logging.AddProvider(lines));
        using Fixture one = new(
            retry: Policies.Twice, breaker: "{timeout: 1h, trip: consecutiveFailures >= 5}", options: new() { LoggerFactory = factory });
        int attempts = 0;
        Task call = one.Orders.ExecuteAsync(_ => ++attempts < 3 ? throw new FormatException() : default(ValueTask)).AsTask();
        await one.PassUntil(call, TimeSpan.FromSeconds(1));
        await call;
        for (int i = 0; i < 5; i++)
        {
            one.Orders.TryExecute<int>(_ => throw new FormatException(), new CallOptions { Repeatable = false });
        }
        Assert.Equal(
        [
            (2, LogLevel.Information, "Error processing operation endpoint[orders, orders]. Retrying..."),
            (3, LogLevel.Information, "Recovered processing operation endpoint[orders, orders] after 3 attempts"),
            (1, LogLevel.Information, "Circuit breaker \"orders\" changed state from closed to open"),
        ], lines.All);
    }

    [Fact]
    public async Task Events_are_read_in_order_by_whoever_asks_and_losses_are_told()
    {
        using Fixture one = new(breaker: Policies.Breaker3, options: new() { EventCapacity = 16, EveryRejection = true });
        one.Orders.TryExecute<int>(_ => throw new FormatException());
        await using IAsyncEnumerator<EngineEvent> events = one.Engine.Events.GetAsyncEnumerator();
        ValueTask<bool> first = events.MoveNextAsync();
        Assert.False(first.IsCompleted);
        one.Orders.TryExecute<int>(_ => throw new FormatException());
        one.Orders.TryExecute<int>(_ => throw new FormatException());
        Assert.True(await first.AsTask().WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.Equal((EventKind.StateChange, one.Orders, 0), (events.Current.Kind, events.Current.Endpoint, events.Current.Lost));
        Assert.Equal((BreakerState.Closed, BreakerState.Open), (events.Current.From, events.Current.To));
        long seen = events.Current.Sequence;
        for (int i = 0; i < 100; i++)
        {
            one.Orders.TryExecute<int>(_ => throw new FormatException());
        }
        Assert.True(await events.MoveNextAsync());
        Assert.True(events.Current.Lost > 0);
        Assert.Equal(seen + events.Current.Lost + 1, events.Current.Sequence);
        Assert.Equal((EventKind.Rejected, Reason.Open), (events.Current.Kind, events.Current.Reason));
        one.Engine.Dispose();
        while (await events.MoveNextAsync())
        {
            Assert.Equal(0, events.Current.Lost);
        }
    }

    [Fact]
    public async Task A_breaker_that_actors_of_a_type_share_is_told_as_the_type()
    {
        const string document = "kind: Resiliency\nspec:\n  policies:\n    circuitBreakers: {cb: {timeout: 1h, trip: consecutiveFailures >= 1}}\n"
            + "  targets:\n    actors:\n      Cart: {circuitBreaker: cb, circuitBreakerScope: type}\n";
        using Engine engine = Engine.FromText(document);
        await using IAsyncEnumerator<EngineEvent> events = engine.Events.GetAsyncEnumerator();
        engine.Actor("Cart", "1").TryExecute<int>(_ => throw new FormatException());
        do
        {
            Assert.True(await events.MoveNextAsync());
        }
        while (events.Current.Kind != EventKind.StateChange);
        Assert.Equal((EndpointKind.Actor, "Cart", null), (events.Current.Endpoint!.Kind, events.Current.Endpoint.Name, events.Current.Endpoint.Instance));
        Assert.Equal((BreakerState.Closed, BreakerState.Open), (events.Current.From, events.Current.To));
    }

    [Fact]
    public async Task Retries_are_tags_of_the_current_activity()
    {
        using Fixture one = new(retry: Policies.Twice);
        using Activity activity = new Activity("call").Start();
        Task<Outcome<int>> call = one.Orders.TryExecuteAsync<int>(_ => throw new FormatException()).AsTask();
        await one.PassUntil(call, TimeSpan.FromSeconds(1));
        Assert.Equal((2, "app orders"), ((int)activity.GetTagItem("resil.retries")!, (string)activity.GetTagItem("resil.target")!));
    }
}

/// <summary>The metrics under Dapr's names, as Prometheus scrapes them from OpenTelemetry's own exporter.</summary>
[Collection(nameof(Alone))]
public class MetricsTests
{
    private const string Document = """
        kind: Resiliency
        spec:
          policies:
            timeouts: {t: 5s}
            retries: {r: {policy: constant, duration: 0s, maxRetries: 1}}
            circuitBreakers: {cb: {timeout: 1h, trip: consecutiveFailures >= 3}}
          targets:
            apps:
              orders: {timeout: t, retry: r, circuitBreaker: cb}
              plain: {timeout: t}
            components:
              store: {outbound: {circuitBreaker: cb}, inbound: {retry: r}}
        ---
        apiVersion: resil.dev/v1
        kind: ResiliencyExtension
        spec:
          policies:
            retries: {once: {policy: constant, duration: 0s, budget: {ratio: 0, minPerSecond: 0.1}}}
          targets:
            apps:
              limited: {rateLimit: {rate: 1, per: 1h, burst: 3}, maxConcurrent: 2, retry: once}
        """;

    [Fact]
    public async Task A_scrape_has_Daprs_names_and_labels()
    {
        int port = FreePort();
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder().AddMeter("Resil")
            .AddPrometheusHttpListener(options => options.Port = port).Build();
        using Engine engine = Engine.FromText(
            Document, new() { AppId = "checkout", MetricsName = "myresiliency", MetricsNamespace = "default", TimeProvider = new FakeTimeProvider() });
        Run(engine.App("orders", "a"), true, true, false, false, false); // two failed attempts, a third that trips, a rejection, another
        Run(engine.App("orders", "b"), true);
        Run(engine.App("plain"), true, false);
        Run(engine.ComponentOutbound("store", "Statestore"), true);
        Run(engine.ComponentInbound("store", "Pubsub"), false);
        Run(engine.App("limited", "a"), false, true, true); // an attempt and its retry, which ends the budget; a third; a rejection
        Run(engine.App("nobody", "configured"), true);
        using HttpClient client = new();
        string[] lines = (await client.GetStringAsync(new Uri($"http://localhost:{port}/metrics"))).Split('\n');
        string[] expected =
        [
            "dapr_resiliency_loaded||||=1",
            "dapr_resiliency_count|timeout|outbound|app_orders|=6", "dapr_resiliency_count|retry|outbound|app_orders|=6",
            "dapr_resiliency_count|circuitbreaker|outbound|app_orders|=8", "dapr_resiliency_count|timeout|outbound|app_plain|=2",
            "dapr_resiliency_count|circuitbreaker|outbound|Statestore_store|=1", "dapr_resiliency_count|retry|inbound|Pubsub_store|=1",
            "dapr_resiliency_activations_total|timeout|outbound|app_orders|=0", "dapr_resiliency_activations_total|retry|outbound|app_orders|=2",
            "dapr_resiliency_activations_total|circuitbreaker|outbound|app_orders|open=1",
            "dapr_resiliency_activations_total|circuitbreaker|outbound|app_orders|closed=0",
            "dapr_resiliency_activations_total|retry|inbound|Pubsub_store|=1",
            "dapr_resiliency_count|ratelimit|outbound|app_limited|=4", "dapr_resiliency_count|bulkhead|outbound|app_limited|=3",
            "dapr_resiliency_count|budget|outbound|app_limited|=2", "dapr_resiliency_activations_total|ratelimit|outbound|app_limited|=1",
            "dapr_resiliency_activations_total|bulkhead|outbound|app_limited|=0",
            "dapr_resiliency_activations_total|budget|outbound|app_limited|=1",
            "dapr_resiliency_cb_state|circuitbreaker|outbound|app_orders|open=1",
            "dapr_resiliency_cb_state|circuitbreaker|outbound|app_orders|half-open=0",
            "dapr_resiliency_cb_state|circuitbreaker|outbound|app_orders|closed=1",
            "dapr_resiliency_cb_state|circuitbreaker|outbound|Statestore_store|closed=1",
        ];
        string[] scraped = [.. lines.Where(line => line.StartsWith("dapr_", StringComparison.Ordinal)).Select(Short)];
        Assert.All(expected, line => Assert.Contains(line, scraped));
        Assert.Equal(scraped.Length, scraped.Distinct().Count());
        Assert.All(
            lines.Where(line => line.StartsWith("dapr_", StringComparison.Ordinal)),
            line => Assert.Equal(("checkout", "myresiliency", "default"), (Label(line, "app_id"), Label(line, "name"), Label(line, "namespace"))));
        Assert.DoesNotContain(scraped, line => line.Contains("nobody", StringComparison.Ordinal));
    }

    private static void Run(Endpoint endpoint, params bool[] results)
    {
        foreach (bool good in results)
        {
            endpoint.TryExecute(_ => good ? 1 : throw new FormatException());
        }
    }

    private static string Label(string line, string name)
    {
        int at = line.IndexOf($"{{{name}=\"", StringComparison.Ordinal);
        at = at >= 0 ? at : line.IndexOf($",{name}=\"", StringComparison.Ordinal);
        return at < 0 ? "" : line[(at + name.Length + 3)..].Split('"')[0];
    }

    private static string Short(string line)
        => $"{line.Split('{')[0]}|{Label(line, "policy")}|{Label(line, "flow_direction")}|{Label(line, "target")}|{Label(line, "status")}"
            + $"={line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0]}";

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
