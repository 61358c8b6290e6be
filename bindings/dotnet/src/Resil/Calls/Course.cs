using System.Diagnostics;
using Resil.Interop;

namespace Resil.Calls;

/// <summary>What an operation does next.</summary>
internal enum Next
{
    /// <summary>An attempt was admitted: make it.</summary>
    Attempt,

    /// <summary>Wait before the next begin.</summary>
    Pause,

    /// <summary>The attempt's result is the answer.</summary>
    Value,

    /// <summary>The operation failed.</summary>
    Failure,

    /// <summary>No attempt was admitted.</summary>
    Rejected,
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

    /// <summary>The attempt in flight was begun without the engine.</summary>
    private bool elided;
    private bool inFlight;

    /// <summary>An operation whose first attempt was made without begin, under that word; 0 = one that begins now.</summary>
    internal Course(Endpoint endpoint, CallOptions? options, CancellationToken caller, ulong word, AttemptSource? source)
    {
        this.endpoint = endpoint;
        this.options = options;
        this.caller = caller;
        this.word = word;
        this.source = source;
        elided = inFlight = word != 0;
        if (!elided)
        {
            ticket.DeadlineNs = endpoint.DeadlineFrom(options?.Deadline);
        }
    }

    /// <summary>The engine did not hear of the operation, and need not.</summary>
    internal bool Healthy { get; private set; }

    /// <summary>How long to wait before the next begin.</summary>
    internal readonly long DelayNs => ticket.DelayNs;

    /// <summary>What went wrong last.</summary>
    internal readonly Exception? LastFailure => failures?.Last;

    internal readonly Rejection Rejection => endpoint.RejectionIn(ticket);

    /// <summary>True: the call wants to wait after this rejection, and that can help.</summary>
    private readonly bool Waits => options is { WaitWhenOpen: true } && (ticket.Flags & Constants.MayWait) != 0;

    /// <summary>What follows: after an attempt its end, after a pause or at first the next begin.</summary>
    /// <param name="value">What the attempt answered, if it did not fail.</param>
    /// <param name="failure">
    /// What the attempt threw, or why the pause ended the operation. Then what the operation failed with, where it did.
    /// </param>
    internal Next Follow<T>(T value, ref Exception? failure)
    {
        if (inFlight)
        {
            inFlight = false;
            return End(value, ref failure);
        }
        if (failure is not null)
        {
            return Next.Failure;
        }
        inFlight = endpoint.Begin(ref ticket);
        return inFlight ? Next.Attempt : Waits ? Next.Pause : Next.Rejected;
    }

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

    private readonly long BudgetNs => elided ? Endpoint.BudgetNs(word) : ticket.TimeoutNs;

    private Next End<T>(T value, ref Exception? failure)
    {
        bool unarmed = source is null && failure is not null && BudgetNs > 0; // the time provider threw: the call was not made
        bool late = source is not null && endpoint.Engine.Sources.Give(source);
        source = null;
        if (failure is not null && !late && (unarmed || caller.IsCancellationRequested))
        {
            Tell(OutcomeCode.Cancelled);
            failure = unarmed ? failure : Cancelled(failure);
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
            if (failure is null)
            {
                _ = Discard(value); // the judge was the first to go wrong
            }
            failure = broken;
            return Next.Failure;
        }
        if (elided && failure is null && Judge.Succeeds(outcome) && endpoint.Word == word)
        {
            Healthy = true;
            return Next.Value;
        }
        return Ended(Tell(outcome), value, ref failure, late);
    }

    /// <summary>An attempt that failed after its budget was used up, however it says so.</summary>
    private readonly OutcomeCode Late(ref Exception failure)
    {
        failure = new AttemptTimeoutException(endpoint, Durations.FromNs(BudgetNs), failure);
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

    private Next Ended<T>(EndAnswer answer, T value, ref Exception? failure, bool late)
    {
        if (answer == EndAnswer.Retry)
        {
            if (failure is not null)
            {
                (failures ??= new Failures()).Add(failure);
            }
            else if (Discard(value) is { } broken)
            {
                failure = broken;
                return Next.Failure;
            }
            Mark();
            return Next.Pause;
        }
        if (failure is null)
        {
            return Next.Value;
        }
        failure = Given(answer == EndAnswer.GiveUp ? (Reason)ticket.Reason : Reason.None, failure, late);
        return Next.Failure;
    }

    /// <summary>For a result that nobody will get.</summary>
    /// <returns>What the caller's code threw at it.</returns>
    private readonly Exception? Discard<T>(T value)
    {
        try
        {
            if (options is CallOptions<T> { Discard: { } discard })
            {
                discard(value);
            }
            return null;
        }
        catch (Exception broken)
        {
            return broken;
        }
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
