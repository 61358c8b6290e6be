namespace Resil;

/// <summary>The target's rate of attempts is reached.</summary>
public sealed class RateLimitedException : RejectedException
{
    internal RateLimitedException(Rejection rejection, Exception? earlier) : base(rejection, earlier) { }
}
