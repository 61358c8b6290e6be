using System.Collections.Concurrent;

namespace Resil.Extensions.Http;

/// <summary>The endpoints that requests have gone to, a bounded number of them.</summary>
internal sealed partial class Targets
{
    private readonly ConcurrentDictionary<HttpTarget, Endpoint> known = new();
    private readonly Engine engine;
    private readonly Func<HttpRequestMessage, Endpoint?>? endpointOf;
    private readonly Func<HttpRequestMessage, HttpTarget?> targetOf;
    private readonly int most;
    private readonly ILogger logger;
    private int methods;
    private int told;

    public Targets(Engine engine, ResilHttpOptions options, ILogger logger)
    {
        this.engine = engine;
        this.logger = logger;
        endpointOf = options.Endpoint;
        most = options.MaxMethods;
        targetOf = options.App is { } app ? request => new HttpTarget(app, HttpTarget.MethodOf(request.RequestUri)) : options.Target;
    }

    /// <summary>Null = the request goes out as it is.</summary>
    public Endpoint? Of(HttpRequestMessage request)
    {
        if (endpointOf is not null)
            return endpointOf(request);
        if (targetOf(request) is not { } target)
            return null;
        return known.TryGetValue(target, out var endpoint) ? endpoint : Intern(target);
    }

    private Endpoint? Intern(HttpTarget target)
    {
        if (target.Method is not null && Volatile.Read(ref methods) >= most)
        {
            TellOnce(target);
            return Of(target with { Method = null });
        }
        try
        {
            var endpoint = engine.App(target.App, target.Method);
            if (known.TryAdd(target, endpoint) && target.Method is not null)
                Interlocked.Increment(ref methods);
            return endpoint;
        }
        catch (ResilException full) when (full is not PolicyException)
        {
            TellOnce(target);
            return target.Method is null ? null : Of(target with { Method = null });
        }
    }

    private Endpoint? Of(HttpTarget target) => known.TryGetValue(target, out var endpoint) ? endpoint : Intern(target);

    private void TellOnce(HttpTarget target)
    {
        if (Interlocked.Exchange(ref told, 1) == 0)
            LogFull(logger, methods, target.App, target.Method);
    }

    [LoggerMessage(EventId = 100, EventName = "MethodsFull", Level = LogLevel.Warning, Message =
        "{Count} paths have a circuit breaker of their own and there is no room for more: '{Method}' of '{App}', and whatever comes "
        + "after it, gets its app's. Where paths contain ids, let the option Target make one method of them, or raise MaxMethods")]
    private static partial void LogFull(ILogger logger, int count, string app, string? method);
}
