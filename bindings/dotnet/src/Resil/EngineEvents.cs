namespace Resil;

/// <summary>
/// What happens at an engine's endpoints, from the moment somebody begins to read: <c>await foreach (EngineEvent e in
/// engine.Events)</c>. Any number of readers; each ends when the engine is disposed. A reader that lags loses the oldest events, and
/// <see cref="EngineEvent.Lost"/> says how many.
/// </summary>
public sealed class EngineEvents : IAsyncEnumerable<EngineEvent>
{
    internal EngineEvents() { }

    /// <inheritdoc/>
    public IAsyncEnumerator<EngineEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        => throw new NotImplementedException();
}
