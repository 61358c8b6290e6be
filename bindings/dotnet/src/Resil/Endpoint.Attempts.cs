using Resil.Interop;

namespace Resil;

/// <summary>The hot calls. All within the gate.</summary>
public sealed unsafe partial class Endpoint
{
    /// <summary>The word's bits 1 to 24: the attempt's budget in milliseconds.</summary>
    private const ulong BudgetBits = 0xFFFFFF;

    internal ulong Word => Volatile.Read(ref *word);

    /// <summary>True where an attempt needs no begin, nor, if it succeeds under the same word, an end.</summary>
    internal bool MayElide(ulong seen) => (seen & Constants.Fast) != 0 && !Engine.CrossesAlways;

    internal static long BudgetNs(ulong seen) => (long)((seen >> 1) & BudgetBits) * 1_000_000;

    internal void Enter() => gate.Enter(cells);

    internal void Leave(bool healthy)
    {
        if (healthy)
        {
            gate.LeaveHealthy(cells);
        }
        else
        {
            gate.Leave(cells);
        }
    }

    /// <summary>True: the attempt is admitted.</summary>
    internal bool Begin(ref Ticket ticket)
    {
        int answer;
        fixed (Ticket* at = &ticket)
        {
            answer = Native.resil_begin(gate.Engine, Id, Engine.NowOrNone, at);
        }
        if (answer < 0)
        {
            throw Refused("begun", answer);
        }
        Hear(ticket.Flags);
        return answer == Constants.Allow;
    }

    /// <summary>Tells the engine of an attempt that was made without begin.</summary>
    internal void Adopt(ulong seen, ref Ticket ticket)
    {
        int answer;
        fixed (Ticket* at = &ticket)
        {
            answer = Native.resil_adopt(gate.Engine, Id, seen, Engine.NowOrNone, at);
        }
        if (answer < 0)
        {
            throw Refused("adopted", answer);
        }
    }

    internal EndAnswer End(ref Ticket ticket, OutcomeCode outcome)
    {
        ticket.DelayNs = outcome.HintNs;
        int answer;
        fixed (Ticket* at = &ticket)
        {
            answer = Native.resil_end(gate.Engine, at, outcome.Code, Engine.NowOrNone);
        }
        if (answer < 0)
        {
            throw Refused("ended", answer);
        }
        Hear(ticket.Flags);
        return (EndAnswer)answer;
    }

    internal Rejection RejectionIn(in Ticket ticket) => new(this, (Reason)ticket.Reason, ticket.DelayNs);

    /// <summary>When an operation that begins now must be over; 0 = never.</summary>
    internal long DeadlineFrom(TimeSpan? whole)
    {
        if (whole is not { } time)
        {
            return 0;
        }
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, "deadline");
        return Durations.After(Engine.Now, Durations.ToNs(time));
    }

    private void Hear(uint flags)
    {
        if ((flags & Constants.HasEvents) != 0)
        {
            Engine.Pump.Happened();
        }
    }

    private ResilException Refused(string what, int error)
        => new($"{this}: the attempt could not be {what}: {ReasonText.Of((Reason)error)}");
}
