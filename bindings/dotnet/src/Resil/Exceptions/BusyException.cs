namespace Resil;

/// <summary>As many attempts as the target may have at a time are in flight.</summary>
public sealed class BusyException : RejectedException
{
    internal BusyException(Rejection rejection, Exception? earlier) : base(rejection, earlier) { }
}
