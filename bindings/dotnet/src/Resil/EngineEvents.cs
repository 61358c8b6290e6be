using Resil.Interop;

namespace Resil;

/// <summary>
/// What happens at an engine's endpoints, from the moment somebody begins to read: <c>await foreach (EngineEvent e in
/// engine.Events)</c>. Any number of readers; each ends when the engine is disposed. A reader that lags loses the oldest events, and
/// <see cref="EngineEvent.Lost"/> says how many.
/// </summary>
public sealed class EngineEvents : IAsyncEnumerable<EngineEvent>
{
    private readonly Engine engine;

    internal EngineEvents(Engine engine) => this.engine = engine;

    /// <inheritdoc/>
    public IAsyncEnumerator<EngineEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        => new Reader(engine, cancellationToken);

    private sealed class Reader : IAsyncEnumerator<EngineEvent>
    {
        private readonly Engine engine;
        private readonly CancellationToken cancellation;
        private readonly NativeEvent[] batch = new NativeEvent[32];
        private ulong cursor;
        private ulong last;
        private int count;
        private int at;
        private bool over;

        internal Reader(Engine engine, CancellationToken cancellation)
        {
            this.engine = engine;
            this.cancellation = cancellation;
            engine.Pump.AddReader(1);
            while (Fill())
            {
                last = batch[count - 1].Sequence; // what was before
            }
            at = count;
        }

        public EngineEvent Current { get; private set; } = null!;

        public async ValueTask<bool> MoveNextAsync()
        {
            while (!over)
            {
                cancellation.ThrowIfCancellationRequested();
                if (at < count)
                {
                    NativeEvent one = batch[at++];
                    Current = engine.EventOf(one, lost: (long)(one.Sequence - last - 1));
                    last = one.Sequence;
                    return true;
                }
                Task next = engine.Pump.Next; // before looking, so that nothing comes in between
                if (engine.IsDisposed)
                {
                    return false;
                }
                if (!Fill())
                {
                    await next.WaitAsync(cancellation).ConfigureAwait(false);
                }
            }
            return false;
        }

        public ValueTask DisposeAsync()
        {
            if (!over)
            {
                over = true;
                engine.Pump.AddReader(-1);
            }
            return ValueTask.CompletedTask;
        }

        private bool Fill()
        {
            at = 0;
            count = engine.ReadEvents(ref cursor, batch);
            return count > 0;
        }
    }
}
