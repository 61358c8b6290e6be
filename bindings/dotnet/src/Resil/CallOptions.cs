namespace Resil;

/// <summary>
/// How one kind of call is made and judged. Immutable (<c>with</c> makes another one); keep it in a static field. By default every
/// exception is a failure, a <see cref="TimeoutException"/> a timeout, an <see cref="OperationCanceledException"/> a cancellation,
/// and every result a success.
/// </summary>
public record CallOptions
{
    /// <summary>
    /// While an attempt is not admitted and waiting can help, wait and ask again, in place of a rejection. Waiting is no attempt.
    /// </summary>
    public bool WaitWhenOpen { get; init; }

    /// <summary>
    /// The whole operation, waits included, must be over in this time from its call; an attempt's budget ends with it.
    /// </summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>False: the call cannot be made twice, and a failure ends the operation whatever the retry policy says.</summary>
    public bool Repeatable { get; init; } = true;

    /// <summary>
    /// Which exceptions are failures; all are if not given. Any other is an answer to the call: a success for the circuit breaker, and
    /// thrown on.
    /// </summary>
    public Func<Exception, bool>? ShouldHandle { get; init; }

    /// <summary>
    /// Which failures may be retried, if the policy agrees; all may if not given. One that may not still counts as a failure.
    /// </summary>
    public Func<Exception, bool>? ShouldRetry { get; init; }

    /// <summary>
    /// Judges an exception, for instance by the status that it carries; null means what it would be by default. Not asked about the
    /// caller's own cancellation, nor about an attempt that used up its budget.
    /// </summary>
    public Func<Exception, OutcomeCode?>? ExceptionOutcome { get; init; }

    /// <summary>False where the engine must hear of every attempt's begin.</summary>
    internal bool MayElide => Deadline is null;
}

/// <summary>The same for calls with a result of one type, which may be a failure without an exception.</summary>
/// <typeparam name="T">The type of the results.</typeparam>
public sealed record CallOptions<T> : CallOptions
{
    /// <summary>Which results are failures. The last one is returned, not thrown, when there is no further retry.</summary>
    public Func<T, bool>? FailedWhen { get; init; }

    /// <summary>Judges a result, for instance by its HTTP status. Asked in place of <see cref="FailedWhen"/> if both are given.</summary>
    public Func<T, OutcomeCode>? ResultOutcome { get; init; }

    /// <summary>
    /// Called with a result that the caller will not get, for instance to dispose it: a retry follows, or whoever judges it threw.
    /// </summary>
    public Action<T>? Discard { get; init; }
}
