using System.Diagnostics.Metrics;

namespace Resil.Metrics;

/// <summary>
/// One engine's numbers. Those that look at it ask one instrument after the other; they get the numbers of one moment, since a new
/// snapshot is taken only for an instrument that has already been told of the last one.
/// </summary>
internal sealed class EngineMeasures(Engine engine)
{
    private readonly object guard = new();
    private readonly WeakReference<Engine> engine = new(engine);
    private readonly string appId = engine.AppId ?? "";
    private readonly string name = engine.Options.MetricsName;
    private readonly string space = engine.Options.MetricsNamespace;
    private Dictionary<Target, TargetSum> sums = [];
    private int told = -1;

    /// <summary>False once the engine was collected.</summary>
    internal bool IsOf(Engine? one, out bool alive)
    {
        alive = engine.TryGetTarget(out Engine? mine);
        return alive && ReferenceEquals(mine, one);
    }

    internal IEnumerable<Measurement<long>> Loaded()
        => Current(1) is null ? [] : [new(1, Tag("app_id", appId), Tag("name", name), Tag("namespace", space))];

    internal IEnumerable<Measurement<long>> Counts() => All(2, sum =>
    [
        (sum.Timeout.Used, sum.Timeout.Count, "timeout", ""),
        (sum.Retry.Used, sum.Retry.Count, "retry", ""),
        (sum.Breaker.Used, sum.Breaker.Count, "circuitbreaker", ""),
        (sum.RateLimit.Used, sum.RateLimit.Count, "ratelimit", ""),
        (sum.Bulkhead.Used, sum.Bulkhead.Count, "bulkhead", ""),
        (sum.Budget.Used, sum.Budget.Count, "budget", ""),
    ]);

    internal IEnumerable<Measurement<long>> Activations() => All(4, sum =>
    [
        (sum.Timeout.Used, sum.Timeout.Activations, "timeout", ""),
        (sum.Retry.Used, sum.Retry.Activations, "retry", ""),
        (sum.RateLimit.Used, sum.RateLimit.Activations, "ratelimit", ""),
        (sum.Bulkhead.Used, sum.Bulkhead.Activations, "bulkhead", ""),
        (sum.Budget.Used, sum.Budget.Activations, "budget", ""),
        .. TargetSum.States.Select(state => (sum.Breaker.Used, sum.Transitions[(int)state.State], "circuitbreaker", state.Name)),
    ]);

    internal IEnumerable<Measurement<long>> States() => All(8, sum =>
        TargetSum.States.Select(state => (sum.Breaker.Used, sum.InState[(int)state.State], "circuitbreaker", state.Name)));

    private static KeyValuePair<string, object?> Tag(string label, string value) => new(label, value);

    private List<Measurement<long>> All(int instrument, Func<TargetSum, IEnumerable<(bool, long, string, string)>> of)
    {
        List<Measurement<long>> all = [];
        foreach ((Target target, TargetSum sum) in Current(instrument) ?? [])
        {
            foreach ((bool used, long number, string policy, string status) in of(sum))
            {
                if (used)
                {
                    all.Add(new Measurement<long>(
                        number, Tag("app_id", appId), Tag("name", name), Tag("namespace", space), Tag("policy", policy),
                        Tag("flow_direction", target.Direction), Tag("target", target.Name), Tag("status", status)));
                }
            }
        }
        return all;
    }

    /// <summary>Null of an engine that is gone.</summary>
    private Dictionary<Target, TargetSum>? Current(int instrument)
    {
        lock (guard)
        {
            if (!engine.TryGetTarget(out Engine? alive) || alive.IsDisposed)
            {
                return null;
            }
            if ((told & instrument) != 0)
            {
                try
                {
                    sums = TargetSum.Of(alive.Snapshot());
                }
                catch (ObjectDisposedException)
                {
                    return null; // just now
                }
                told = 0;
            }
            told |= instrument;
            return sums;
        }
    }
}
