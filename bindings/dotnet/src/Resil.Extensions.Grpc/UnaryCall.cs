using Grpc.Core.Interceptors;

namespace Resil.Extensions.Grpc;

/// <summary>One call with all its attempts, as its caller sees it: one response, one status.</summary>
internal sealed class UnaryCall<TRequest, TResponse>(
    TRequest request, ClientInterceptorContext<TRequest, TResponse> context, Interceptor.AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    : IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly CancellationTokenSource ended = new();
    private readonly TaskCompletionSource<Metadata> headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AsyncUnaryCall<TResponse>? attempt;
    private RpcException? failed;
    private bool plain;
    private volatile bool over;

    public Task<Metadata> Headers => headers.Task;

    public async Task<TResponse> MakeAsync(Endpoint endpoint, CallOptions<TResponse> options)
    {
        using var registration = context.Options.CancellationToken.UnsafeRegister(static ended => ((CancellationTokenSource)ended!).Cancel(), ended);
        try
        {
            var response = await endpoint.ExecuteAsync(static (call, token) => call.AttemptAsync(token), this, options, ended.Token)
                .ConfigureAwait(false);
            headers.TrySetResult(await attempt!.ResponseHeadersAsync.ConfigureAwait(false));
            return response;
        }
        catch (Exception failure)
        {
            var status = Statuses.Explain(failure);
            var told = Statuses.Explain(failure, plain, context.Options.CancellationToken);
            failed = status as RpcException ?? new RpcException(new Status(StatusCode.Unknown, failure.Message, failure));
            headers.TrySetException(told);
            _ = headers.Task.Exception; // whoever asks for the headers gets it; nobody has to
            if (told == failure)
                throw;
            throw told;
        }
        finally
        {
            over = true;
        }
    }

    public Status GetStatus()
    {
        Require();
        return failed?.Status ?? attempt!.GetStatus();
    }

    public Metadata GetTrailers()
    {
        Require();
        return failed?.Trailers ?? attempt!.GetTrailers();
    }

    public void Dispose()
    {
        if (!over)
            ended.Cancel();
        attempt?.Dispose();
    }

    private void Require()
    {
        if (!over)
            throw new InvalidOperationException("the call has not ended");
    }

    private async ValueTask<TResponse> AttemptAsync(CancellationToken token)
    {
        attempt?.Dispose();
        attempt = continuation(request, context.With(token));
        try
        {
            return await attempt.ResponseAsync.ConfigureAwait(false);
        }
        catch (RpcException failure) when (Statuses.IsCancellation(failure, token))
        {
            throw new OperationCanceledException(failure.Message, failure, token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            plain = true; // as the channel was told to (ThrowOperationCanceledOnCancellation): so is its user
            throw;
        }
    }
}
