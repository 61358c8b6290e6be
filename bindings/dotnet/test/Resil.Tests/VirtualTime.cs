namespace Resil.Tests;

/// <summary>Time to the nanosecond that stands still until it is set. It has no timers: what waits under it is a mistake.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private long now;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Volatile.Read(ref now);

    internal void Set(long ns) => Volatile.Write(ref now, ns);

    internal void Advance(TimeSpan by) => Interlocked.Add(ref now, by.Ticks * 100);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        => throw new InvalidOperationException("nothing should wait here");
}
