using System.Diagnostics;
using Resil.Interop;

namespace Resil.Calls;

/// <summary>What follows an attempt.</summary>
internal enum Next
{
    /// <summary>Its result is the answer.</summary>
    Value,

    /// <summary>The operation failed.</summary>
    Failure,

    /// <summary>Wait, and begin another one.</summary>
    Retry,
}

/// <summary>
/// One operation of a call, whether synchronous or not: what has been begun, and what the end of an attempt means. Used within the
/// endpoint's gate.
/// </summary>
internal struct Course
{
    private readonly Endpoint endpoint;
    private readonly CallOptions? options;
    private readonly CancellationToken caller;
    private readonly ulong word;
    private Ticket ticket;
    private AttemptSource? source;
    private Failures? failures;
    private bool elided;

    /// <summary>An operation whose first attempt is made without begin, under that word.</summary>
    internal Course(Endpoint endpoint, CallOptions? options, CancellationToken caller, ulong word, AttemptSource? source)
    {
        this.endpoint = endpoint;
        this.options = options;
        this.caller = caller;
        this.word = word;
        this.source = source;
        elided = true;
    }

    /// <summary>An operation that begins with <see cref="Begin"/>.</summary>
    internal Course(Endpoint endpoint, CallOptions? options, CancellationToken caller)
    {
        this.endpoint = endpoint;
        this.options = options;
        this.caller = caller;
        ticket.DeadlineNs = endpoint.DeadlineFrom(options?.Deadline);
    }

    internal readonly Endpoint Endpoint => endpoint;

    internal readonly CancellationToken Caller => caller;

    /// <summary>The engine did not hear of the operation, and need not.</summary>
    internal bool Healthy { get; private set; }

    /// <summary>How long to wait before the next begin.</summary>
    internal readonly long DelayNs => ticket.DelayNs;

    /// <summary>What went wrong last.</summary>
    internal readonly Exception? LastFailure => failures?.Last;

    internal readonly Rejection Rejection => endpoint.RejectionIn(ticket);

    /// <summary>True: the call wants to wait after this rejection, and that can help.</summary>
    internal readonly bool Waits => options is { WaitWhenOpen: true } && (ticket.Flags & Constants.MayWait) != 0;

    internal bool Begin() => endpoint.Begin(ref ticket);

    /// <summary>The token of the attempt that has begun.</summary>
    internal CancellationToken Arm()
    {
        if (ticket.TimeoutNs <= 0)
        {
            return caller;
        }
        source = endpoint.Engine.Sources.Take(ticket.TimeoutNs, caller);
        return source.Token;
    }

    /// <summary>Ends the attempt.</summary>
    /// <param name="value">What it answered, if it did not fail.</param>
    /// <param name="failure">What it threw; then what the operation failed with, where it did.</param>
    internal Next End<T>(T value, ref Exception? failure)
    {
        bool late = source is not null && endpoint.Engine.Sources.Give(source);
        source = null;
        if (failure is not null && !late && caller.IsCancellationRequested)
        {
            Tell(OutcomeCode.Cancelled);
            failure = Cancelled(failure);
            return Next.Failure;
        }
        OutcomeCode outcome;
        try
        {
            outcome = failure is null ? Judge.Result(value, options) : late ? Late(ref failure) : Judge.Exception(failure, options);
        }
        catch (Exception broken) // whoever judges; that is no word on the target
        {
            Tell(OutcomeCode.Cancelled);
            failure = broken;
            return Next.Failure;
        }
        if (elided && failure is null && Judge.Succeeds(outcome) && endpoint.Word == word)
        {
            Healthy = true;
            return Next.Value;
        }
        return Follow(Tell(outcome), value, ref failure, late);
    }

    /// <summary>An attempt that failed after its budget was used up, however it says so.</summary>
    private readonly OutcomeCode Late(ref Exception failure)
    {
        long budget = elided ? Endpoint.BudgetNs(word) : ticket.TimeoutNs;
        failure = new AttemptTimeoutException(endpoint, Durations.FromNs(budget), failure);
        bool again = options is null || options.Repeatable && (options.ShouldRetry is not { } retries || retries(failure));
        return again ? OutcomeCode.Timeout : OutcomeCode.Timeout.WithoutRetry();
    }

    private EndAnswer Tell(OutcomeCode outcome)
    {
        if (elided)
        {
            endpoint.Adopt(word, ref ticket);
            elided = false;
        }
        return endpoint.End(ref ticket, outcome);
    }

    private Next Follow<T>(EndAnswer answer, T value, ref Exception? failure, bool late)
    {
        if (answer == EndAnswer.Retry)
        {
            if (failure is not null)
            {
                (failures ??= new Failures()).Add(failure);
            }
            else if (options is CallOptions<T> { Discard: { } discard })
            {
                discard(value);
            }
            Mark();
            return Next.Retry;
        }
        if (failure is null)
        {
            return Next.Value;
        }
        failure = Given(answer == EndAnswer.GiveUp ? (Reason)ticket.Reason : Reason.None, failure, late);
        return Next.Failure;
    }

    /// <summary>What the caller of an operation that is given up gets: the failure itself, or the story of its attempts.</summary>
    private readonly Exception Given(Reason reason, Exception failure, bool late)
    {
        if (ticket.Attempt >= 2 && reason is not (Reason.None or Reason.NotRetriable or Reason.Cancelled))
        {
            IReadOnlyList<Exception> earlier = failures is null ? [] : failures.All;
            return new RetriesExhaustedException(endpoint, (int)ticket.Attempt, reason, failure, earlier);
        }
        return late && reason == Reason.Deadline && endpoint.Engine.Now >= ticket.DeadlineNs
            ? new DeadlineExceededException(endpoint, failure)
            : failure;
    }

    private readonly Exception Cancelled(Exception failure)
        => failure is OperationCanceledException cancelled && cancelled.CancellationToken == caller
            ? failure
            : new OperationCanceledException("The operation was canceled.", failure, caller);

    private readonly void Mark()
    {
        if (Activity.Current is { } activity)
        {
            activity.SetTag("resil.target", endpoint.ToString());
            activity.SetTag("resil.retries", (int)ticket.Attempt);
        }
    }
}
