using Polly;
using Polly.Timeout;

namespace Resil.Polly;

/// <summary>An operation of the endpoint for each call of the pipeline.</summary>
internal sealed class ResilStrategy(Endpoint endpoint, CallOptions call, TimeProvider time) : ResilienceStrategy
{
    /// <summary>A timer takes no longer times.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(int.MaxValue);

    private static readonly ResiliencePropertyKey<TimeSpan> Budget = new("Resil.Budget");

    /// <summary>There where the timeout around an attempt has ended it; taken back before anybody outside could mistake it for theirs.</summary>
    private static readonly ResiliencePropertyKey<bool> TimedOut = new("Resil.TimedOut");

    private readonly Judging judging = new(call);

    /// <summary>The timeout around an attempt: what it is, and that it happened.</summary>
    public static TimeoutStrategyOptions AroundAttempt(string? name) => new()
    {
        Name = name + "Timeout",
        TimeoutGenerator = static arguments => new(arguments.Context.Properties.GetValue(Budget, Timeout.InfiniteTimeSpan)),
        OnTimeout = static arguments =>
        {
            arguments.Context.Properties.Set(TimedOut, true);
            return default;
        },
    };

    /// <inheritdoc/>
    protected override async ValueTask<global::Polly.Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<global::Polly.Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ArgumentNullException.ThrowIfNull(context);
        var captured = context.ContinueOnCapturedContext;
        Exception? last = null;
        if (Begin(out var operation) is { } refused)
            return global::Polly.Outcome.FromException<TResult>(refused);
        while (true)
        {
            if (operation.Admitted)
            {
                var outcome = await AttemptAsync(callback, context, state, operation.Budget).ConfigureAwait(captured);
                var code = judging.Of(outcome, TakeTimedOut(context), context.CancellationToken, out var broken);
                var again = End(ref operation, code);
                if (broken is null && !again)
                    return outcome;
                var undisposed = judging.Discard(outcome);
                if ((broken ?? undisposed) is { } thrown)
                    return global::Polly.Outcome.FromException<TResult>(thrown);
                last = outcome.Exception ?? last;
            }
            else if (!call.WaitWhenOpen || !operation.MayWait)
            {
                return global::Polly.Outcome.FromException<TResult>(operation.Rejection!.Value.ToException(last));
            }
            var ended = await WaitAsync(operation.Delay, context, last).ConfigureAwait(captured) ?? BeginAgain(ref operation);
            if (ended is not null)
                return global::Polly.Outcome.FromException<TResult>(ended);
        }
    }

    private ObjectDisposedException? Begin(out Operation operation)
    {
        operation = default;
        try
        {
            operation = endpoint.Begin(call.Deadline);
            return null;
        }
        catch (ObjectDisposedException disposed)
        {
            return disposed;
        }
    }

    private static ObjectDisposedException? BeginAgain(ref Operation operation)
    {
        try
        {
            operation.BeginAgain();
            return null;
        }
        catch (ObjectDisposedException disposed)
        {
            return disposed;
        }
    }

    /// <summary>True: a retry follows. An engine that was disposed meanwhile has nothing to say: what the attempt answered is the answer.</summary>
    private static bool End(ref Operation operation, OutcomeCode code)
    {
        try
        {
            return operation.End(code) == EndAnswer.Retry;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Null: it has waited. Else the operation is over: the caller cancelled it, or the engine was disposed.</summary>
    private async ValueTask<Exception?> WaitAsync(TimeSpan delay, ResilienceContext context, Exception? last)
    {
        if (delay > TimeSpan.Zero)
            await DelayAsync(delay, context).ConfigureAwait(context.ContinueOnCapturedContext);
        return context.CancellationToken.IsCancellationRequested
            ? new OperationCanceledException("The operation was canceled.", last, context.CancellationToken)
            : endpoint.Engine.IsDisposed ? new ObjectDisposedException("the resil engine was disposed while a call waited", last)
            : null;
    }

    /// <summary>Ends early, without a word, when the caller cancels or the engine is disposed.</summary>
    private async Task DelayAsync(TimeSpan delay, ResilienceContext context)
    {
        var left = TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds)); // whole ones, as timers are; never too short
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, endpoint.Engine.Closing);
        try
        {
            for (; left > TimeSpan.Zero; left -= LongestWait)
                await Task.Delay(left < LongestWait ? left : LongestWait, time, ends.Token).ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            return;
        }
    }

    private static bool TakeTimedOut(ResilienceContext context)
    {
        if (!context.Properties.GetValue(TimedOut, false))
            return false;
        context.Properties.Set(TimedOut, false);
        return true;
    }

    /// <summary>Whatever is thrown, and not told as an outcome, must end the attempt too.</summary>
    private static async ValueTask<global::Polly.Outcome<TResult>> AttemptAsync<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<global::Polly.Outcome<TResult>>> callback, ResilienceContext context, TState state, TimeSpan budget)
    {
        if (budget != Timeout.InfiniteTimeSpan || context.Properties.TryGetValue(Budget, out _))
            context.Properties.Set(Budget, budget < LongestWait ? budget : LongestWait);
        try
        {
            return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        }
#pragma warning disable CA1031 // it is the caller's, as an outcome
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            return global::Polly.Outcome.FromException<TResult>(thrown);
        }
    }
}
