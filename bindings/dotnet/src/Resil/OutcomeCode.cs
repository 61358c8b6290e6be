using System.Globalization;
using Resil.Interop;

namespace Resil;

/// <summary>
/// How an attempt ended, as far as the caller can tell; what that means is the policy's to say. An HTTP or gRPC status is passed on
/// as it is: the engine knows which of them fail, and the policy which are retried.
/// </summary>
public readonly record struct OutcomeCode
{
    private const int StatusBits = 0xFFFF;

    internal readonly int Code;
    internal readonly long HintNs;

    private OutcomeCode(int code, long hintNs)
    {
        Code = code;
        HintNs = hintNs;
    }

    /// <summary>The attempt went well.</summary>
    public static OutcomeCode Success => default;

    /// <summary>The attempt failed.</summary>
    public static OutcomeCode Failure => new(Constants.FailureCode, 0);

    /// <summary>The attempt did not end in time.</summary>
    public static OutcomeCode Timeout => new(Constants.TimeoutCode, 0);

    /// <summary>The caller no longer wants it: neither a success nor a failure, and the end of the operation.</summary>
    public static OutcomeCode Cancelled => new(Constants.CancelledCode, 0);

    /// <summary>The attempt was answered with this HTTP status.</summary>
    /// <param name="status">0 to 999.</param>
    public static OutcomeCode Http(int status)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(status);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 999);
        return new(Constants.HttpBit | status, 0);
    }

    /// <summary>The attempt was answered with this gRPC status code.</summary>
    /// <param name="code">0 to 16.</param>
    public static OutcomeCode Grpc(int code)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(code);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 16);
        return new(Constants.GrpcBit | code, 0);
    }

    /// <summary>
    /// The same with the server's own word on when to come back (Retry-After). It can make the delay before the next attempt longer,
    /// never shorter.
    /// </summary>
    public OutcomeCode WithRetryAfter(TimeSpan hint) => new(Code, Math.Max(0, Durations.ToNs(hint)));

    /// <summary>The same, but never to be retried: it counts as it says and ends the operation.</summary>
    public OutcomeCode WithoutRetry() => new(Code | Constants.NoRetry, HintNs);

    /// <inheritdoc/>
    public override string ToString()
    {
        string status = (Code & StatusBits).ToString(CultureInfo.InvariantCulture);
        string text = (Code & Constants.HttpBit) != 0 ? "HTTP " + status
            : (Code & Constants.GrpcBit) != 0 ? "gRPC " + status
            : (Code & ~Constants.NoRetry) switch
            {
                Constants.SuccessCode => "success",
                Constants.FailureCode => "failure",
                Constants.TimeoutCode => "timeout",
                _ => "cancelled",
            };
        return (Code & Constants.NoRetry) != 0 ? text + ", not to be retried"
            : HintNs > 0 ? string.Create(CultureInfo.InvariantCulture, $"{text}, to be retried after {HintNs / 1e6} ms")
            : text;
    }
}
