namespace Resil;

/// <summary>The target asked to be left alone (Retry-After) and that time is not over.</summary>
public sealed class HeldException : RejectedException
{
    internal HeldException(Rejection rejection, Exception? earlier) : base(rejection, earlier) { }
}
