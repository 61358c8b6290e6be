using Polly;
using Polly.Timeout;

namespace Resil.Polly;

/// <summary>What an attempt came to, as the options of the call see it. It judges as an endpoint's own calls do.</summary>
internal sealed class Judging(CallOptions call)
{
    /// <summary>The outcome of an attempt, and what its judge threw: then it counts for nothing.</summary>
    /// <param name="outcome">How the attempt ended.</param>
    /// <param name="late">It used up its budget: a timeout, of which no judge is asked.</param>
    /// <param name="caller">Cancelled where the caller gave up, which counts for nothing however the attempt says so.</param>
    /// <param name="broken">The exception of a judge.</param>
    public OutcomeCode Of<TResult>(global::Polly.Outcome<TResult> outcome, bool late, CancellationToken caller, out Exception? broken)
    {
        broken = null;
        if (outcome.Exception is not null && !late && caller.IsCancellationRequested)
            return OutcomeCode.Cancelled;
        try
        {
            return outcome.Exception is { } failure ? Exception(failure, late) : Result(outcome.Result!);
        }
#pragma warning disable CA1031 // it becomes the operation's outcome, after the attempt has been ended
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            broken = thrown;
            return OutcomeCode.Cancelled;
        }
    }

    /// <summary>For a result that the pipeline's caller will not get; what the caller's code threw at it.</summary>
    public Exception? Discard<TResult>(global::Polly.Outcome<TResult> outcome)
    {
        if (outcome.Exception is not null || call is not CallOptions<TResult> { Discard: { } discard })
            return null;
        try
        {
            discard(outcome.Result!);
            return null;
        }
#pragma warning disable CA1031 // it becomes the operation's outcome
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            return thrown;
        }
    }

    private OutcomeCode Exception(Exception failure, bool late)
    {
        var code = late ? OutcomeCode.Timeout
            : call.ExceptionOutcome?.Invoke(failure)
                ?? (call.ShouldHandle is { } handles && !handles(failure) ? OutcomeCode.Success : ByDefault(failure));
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

    private static OutcomeCode ByDefault(Exception failure)
    {
        if (failure is TimeoutRejectedException or TimeoutException)
            return OutcomeCode.Timeout;
        if (failure is not (OperationCanceledException or ThreadInterruptedException))
            return OutcomeCode.Failure;
        for (var inner = failure.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is TimeoutRejectedException or TimeoutException)
                return OutcomeCode.Timeout;
        }
        return OutcomeCode.Cancelled;
    }
}
