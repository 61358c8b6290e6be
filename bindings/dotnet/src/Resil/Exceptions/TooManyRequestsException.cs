namespace Resil;

/// <summary>The circuit breaker is half-open and its probes are under way.</summary>
public sealed class TooManyRequestsException : RejectedException
{
    internal TooManyRequestsException(Rejection rejection, Exception? earlier) : base(rejection, earlier) { }
}
