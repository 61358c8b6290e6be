using System.Collections.Concurrent;
using Resil.Interop;

namespace Resil.Calls;

/// <summary>An engine's idle <see cref="AttemptSource"/>s: one for each thread with a number of its own, and a few for all.</summary>
internal sealed class AttemptSources(TimeProvider time)
{
    private const int MostSpare = 256;

    private readonly bool machineTime = time == TimeProvider.System;
    private readonly AttemptSource?[] near = new AttemptSource?[ThreadSlots.Limit * ThreadSlots.Spacing];
    private readonly ConcurrentQueue<AttemptSource> spare = new();
    private bool closed;

    /// <summary>One that is armed for an attempt with that budget.</summary>
    internal AttemptSource Take(long budgetNs, CancellationToken caller)
    {
        if (!machineTime)
        {
            return new AttemptSource(budgetNs, time, caller);
        }
        int at = ThreadSlots.Current;
        AttemptSource? source = null;
        if (at > 0)
        {
            source = near[at];
            near[at] = null;
        }
        if (source is null && !spare.TryDequeue(out source))
        {
            source = new AttemptSource();
        }
        source.Arm(Durations.WholeMs(budgetNs), caller);
        return source;
    }

    /// <summary>Ends the attempt and takes the source back.</summary>
    /// <returns>True: the budget was used up.</returns>
    internal bool Give(AttemptSource source)
    {
        bool fired = source.Disarm(out bool reusable);
        if (!reusable || Volatile.Read(ref closed))
        {
            source.Dispose();
            return fired;
        }
        int at = ThreadSlots.Current;
        if (at > 0 && near[at] is null)
        {
            near[at] = source;
        }
        else if (spare.Count < MostSpare)
        {
            spare.Enqueue(source);
        }
        else
        {
            source.Dispose();
        }
        return fired;
    }

    /// <summary>
    /// Once the engine is gone, and so nobody takes one any more. Those that a thread holds near are the collector's.
    /// </summary>
    internal void Close()
    {
        Volatile.Write(ref closed, true);
        while (spare.TryDequeue(out AttemptSource? source))
        {
            source.Dispose();
        }
        for (int at = 0; at < near.Length; at += ThreadSlots.Spacing)
        {
            near[at]?.Dispose();
            near[at] = null;
        }
    }
}
