namespace Resil;

/// <summary>
/// The operation failed after more than one attempt. The inner exception is the last failure; <see cref="Earlier"/> has those before.
/// </summary>
public sealed class RetriesExhaustedException : ResilException
{
    internal RetriesExhaustedException(Endpoint endpoint, int attempts, Reason reason, Exception last, IReadOnlyList<Exception> earlier)
        : base($"{endpoint} failed {attempts} times, last with: {last.Message}", last)
    {
        Endpoint = endpoint;
        Attempts = attempts;
        Reason = reason;
        Earlier = earlier;
    }

    /// <summary>Whose operation it was.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; }

    /// <summary>
    /// Why there was no further one: <see cref="Reason.Exhausted"/>, <see cref="Reason.Deadline"/> or <see cref="Reason.RetryBudget"/>.
    /// </summary>
    public Reason Reason { get; }

    /// <summary>The failures before the last, oldest first; of a long operation the latest 16.</summary>
    public IReadOnlyList<Exception> Earlier { get; }
}
