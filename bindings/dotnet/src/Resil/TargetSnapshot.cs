namespace Resil;

/// <summary>What a ResiliencyExtension bounds over all endpoints of a target, and how full it is. What it does not bound is null.</summary>
public sealed record TargetSnapshot
{
    internal TargetSnapshot() { }

    /// <summary>What it is.</summary>
    public required EndpointKind Kind { get; init; }

    /// <summary>The app's id, the actor's type or the component's name.</summary>
    public required string Name { get; init; }

    /// <summary>Of an operation; null = none.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>How many attempts may begin.</summary>
    public RateLimitSnapshot? RateLimit { get; init; }

    /// <summary>How many attempts may be in flight.</summary>
    public ConcurrencySnapshot? Concurrency { get; init; }

    /// <summary>How many attempts may be retries.</summary>
    public RetryBudgetSnapshot? RetryBudget { get; init; }

    /// <summary>Until when a server asked to be left alone.</summary>
    public HoldSnapshot? Hold { get; init; }
}

/// <summary>A rate limit.</summary>
/// <param name="Rate">So many attempts may begin...</param>
/// <param name="Per">...in this time.</param>
/// <param name="Burst">How many may begin at once.</param>
/// <param name="Available">How many could begin now.</param>
/// <param name="Rejected">How many were rejected since the limit came in force.</param>
public sealed record RateLimitSnapshot(long Rate, TimeSpan Per, long Burst, long Available, long Rejected);

/// <summary>A limit of concurrent attempts.</summary>
/// <param name="Limit">So many may be in flight.</param>
/// <param name="InFlight">How many are.</param>
/// <param name="Rejected">How many were rejected since the limit came in force.</param>
public sealed record ConcurrencySnapshot(long Limit, long InFlight, long Rejected);

/// <summary>A retry budget.</summary>
/// <param name="Ratio">Retries for each operation.</param>
/// <param name="MinPerSecond">Retries that are always allowed.</param>
/// <param name="Window">How far back both are counted.</param>
/// <param name="Operations">Operations begun in the window.</param>
/// <param name="Retries">Retries offered in the window.</param>
/// <param name="Refused">How many retries were refused since the budget came in force.</param>
public sealed record RetryBudgetSnapshot(
    double Ratio, double MinPerSecond, TimeSpan Window, long Operations, long Retries, long Refused);

/// <summary>What Retry-After asks for.</summary>
/// <param name="Left">How long no attempt begins; zero = one may.</param>
/// <param name="Rejected">How many were rejected since this came in force.</param>
public sealed record HoldSnapshot(TimeSpan Left, long Rejected);
