namespace Resil;

/// <summary>
/// The state of every endpoint at one moment. Numbers that several threads write at that moment may differ by the calls in flight;
/// each is exact when there are none.
/// </summary>
public sealed class EngineSnapshot
{
    private readonly Dictionary<int, EndpointSnapshot> byId = [];

    internal EngineSnapshot(string json)
    {
        Json = json;
        (EndpointSnapshot[] all, TargetSnapshot[] targets) = SnapshotReader.Read(json);
        Endpoints = all;
        Targets = targets;
        foreach (EndpointSnapshot one in all)
        {
            byId[one.Id] = one;
        }
    }

    /// <summary>The whole, in the engine's own schema.</summary>
    public string Json { get; }

    /// <summary>Every endpoint that the engine knows.</summary>
    public IReadOnlyList<EndpointSnapshot> Endpoints { get; }

    /// <summary>Every target that a ResiliencyExtension limits, over all of its endpoints.</summary>
    public IReadOnlyList<TargetSnapshot> Targets { get; }

    /// <summary>In a line; <see cref="Json"/> has it all.</summary>
    public override string ToString() => $"{Endpoints.Count} endpoints, {Targets.Count} targets with limits";

    /// <summary>What is known of that endpoint; null where it is younger than the snapshot.</summary>
    public EndpointSnapshot? Find(Endpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return byId.GetValueOrDefault(endpoint.Id);
    }
}

/// <summary>One endpoint.</summary>
public sealed record EndpointSnapshot
{
    internal EndpointSnapshot() { }

    /// <summary>The engine's number for it.</summary>
    public required int Id { get; init; }

    /// <summary>What it is.</summary>
    public required EndpointKind Kind { get; init; }

    /// <summary>The app's id, the actor's type, the component's or the policy's name.</summary>
    public required string Name { get; init; }

    /// <summary>An app's method, an actor's id, a component's type.</summary>
    public string? Instance { get; init; }

    /// <summary>An attempt's budget; zero = none.</summary>
    public TimeSpan AttemptTimeout { get; init; }

    /// <summary>The name of the retry policy.</summary>
    public string? RetryPolicy { get; init; }

    /// <summary>Null where the target has no circuit breaker, or this one's was evicted.</summary>
    public BreakerSnapshot? Breaker { get; init; }

    /// <summary>True where the breaker was evicted and starts anew with the next call.</summary>
    public bool IsBreakerEvicted { get; init; }

    /// <summary>Totals since the engine was opened.</summary>
    public required CallCounts Calls { get; init; }

    /// <summary>Operations that ended since the engine was opened, by how.</summary>
    public required OperationCounts Operations { get; init; }

    /// <summary>
    /// How often its breaker changed into each state since the engine was opened. A breaker that an actor type shares is told by the
    /// type's endpoint.
    /// </summary>
    public required TransitionCounts Transitions { get; init; }
}

/// <summary>A circuit breaker. A count that its trip rule does not read is null while it is closed.</summary>
/// <param name="Name">Its own name, e.g. <c>order-processor:orders</c>.</param>
/// <param name="Policy">The name of its policy.</param>
/// <param name="State">Its state.</param>
/// <param name="RetryAfter">While open: until it will be half-open.</param>
/// <param name="Requests">Attempts of this generation.</param>
/// <param name="TotalSuccesses">Successes of this generation.</param>
/// <param name="TotalFailures">Failures of this generation.</param>
/// <param name="ConsecutiveSuccesses">Successes since the last failure.</param>
/// <param name="ConsecutiveFailures">Failures since the last success.</param>
public sealed record BreakerSnapshot(
    string Name, string Policy, BreakerState State, TimeSpan RetryAfter, long? Requests, long? TotalSuccesses, long? TotalFailures,
    long? ConsecutiveSuccesses, long? ConsecutiveFailures)
{
    /// <summary>Attempts that ended, as far as the counts cover them.</summary>
    public long? Calls { get; init; }

    /// <summary>Those of them that lasted longer than the policy's <c>slowCall</c>.</summary>
    public long? SlowCalls { get; init; }

    /// <summary>The part of them that failed, 0 to 1.</summary>
    public double? FailureRate { get; init; }

    /// <summary>The part of them that was slow, 0 to 1.</summary>
    public double? SlowRate { get; init; }

    /// <summary>True for <c>mode: shadow</c>: it counts and changes its state, and rejects nobody.</summary>
    public bool IsShadow { get; init; }
}

/// <summary>Attempts and operations, counted since the engine was opened. Failures include timeouts.</summary>
/// <param name="Successes">Attempts that went well.</param>
/// <param name="Failures">Attempts that failed.</param>
/// <param name="Timeouts">Attempts that used up their budget.</param>
/// <param name="Cancelled">Attempts that were cancelled.</param>
/// <param name="Rejections">Attempts that were not admitted.</param>
/// <param name="Retries">Attempts that were made again.</param>
/// <param name="Recovered">Operations that went well after a retry.</param>
/// <param name="GaveUp">Operations that failed for good.</param>
public sealed record CallCounts(
    long Successes, long Failures, long Timeouts, long Cancelled, long Rejections, long Retries, long Recovered, long GaveUp);

/// <summary>Operations that ended, skipped calls included. One that waits after a rejection has not ended.</summary>
/// <param name="Succeeded">The last attempt went well.</param>
/// <param name="Failed">The last attempt failed, and no retry followed.</param>
/// <param name="Cancelled">The caller gave them up.</param>
/// <param name="Rejected">A rejection ended them.</param>
public sealed record OperationCounts(long Succeeded, long Failed, long Cancelled, long Rejected)
{
    /// <summary>All of them.</summary>
    public long Ended => Succeeded + Failed + Cancelled + Rejected;
}

/// <summary>How often a breaker changed into a state.</summary>
/// <param name="Closed">Into closed.</param>
/// <param name="Open">Into open.</param>
/// <param name="HalfOpen">Into half-open.</param>
public sealed record TransitionCounts(long Closed, long Open, long HalfOpen);
