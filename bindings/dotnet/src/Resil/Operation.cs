namespace Resil;

/// <summary>
/// One logical operation by hand, all its attempts:
/// <code>
/// Operation operation = orders.Begin();
/// while (operation.Admitted)
/// {
///     OutcomeCode outcome = AttemptWithin(operation.Budget);
///     if (operation.End(outcome) != EndAnswer.Retry) break;
///     Thread.Sleep(operation.Delay);
///     operation.BeginAgain();
/// }
/// </code>
/// A mutable struct: keep it in one variable or field and hand it on by reference. Used by one thread at a time; it may move
/// between threads. An attempt that was admitted must be ended once, whatever happened to it.
/// </summary>
public struct Operation
{
    /// <summary>True: make the attempt, then <see cref="End"/>. False: <see cref="Rejection"/> says why not.</summary>
    public readonly bool Admitted => throw new NotImplementedException();

    /// <summary>1, 2, ...: the attempt last begun.</summary>
    public readonly int Attempt => throw new NotImplementedException();

    /// <summary>What the attempt may take, never past the deadline; <see cref="Timeout.InfiniteTimeSpan"/> = no limit.</summary>
    public readonly TimeSpan Budget => throw new NotImplementedException();

    /// <summary>How long to wait before <see cref="BeginAgain"/>: after a retry was offered, or after a rejection.</summary>
    public readonly TimeSpan Delay => throw new NotImplementedException();

    /// <summary>Why the last answer was not an admission, or not <see cref="EndAnswer.Done"/>.</summary>
    public readonly Reason Reason => throw new NotImplementedException();

    /// <summary>Why the attempt was not admitted; null where it was.</summary>
    public readonly Rejection? Rejection => throw new NotImplementedException();

    /// <summary>
    /// True after a rejection where waiting for <see cref="Delay"/> and beginning again can be of use.
    /// </summary>
    public readonly bool MayWait => throw new NotImplementedException();

    /// <summary>Ends the attempt in flight, whatever happened to it.</summary>
    public EndAnswer End(OutcomeCode outcome) => throw new NotImplementedException();

    /// <summary>Begins the next attempt: after a retry was offered, or after waiting for an admission.</summary>
    /// <returns><see cref="Admitted"/>.</returns>
    public bool BeginAgain() => throw new NotImplementedException();
}
