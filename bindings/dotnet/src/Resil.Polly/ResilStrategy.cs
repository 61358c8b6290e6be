using Polly;
using Polly.Timeout;

namespace Resil.Polly;

/// <summary>An operation of the endpoint for each call of the pipeline.</summary>
internal sealed class ResilStrategy(Endpoint endpoint, CallOptions call, TimeProvider time) : ResilienceStrategy
{
    /// <summary>A permit comes back when another caller ends, which nobody can foresee: this keeps a waiting one from spinning.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private static readonly ResiliencePropertyKey<TimeSpan> Budget = new("Resil.Budget");

    /// <summary>What the timeout around an attempt asks.</summary>
    public static ValueTask<TimeSpan> BudgetOf(TimeoutGeneratorArguments arguments)
        => new(arguments.Context.Properties.GetValue(Budget, Timeout.InfiniteTimeSpan));

    /// <inheritdoc/>
    protected override async ValueTask<global::Polly.Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<global::Polly.Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ArgumentNullException.ThrowIfNull(context);
        var captured = context.ContinueOnCapturedContext;
        var operation = Begin(out var closed);
        if (closed is not null)
            return global::Polly.Outcome.FromException<TResult>(closed);
        while (true)
        {
            if (!operation.Admitted && !(call.WaitWhenOpen && operation.MayWait))
                return global::Polly.Outcome.FromException<TResult>(operation.Rejection!.Value.ToException());
            if (operation.Admitted)
            {
                var outcome = await AttemptAsync(callback, context, state, operation.Budget).ConfigureAwait(captured);
                if (operation.End(Judge(outcome, context.CancellationToken)) != EndAnswer.Retry)
                    return outcome;
                Discard(outcome);
            }
            try
            {
                var delay = operation.Admitted || operation.Delay > ShortestWait ? operation.Delay : ShortestWait;
                if (delay > TimeSpan.Zero)
                    await Task.Delay(delay, time, context.CancellationToken).ConfigureAwait(captured);
                context.CancellationToken.ThrowIfCancellationRequested();
                operation.BeginAgain();
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return global::Polly.Outcome.FromException<TResult>(ended);
            }
        }
    }

    private Operation Begin(out Exception? closed)
    {
        closed = null;
        try
        {
            return endpoint.Begin(call.Deadline);
        }
        catch (ObjectDisposedException disposed)
        {
            closed = disposed;
            return default;
        }
    }

    /// <summary>Whatever is thrown, and not told as an outcome, must end the attempt too.</summary>
    private static async ValueTask<global::Polly.Outcome<TResult>> AttemptAsync<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<global::Polly.Outcome<TResult>>> callback, ResilienceContext context, TState state, TimeSpan budget)
    {
        if (budget != Timeout.InfiniteTimeSpan || context.Properties.TryGetValue(Budget, out _))
            context.Properties.Set(Budget, budget);
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

    private OutcomeCode Judge<TResult>(global::Polly.Outcome<TResult> outcome, CancellationToken caller)
    {
        if (outcome.Exception is not { } failure)
            return Result(outcome.Result!);
        if (failure is OperationCanceledException && caller.IsCancellationRequested)
            return OutcomeCode.Cancelled;
        if (call.ShouldHandle is { } handled && !handled(failure))
            return OutcomeCode.Success;
        var code = call.ExceptionOutcome?.Invoke(failure) ?? failure switch
        {
            TimeoutRejectedException or TimeoutException => OutcomeCode.Timeout,
            OperationCanceledException { InnerException: TimeoutException } => OutcomeCode.Timeout,
            OperationCanceledException => OutcomeCode.Cancelled,
            _ => OutcomeCode.Failure,
        };
        return call.Repeatable && call.ShouldRetry?.Invoke(failure) != false ? code : code.WithoutRetry();
    }

    private OutcomeCode Result<TResult>(TResult result)
    {
        if (call is not CallOptions<TResult> typed)
            return OutcomeCode.Success;
        var code = typed.ResultOutcome?.Invoke(result)
            ?? (typed.FailedWhen?.Invoke(result) == true ? OutcomeCode.Failure : OutcomeCode.Success);
        return call.Repeatable ? code : code.WithoutRetry();
    }

    private void Discard<TResult>(global::Polly.Outcome<TResult> outcome)
    {
        if (outcome.Exception is null && call is CallOptions<TResult> { Discard: { } discard })
            discard(outcome.Result!);
    }
}
