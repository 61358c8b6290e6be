namespace Resil.Extensions.Grpc;

/// <summary>Statuses as outcomes, and what ended a call as a status.</summary>
internal static class Statuses
{
    public static OutcomeCode? OutcomeOf(Exception failure)
    {
        if (failure is not RpcException { StatusCode: >= StatusCode.OK and <= StatusCode.Unauthenticated } told)
            return null;
        var outcome = OutcomeCode.Grpc((int)told.StatusCode);
        return ServersWish.Of(told.Trailers) switch
        {
            { Refused: true } => outcome.WithoutRetry(),
            { Delay: { } delay } => outcome.WithRetryAfter(delay),
            _ => outcome,
        };
    }

    /// <summary>The client's own answer to a token that was cancelled; whose token it was is the operation's to know.</summary>
    public static bool IsCancellation(RpcException failure, CancellationToken token)
        => failure.StatusCode == StatusCode.Cancelled && token.IsCancellationRequested;

    /// <summary>What ended a call, as callers of gRPC expect it.</summary>
    public static Exception Explain(Exception failure) => failure switch
    {
        RpcException => failure,
        RetriesExhaustedException { InnerException: RpcException last }
            => new RpcException(new Status(last.StatusCode, last.Status.Detail, failure), last.Trailers, failure.Message),
        RetriesExhaustedException { InnerException: TimeoutException } or TimeoutException
            => With(StatusCode.DeadlineExceeded, failure),
        OperationCanceledException => With(StatusCode.Cancelled, failure),
        RejectedException or ObjectDisposedException => With(StatusCode.Unavailable, failure),
        ResilException when failure.GetType() == typeof(ResilException) => With(StatusCode.Internal, failure),
        _ => failure,
    };

    /// <summary>The same for a call whose client says cancellation by an exception that is no status, where <paramref name="plain"/> is true.</summary>
    public static Exception Explain(Exception failure, bool plain, CancellationToken caller)
        => plain && failure is OperationCanceledException
            ? new OperationCanceledException(failure.Message, failure, caller)
            : Explain(failure);

    private static RpcException With(StatusCode code, Exception failure) => new(new Status(code, failure.Message, failure), failure.Message);
}
