using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Resil;

/// <summary>What became of a call, without an exception thrown: a value, a failure, or a rejection.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly struct Outcome<T>
{
    private readonly Exception? failure;
    private readonly Rejection rejection;

    internal Outcome(T value) => Value = value;

    internal Outcome(Exception failure) => this.failure = failure;

    internal Outcome(in Rejection rejection, Exception? earlier)
    {
        this.rejection = rejection;
        failure = earlier;
    }

    private bool IsRejected => rejection.Reason != Reason.None;

    /// <summary>
    /// The call went well, or its result counts as a failure that is not retried (any more) and is the caller's to look at.
    /// </summary>
    public bool IsSuccess => failure is null && !IsRejected;

    /// <summary>The result; the type's default where there is none.</summary>
    public T? Value { get; }

    /// <summary>What the call would have thrown; null where it went well. Of a rejection one is made each time it is asked for.</summary>
    public Exception? Exception => IsRejected ? rejection.ToException(failure) : failure;

    /// <summary>Why no attempt was made; null where one was.</summary>
    public Rejection? Rejection => IsRejected ? rejection : null;

    /// <summary>The value, or what the call would have thrown.</summary>
    public T GetOrThrow()
    {
        ThrowIfFailed();
        return Value!;
    }

    /// <summary>Throws what the call would have thrown, if it would have.</summary>
    public void ThrowIfFailed()
    {
        if (IsRejected)
        {
            throw rejection.ToException(failure);
        }
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>In a line, for a log or a debugger: the value, the failure, or why no attempt was made.</summary>
    public override string ToString()
        => IsRejected ? "rejected: " + rejection
            : failure is not null ? $"failure: {failure.GetType().Name}: {failure.Message}"
            : $"success: {Value}";

    /// <summary>True where there is a value.</summary>
    public bool TryGetValue([MaybeNullWhen(false)] out T value)
    {
        value = Value;
        return IsSuccess;
    }
}
