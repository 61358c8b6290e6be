namespace Resil.Extensions.Http;

/// <summary>
/// Makes each request an operation of the endpoint that it goes to: timeouts, retries and the circuit breaker of its policies.
/// </summary>
/// <remarks>
/// An attempt ends when the response's header arrives: the policy judges its status, and its timeout covers the time until then. If
/// the policy gives up, the caller gets the last response, whatever its status, or the last error; if it admits no attempt, a
/// <see cref="RejectedException"/>. A Retry-After header makes the delay before a retry longer. A request whose content can be
/// sent only once is not retried.
/// </remarks>
public sealed class ResilHandler : DelegatingHandler
{
    private readonly Targets targets;
    private readonly Judging judging;

    /// <summary>Makes one for a chain of handlers, as that of an IHttpClientFactory.</summary>
    /// <param name="engine">Whose policies apply.</param>
    public ResilHandler(Engine engine) : this(engine, new ResilHttpOptions())
    {
    }

    /// <summary>Makes one for a chain of handlers, as that of an IHttpClientFactory.</summary>
    /// <param name="engine">Whose policies apply.</param>
    /// <param name="options">Which endpoint a request goes to, and how the calls are made.</param>
    public ResilHandler(Engine engine, ResilHttpOptions options) : this(engine, options, new Patience(), null)
    {
    }

    /// <summary>Makes one that sends through <paramref name="innerHandler"/>.</summary>
    /// <param name="engine">Whose policies apply.</param>
    /// <param name="options">Which endpoint a request goes to, and how the calls are made.</param>
    /// <param name="innerHandler">What makes an attempt.</param>
    public ResilHandler(Engine engine, ResilHttpOptions options, HttpMessageHandler innerHandler) : this(engine, options)
        => InnerHandler = innerHandler;

    internal ResilHandler(Engine engine, ResilHttpOptions options, Patience patience, ILogger? logger)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        targets = new Targets(engine, options, logger ?? NullLogger.Instance);
        judging = new Judging(engine, options, patience);
    }

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return targets.Of(request) is { } endpoint
            ? MakeAsync(endpoint, request, cancellationToken)
            : base.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (targets.Of(request) is not { } endpoint)
            return base.Send(request, cancellationToken);
        var exchange = new Exchange(this, request);
        var once = judging.SentOnce(request);
        try
        {
            return endpoint.Execute(static (exchange, token) => exchange.Send(token), exchange, judging.Options(once), cancellationToken);
        }
        catch (Exception failure) when (Failures.Of(failure, request, once) is { } told)
        {
            throw told;
        }
    }

    internal Task<HttpResponseMessage> PassAsync(HttpRequestMessage request, CancellationToken token) => base.SendAsync(request, token);

    internal HttpResponseMessage Pass(HttpRequestMessage request, CancellationToken token) => base.Send(request, token);

    private async Task<HttpResponseMessage> MakeAsync(Endpoint endpoint, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var exchange = new Exchange(this, request);
        var once = judging.SentOnce(request);
        try
        {
            return await endpoint.ExecuteAsync(static (exchange, token) => exchange.SendAsync(token), exchange, judging.Options(once),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (Failures.Of(failure, request, once) is { } told)
        {
            throw told;
        }
    }
}
