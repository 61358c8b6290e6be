using Resil.Interop;

namespace Resil;

/// <summary>
/// One target as the engine knows it: an app's method, an actor, one direction of a component. Safe for any number of threads; get
/// it once from <see cref="Engine"/> and keep it. Every form of call applies the target's timeout, retries and circuit breaker.
///
/// A call to a healthy target that completes synchronously reads the breaker's word twice and writes two numbers of its thread's own: it
/// allocates nothing, takes no lock and does not leave .NET. A rejection taken as a value allocates nothing either.
/// </summary>
public sealed unsafe partial class Endpoint
{
    private readonly ulong* word;
    private readonly Gate gate;
    private readonly Cells cells;

    /// <summary>Within the gate.</summary>
    internal Endpoint(Engine engine, int id, EndpointKind kind, string name, string? instance)
    {
        Engine = engine;
        Id = id;
        Kind = kind;
        Name = name;
        Instance = instance;
        gate = engine.Gate;
        cells = gate.Register();
        word = Native.resil_word(gate.Engine, id);
    }

    /// <summary>The engine that it belongs to.</summary>
    public Engine Engine { get; }

    /// <summary>The engine's number for it.</summary>
    public int Id { get; }

    /// <summary>What it is.</summary>
    public EndpointKind Kind { get; }

    /// <summary>The app's id, the actor's type, the component's or the policy's name.</summary>
    public string Name { get; }

    /// <summary>An app's method, an actor's id, a component's type.</summary>
    public string? Instance { get; }

    /// <summary>The breaker's state now, read without moving it. Null where the target has no breaker.</summary>
    public BreakerState? State
    {
        get
        {
            gate.Enter(cells);
            try
            {
                int state = Native.resil_state(gate.Engine, Id, Engine.NowOrNone);
                return state == Constants.NoSuch ? null : (BreakerState)state;
            }
            finally
            {
                gate.Leave(cells);
            }
        }
    }

    /// <summary>The healthy calls that the engine has not been told of.</summary>
    internal long TakeHealthy() => cells.TakeHealthy();

    /// <summary>Begins an operation by hand: its first attempt.</summary>
    /// <param name="deadline">The whole operation must be over in this time; null = no deadline but the policies'.</param>
    /// <returns>The operation, with its first attempt admitted or rejected.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="deadline"/> is negative.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public Operation Begin(TimeSpan? deadline = null) => new(this, deadline);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        EndpointKind.App => $"app {Name}{Suffix}",
        EndpointKind.Actor => $"actor {Name}{Suffix}",
        EndpointKind.ComponentInbound => $"component {Name} (inbound)",
        EndpointKind.ComponentOutbound => $"component {Name} (outbound)",
        _ => $"policy {Name}",
    };

    private string Suffix => string.IsNullOrEmpty(Instance) ? "" : ":" + Instance;
}
