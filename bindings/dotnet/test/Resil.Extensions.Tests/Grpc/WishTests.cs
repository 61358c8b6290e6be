using Grpc.Core;
using Resil.Extensions.Grpc;

namespace Resil.Extensions.Tests.Grpc;

public sealed class WishTests
{
    /// <summary>A google.rpc.Status whose second detail is a google.rpc.RetryInfo.</summary>
    internal static byte[] RetryInfo(long seconds, int nanos)
    {
        byte[] duration = [.. Number(1, (ulong)seconds), .. Number(2, (ulong)nanos)];
        return
        [
            .. Number(1, 14), .. Bytes(2, "later"u8),
            .. Bytes(3, (byte[])[.. Bytes(1, "type.googleapis.com/google.rpc.DebugInfo"u8), .. Bytes(2, "x"u8)]),
            .. Bytes(3, (byte[])[.. Bytes(1, "type.googleapis.com/google.rpc.RetryInfo"u8), .. Bytes(2, (byte[])[.. Bytes(1, duration)])]),
        ];
    }

    private static byte[] Number(int field, ulong value) => [(byte)(field << 3), .. Varint(value)];

    private static byte[] Bytes(int field, ReadOnlySpan<byte> value) => [(byte)(field << 3 | 2), .. Varint((ulong)value.Length), .. value];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static ServersWish Of(string key, byte[] value) => ServersWish.Of([new(key, value)]);

    [Fact]
    public void A_retry_info_is_read()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), Of("grpc-status-details-bin", RetryInfo(60, 0)).Delay);
        Assert.Equal(TimeSpan.FromMilliseconds(1250), Of("grpc-status-details-bin", RetryInfo(1, 250_000_000)).Delay);
        Assert.Null(Of("grpc-status-details-bin", RetryInfo(-1, 0)).Delay);
    }

    [Fact]
    public void What_is_cut_or_no_message_is_no_wish()
    {
        var whole = RetryInfo(300, 5);
        for (var length = 0; length < whole.Length; length++)
            Assert.Null(Of("grpc-status-details-bin", whole[..length]).Delay);
        var random = new Random(7);
        var noise = new byte[whole.Length + 8];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(noise);
            Assert.False(Of("grpc-status-details-bin", noise).Refused);
            whole.CopyTo(noise, 0);
            noise[random.Next(whole.Length)] ^= (byte)(1 << random.Next(8));
            Assert.False(Of("grpc-status-details-bin", noise).Delay < TimeSpan.Zero);
        }
    }

    [Theory]
    [InlineData("30", false, 30)]
    [InlineData("0", false, 0)]
    [InlineData("-1", true, null)]
    [InlineData("soon", true, null)]
    [InlineData("1.5", true, null)]
    public void Pushback_is_milliseconds_or_never(string text, bool refused, int? ms)
        => Assert.Equal(new ServersWish(refused, ms is { } some ? TimeSpan.FromMilliseconds(some) : null), ServersWish.Of([new("grpc-retry-pushback-ms", text)]));
}
