namespace Resil.Metrics;

/// <summary>What the labels tell apart: an app, an actor type, a component in one direction.</summary>
internal readonly record struct Target(string Name, string Direction)
{
    internal static Target Of(EndpointSnapshot one) => Of(one.Kind, one.Name, one.Instance);

    internal static Target Of(EndpointKind kind, string name, string? componentType) => kind switch
    {
        EndpointKind.App => new("app_" + name, "outbound"),
        EndpointKind.Actor => new("actor_" + name, "outbound"),
        EndpointKind.Builtin => new("builtin_" + name, "outbound"),
        // Dapr's own components always have a type.
        EndpointKind.ComponentInbound => new((componentType ?? "Component") + "_" + name, "inbound"),
        _ => new((componentType ?? "Component") + "_" + name, "outbound"),
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
    internal Use RateLimit;
    internal Use Bulkhead;
    internal Use Budget;
    private long attempts;
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
        foreach (TargetSnapshot limits in snapshot.Targets)
        {
            // A component's limits hold over its types, which a label tells apart: they stand beside the type that is called.
            foreach (EndpointSnapshot one in snapshot.Endpoints.Where(one => one.Kind == limits.Kind && one.Name == limits.Name).Take(1))
            {
                sums[Target.Of(one)].Add(limits);
            }
        }
        return sums;
    }

    private void Add(TargetSnapshot limits)
    {
        if (limits.RateLimit is { } rate)
        {
            RateLimit.Add(attempts + rate.Rejected, rate.Rejected);
        }
        if (limits.Concurrency is { } concurrency)
        {
            Bulkhead.Add(attempts + concurrency.Rejected, concurrency.Rejected);
        }
        if (limits.RetryBudget is { } budget)
        {
            Budget.Add(Retry.Activations + budget.Refused, budget.Refused);
        }
    }

    private void Add(EndpointSnapshot one)
    {
        CallCounts calls = one.Calls;
        long made = calls.Successes + calls.Failures + calls.Cancelled;
        attempts += made;
        if (one.AttemptTimeout > TimeSpan.Zero)
        {
            Timeout.Add(made, calls.Timeouts);
        }
        if (one.RetryPolicy is not null)
        {
            Retry.Add(one.Operations.Ended, calls.Retries);
        }
        if (one.Breaker is not null || one.IsBreakerEvicted)
        {
            Breaker.Add(made + calls.Rejections, 0);
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
