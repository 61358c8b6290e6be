namespace Resil;

/// <summary>The deadline of the whole operation has passed. The inner exception is the last failure, if there was one.</summary>
public sealed class DeadlineExceededException : TimeoutException
{
    internal DeadlineExceededException(Endpoint endpoint, Exception? innerException)
        : base($"{endpoint}: the operation's deadline has passed", innerException)
        => Endpoint = endpoint;

    /// <summary>Whose operation it was.</summary>
    public Endpoint Endpoint { get; }
}
