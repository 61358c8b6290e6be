namespace Resil;

/// <summary>The state of a circuit breaker.</summary>
public enum BreakerState
{
    /// <summary>Attempts are admitted.</summary>
    Closed = 0,

    /// <summary>Attempts are rejected until the breaker's timeout is over.</summary>
    Open = 1,

    /// <summary>A few attempts are admitted to see whether the target answers again.</summary>
    HalfOpen = 2,
}
