using System.Collections.Concurrent;
using Grpc.Core.Interceptors;
using GrpcCallOptions = Grpc.Core.CallOptions;

namespace Resil.Extensions.Grpc;

/// <summary>What the engine is told about errors: the statuses are the policy's to judge.</summary>
internal sealed class Judging(TimeProvider time, ResilCallOptions given)
{
    private readonly ConcurrentDictionary<Type, ResilCallOptions> known = new();

    public CallOptions<TResponse> Options<TResponse>(GrpcCallOptions call)
    {
        var options = (CallOptions<TResponse>)known.GetOrAdd(typeof(TResponse), static (_, self) => self.Make<TResponse>(), this);
        if (call.Deadline is not { } end)
            return options;
        var left = end.ToUniversalTime() - time.GetUtcNow().UtcDateTime;
        if (options.Deadline is { } own && own <= left)
            return options;
        return options with { Deadline = left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1) };
    }

    private CallOptions<TResponse> Make<TResponse>() => new()
    {
        WaitWhenOpen = given.WaitWhenOpen,
        Deadline = given.Deadline,
        Repeatable = given.Repeatable,
        ShouldHandle = given.ShouldHandle,
        ShouldRetry = given.ShouldRetry,
        ExceptionOutcome = given.ExceptionOutcome is { } asked ? e => asked(e) ?? Statuses.OutcomeOf(e) : Statuses.OutcomeOf,
    };
}

internal static class Contexts
{
    /// <summary>The same call with the token of an attempt.</summary>
    public static ClientInterceptorContext<TRequest, TResponse> With<TRequest, TResponse>(
        this ClientInterceptorContext<TRequest, TResponse> context, CancellationToken token)
        where TRequest : class
        where TResponse : class
        => new(context.Method, context.Host, context.Options.WithCancellationToken(token));
}
