using System.Runtime.CompilerServices;
using Resil.Calls;

namespace Resil;

/// <summary>An operation from begin to end: the healthy path, and all else.</summary>
public sealed partial class Endpoint
{
    private ValueTask<TOut> RunAsync<T, TOut, TCall, TAnswer>(TCall call, CallOptions? options, CancellationToken caller)
        where TCall : struct, IAsyncCall<T>
        where TAnswer : struct, IAnswer<T, TOut>
    {
        if (options is not null)
        {
            Judge.Check<T>(options);
        }
        if (caller.IsCancellationRequested)
        {
            return AnswerAsync<T, TOut, TAnswer>(new OperationCanceledException(caller));
        }
        gate.Enter(cells);
        ulong seen = Word;
        if (options is { MayElide: false } || !BeginsUnder(seen))
        {
            return GoOnAsync<T, TOut, TCall, TAnswer>(call, options, caller, 0, null, default, null);
        }
        long budget = BudgetNs(seen);
        AttemptSource? source = null;
        ValueTask<T> pending;
        try
        {
            source = budget == 0 ? null : Engine.Sources.Take(budget, caller);
            pending = call.Invoke(source is null ? caller : source.Token);
        }
        catch (Exception failure)
        {
            return GoOnAsync<T, TOut, TCall, TAnswer>(call, options, caller, seen, source, default, failure);
        }
        if (!pending.IsCompletedSuccessfully || options is not null)
        {
            return GoOnAsync<T, TOut, TCall, TAnswer>(call, options, caller, seen, source, pending, null);
        }
        T value = pending.Result;
        if (Word != seen)
        {
            return GoOnAsync<T, TOut, TCall, TAnswer>(call, options, caller, seen, source, new ValueTask<T>(value), null);
        }
        if (source is not null)
        {
            Engine.Sources.Give(source);
        }
        gate.LeaveHealthy(cells);
        return new ValueTask<TOut>(TAnswer.Value(value));
    }

    /// <summary>
    /// Within the gate, which it leaves. The first attempt has been made (<paramref name="seen"/> is not 0) and answered or thrown, or is
    /// to be begun. What follows what is the course's to say; this only calls and waits.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TOut> GoOnAsync<T, TOut, TCall, TAnswer>(
        TCall call, CallOptions? options, CancellationToken caller, ulong seen, AttemptSource? source, ValueTask<T> pending,
        Exception? failure)
        where TCall : struct, IAsyncCall<T>
        where TAnswer : struct, IAnswer<T, TOut>
    {
        Course course = default;
        try
        {
            T value = default!;
            course = new Course(this, options, caller, seen, source);
            if (seen != 0 && failure is null)
            {
                try
                {
                    value = await pending.ConfigureAwait(false);
                }
                catch (Exception thrown)
                {
                    failure = thrown;
                }
            }
            for (; ; )
            {
                switch (course.Follow(value, ref failure))
                {
                    case Next.Attempt:
                        try
                        {
                            value = await call.Invoke(course.Arm()).ConfigureAwait(false);
                        }
                        catch (Exception thrown)
                        {
                            failure = thrown;
                        }
                        break;
                    case Next.Pause:
                        failure = await PauseAsync(course.DelayNs, caller, course.LastFailure).ConfigureAwait(false);
                        break;
                    case Next.Value:
                        return TAnswer.Value(value);
                    case Next.Failure:
                        return TAnswer.Failure(failure!);
                    default:
                        return TAnswer.Rejected(course.Rejection, course.LastFailure);
                }
            }
        }
        finally
        {
            Leave(course.Healthy);
        }
    }

    private TOut Run<T, TOut, TCall, TAnswer>(TCall call, CallOptions? options, CancellationToken caller)
        where TCall : struct, ISyncCall<T>
        where TAnswer : struct, IAnswer<T, TOut>
    {
        if (options is not null)
        {
            Judge.Check<T>(options);
        }
        if (caller.IsCancellationRequested)
        {
            return TAnswer.Failure(new OperationCanceledException(caller));
        }
        gate.Enter(cells);
        ulong seen = Word;
        if (options is { MayElide: false } || !BeginsUnder(seen))
        {
            return GoOn<T, TOut, TCall, TAnswer>(call, options, caller, 0, null, default!, null);
        }
        long budget = BudgetNs(seen);
        AttemptSource? source = null;
        T value;
        try
        {
            source = budget == 0 ? null : Engine.Sources.Take(budget, caller);
            value = call.Invoke(source is null ? caller : source.Token);
        }
        catch (Exception failure)
        {
            return GoOn<T, TOut, TCall, TAnswer>(call, options, caller, seen, source, default!, failure);
        }
        if (options is not null || Word != seen)
        {
            return GoOn<T, TOut, TCall, TAnswer>(call, options, caller, seen, source, value, null);
        }
        if (source is not null)
        {
            Engine.Sources.Give(source);
        }
        gate.LeaveHealthy(cells);
        return TAnswer.Value(value);
    }

    /// <summary>The same as <see cref="GoOnAsync"/>, by blocking.</summary>
    private TOut GoOn<T, TOut, TCall, TAnswer>(
        TCall call, CallOptions? options, CancellationToken caller, ulong seen, AttemptSource? source, T value, Exception? failure)
        where TCall : struct, ISyncCall<T>
        where TAnswer : struct, IAnswer<T, TOut>
    {
        Course course = default;
        try
        {
            course = new Course(this, options, caller, seen, source);
            for (; ; )
            {
                switch (course.Follow(value, ref failure))
                {
                    case Next.Attempt:
                        try
                        {
                            value = call.Invoke(course.Arm());
                        }
                        catch (Exception thrown)
                        {
                            failure = thrown;
                        }
                        break;
                    case Next.Pause:
                        failure = Pause(course.DelayNs, caller, course.LastFailure);
                        break;
                    case Next.Value:
                        return TAnswer.Value(value);
                    case Next.Failure:
                        return TAnswer.Failure(failure!);
                    default:
                        return TAnswer.Rejected(course.Rejection, course.LastFailure);
                }
            }
        }
        finally
        {
            Leave(course.Healthy);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<TOut> AnswerAsync<T, TOut, TAnswer>(Exception failure)
        where TAnswer : struct, IAnswer<T, TOut>
    {
        await default(ValueTask).ConfigureAwait(false);
        return TAnswer.Failure(failure);
    }
}
