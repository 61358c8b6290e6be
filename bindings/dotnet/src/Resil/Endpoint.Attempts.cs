using Resil.Interop;

namespace Resil;

/// <summary>The hot calls. All within the gate.</summary>
public sealed unsafe partial class Endpoint
{
    /// <summary>The word's lowest bits: what kind of word it is.</summary>
    private const ulong KindBits = 3;

    /// <summary>Where a counted word and its cells have the generation.</summary>
    private const int GenerationShift = 44;

    /// <summary>The attempt's budget in milliseconds, above the bits that say what kind of word it is.</summary>
    private const ulong BudgetBits = 0xFFFFFF;

    /// <summary>The cell of each thread's slot, where a rule counts requests; asked for once each, and there until the engine is freed.</summary>
    private nint[]? tallies;

    internal ulong Word => Volatile.Read(ref *word);

    /// <summary>
    /// True where the attempt has begun without the engine, and needs no end either if it succeeds under the same word: nothing was to do,
    /// or only to count it, which is done.
    /// </summary>
    internal bool BeginsUnder(ulong seen)
        => !Engine.CrossesAlways && ((seen & Constants.Fast) != 0 || (seen & KindBits) == Constants.Counted && Count(seen));

    internal static long BudgetNs(ulong seen)
        => (long)((seen >> ((seen & Constants.Fast) != 0 ? 1 : 2)) & BudgetBits) * 1_000_000;

    private bool Count(ulong seen)
    {
        int slot = Math.Max(0, ThreadSlots.Current / ThreadSlots.Spacing);
        nint[]? cells = tallies;
        if (cells is null)
        {
            nint[] made = new nint[ThreadSlots.Limit];
            cells = Interlocked.CompareExchange(ref tallies, made, null) ?? made;
        }
        ulong* cell = (ulong*)cells[slot];
        if (cell is null)
        {
            cell = Native.resil_tally(gate.Engine, Id, slot);
            if (cell is null)
            {
                return false;
            }
            cells[slot] = (nint)cell;
        }
        ulong count = Volatile.Read(ref *cell);
        while (count >> GenerationShift == seen >> GenerationShift && (count & Constants.TallyMost) < Constants.TallyMost)
        {
            ulong was = Interlocked.CompareExchange(ref *cell, count + 1, count);
            if (was == count)
            {
                return true;
            }
            count = was;
        }
        return false;
    }

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
        // No time left is no mistake of the caller's: then nothing is admitted.
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, "deadline");
        long due = Durations.After(Engine.Now, Durations.ToNs(time));
        return due != 0 ? due : -1; // the moment zero of a clock, which to the engine would be no deadline
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
