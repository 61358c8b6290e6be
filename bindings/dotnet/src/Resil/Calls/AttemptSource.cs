using Resil.Interop;

namespace Resil.Calls;

/// <summary>
/// An attempt's token: cancelled at the attempt's budget, and with the caller's token. Pooled by <see cref="AttemptSources"/>.
///
/// The timer is not set and unset with each attempt, which is what makes budgets expensive elsewhere. It is left to fire at the
/// first moment that any attempt needed, and looks then whether the attempt of now has used up its budget; if not it is set to when
/// it will have. So most attempts set no timer: they write when their budget ends, and take it back.
/// </summary>
internal sealed class AttemptSource : IDisposable
{
    /// <summary>In <see cref="ends"/>: no attempt.</summary>
    private const long Idle = 0;

    /// <summary>In <see cref="ends"/>: the budget was used up.</summary>
    private const long Fired = -1;

    /// <summary>In <see cref="due"/>: the timer is not set.</summary>
    private const long Never = long.MaxValue;

    /// <summary>A timer takes no longer times, in milliseconds; it looks in between then.</summary>
    private const long Longest = int.MaxValue;

    private static readonly Action<object?> CallerCancelled = static source => ((AttemptSource)source!).CancelForCaller();

    private readonly CancellationTokenSource tokens;
    private readonly Timer? timer;
    private readonly object setting = new();
    private CancellationTokenRegistration registration;

    /// <summary>When the attempt's budget ends, by <see cref="Environment.TickCount64"/>.</summary>
    private long ends;

    /// <summary>When the timer fires, at the latest.</summary>
    private long due = Never;
    private bool byCaller;

    /// <summary>For the machine's time; to be used again and again.</summary>
    internal AttemptSource()
    {
        tokens = new CancellationTokenSource();
        bool flows = !ExecutionContext.IsFlowSuppressed();
        if (flows)
        {
            ExecutionContext.SuppressFlow(); // the timer is everybody's: it must not keep the first caller's context alive
        }
        timer = new Timer(static source => ((AttemptSource)source!).Look(), this, Timeout.Infinite, Timeout.Infinite);
        if (flows)
        {
            ExecutionContext.RestoreFlow();
        }
    }

    /// <summary>For one attempt under other time.</summary>
    internal AttemptSource(long budgetNs, TimeProvider time, CancellationToken caller)
    {
        tokens = new CancellationTokenSource(Durations.FromNs(Math.Min(budgetNs, Longest * 1_000_000)), time);
        Listen(caller);
    }

    internal CancellationToken Token => tokens.Token;

    /// <summary>Begins an attempt.</summary>
    internal void Arm(long budgetMs, CancellationToken caller)
    {
        long now = Environment.TickCount64;
        long end = now + budgetMs;
        Interlocked.Exchange(ref ends, end); // a full fence: the timer's thread sees this, or we see that the timer is off
        long fires = Volatile.Read(ref due);
        if (fires > end || fires <= now)
        {
            Set(end);
        }
        Listen(caller);
    }

    private void Listen(CancellationToken caller)
    {
        if (caller.CanBeCanceled)
        {
            registration = caller.UnsafeRegister(CallerCancelled, this);
        }
    }

    /// <summary>Ends the attempt.</summary>
    /// <param name="reusable">True: nobody has cancelled the token or will; it is ready for the next attempt.</param>
    /// <returns>True: the budget was used up.</returns>
    internal bool Disarm(out bool reusable)
    {
        if (timer is null)
        {
            bool over = tokens.IsCancellationRequested && !Volatile.Read(ref byCaller);
            registration.Unregister();
            if (!tokens.IsCancellationRequested)
            {
                tokens.Dispose(); // takes its timer out of the provider's list
            }
            reusable = false;
            return over;
        }
        long end = Volatile.Read(ref ends);
        bool fired = end == Fired || Interlocked.CompareExchange(ref ends, Idle, end) != end;
        bool unheard = registration == default || registration.Unregister();
        registration = default;
        reusable = !fired && unheard && tokens.TryReset();
        return fired;
    }

    /// <summary>The token stays as it is: somebody may just be cancelling it.</summary>
    public void Dispose() => timer?.Dispose();

    private void CancelForCaller()
    {
        Volatile.Write(ref byCaller, true);
        tokens.Cancel();
    }

    private void Set(long end)
    {
        lock (setting)
        {
            Volatile.Write(ref due, end);
            timer!.Change(Math.Clamp(end - Environment.TickCount64, 0, Longest), Timeout.Infinite);
        }
    }

    /// <summary>The timer has fired.</summary>
    private void Look()
    {
        long end;
        lock (setting)
        {
            Volatile.Write(ref due, Never);
            Interlocked.MemoryBarrier();
            end = Volatile.Read(ref ends);
            if (end is Idle or Fired)
            {
                return;
            }
            long left = end - Environment.TickCount64;
            if (left > 0)
            {
                Volatile.Write(ref due, end);
                timer!.Change(Math.Min(left, Longest), Timeout.Infinite);
                return;
            }
        }
        if (Interlocked.CompareExchange(ref ends, Fired, end) == end)
        {
            tokens.Cancel();
        }
    }
}
