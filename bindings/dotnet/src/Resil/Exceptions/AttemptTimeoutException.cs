namespace Resil;

/// <summary>An attempt used up its budget.</summary>
public sealed class AttemptTimeoutException : TimeoutException
{
    internal AttemptTimeoutException(Endpoint endpoint, TimeSpan budget, Exception? innerException)
        : base($"{endpoint}: the attempt did not end within {budget.TotalMilliseconds} ms", innerException)
        => Budget = budget;

    /// <summary>What the attempt was given.</summary>
    public TimeSpan Budget { get; }
}
