using System.Diagnostics.Metrics;

namespace Resil.Metrics;

/// <summary>
/// The <see cref="Meter"/> named Resil: the names and labels of Dapr's dashboards, for all engines of the process. It is there as long as
/// an engine is, so that a plug-in which disposed its engines can be unloaded.
///
/// dapr_resiliency_count counts, for targets that have the policy, a retry policy once per operation, when it has ended; a
/// timeout once per attempt; a circuit breaker, a rate limit and a bulkhead (a limit of concurrent attempts) once per attempt that was
/// asked for, admitted or not; a retry budget once per retry that was wanted. It is a gauge for its name's sake: a
/// counter's would end in _total, and Dapr's does not.
/// </summary>
internal static class ResilMeter
{
    internal const string Name = "Resil";

    private static readonly object Guard = new();
    private static readonly List<EngineMeasures> Engines = [];
    private static Meter? meter;

    internal static void Add(Engine engine)
    {
        lock (Guard)
        {
            Forget(null);
            Engines.Add(new EngineMeasures(engine));
            meter ??= Make();
        }
    }

    internal static void Remove(Engine engine)
    {
        Meter? last = null;
        lock (Guard)
        {
            Forget(engine);
            if (Engines.Count == 0)
            {
                last = meter;
                meter = null;
            }
        }
        last?.Dispose();
    }

    /// <summary>This one, and those that were collected.</summary>
    private static void Forget(Engine? engine) => Engines.RemoveAll(one => one.IsOf(engine, out bool alive) || !alive);

    private static Meter Make()
    {
        Meter made = new(Name, Engine.NativeVersion);
        made.CreateObservableGauge(
            "dapr_resiliency_loaded", () => Observe(one => one.Loaded()), null, "Whether resiliency policies are loaded.");
        made.CreateObservableGauge(
            "dapr_resiliency_count", () => Observe(one => one.Counts()), null,
            "How often a resiliency policy was applied: retries to operations, timeouts to attempts, circuit breakers to attempts and rejections.");
        made.CreateObservableCounter(
            "dapr_resiliency_activations_total", () => Observe(one => one.Activations()), null,
            "How often a resiliency policy acted: timeouts, retries, a limit's rejections, a budget's refusals, and a circuit breaker's changes into the state in `status`.");
        made.CreateObservableGauge(
            "dapr_resiliency_cb_state", () => Observe(one => one.States()), null,
            "1 for the state that a circuit breaker of the target is in, 0 for the others.");
        return made;
    }

    private static IEnumerable<Measurement<long>> Observe(Func<EngineMeasures, IEnumerable<Measurement<long>>> what)
    {
        EngineMeasures[] all;
        lock (Guard)
        {
            all = [.. Engines];
        }
        return all.SelectMany(what);
    }
}
