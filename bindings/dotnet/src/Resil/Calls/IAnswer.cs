using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Resil.Calls;

/// <summary>How an operation answers: by returning and throwing, or by an <see cref="Outcome{T}"/>.</summary>
internal interface IAnswer<T, TOut>
{
    static abstract TOut Value(T value);

    static abstract TOut Failure(Exception failure);

    /// <param name="rejection">Why no attempt was made.</param>
    /// <param name="earlier">The last failure before it, if there was one.</param>
    static abstract TOut Rejected(in Rejection rejection, Exception? earlier);
}

internal readonly struct Thrown<T> : IAnswer<T, T>
{
    public static T Value(T value) => value;

    [DoesNotReturn]
    public static T Failure(Exception failure)
    {
        ExceptionDispatchInfo.Throw(failure);
        throw failure;
    }

    [DoesNotReturn]
    public static T Rejected(in Rejection rejection, Exception? earlier) => throw rejection.ToException(earlier);
}

internal readonly struct Told<T> : IAnswer<T, Outcome<T>>
{
    public static Outcome<T> Value(T value) => new(value);

    public static Outcome<T> Failure(Exception failure) => new(failure);

    public static Outcome<T> Rejected(in Rejection rejection, Exception? earlier) => new(rejection, earlier);
}
