using Microsoft.Extensions.Logging;
using Resil.Interop;

namespace Resil;

/// <summary>
/// Brings events from the engine to the log, and wakes whoever reads them. There is no thread: events are born inside calls, and the
/// call whose ticket says so brings them. One thread at a time logs, in order; another that comes meanwhile leaves it the rest.
/// </summary>
internal sealed unsafe class EventPump(Engine engine, ILogger? logger)
{
    private const int Batch = 16;

    private readonly object logging = new();
    private TaskCompletionSource next = NewSignal();
    private ulong cursor;
    private int readers;
    private bool more;

    /// <summary>Completes when something more has happened, or the engine is disposed.</summary>
    internal Task Next => Volatile.Read(ref next).Task;

    internal void AddReader(int one) => Interlocked.Add(ref readers, one);

    /// <summary>Within the gate.</summary>
    internal void Happened()
    {
        Wake();
        if (logger is null)
        {
            return;
        }
        Volatile.Write(ref more, true);
        if (Monitor.IsEntered(logging))
        {
            return; // a logger that makes calls itself
        }
        while (Volatile.Read(ref more) && Monitor.TryEnter(logging))
        {
            try
            {
                Volatile.Write(ref more, false);
                Interlocked.MemoryBarrier();
                Drain();
            }
            finally
            {
                Monitor.Exit(logging);
            }
        }
    }

    internal void Wake()
    {
        if (Volatile.Read(ref readers) > 0)
        {
            Interlocked.Exchange(ref next, NewSignal()).TrySetResult();
        }
    }

    private void Drain()
    {
        NativeEvent* events = stackalloc NativeEvent[Batch];
        for (; ; )
        {
            int count;
            fixed (ulong* at = &cursor)
            {
                count = Native.resil_events(engine.Gate.Engine, at, events, Batch);
            }
            for (int i = 0; i < count; i++)
            {
                Write(events[i]);
            }
            if (count < Batch)
            {
                return;
            }
        }
    }

    private void Write(NativeEvent one)
    {
        string text = engine.TextOf(one);
        if (text.Length == 0)
        {
            return;
        }
        try
        {
            Log.Write(logger!, (EventKind)one.Kind, text);
        }
        catch (Exception)
        {
            return; // a logger's trouble is not the call's
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
