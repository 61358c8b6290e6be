namespace Resil;

/// <summary>Durations are <see cref="TimeSpan"/> outside (ticks of 100 ns) and nanoseconds inside.</summary>
internal static class Durations
{
    /// <summary>Saturates: nobody waits 292 years.</summary>
    public static long ToNs(TimeSpan duration)
        => duration.Ticks > long.MaxValue / 100 ? long.MaxValue
            : duration.Ticks < long.MinValue / 100 ? long.MinValue
            : duration.Ticks * 100;

    /// <summary>Rounded up: who waits that long does not wake too early.</summary>
    public static TimeSpan FromNs(long ns) => new(ns / 100 + (ns % 100 > 0 ? 1 : 0));

    /// <summary>Rounded up, in milliseconds: timers know whole ones, and none of them may be too short.</summary>
    public static long WholeMs(long ns) => ns / 1_000_000 + (ns % 1_000_000 > 0 ? 1 : 0);

    /// <summary>Saturating, for a moment that may be beyond all time.</summary>
    public static long After(long now, long ns)
    {
        long sum = unchecked(now + ns);
        return ns > 0 && sum < now ? long.MaxValue : sum;
    }
}
