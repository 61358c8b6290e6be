using System.Text;
using Resil.Interop;

namespace Resil;

/// <summary>The header of that name, as RFC 9110 has it: whole seconds, or a date. Read by the engine, for all languages alike.</summary>
public static class RetryAfter
{
    /// <summary>How long from <paramref name="now"/>; zero for a date that is past, null for what is malformed or negative.</summary>
    public static unsafe TimeSpan? Parse(string? header, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(header))
        {
            return null;
        }
        long unixNow = Durations.ToNs(now - DateTimeOffset.UnixEpoch);
        fixed (byte* text = Encoding.UTF8.GetBytes(header))
        {
            long ns = Native.resil_retry_after(text, Encoding.UTF8.GetByteCount(header), unixNow);
            return ns < 0 ? null : Durations.FromNs(ns);
        }
    }
}
