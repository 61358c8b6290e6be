namespace Resil;

/// <summary>
/// One target as the engine knows it: an app's method, an actor, one direction of a component. Safe for any number of threads; get
/// it once from <see cref="Engine"/> and keep it. Every form of call applies the target's timeout, retries and circuit breaker.
/// </summary>
public sealed partial class Endpoint
{
    internal Endpoint() { }

    /// <summary>The engine that it belongs to.</summary>
    public Engine Engine => throw new NotImplementedException();

    /// <summary>The engine's number for it.</summary>
    public int Id => throw new NotImplementedException();

    /// <summary>What it is.</summary>
    public EndpointKind Kind => throw new NotImplementedException();

    /// <summary>The app's id, the actor's type, the component's or the policy's name.</summary>
    public string Name => throw new NotImplementedException();

    /// <summary>An app's method, an actor's id, a component's type.</summary>
    public string? Instance => throw new NotImplementedException();

    /// <summary>The breaker's state now, read without moving it. Null where the target has no breaker.</summary>
    public BreakerState? State => throw new NotImplementedException();

    /// <summary>Begins an operation by hand: its first attempt.</summary>
    /// <param name="deadline">The whole operation must be over in this time.</param>
    public Operation Begin(TimeSpan? deadline = null) => throw new NotImplementedException();
}
