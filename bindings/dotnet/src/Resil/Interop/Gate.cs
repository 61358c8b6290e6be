using System.Diagnostics.CodeAnalysis;

namespace Resil.Interop;

/// <summary>
/// What stands before the native engine. Every use of it is inside: between <see cref="Enter"/> and <see cref="Leave"/>. Closing
/// refuses who comes from then on, and whoever is last out frees the engine.
///
/// Why nobody is inside an engine that was freed: who enters writes its cell and then looks whether the gate is closed; who closes
/// marks the gate closed, and then looks at the cells. Of the two, one has to see the other. The usual price is a full fence in each
/// entering call; here the closing call pays for all, by <see cref="Interlocked.MemoryBarrierProcessWide"/>, which makes every other
/// thread pass a fence: a thread whose write is not visible after that has not looked at the mark before it, and will see it. The same
/// holds for those who leave: a leave that closing does not see will see the mark, and looks at the cells itself. Of several who leave
/// at once, each passes a full fence before it looks, so one of them sees that all have left.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Closing is its end; the source has no timer and no handle to free.")]
internal sealed class Gate
{
    private readonly object guard = new();
    private readonly EngineHandle handle;
    private readonly Action whenFreed;
    private readonly CancellationTokenSource closing = new();
    private readonly List<Cells> all = [];
    private Cells? busy;
    private bool closed;
    private bool freed;

    internal Gate(EngineHandle handle, Action whenFreed)
    {
        this.handle = handle;
        this.whenFreed = whenFreed;
        Engine = handle.DangerousGetHandle();
        Own = Register();
        Closing = closing.Token;
    }

    /// <summary>The native engine. Inside only.</summary>
    internal nint Engine { get; }

    /// <summary>For what belongs to no endpoint.</summary>
    internal Cells Own { get; }

    /// <summary>Ends waits.</summary>
    internal CancellationToken Closing { get; }

    internal bool IsClosed => Volatile.Read(ref closed);

    /// <summary>True once the native engine is gone.</summary>
    internal bool IsFreed => Volatile.Read(ref freed);

    /// <summary>Cells whose calls keep the engine alive.</summary>
    internal Cells Register()
    {
        Cells cells = new();
        lock (guard)
        {
            all.Add(cells);
        }
        return cells;
    }

    internal void Enter(Cells cells)
    {
        cells.Enter();
        if (IsClosed)
        {
            Refuse(cells);
        }
    }

    internal void Leave(Cells cells)
    {
        cells.Leave();
        if (IsClosed)
        {
            FreeIfEmpty();
        }
    }

    internal void LeaveHealthy(Cells cells)
    {
        cells.LeaveHealthy();
        if (IsClosed)
        {
            FreeIfEmpty();
        }
    }

    internal void Refuse(Cells cells)
    {
        Leave(cells);
        throw new ObjectDisposedException(nameof(Engine), "the resil engine was disposed");
    }

    /// <summary>True for the call that closed it.</summary>
    internal bool Close()
    {
        lock (guard)
        {
            if (closed)
            {
                return false;
            }
            Volatile.Write(ref closed, true);
        }
        Interlocked.MemoryBarrierProcessWide();
        closing.Cancel();
        FreeIfEmpty();
        return true;
    }

    internal void FreeIfEmpty()
    {
        Interlocked.MemoryBarrier();
        lock (guard)
        {
            if (freed || busy is not null && !busy.Empty())
            {
                return;
            }
            busy = null;
            foreach (Cells cells in all)
            {
                if (!cells.Empty())
                {
                    busy = cells; // the next one who leaves looks here first
                    return;
                }
            }
            Volatile.Write(ref freed, true);
        }
        handle.Dispose();
        whenFreed();
    }
}
