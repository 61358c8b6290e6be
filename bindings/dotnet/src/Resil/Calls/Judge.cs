using Resil.Interop;

namespace Resil.Calls;

/// <summary>What an attempt came to, as the caller's options see it.</summary>
internal static class Judge
{
    /// <summary>In <see cref="Known"/>, where 0 = not asked yet.</summary>
    private const byte Good = 1;
    private const byte Bad = 2;

    /// <summary>Where the gRPC codes begin in <see cref="Known"/>, behind the HTTP statuses.</summary>
    private const int Grpc = 1000;

    private static readonly byte[] Known = new byte[Grpc + 17];

    internal static OutcomeCode Result<T>(T value, CallOptions? options)
    {
        switch (options)
        {
            case null:
                return OutcomeCode.Success;
            case CallOptions<T> typed:
                OutcomeCode outcome = typed.ResultOutcome is { } judge ? judge(value)
                    : typed.FailedWhen is { } fails && fails(value) ? OutcomeCode.Failure
                    : OutcomeCode.Success;
                return typed.Repeatable ? outcome : outcome.WithoutRetry();
            default:
                return OutcomeCode.Success;
        }
    }

    internal static OutcomeCode Exception(Exception failure, CallOptions? options)
    {
        if (options is null)
        {
            return ByDefault(failure);
        }
        OutcomeCode outcome = options.ExceptionOutcome?.Invoke(failure)
            ?? (options.ShouldHandle is { } handles && !handles(failure) ? OutcomeCode.Success : ByDefault(failure));
        bool again = options.Repeatable && (options.ShouldRetry is not { } retries || retries(failure));
        return again ? outcome : outcome.WithoutRetry();
    }

    /// <summary>
    /// A time-out is a <see cref="TimeoutException"/>, also one inside a cancellation, as HttpClient throws it: the target did not answer
    /// in time. Cancellation proper is neutral.
    /// </summary>
    private static OutcomeCode ByDefault(Exception failure)
    {
        if (failure is OperationCanceledException or ThreadInterruptedException)
        {
            for (Exception? inner = failure.InnerException; inner is not null; inner = inner.InnerException)
            {
                if (inner is TimeoutException)
                {
                    return OutcomeCode.Timeout;
                }
            }
            return OutcomeCode.Cancelled;
        }
        return failure is TimeoutException ? OutcomeCode.Timeout : OutcomeCode.Failure;
    }

    /// <summary>True for a success, by the engine's own word on it, which is asked once for each status.</summary>
    internal static bool Succeeds(OutcomeCode outcome)
    {
        int code = outcome.Code & ~Constants.NoRetry;
        if (code == Constants.SuccessCode)
        {
            return true;
        }
        int place = (code & Constants.HttpBit) != 0 ? code & ~Constants.HttpBit
            : (code & Constants.GrpcBit) != 0 ? Grpc + (code & ~Constants.GrpcBit)
            : -1;
        if (place < 0)
        {
            return false;
        }
        if (Known[place] == 0)
        {
            Known[place] = Native.resil_failed(code) == 0 ? Good : Bad;
        }
        return Known[place] == Good;
    }

    /// <summary>The options fit the call's type, or a mistake would go unseen.</summary>
    internal static void Check<T>(CallOptions options)
    {
        if (options is not CallOptions<T> && options.GetType() != typeof(CallOptions))
        {
            throw new ArgumentException(
                $"these are options for calls of another type than {typeof(T)}: {options.GetType()}", nameof(options));
        }
    }
}
