// Generated from capi/contract.toml by capi/generate.py; edit the table.
namespace Resil;

/// <summary>
/// Why an attempt was not admitted, or an operation was not retried. A newer engine may know reasons that have no name here: they
/// are other numbers, and <see cref="ReasonText.Of"/> has the engine's own name for each.
/// </summary>
public enum Reason
{
    /// <summary>There is none: the attempt was admitted, or the operation went well.</summary>
    None = 0,

    /// <summary>The circuit breaker is open.</summary>
    Open = 16,

    /// <summary>The circuit breaker is half-open and its probes are under way.</summary>
    TooManyRequests = 17,

    /// <summary>The retry policy allows no further attempt.</summary>
    Exhausted = 18,

    /// <summary>The failure is none that the retry policy, or the caller, wants retried.</summary>
    NotRetriable = 19,

    /// <summary>The caller cancelled.</summary>
    Cancelled = 20,

    /// <summary>The operation's deadline has passed, or would before the next attempt.</summary>
    Deadline = 21,

    /// <summary>The target's budget of retries is used up for the moment.</summary>
    RetryBudget = 22,

    /// <summary>As many attempts as the target may have at a time are in flight.</summary>
    Busy = 23,

    /// <summary>The target's rate of attempts is reached.</summary>
    RateLimited = 24,

    /// <summary>The target asked to be left alone (Retry-After) and that time is not over.</summary>
    Held = 25,
}
