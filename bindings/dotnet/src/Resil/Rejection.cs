namespace Resil;

/// <summary>Why no attempt was made, as a value.</summary>
public readonly struct Rejection
{
    internal Rejection(Endpoint endpoint, Reason reason, TimeSpan retryAfter)
    {
        Endpoint = endpoint;
        Reason = reason;
        RetryAfter = retryAfter;
    }

    /// <summary>Whose attempt was not admitted.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>Why.</summary>
    public Reason Reason { get; }

    /// <summary>How long, from the rejection, until an attempt could be admitted.</summary>
    public TimeSpan RetryAfter { get; }

    /// <summary>What would have been thrown.</summary>
    public Exception ToException() => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => throw new NotImplementedException();
}
