namespace Resil;

/// <summary>What follows the end of an attempt.</summary>
public enum EndAnswer
{
    /// <summary>The operation is over: it went well, or was cancelled.</summary>
    Done = 0,

    /// <summary>Wait for <see cref="Operation.Delay"/>, then begin the next attempt.</summary>
    Retry = 1,

    /// <summary>The operation is over: the failure is the caller's. <see cref="Operation.Reason"/> says why.</summary>
    GiveUp = 2,
}
