namespace Resil;

/// <summary>What resil itself has to say; what a call threw is thrown as it is.</summary>
public class ResilException : Exception
{
    /// <summary>Makes one.</summary>
    public ResilException() { }

    /// <summary>Makes one.</summary>
    public ResilException(string message) : base(message) { }

    /// <summary>Makes one.</summary>
    public ResilException(string message, Exception? innerException) : base(message, innerException) { }
}
