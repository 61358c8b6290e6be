using Resil.Interop;

namespace Resil;

/// <summary>The header Retry-After, as RFC 9110 has it.</summary>
public static class RetryAfter
{
    /// <summary>How long from now; null where the text is neither seconds nor a date, or is past.</summary>
    /// <param name="text">The header's value: whole seconds, or a date in any of HTTP's three forms.</param>
    /// <param name="now">What a date is counted from.</param>
    public static TimeSpan? Parse(string? text, DateTimeOffset now)
    {
        if (text is null)
        {
            return null;
        }
        NativeLoader.Ready();
        long unixNs = checked((now.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * 100);
        unsafe
        {
            byte[] bytes = Text.Bytes(text)!;
            fixed (byte* at = bytes)
            {
                long ns = Native.resil_retry_after(at, bytes.Length - 1, unixNs);
                return ns < 0 ? null : Durations.FromNs(ns);
            }
        }
    }
}
