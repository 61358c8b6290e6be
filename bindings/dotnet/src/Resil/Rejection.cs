using System.Globalization;

namespace Resil;

/// <summary>Why no attempt was made, as a value.</summary>
public readonly struct Rejection
{
    internal Rejection(Endpoint endpoint, Reason reason, long retryAfterNs)
    {
        Endpoint = endpoint;
        Reason = reason;
        RetryAfterNs = retryAfterNs;
    }

    internal long RetryAfterNs { get; }

    /// <summary>Whose attempt was not admitted.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>Why.</summary>
    public Reason Reason { get; }

    /// <summary>How long, from the rejection, until an attempt could be admitted.</summary>
    public TimeSpan RetryAfter => Durations.FromNs(RetryAfterNs);

    /// <summary>What would have been thrown, if this was the operation's first attempt.</summary>
    public Exception ToException() => ToException(null);

    /// <summary>What would have been thrown after an earlier attempt of the operation.</summary>
    /// <param name="earlier">How that one failed: the inner exception; null = there was none.</param>
    /// <returns>
    /// A <see cref="RejectedException"/>, of the reason's class where it has one; for <see cref="Reason.Deadline"/> a
    /// <see cref="DeadlineExceededException"/>.
    /// </returns>
    public Exception ToException(Exception? earlier) => Reason switch
    {
        Reason.Open => new CircuitOpenException(this, earlier),
        Reason.TooManyRequests => new TooManyRequestsException(this, earlier),
        Reason.Busy => new BusyException(this, earlier),
        Reason.RateLimited => new RateLimitedException(this, earlier),
        Reason.Held => new HeldException(this, earlier),
        Reason.Deadline => new DeadlineExceededException(Endpoint, earlier),
        _ => new RejectedException(this, earlier),
    };

    /// <inheritdoc/>
    public override string ToString() => Reason switch
    {
        Reason.Open => $"{Endpoint}: the circuit breaker is open for another {Milliseconds}",
        Reason.TooManyRequests => $"{Endpoint}: the circuit breaker is half-open and its probes are under way",
        Reason.Busy => $"{Endpoint}: as many attempts as the target may have at a time are in flight",
        Reason.RateLimited => $"{Endpoint}: the target's rate of attempts is reached for another {Milliseconds}",
        Reason.Held => $"{Endpoint}: the target asked to be left alone for another {Milliseconds}",
        Reason.Deadline => $"{Endpoint}: the operation's deadline has passed",
        _ => $"{Endpoint}: the attempt was rejected: {ReasonText.Of(Reason)} (reason {(int)Reason})",
    };

    private string Milliseconds => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(RetryAfterNs / 1e6)} ms");
}
