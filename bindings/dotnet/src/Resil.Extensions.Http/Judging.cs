namespace Resil.Extensions.Http;

/// <summary>What the engine is told about responses and errors: the statuses are the policy's to judge.</summary>
internal sealed class Judging
{
    private readonly Patience patience;
    private readonly TimeProvider time;
    private readonly Func<HttpRequestMessage, bool>? canResend;
    private volatile Pair pair;

    public Judging(Engine engine, ResilHttpOptions options, Patience patience)
    {
        this.patience = patience;
        time = engine.TimeProvider;
        canResend = options.CanResend;
        pair = PairOf(options.Call, patience.Limit);
    }

    /// <summary>Why the request can be sent only once; null where it can be sent again.</summary>
    public string? SentOnce(HttpRequestMessage request)
    {
        if (canResend is not null)
            return canResend(request) ? null : "the option CanResend says that it cannot be sent again";
        return Contents.SentOnce(request.Content);
    }

    public CallOptions<HttpResponseMessage> Options(string? once)
    {
        var known = pair;
        if (known.Limit != patience.Limit) // the client was made, with a timeout of its own, after this handler
            pair = known = PairOf(known.Given, patience.Limit);
        return once is null ? known.Again : known.Once;
    }

    private Pair PairOf(CallOptions given, TimeSpan? limit)
    {
        var deadline = given.Deadline is { } own && (limit is not { } most || own < most) ? own : limit;
        var again = new CallOptions<HttpResponseMessage>
        {
            WaitWhenOpen = given.WaitWhenOpen,
            Deadline = deadline,
            Repeatable = given.Repeatable,
            ShouldHandle = given.ShouldHandle,
            ShouldRetry = given.ShouldRetry,
            ExceptionOutcome = given.ExceptionOutcome is { } asked ? e => asked(e) ?? OutcomeOf(e) : OutcomeOf,
            ResultOutcome = OutcomeOf,
            Discard = static response => response.Dispose(),
        };
        return new Pair(given, limit, again, again with { Repeatable = false });
    }

    private OutcomeCode OutcomeOf(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (status == 101) // a switch of protocols is what the caller asked for
            return OutcomeCode.Success;
        var outcome = OutcomeCode.Http(status);
        if (status is >= 200 and < 400 || !response.Headers.NonValidated.TryGetValues("Retry-After", out var header))
            return outcome;
        return RetryAfter.Parse(header.ToString(), time.GetUtcNow()) is { } hint ? outcome.WithRetryAfter(hint) : outcome;
    }

    /// <summary>A handler's own time-out (that of connecting, say) is a cancellation with a TimeoutException inside.</summary>
    private static OutcomeCode? OutcomeOf(Exception failure)
        => failure is OperationCanceledException { InnerException: TimeoutException } ? OutcomeCode.Timeout : null;

    private sealed record Pair(
        CallOptions Given, TimeSpan? Limit, CallOptions<HttpResponseMessage> Again, CallOptions<HttpResponseMessage> Once);
}
