using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Resil.Calls;
using Resil.Interop;
using Resil.Metrics;

namespace Resil;

/// <summary>
/// The policies of <c>kind: Resiliency</c> files, loaded, and the state of the circuit breakers that they make. Usually one per
/// process; safe for any number of threads. An engine that nobody disposes is freed after neither it nor any of its endpoints can be
/// reached.
/// </summary>
public sealed unsafe partial class Engine : IDisposable, IAsyncDisposable
{
    private readonly ConcurrentDictionary<TargetKey, Endpoint> endpoints = new();
    private readonly ConcurrentDictionary<int, Endpoint> byId = new();
    private readonly object reloading = new();
    private readonly EngineClock clock;

    private Engine(nint native, EngineOptions options)
    {
        Options = options;
        clock = new EngineClock(options.TimeProvider);
        Sources = new AttemptSources(options.TimeProvider);
        Gate = new Gate(new EngineHandle(native), Sources.Close);
        Pump = new EventPump(this, options.LoggerFactory?.CreateLogger("Resil"));
        Events = new EngineEvents(this);
        Inside(Pump.Happened); // what the load has to say
        ResilMeter.Add(this);
    }

    /// <summary>The version of the native engine.</summary>
    public static string NativeVersion
    {
        get
        {
            NativeLoader.Ready();
            return Text.Static(Native.resil_version());
        }
    }

    /// <summary>Who is calling; null where every document applies.</summary>
    public string? AppId => Options.AppId;

    /// <summary>Where this engine's time comes from.</summary>
    public TimeProvider TimeProvider => Options.TimeProvider;

    /// <summary>True once it was disposed: it makes no more calls.</summary>
    public bool IsDisposed => Gate.IsClosed;

    /// <summary>Cancelled when the engine is disposed: ends the waits between attempts that are made by hand (<see cref="Operation"/>).</summary>
    public CancellationToken Closing => Gate.Closing;

    /// <summary>What happens at the endpoints, for whoever asks.</summary>
    public EngineEvents Events { get; }

    internal EngineOptions Options { get; }

    internal Gate Gate { get; }

    internal AttemptSources Sources { get; }

    internal EventPump Pump { get; }

    /// <summary>For tests: no attempt goes without begin and end.</summary>
    internal bool CrossesAlways { get; set; }

    /// <summary>The engine's time, for what is compared with it.</summary>
    internal long Now => clock.Now;

    /// <summary>What to hand to the engine as the time: ours, or the word that it read its own.</summary>
    internal long NowOrNone => clock.NowOrNone;

    /// <summary>Loads a file, or every .yaml and .yml in a folder.</summary>
    /// <exception cref="PolicyException">There is a mistake: where it is, and what to write instead.</exception>
    public static Engine Load(string path, EngineOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new EngineOptions();
        return new Engine(Opening.Open(null, path, options), options);
    }

    /// <summary>Loads policy text: one or more YAML documents.</summary>
    /// <exception cref="PolicyException">There is a mistake: where it is, and what to write instead.</exception>
    public static Engine FromText(string yaml, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        options ??= new EngineOptions();
        return new Engine(Opening.Open(yaml, null, options), options);
    }

    /// <summary>Everything that <see cref="Load"/> would complain about, errors and warnings, without making an engine.</summary>
    public static IReadOnlyList<string> Check(string path, EngineOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Opening.Check(null, path, options ?? new EngineOptions());
    }

    /// <summary>Everything that <see cref="FromText"/> would complain about, errors and warnings, without making an engine.</summary>
    public static IReadOnlyList<string> CheckText(string yaml, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        return Opening.Check(yaml, null, options ?? new EngineOptions());
    }

    /// <summary>Replaces all policies, or none if the file is invalid. Breakers keep their state where their settings are equal.</summary>
    /// <exception cref="PolicyException">There is a mistake; nothing was changed.</exception>
    public void Reload(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Reload(null, path);
    }

    /// <summary>Replaces all policies, or none if the text is invalid. Breakers keep their state where their settings are equal.</summary>
    /// <exception cref="PolicyException">There is a mistake; nothing was changed.</exception>
    public void ReloadText(string yaml)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        Reload(yaml, null);
    }

    private void Reload(string? yaml, string? path)
    {
        lock (reloading)
        {
            Inside(() =>
            {
                Opening.Reload(Gate.Engine, yaml, path);
                Pump.Happened();
            });
        }
    }

    /// <summary>A method of an app, or the app itself. Methods are separate endpoints with a breaker each.</summary>
    /// <exception cref="ResilException">The engine has no place for one more: raise <see cref="EngineOptions.MaxEndpoints"/>.</exception>
    public Endpoint App(string appId, string? method = null) => EndpointOf(EndpointKind.App, appId, method);

    /// <summary>An actor.</summary>
    /// <exception cref="ResilException">The engine has no place for one more: raise <see cref="EngineOptions.MaxEndpoints"/>.</exception>
    public Endpoint Actor(string type, string? id = null) => EndpointOf(EndpointKind.Actor, type, id);

    /// <summary>What comes in from a component. Its type (Statestore, Pubsub, ...) chooses default policies.</summary>
    /// <exception cref="ResilException">The engine has no place for one more: raise <see cref="EngineOptions.MaxEndpoints"/>.</exception>
    public Endpoint ComponentInbound(string name, string? type = null) => EndpointOf(EndpointKind.ComponentInbound, name, type);

    /// <summary>What goes out to a component. Its type (Statestore, Pubsub, ...) chooses default policies.</summary>
    /// <exception cref="ResilException">The engine has no place for one more: raise <see cref="EngineOptions.MaxEndpoints"/>.</exception>
    public Endpoint ComponentOutbound(string name, string? type = null) => EndpointOf(EndpointKind.ComponentOutbound, name, type);

    /// <summary>A reserved policy by its name, e.g. <c>DaprBuiltInServiceRetries</c>.</summary>
    /// <exception cref="ResilException">The engine has no place for one more: raise <see cref="EngineOptions.MaxEndpoints"/>.</exception>
    public Endpoint Builtin(string name) => EndpointOf(EndpointKind.Builtin, name, null);

    /// <summary>
    /// Refuses calls from now on and ends the waits of those under way; attempts in flight may finish, and the last one out frees the
    /// native engine. May be called twice.
    /// </summary>
    public void Dispose()
    {
        ResilMeter.Remove(this);
        if (Gate.Close())
        {
            Pump.Wake();
        }
    }

    /// <summary>The same as <see cref="Dispose"/>.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>In a line, for a log or a debugger: whose it is, and how many endpoints it has.</summary>
    public override string ToString()
        => $"resil engine{(AppId is { } app ? " of " + app : "")}, {endpoints.Count} endpoints{(IsDisposed ? ", disposed" : "")}";

    /// <summary>Within the gate, for what belongs to no endpoint.</summary>
    internal void Inside(Action work)
    {
        Gate.Enter(Gate.Own);
        try
        {
            work();
        }
        finally
        {
            Gate.Leave(Gate.Own);
        }
    }
}
