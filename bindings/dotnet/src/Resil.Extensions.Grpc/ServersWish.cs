using System.Buffers.Binary;
using System.Globalization;

namespace Resil.Extensions.Grpc;

/// <summary>When, or whether, a server that failed wants to be asked again.</summary>
/// <param name="Refused">It does not.</param>
/// <param name="Delay">Not before this.</param>
internal readonly record struct ServersWish(bool Refused, TimeSpan? Delay)
{
    /// <summary>gRPC's own trailer, and the details that google.rpc.Status may carry.</summary>
    public static ServersWish Of(Metadata trailers)
    {
        if (trailers.GetValue("grpc-retry-pushback-ms") is { } pushback)
        {
            // As gRPC has it: what is no number of milliseconds from 0 means never.
            return int.TryParse(pushback, NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
                ? new ServersWish(false, TimeSpan.FromMilliseconds(ms))
                : new ServersWish(true, null);
        }
        return new ServersWish(false, trailers.GetValueBytes("grpc-status-details-bin") is { } details ? RetryDelay(details) : null);
    }

    private static TimeSpan? RetryDelay(ReadOnlySpan<byte> status)
    {
        while (TakeField(ref status, out var field, out var detail, out _))
        {
            if (field == 3 && RetryInfo(detail) is { } delay) // repeated google.protobuf.Any details
                return delay;
        }
        return null;
    }

    private static TimeSpan? RetryInfo(ReadOnlySpan<byte> any)
    {
        ReadOnlySpan<byte> type = default, value = default;
        while (TakeField(ref any, out var field, out var bytes, out _))
        {
            if (field == 1)
                type = bytes;
            else if (field == 2)
                value = bytes;
        }
        if (!type.EndsWith("/google.rpc.RetryInfo"u8))
            return null;
        while (TakeField(ref value, out var field, out var duration, out _))
        {
            if (field == 1)
                return Duration(duration);
        }
        return null;
    }

    private static TimeSpan? Duration(ReadOnlySpan<byte> duration)
    {
        long seconds = 0, nanos = 0;
        while (TakeField(ref duration, out var field, out _, out var number))
        {
            if (field == 1)
                seconds = (long)number;
            else if (field == 2)
                nanos = (int)number;
        }
        const long most = 315_576_000_000; // the most that a google.protobuf.Duration may be
        return seconds is >= 0 and <= most && nanos >= 0 ? TimeSpan.FromTicks(seconds * TimeSpan.TicksPerSecond + nanos / 100) : null;
    }

    /// <summary>The next field of a protobuf message; false at its end, and at what is none.</summary>
    private static bool TakeField(scoped ref ReadOnlySpan<byte> message, out int field, out ReadOnlySpan<byte> bytes, out ulong number)
    {
        field = 0;
        bytes = default;
        if (!TakeNumber(ref message, out var tag) || !TakeNumberOrBytes(ref message, (int)(tag & 7), out bytes, out number))
        {
            number = 0;
            return false;
        }
        field = (int)(tag >> 3);
        return true;
    }

    private static bool TakeNumberOrBytes(scoped ref ReadOnlySpan<byte> message, int kind, out ReadOnlySpan<byte> bytes, out ulong number)
    {
        bytes = default;
        number = 0;
        switch (kind)
        {
            case 0:
                return TakeNumber(ref message, out number);
            case 1 when message.Length >= 8:
                number = BinaryPrimitives.ReadUInt64LittleEndian(message);
                message = message[8..];
                return true;
            case 5 when message.Length >= 4:
                number = BinaryPrimitives.ReadUInt32LittleEndian(message);
                message = message[4..];
                return true;
            case 2 when TakeNumber(ref message, out var length) && length <= (ulong)message.Length:
                bytes = message[..(int)length];
                message = message[(int)length..];
                return true;
            default:
                return false;
        }
    }

    private static bool TakeNumber(scoped ref ReadOnlySpan<byte> message, out ulong number)
    {
        number = 0;
        for (var i = 0; i < message.Length && i < 10; i++)
        {
            number |= (ulong)(message[i] & 0x7f) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }
        return false;
    }
}
