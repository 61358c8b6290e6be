using System.Collections.Concurrent;

namespace Resil.Extensions.Http;

/// <summary>The endpoints that requests have gone to, a bounded number of them.</summary>
internal sealed partial class Targets
{
    private readonly ConcurrentDictionary<HttpTarget, Endpoint> known = new();
    private readonly ConcurrentDictionary<string, int> paths = new(); // of each app, how many are known
    private readonly Engine engine;
    private readonly Func<HttpRequestMessage, Endpoint?>? endpointOf;
    private readonly Func<HttpRequestMessage, HttpTarget?> targetOf;
    private readonly int most;
    private readonly ILogger logger;
    private int told;

    public Targets(Engine engine, ResilHttpOptions options, ILogger logger)
    {
        this.engine = engine;
        this.logger = logger;
        endpointOf = options.Endpoint;
        most = options.MaxPaths;
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
        if (target.Method is not null && paths.GetValueOrDefault(target.App) >= most)
        {
            TellOnce(target);
            return Of(target with { Method = null });
        }
        try
        {
            var endpoint = engine.App(target.App, target.Method);
            if (known.TryAdd(target, endpoint) && target.Method is not null)
                paths.AddOrUpdate(target.App, 1, static (_, count) => count + 1);
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
            LogFull(logger, paths.GetValueOrDefault(target.App), target.App, target.Method);
    }

    [LoggerMessage(EventId = 100, EventName = "PathsFull", Level = LogLevel.Warning, Message =
        "{Count} paths of '{App}' have a circuit breaker of their own and there is no room for more: '{Method}', and whatever comes "
        + "after it, gets the app's. Where paths contain ids, let the option Target make one method of them, or raise MaxPaths")]
    private static partial void LogFull(ILogger logger, int count, string app, string? method);
}
