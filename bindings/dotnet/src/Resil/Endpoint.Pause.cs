using System.Runtime.CompilerServices;

namespace Resil;

/// <summary>Waiting, between two attempts or for an admission.</summary>
public sealed partial class Endpoint
{
    /// <summary>A timer takes no longer times.</summary>
    private const long LongestMs = int.MaxValue;

    /// <summary>Null: it has waited. Else the operation is over: the caller cancelled it, or the engine was disposed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Exception?> PauseAsync(long ns, CancellationToken caller, Exception? earlier)
    {
        long left = Durations.WholeMs(ns);
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(caller, gate.Closing);
        try
        {
            while (left > 0)
            {
                long part = Math.Min(left, LongestMs);
                await Task.Delay(TimeSpan.FromMilliseconds(part), Engine.TimeProvider, ends.Token).ConfigureAwait(false);
                left -= part;
            }
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // Which of the two it was is asked below, as without a wait.
        }
        return caller.IsCancellationRequested ? new OperationCanceledException("The operation was canceled.", earlier, caller)
            : gate.IsClosed ? new ObjectDisposedException("the resil engine was disposed while a call waited", earlier)
            : null;
    }

    /// <summary>The same for a thread that blocks; nothing of it needs the thread's own context.</summary>
    private Exception? Pause(long ns, CancellationToken caller, Exception? earlier)
    {
        ValueTask<Exception?> pause = PauseAsync(ns, caller, earlier);
        return pause.IsCompleted ? pause.Result : pause.AsTask().GetAwaiter().GetResult();
    }
}
