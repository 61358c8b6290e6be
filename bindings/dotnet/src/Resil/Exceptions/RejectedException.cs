namespace Resil;

/// <summary>
/// The attempt was not made. Where earlier attempts of the operation failed, the last failure is the inner exception. A reason that
/// is newer than this package is thrown as this class itself.
/// </summary>
public class RejectedException : ResilException
{
    internal RejectedException(Rejection rejection, Exception? earlier) : base(rejection.ToString(), earlier)
        => Rejection = rejection;

    /// <summary>The same answer as a value.</summary>
    public Rejection Rejection { get; }

    /// <summary>Why.</summary>
    public Reason Reason => Rejection.Reason;

    /// <summary>How long, from the rejection, until an attempt could be admitted.</summary>
    public TimeSpan RetryAfter => Rejection.RetryAfter;
}
