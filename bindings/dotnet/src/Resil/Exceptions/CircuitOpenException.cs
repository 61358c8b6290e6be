namespace Resil;

/// <summary>The circuit breaker is open.</summary>
public sealed class CircuitOpenException : RejectedException
{
    internal CircuitOpenException(Rejection rejection, Exception? earlier) : base(rejection, earlier) { }
}
