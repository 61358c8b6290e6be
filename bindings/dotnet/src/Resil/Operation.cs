using System.Globalization;
using Resil.Calls;
using Resil.Interop;

namespace Resil;

/// <summary>
/// One logical operation by hand, all its attempts:
/// <code>
/// Operation operation = orders.Begin();
/// while (operation.Admitted)
/// {
///     OutcomeCode outcome = AttemptWithin(operation.Budget);
///     if (operation.End(outcome) != EndAnswer.Retry) break;
///     Thread.Sleep(operation.Delay);
///     operation.BeginAgain();
/// }
/// </code>
/// A mutable struct: keep it in one variable or field and hand it on by reference. Used by one thread at a time; it may move
/// between threads. An attempt that was admitted must be ended once, whatever happened to it.
/// </summary>
public struct Operation
{
    private enum Step
    {
        /// <summary>As of <c>default</c>: of no endpoint.</summary>
        None,
        InFlight,
        Rejected,
        RetryOffered,
        Over,
    }

    private readonly Endpoint endpoint;
    private Ticket ticket;

    /// <summary>Under which the attempt in flight was begun without the engine; 0 = with it.</summary>
    private ulong word;
    private Step step;

    internal Operation(Endpoint endpoint, TimeSpan? deadline)
    {
        this.endpoint = endpoint;
        ticket.DeadlineNs = endpoint.DeadlineFrom(deadline);
        Begin(mayElide: deadline is null);
    }

    /// <summary>True: make the attempt, then <see cref="End"/>. False: <see cref="Rejection"/> says why not.</summary>
    public readonly bool Admitted => step == Step.InFlight;

    /// <summary>1, 2, ...: the attempt last begun.</summary>
    public readonly int Attempt => word != 0 ? 1 : (int)ticket.Attempt;

    /// <summary>What the attempt may take, never past the deadline; <see cref="Timeout.InfiniteTimeSpan"/> = no limit.</summary>
    public readonly TimeSpan Budget => BudgetNs <= 0 ? Timeout.InfiniteTimeSpan : Durations.FromNs(BudgetNs);

    /// <summary>How long to wait before <see cref="BeginAgain"/>: after a retry was offered, or after a rejection.</summary>
    public readonly TimeSpan Delay => step is Step.Rejected or Step.RetryOffered ? Durations.FromNs(DelayNs) : TimeSpan.Zero;

    /// <summary>Why the last answer was not an admission, or not <see cref="EndAnswer.Done"/>.</summary>
    public readonly Reason Reason => (Reason)ticket.Reason;

    /// <summary>Why the attempt was not admitted; null where it was.</summary>
    public readonly Rejection? Rejection => step == Step.Rejected ? endpoint.RejectionIn(ticket) : null;

    /// <summary>
    /// True after a rejection where waiting for <see cref="Delay"/> and beginning again can be of use.
    /// </summary>
    public readonly bool MayWait => step == Step.Rejected && (ticket.Flags & Constants.MayWait) != 0;

    internal readonly long BudgetNs => word != 0 ? Endpoint.BudgetNs(word) : ticket.TimeoutNs;

    internal readonly long DelayNs => ticket.DelayNs;

    /// <summary>Ends the attempt in flight, whatever happened to it.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <returns>What follows.</returns>
    /// <exception cref="InvalidOperationException">No attempt is in flight.</exception>
    /// <exception cref="ObjectDisposedException">
    /// The engine was disposed while the attempt was in flight: nothing follows, and what the attempt answered is the answer.
    /// </exception>
    public EndAnswer End(OutcomeCode outcome)
    {
        if (step != Step.InFlight)
        {
            throw new InvalidOperationException("no attempt is in flight: begin one first");
        }
        bool healthy = false;
        endpoint.Enter();
        try
        {
            step = Step.Over;
            if (word != 0)
            {
                ulong seen = word;
                word = 0;
                ticket.Attempt = 1;
                if (Judge.Succeeds(outcome) && endpoint.Word == seen)
                {
                    healthy = true;
                    return EndAnswer.Done;
                }
                endpoint.Adopt(seen, ref ticket);
            }
            EndAnswer answer = endpoint.End(ref ticket, outcome);
            if (answer == EndAnswer.Retry)
            {
                step = Step.RetryOffered;
            }
            return answer;
        }
        finally
        {
            endpoint.Leave(healthy);
        }
    }

    /// <summary>In a line, for a log or a debugger: whose it is, and where it stands.</summary>
    public override readonly string ToString() => step switch
    {
        Step.None => "no operation",
        Step.InFlight => $"{endpoint}: attempt {Attempt} is in flight",
        Step.Rejected => Rejection!.Value.ToString(),
        Step.RetryOffered => string.Create(
            CultureInfo.InvariantCulture, $"{endpoint}: attempt {Attempt + 1} may begin in {Delay.TotalMilliseconds} ms"),
        _ => Reason == Reason.None ? $"{endpoint}: over" : $"{endpoint}: over, {ReasonText.Of(Reason)}",
    };

    /// <summary>Begins the next attempt: after a retry was offered, or after waiting for an admission.</summary>
    /// <returns><see cref="Admitted"/>.</returns>
    /// <exception cref="InvalidOperationException">An attempt is in flight, or the operation is over.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed; <see cref="Engine.Closing"/> tells it to a wait.</exception>
    public bool BeginAgain()
    {
        if (step is not (Step.RetryOffered or Step.Rejected))
        {
            throw new InvalidOperationException(
                step == Step.InFlight ? "an attempt is in flight: end it first" : "the operation is over: begin a new one");
        }
        Begin(mayElide: false);
        return Admitted;
    }

    private void Begin(bool mayElide)
    {
        endpoint.Enter();
        try
        {
            ulong seen = mayElide ? endpoint.Word : 0;
            if (seen != 0 && endpoint.BeginsUnder(seen))
            {
                word = seen;
                step = Step.InFlight;
                return;
            }
            step = endpoint.Begin(ref ticket) ? Step.InFlight : Step.Rejected;
        }
        finally
        {
            endpoint.Leave(healthy: false);
        }
    }
}
