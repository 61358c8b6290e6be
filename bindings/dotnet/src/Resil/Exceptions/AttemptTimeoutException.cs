using System.Globalization;

namespace Resil;

/// <summary>An attempt used up its budget.</summary>
public sealed class AttemptTimeoutException : TimeoutException
{
    internal AttemptTimeoutException(Endpoint endpoint, TimeSpan budget, Exception? innerException)
        : base(string.Create(CultureInfo.InvariantCulture, $"{endpoint}: the attempt did not end within {budget.TotalMilliseconds} ms"), innerException)
    {
        Endpoint = endpoint;
        Budget = budget;
    }

    /// <summary>Whose attempt it was.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>What the attempt was given.</summary>
    public TimeSpan Budget { get; }
}
