using Grpc.Core;
using Grpc.Core.Interceptors;
using Resil.Extensions.Grpc;
using GrpcCallOptions = Grpc.Core.CallOptions;

namespace Resil.Extensions.Tests.Grpc;

/// <summary>Whose end it was: the policy's timeout, the call's deadline, or the caller's wish.</summary>
public sealed class EndingTests
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly Engine engine;

    public EndingTests() => engine = Documents.Engine(time);

    /// <summary>A client as Grpc.Net.Client's: it answers a cancelled token with the status Cancelled.</summary>
    private AsyncUnaryCall<string> Hanging(string app, GrpcCallOptions options, Action asked)
    {
        var interceptor = new ResilInterceptor(engine, app);
        return interceptor.AsyncUnaryCall("hello", new ClientInterceptorContext<string, string>(Server.Echo, null, options), (_, context) =>
        {
            var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            context.Options.CancellationToken.Register(() => answer.TrySetException(new RpcException(new Status(StatusCode.Cancelled, "Call canceled by the client."))));
            ThreadPool.QueueUserWorkItem(_ => asked());
            return new AsyncUnaryCall<string>(answer.Task, Task.FromResult(new Metadata()), () => default, () => [], () => { });
        });
    }

    private CallCounts Counts(string app) => engine.Snapshot().Endpoints.Single(one => one.Name == app).Calls;

    [Fact]
    public async Task A_timeout_of_the_policy_counts()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => Hanging("timed", default, () => time.Advance(TimeSpan.FromSeconds(1))).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        Assert.IsType<AttemptTimeoutException>(failure.InnerException);
        Assert.Equal(1, Counts("timed").Timeouts);
    }

    [Fact]
    public async Task The_calls_deadline_counts_so_that_a_server_that_hangs_opens_the_breaker()
    {
        for (var i = 0; i < 3; i++)
        {
            var options = new GrpcCallOptions(deadline: time.GetUtcNow().UtcDateTime.AddMilliseconds(300));
            var failure = await Assert.ThrowsAsync<RpcException>(() => Hanging("broken", options, () => time.Advance(TimeSpan.FromMilliseconds(300))).ResponseAsync);
            Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        }
        Assert.Equal(BreakerState.Open, engine.App("broken", "test.Echo/Say").State);
    }

    [Fact]
    public async Task The_callers_cancellation_counts_for_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var options = new GrpcCallOptions(deadline: time.GetUtcNow().UtcDateTime.AddMinutes(1), cancellationToken: cancel.Token);
        var failure = await Assert.ThrowsAsync<RpcException>(() => Hanging("down", options, cancel.Cancel).ResponseAsync);
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        Assert.Equal((0, 1), (Counts("down").Failures, Counts("down").Cancelled));
        Assert.Equal(BreakerState.Closed, engine.App("down", "test.Echo/Say").State);
    }

    [Fact]
    public async Task A_call_that_is_disposed_is_cancelled()
    {
        var asked = new TaskCompletionSource();
        var call = Hanging("down", default, asked.SetResult);
        await asked.Task;
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        call.Dispose();
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal((StatusCode.Cancelled, 0), (failure.StatusCode, (int)Counts("down").Failures));
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_method_that_finds_no_place_or_no_engine_ends_with_a_status_too()
    {
        using (var full = Documents.Engine(time, maxEndpoints: 1))
        {
            full.App("other");
            await Ends(full, StatusCode.Internal, typeof(ResilException));
        }
        engine.Dispose();
        await Ends(engine, StatusCode.Unavailable, typeof(ObjectDisposedException));

        static async Task Ends(Engine engine, StatusCode code, Type why)
        {
            var interceptor = new ResilInterceptor(engine, "down");
            var context = new ClientInterceptorContext<string, string>(Server.Echo, null, default);
            var failure = await Assert.ThrowsAsync<RpcException>(
                async () => await interceptor.AsyncUnaryCall("hello", context, (_, _) => throw new NotSupportedException()));
            Assert.Equal((code, why), (failure.StatusCode, failure.InnerException?.GetType()));
            failure = Assert.Throws<RpcException>(() => interceptor.BlockingUnaryCall("hello", context, (_, _) => throw new NotSupportedException()));
            Assert.Equal((code, why), (failure.StatusCode, failure.InnerException?.GetType()));
        }
    }

    [Fact]
    public async Task A_channel_that_says_cancellation_by_an_exception_of_its_own_does_so_through_the_policies()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = await Server.Start(async (_, aborted) =>
        {
            cancel.Cancel();
            await Task.Delay(Timeout.Infinite, aborted);
            return (StatusCode.OK, []);
        });
        using var channel = server.PlainChannel();
        var real = Documents.Engine(TimeProvider.System);
        var invoker = channel.WithResil(real, new ResilGrpcOptions { App = "down" });
        using var call = invoker.AsyncUnaryCall(Server.Echo, null, new GrpcCallOptions(cancellationToken: cancel.Token), "hello");
        var ended = await Assert.ThrowsAsync<OperationCanceledException>(() => call.ResponseAsync);
        Assert.Equal((cancel.Token, StatusCode.Cancelled), (ended.CancellationToken, call.GetStatus().StatusCode));
        Assert.Equal((0, 1), (real.Snapshot().Endpoints.Single().Calls.Failures, real.Snapshot().Endpoints.Single().Calls.Cancelled));
    }

    [Fact]
    public void So_does_a_call_that_blocks()
    {
        using var cancel = new CancellationTokenSource();
        var context = new ClientInterceptorContext<string, string>(Server.Echo, null, new GrpcCallOptions(cancellationToken: cancel.Token));
        var ended = Assert.Throws<OperationCanceledException>(() => new ResilInterceptor(engine, "down").BlockingUnaryCall("hello", context, (_, attempt) =>
        {
            cancel.Cancel();
            throw new OperationCanceledException("Call canceled by the client.", attempt.Options.CancellationToken);
        }));
        Assert.Equal((cancel.Token, 1), (ended.CancellationToken, (int)Counts("down").Cancelled));
    }

    [Fact]
    public async Task Over_a_real_connection_too()
    {
        await using var server = await Server.Start(async (_, aborted) =>
        {
            await Task.Delay(Timeout.Infinite, aborted);
            return (StatusCode.OK, []);
        });
        var real = Documents.Engine(TimeProvider.System);
        var invoker = server.Channel.WithResil(real, new ResilGrpcOptions { App = "down" });
        using var cancel = new CancellationTokenSource();
        var cancelled = invoker.AsyncUnaryCall(Server.Echo, null, new GrpcCallOptions(cancellationToken: cancel.Token), "hello");
        cancel.Cancel();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => cancelled.ResponseAsync)).StatusCode);
        Assert.Equal(BreakerState.Closed, real.App("down", "test.Echo/Say").State);

        var late = invoker.AsyncUnaryCall(Server.Echo, null, new GrpcCallOptions(deadline: DateTime.UtcNow.AddMilliseconds(50)), "hello");
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => late.ResponseAsync)).StatusCode);
        Assert.Equal(BreakerState.Open, real.App("down", "test.Echo/Say").State);
    }
}
