using Grpc.Core;
using Grpc.Core.Interceptors;
using Resil.Extensions.Grpc;
using static Grpc.Core.StatusCode;
using GrpcCallOptions = Grpc.Core.CallOptions;

namespace Resil.Extensions.Tests.Grpc;

public sealed class InterceptorTests
{
    private readonly LeapingTime time = new();

    private static AsyncUnaryCall<string> Say(CallInvoker invoker, GrpcCallOptions options = default)
        => invoker.AsyncUnaryCall(Server.Echo, null, options, "hello");

    private CallInvoker Invoker(Server server, string app, bool wait = false)
        => server.Channel.WithResil(Documents.Engine(time), new ResilGrpcOptions { App = app, Call = new() { WaitWhenOpen = wait } });

    [Fact]
    public async Task A_failing_status_is_retried()
    {
        await using var server = await Server.Failing(Unavailable, 2, [new("why", "because")]);
        using var call = Say(Invoker(server, "listed"));
        Assert.Equal("hello", await call.ResponseAsync);
        Assert.Equal((OK, 3, TimeSpan.FromSeconds(2)), (call.GetStatus().StatusCode, server.Calls, time.Passed));
        Assert.NotNull(await call.ResponseHeadersAsync);
        Assert.Equal("because", call.GetTrailers().GetValue("why"));
    }

    [Fact]
    public async Task The_last_status_is_the_calls()
    {
        await using var server = await Server.Failing(Unavailable, 99, [new("why", "maintenance")]);
        using var call = Say(Invoker(server, "listed"));
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal((Unavailable, "as told", "maintenance"), (failure.StatusCode, failure.Status.Detail, failure.Trailers.GetValue("why")));
        Assert.Equal(3, Assert.IsType<RetriesExhaustedException>(failure.InnerException).Attempts);
        Assert.Equal((Unavailable, "maintenance"), (call.GetStatus().StatusCode, call.GetTrailers().GetValue("why")));
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseHeadersAsync);
    }

    [Fact]
    public async Task A_status_that_the_policy_does_not_list_is_not_retried()
    {
        await using var server = await Server.Failing(PermissionDenied, 99);
        using var call = Say(Invoker(server, "listed"));
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal((PermissionDenied, 1), (failure.StatusCode, server.Calls));
    }

    [Fact]
    public async Task An_open_breaker_is_Unavailable_and_one_may_wait_for_it()
    {
        await using var server = await Server.Failing(Internal, 3);
        var engine = Documents.Engine(time);
        var invoker = server.Channel.WithResil(engine, new ResilGrpcOptions { App = "broken" });
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<RpcException>(() => Say(invoker).ResponseAsync);
        var rejected = await Assert.ThrowsAsync<RpcException>(() => Say(invoker).ResponseAsync);
        Assert.Equal((Unavailable, 3), (rejected.StatusCode, server.Calls));
        Assert.Equal(5, Assert.IsType<CircuitOpenException>(rejected.InnerException).RetryAfter.TotalSeconds, 5);

        var patient = server.Channel.WithResil(engine, new ResilGrpcOptions { App = "broken", Call = new() { WaitWhenOpen = true } });
        Assert.Equal("hello", await Say(patient).ResponseAsync);
        Assert.Equal(BreakerState.Closed, engine.App("broken", "test.Echo/Say").State);
    }

    [Fact]
    public async Task What_a_failed_attempt_said_is_not_how_the_call_ended()
    {
        await using var server = await Server.Failing(Internal, 99);
        var failure = await Assert.ThrowsAsync<RpcException>(() => Say(Invoker(server, "tripping")).ResponseAsync);
        Assert.Equal((Unavailable, 3), (failure.StatusCode, server.Calls));
        Assert.IsType<CircuitOpenException>(failure.InnerException);
    }

    [Fact]
    public async Task The_servers_wish_makes_the_delay_longer_or_forbids_a_retry()
    {
        foreach (var (trailer, calls, passed) in new (Metadata.Entry, int, int)[]
        {
            (new("grpc-status-details-bin", WishTests.RetryInfo(60, 0)), 2, 60), (new("grpc-retry-pushback-ms", "30000"), 2, 30),
            (new("grpc-retry-pushback-ms", "-1"), 1, 0),
        })
        {
            var clock = new LeapingTime();
            await using var server = await Server.Failing(Unavailable, 1, [trailer]);
            using var call = Say(server.Channel.WithResil(Documents.Engine(clock), new ResilGrpcOptions { App = "listed" }));
            await Task.WhenAny(call.ResponseAsync);
            Assert.Equal((calls, TimeSpan.FromSeconds(passed)), (server.Calls, clock.Passed));
        }
    }

    [Fact]
    public void Blocking_calls_are_made_the_same_way()
    {
        var engine = Documents.Engine(time);
        var interceptor = new ResilInterceptor(engine, "listed");
        var calls = 0;
        var context = new ClientInterceptorContext<string, string>(Server.Echo, null, default);
        Assert.Equal("HELLO", interceptor.BlockingUnaryCall("hello", context, (request, _)
            => ++calls < 3 ? throw new RpcException(new Status(Unavailable, "")) : request.ToUpperInvariant()));
        Assert.Equal((3, TimeSpan.FromSeconds(2)), (calls, time.Passed));
        var failure = Assert.Throws<RpcException>(() => interceptor.BlockingUnaryCall("hello", context, (_, _) => throw new RpcException(new Status(Unavailable, ""))));
        Assert.IsType<RetriesExhaustedException>(failure.InnerException);
    }

    [Fact]
    public async Task A_closed_engine_is_Unavailable()
    {
        await using var server = await Server.Failing(OK, 0);
        var engine = Documents.Engine(time);
        var endpoint = engine.App("broken");
        var invoker = server.Channel.WithResil(engine, new ResilGrpcOptions { Endpoint = _ => endpoint });
        engine.Dispose();
        var failure = await Assert.ThrowsAsync<RpcException>(() => Say(invoker).ResponseAsync);
        Assert.Equal(Unavailable, failure.StatusCode);
        Assert.IsType<ObjectDisposedException>(failure.InnerException);
    }

    [Fact]
    public async Task A_call_without_an_endpoint_goes_out_as_it_is()
    {
        await using var server = await Server.Failing(Internal, 5);
        var invoker = server.Channel.WithResil(Documents.Engine(time), new ResilGrpcOptions { Endpoint = _ => null });
        for (var i = 0; i < 5; i++)
            await Assert.ThrowsAsync<RpcException>(() => Say(invoker).ResponseAsync);
        Assert.Equal("hello", await Say(invoker).ResponseAsync);
    }

    [Fact]
    public void An_interceptor_must_be_told_whose_policies()
        => Assert.Throws<ArgumentException>(() => new ResilInterceptor(Documents.Engine(time), new ResilGrpcOptions()));

    [Theory]
    [InlineData("order-processor", "order-processor")]
    [InlineData("order-processor:50001", "order-processor")]
    [InlineData("http://order-processor:50001", "order-processor")]
    [InlineData("http://order-processor:50001/prefix", "order-processor")]
    [InlineData("dns:///order-processor:50001", "order-processor")]
    [InlineData("dns://8.8.8.8/order-processor:50001", "order-processor")]
    [InlineData("dns:order-processor:50001", "order-processor")]
    [InlineData("[::1]:50001", "::1")]
    [InlineData("static:///orders", "orders")]
    public void A_channels_app_is_its_host(string target, string app) => Assert.Equal(app, ResilChannelExtensions.AppOf(target));
}
