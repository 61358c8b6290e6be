using Resil.Interop;

namespace Resil;

/// <summary>The engine's own clock, or another one in nanoseconds since the engine was opened.</summary>
internal sealed class EngineClock
{
    private const long Second = 1_000_000_000;

    /// <summary>Null = the engine's own.</summary>
    private readonly TimeProvider? other;
    private readonly long origin;
    private readonly long frequency;

    internal EngineClock(TimeProvider time)
    {
        if (time != TimeProvider.System)
        {
            other = time;
            origin = time.GetTimestamp();
            frequency = time.TimestampFrequency;
        }
    }

    internal long NowOrNone => other is null ? Constants.Now : Elapsed(other);

    internal long Now => other is null ? Native.resil_now() : Elapsed(other);

    private long Elapsed(TimeProvider time)
    {
        long ticks = time.GetTimestamp() - origin;
        return ticks / frequency * Second + ticks % frequency * Second / frequency;
    }
}
