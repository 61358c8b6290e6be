namespace Resil;

/// <summary>
/// The policies of <c>kind: Resiliency</c> files, loaded, and the state of the circuit breakers that they make. Usually one per
/// process; safe for any number of threads.
/// </summary>
public sealed class Engine : IDisposable, IAsyncDisposable
{
    private Engine() { }

    /// <summary>The version of the native engine.</summary>
    public static string NativeVersion => throw new NotImplementedException();

    /// <summary>Who is calling; null where every document applies.</summary>
    public string? AppId => throw new NotImplementedException();

    /// <summary>Where this engine's time comes from.</summary>
    public TimeProvider TimeProvider => throw new NotImplementedException();

    /// <summary>True once it was disposed: it makes no more calls.</summary>
    public bool IsDisposed => throw new NotImplementedException();

    /// <summary>What happens at the endpoints, for whoever asks.</summary>
    public EngineEvents Events => throw new NotImplementedException();

    /// <summary>Loads a file, or every .yaml and .yml in a folder.</summary>
    /// <exception cref="PolicyException">There is a mistake: where it is, and what to write instead.</exception>
    public static Engine Load(string path, EngineOptions? options = null) => throw new NotImplementedException();

    /// <summary>Loads policy text: one or more YAML documents.</summary>
    /// <exception cref="PolicyException">There is a mistake: where it is, and what to write instead.</exception>
    public static Engine FromText(string yaml, EngineOptions? options = null) => throw new NotImplementedException();

    /// <summary>Everything that <see cref="Load"/> would complain about, errors and warnings, without making an engine.</summary>
    public static IReadOnlyList<string> Check(string path, EngineOptions? options = null) => throw new NotImplementedException();

    /// <summary>Everything that <see cref="FromText"/> would complain about, errors and warnings, without making an engine.</summary>
    public static IReadOnlyList<string> CheckText(string yaml, EngineOptions? options = null) => throw new NotImplementedException();

    /// <summary>Replaces all policies, or none if the file is invalid. Breakers keep their state where their settings are equal.</summary>
    /// <exception cref="PolicyException">There is a mistake; nothing was changed.</exception>
    public void Reload(string path) => throw new NotImplementedException();

    /// <summary>Replaces all policies, or none if the text is invalid. Breakers keep their state where their settings are equal.</summary>
    /// <exception cref="PolicyException">There is a mistake; nothing was changed.</exception>
    public void ReloadText(string yaml) => throw new NotImplementedException();

    /// <summary>The state and statistics of every endpoint now, in the engine's own JSON.</summary>
    public string SnapshotJson() => throw new NotImplementedException();

    /// <summary>The state and statistics of every endpoint now, read without moving anything.</summary>
    public EngineSnapshot Snapshot() => throw new NotImplementedException();

    /// <summary>A method of an app, or the app itself. Methods are separate endpoints with a breaker each.</summary>
    public Endpoint App(string appId, string? method = null) => throw new NotImplementedException();

    /// <summary>An actor.</summary>
    public Endpoint Actor(string type, string? id = null) => throw new NotImplementedException();

    /// <summary>What comes in from a component. Its type (Statestore, Pubsub, ...) chooses default policies.</summary>
    public Endpoint ComponentInbound(string name, string? type = null) => throw new NotImplementedException();

    /// <summary>What goes out to a component. Its type (Statestore, Pubsub, ...) chooses default policies.</summary>
    public Endpoint ComponentOutbound(string name, string? type = null) => throw new NotImplementedException();

    /// <summary>A reserved policy by its name, e.g. <c>DaprBuiltInServiceRetries</c>.</summary>
    public Endpoint Builtin(string name) => throw new NotImplementedException();

    /// <summary>
    /// Refuses calls from now on and ends the waits of those under way; attempts in flight may finish, and the last one out frees the
    /// native engine. May be called twice.
    /// </summary>
    public void Dispose() => throw new NotImplementedException();

    /// <summary>The same as <see cref="Dispose"/>.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
