namespace Resil.Metrics;

/// <summary>What the labels tell apart: an app, an actor type, a component in one direction.</summary>
internal readonly record struct Target(string Name, string Direction)
{
    internal static Target Of(EndpointSnapshot one) => one.Kind switch
    {
        EndpointKind.App => new("app_" + one.Name, "outbound"),
        EndpointKind.Actor => new("actor_" + one.Name, "outbound"),
        EndpointKind.Builtin => new("builtin_" + one.Name, "outbound"),
        // Dapr's own components always have a type.
        EndpointKind.ComponentInbound => new((one.Instance ?? "Component") + "_" + one.Name, "inbound"),
        _ => new((one.Instance ?? "Component") + "_" + one.Name, "outbound"),
    };
}

/// <summary>How often a policy was applied and how often it acted; unused where no endpoint of the target has it.</summary>
internal struct Use
{
    internal bool Used;
    internal long Count;
    internal long Activations;

    internal void Add(long count, long activations)
    {
        Used = true;
        Count += count;
        Activations += activations;
    }
}

/// <summary>What a target's endpoints did together.</summary>
internal sealed class TargetSum
{
    internal static readonly (BreakerState State, string Name)[] States =
        [(BreakerState.Closed, "closed"), (BreakerState.HalfOpen, "half-open"), (BreakerState.Open, "open")];

    internal Use Timeout;
    internal Use Retry;
    internal Use Breaker;
    internal readonly long[] Transitions = new long[3];
    internal readonly long[] InState = new long[3];

    internal static Dictionary<Target, TargetSum> Of(EngineSnapshot snapshot)
    {
        Dictionary<Target, TargetSum> sums = [];
        foreach (EndpointSnapshot one in snapshot.Endpoints)
        {
            Target target = Target.Of(one);
            if (!sums.TryGetValue(target, out TargetSum? sum))
            {
                sums[target] = sum = new TargetSum();
            }
            sum.Add(one);
        }
        return sums;
    }

    private void Add(EndpointSnapshot one)
    {
        CallCounts calls = one.Calls;
        long attempts = calls.Successes + calls.Failures + calls.Cancelled;
        if (one.AttemptTimeout > TimeSpan.Zero)
        {
            Timeout.Add(attempts, calls.Timeouts);
        }
        if (one.RetryPolicy is not null)
        {
            // Attempts without retries, but a sum: the difference of two counts that are read one after the other may go backwards.
            Retry.Add(calls.Successes + calls.Cancelled + calls.GaveUp, calls.Retries);
        }
        if (one.Breaker is not null || one.IsBreakerEvicted)
        {
            Breaker.Add(attempts + calls.Rejections, 0);
        }
        if (one.Breaker is { } breaker && (uint)breaker.State < InState.Length)
        {
            InState[(int)breaker.State] = 1;
        }
        Transitions[(int)BreakerState.Closed] += one.Transitions.Closed;
        Transitions[(int)BreakerState.Open] += one.Transitions.Open;
        Transitions[(int)BreakerState.HalfOpen] += one.Transitions.HalfOpen;
    }
}
