using System.Text.Json;

namespace Resil;

/// <summary>Reads the engine's JSON, whose schema is in ABI.md. Keys that it does not know it passes over.</summary>
internal static class SnapshotReader
{
    internal static (EndpointSnapshot[] Endpoints, TargetSnapshot[] Targets) Read(string json)
    {
        using JsonDocument whole = JsonDocument.Parse(json);
        JsonElement root = whole.RootElement;
        return (
            [.. root.GetProperty("endpoints").EnumerateArray().Select(Endpoint)],
            root.TryGetProperty("targets", out JsonElement targets) ? [.. targets.EnumerateArray().Select(LimitsOf)] : []);
    }

    /// <summary>The part of an endpoint that names it.</summary>
    internal static (EndpointKind Kind, string Name, string? Instance) Target(JsonElement one)
    {
        (EndpointKind kind, string? key) = one.GetProperty("kind").GetString() switch
        {
            "app" => (EndpointKind.App, "method"),
            "actor" => (EndpointKind.Actor, "id"),
            "component" => (one.GetProperty("direction").GetString() == "inbound"
                ? EndpointKind.ComponentInbound
                : EndpointKind.ComponentOutbound, "type"),
            _ => (EndpointKind.Builtin, null),
        };
        string? instance = key is null ? null : Text(one, key);
        return (kind, one.GetProperty("name").GetString()!, string.IsNullOrEmpty(instance) ? null : instance);
    }

    private static EndpointSnapshot Endpoint(JsonElement one)
    {
        (EndpointKind kind, string name, string? instance) = Target(one);
        return new EndpointSnapshot
        {
            Id = one.GetProperty("endpoint").GetInt32(),
            Kind = kind,
            Name = name,
            Instance = instance,
            AttemptTimeout = Durations.FromNs(one.GetProperty("timeoutNs").GetInt64()),
            RetryPolicy = Text(one, "retry"),
            Breaker = one.GetProperty("breaker") is { ValueKind: JsonValueKind.Object } breaker ? Breaker(breaker) : null,
            IsBreakerEvicted = one.TryGetProperty("evicted", out JsonElement evicted) && evicted.ValueKind == JsonValueKind.True,
            Calls = Calls(one.GetProperty("calls")),
            Operations = Operations(one.GetProperty("operations")),
            Transitions = Transitions(one.GetProperty("transitions")),
        };
    }

    private static BreakerSnapshot Breaker(JsonElement one)
    {
        JsonElement counts = one.GetProperty("counts");
        return new BreakerSnapshot(
            one.GetProperty("name").GetString()!, one.GetProperty("policy").GetString()!, State(one.GetProperty("state").GetString()),
            Durations.FromNs(one.GetProperty("retryAfterNs").GetInt64()), Count(counts, "requests"), Count(counts, "totalSuccesses"),
            Count(counts, "totalFailures"), Count(counts, "consecutiveSuccesses"), Count(counts, "consecutiveFailures"))
        {
            Calls = Count(counts, "calls"),
            SlowCalls = Count(counts, "slowCalls"),
            FailureRate = Rate(counts, "failureRate"),
            SlowRate = Rate(counts, "slowRate"),
            IsShadow = Text(one, "mode") == "shadow",
        };
    }

    private static TargetSnapshot LimitsOf(JsonElement one)
    {
        (EndpointKind kind, string name, _) = Target(one);
        return new TargetSnapshot
        {
            Kind = kind,
            Name = name,
            Deadline = one.TryGetProperty("deadlineNs", out JsonElement ns) ? Durations.FromNs(ns.GetInt64()) : null,
            RateLimit = Part(one, "rateLimit", part => new RateLimitSnapshot(
                Whole(part, "rate"), Time(part, "perNs"), Whole(part, "burst"), Whole(part, "available"), Whole(part, "rejected"))),
            Concurrency = Part(one, "concurrency", part => new ConcurrencySnapshot(
                Whole(part, "limit"), Whole(part, "inFlight"), Whole(part, "rejected"))),
            RetryBudget = Part(one, "budget", part => new RetryBudgetSnapshot(
                part.GetProperty("ratio").GetDouble(), part.GetProperty("minPerSecond").GetDouble(), Time(part, "windowNs"),
                Whole(part, "operations"), Whole(part, "retries"), Whole(part, "refused"))),
            Hold = Part(one, "hold", part => new HoldSnapshot(Time(part, "leftNs"), Whole(part, "rejected"))),
        };
    }

    private static T? Part<T>(JsonElement one, string name, Func<JsonElement, T> read)
        where T : class
        => one.TryGetProperty(name, out JsonElement part) && part.ValueKind == JsonValueKind.Object ? read(part) : null;

    private static long Whole(JsonElement one, string name) => one.GetProperty(name).GetInt64();

    private static TimeSpan Time(JsonElement one, string name) => Durations.FromNs(Whole(one, name));

    private static BreakerState State(string? name) => name switch
    {
        "closed" => BreakerState.Closed,
        "open" => BreakerState.Open,
        "half-open" => BreakerState.HalfOpen,
        _ => (BreakerState)(-1), // of a newer engine
    };

    private static CallCounts Calls(JsonElement one)
    {
        long Of(string name) => one.GetProperty(name).GetInt64();
        return new CallCounts(
            Of("successes"), Of("failures"), Of("timeouts"), Of("cancelled"), Of("rejections"), Of("retries"), Of("recovered"), Of("gaveUp"));
    }

    private static OperationCounts Operations(JsonElement one)
        => new(Whole(one, "succeeded"), Whole(one, "failed"), Whole(one, "cancelled"), Whole(one, "rejected"));

    private static TransitionCounts Transitions(JsonElement one)
        => new(one.GetProperty("closed").GetInt64(), one.GetProperty("open").GetInt64(), one.GetProperty("halfOpen").GetInt64());

    private static long? Count(JsonElement counts, string name)
        => counts.TryGetProperty(name, out JsonElement count) && count.ValueKind == JsonValueKind.Number ? count.GetInt64() : null;

    private static double? Rate(JsonElement counts, string name)
        => counts.TryGetProperty(name, out JsonElement rate) && rate.ValueKind == JsonValueKind.Number ? rate.GetDouble() : null;

    private static string? Text(JsonElement one, string name)
        => one.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
