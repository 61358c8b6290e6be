using System.Runtime.CompilerServices;
using Grpc.Core.Interceptors;

namespace Resil.Extensions.Grpc;

/// <summary>
/// Makes each unary call of a gRPC client an operation of the endpoint that it goes to: timeouts, retries and the circuit breaker of
/// its policies. Calls that stream go out as they are.
/// </summary>
/// <remarks>
/// The status of each attempt decides, and a delay that the server asks for (google.rpc.RetryInfo, or grpc-retry-pushback-ms) makes
/// the one before a retry longer. Whatever ends a call is an <see cref="RpcException"/>: the last attempt's own; Unavailable, with the
/// <see cref="RejectedException"/> as inner exception, where no attempt was admitted; DeadlineExceeded after a timeout or the call's
/// deadline; Cancelled after the caller's cancellation, which counts for nothing.
/// </remarks>
public sealed class ResilInterceptor : Interceptor
{
    private readonly Judging judging;
    private readonly Func<IMethod, Endpoint?> endpointOf;

    /// <summary>For calls to one app.</summary>
    /// <param name="engine">Whose policies apply.</param>
    /// <param name="app">The app's id, as the policy file has it.</param>
    public ResilInterceptor(Engine engine, string app) : this(engine, new ResilGrpcOptions { App = app })
    {
    }

    /// <summary>For calls as the options say.</summary>
    /// <param name="engine">Whose policies apply.</param>
    /// <param name="options">Name at least an app or an endpoint.</param>
    public ResilInterceptor(Engine engine, ResilGrpcOptions options)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        judging = new Judging(engine.TimeProvider, options.Call);
        var app = options.App;
        endpointOf = options.Endpoint ?? (app is null
            ? throw new ArgumentException("name an app or an endpoint: an interceptor does not see where its calls go", nameof(options))
            : method => engine.App(app, method.FullName.TrimStart('/')));
    }

    /// <inheritdoc/>
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        if (EndpointOf(context.Method) is not { } endpoint)
            return continuation(request, context);
        var call = new UnaryCall<TRequest, TResponse>(request, context, continuation);
        return new AsyncUnaryCall<TResponse>(
            call.MakeAsync(endpoint, judging.Options<TResponse>(context.Options)), call.Headers, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    /// <inheritdoc/>
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        if (EndpointOf(context.Method) is not { } endpoint)
            return continuation(request, context);
        var plain = new StrongBox<bool>();
        try
        {
            return endpoint.Execute(
                static (call, token) =>
                {
                    try
                    {
                        return call.continuation(call.request, call.context.With(token));
                    }
                    catch (RpcException failure) when (Statuses.IsCancellation(failure, token))
                    {
                        throw new OperationCanceledException(failure.Message, failure, token);
                    }
                    catch (OperationCanceledException) when (token.IsCancellationRequested)
                    {
                        call.plain.Value = true;
                        throw;
                    }
                },
                (request, context, continuation, plain), judging.Options<TResponse>(context.Options), context.Options.CancellationToken);
        }
        catch (Exception failure) when (Statuses.Explain(failure, plain.Value, context.Options.CancellationToken) is { } told && told != failure)
        {
            throw told;
        }
    }

    /// <summary>A method that was never called before has no endpoint in an engine that is disposed, or full.</summary>
    private Endpoint? EndpointOf(IMethod method)
    {
        try
        {
            return endpointOf(method);
        }
        catch (Exception failure) when (Statuses.Explain(failure) is RpcException told && told != failure)
        {
            throw told;
        }
    }
}
