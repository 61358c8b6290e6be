using System.Diagnostics.CodeAnalysis;

namespace Resil;

/// <summary>What became of a call, without an exception thrown: a value, a failure, or a rejection.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly struct Outcome<T>
{
    /// <summary>
    /// The call went well, or its result counts as a failure that is not retried (any more) and is the caller's to look at.
    /// </summary>
    public bool IsSuccess => throw new NotImplementedException();

    /// <summary>The result; the type's default where there is none.</summary>
    public T? Value => throw new NotImplementedException();

    /// <summary>What the call would have thrown; null where it went well. Of a rejection one is made each time it is asked for.</summary>
    public Exception? Exception => throw new NotImplementedException();

    /// <summary>Why no attempt was made; null where one was.</summary>
    public Rejection? Rejection => throw new NotImplementedException();

    /// <summary>The value, or what the call would have thrown.</summary>
    public T GetOrThrow() => throw new NotImplementedException();

    /// <summary>Throws what the call would have thrown, if it would have.</summary>
    public void ThrowIfFailed() => throw new NotImplementedException();

    /// <summary>True where there is a value.</summary>
    public bool TryGetValue([MaybeNullWhen(false)] out T value) => throw new NotImplementedException();
}
