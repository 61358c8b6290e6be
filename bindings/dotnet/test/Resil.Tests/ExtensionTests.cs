using Microsoft.Extensions.Time.Testing;

namespace Resil.Tests;

/// <summary>What a ResiliencyExtension adds, as a caller sees it: errors, waits, snapshot. The rules themselves are the vectors'.</summary>
public class ExtensionTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_rate_limit_rejects_and_says_until_when()
    {
        using Engine engine = Load("targets: {apps: {orders: {rateLimit: {rate: 2, per: 1s}}}}");
        Endpoint orders = engine.App("orders", "post");
        Assert.Equal(1, orders.Execute(_ => 1));
        RateLimitedException error = Assert.Throws<RateLimitedException>(() => orders.Execute(_ => 2));
        Assert.Equal((Reason.RateLimited, TimeSpan.FromMilliseconds(500)), (error.Rejection.Reason, error.RetryAfter));
        Assert.Equal(Reason.RateLimited, engine.App("orders", "get").TryExecute(_ => 3).Rejection!.Value.Reason); // one limit for both
        RateLimitSnapshot limit = engine.Snapshot().Targets.Single().RateLimit!;
        Assert.Equal(new RateLimitSnapshot(2, TimeSpan.FromSeconds(1), 1, Available: 0, Rejected: 2), limit);
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(4, orders.Execute(_ => 4));
    }

    [Fact]
    public async Task Who_waits_is_admitted_in_time()
    {
        using Engine engine = Load("targets: {apps: {orders: {rateLimit: {rate: 2, per: 1s}}}}");
        Endpoint orders = engine.App("orders", "post");
        Assert.Equal(1, await orders.ExecuteAsync(_ => new ValueTask<int>(1)));
        Task<int> waiting = orders.ExecuteAsync(_ => new ValueTask<int>(2), new CallOptions { WaitWhenOpen = true }).AsTask();
        Assert.False(waiting.IsCompleted);
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.WhenAny(waiting, Task.Run(static () => Thread.Yield()));
        }
        Assert.Equal(2, await waiting);
    }

    [Fact]
    public void A_bulkhead_rejects_whoever_is_one_too_many()
    {
        using Engine engine = Load("targets: {apps: {orders: {maxConcurrent: 1}}}");
        Endpoint orders = engine.App("orders", "post");
        int inside = orders.Execute(_ =>
        {
            BusyException error = Assert.Throws<BusyException>(() => orders.Execute(_ => 2));
            Assert.Equal(TimeSpan.FromMilliseconds(10), error.RetryAfter);
            Assert.Equal(new ConcurrencySnapshot(1, InFlight: 1, Rejected: 1), engine.Snapshot().Targets.Single().Concurrency);
            return 1;
        });
        Assert.Equal(1, inside);
        Assert.Equal(3, orders.Execute(_ => 3));
        Assert.Equal(0, engine.Snapshot().Targets.Single().Concurrency!.InFlight);
    }

    [Fact]
    public void A_spent_budget_ends_the_operation_with_its_failure_as_the_cause()
    {
        using Engine engine = Load(
            """
            policies: {retries: {r: {policy: constant, duration: 0s, budget: {ratio: 0, minPerSecond: 0.2}}}}
            targets: {apps: {orders: {retry: r}}}
            """);
        Endpoint orders = engine.App("orders", "post");
        int attempts = 0;
        RetriesExhaustedException error = Assert.Throws<RetriesExhaustedException>(() => orders.Execute<int>(_ =>
        {
            attempts++;
            throw new FormatException();
        }));
        Assert.Equal(3, attempts); // two retries in ten seconds
        Assert.IsType<FormatException>(error.InnerException);
        RetryBudgetSnapshot budget = engine.Snapshot().Targets.Single().RetryBudget!;
        Assert.Equal((1, 2, 1), (budget.Operations, budget.Retries, budget.Refused));
    }

    [Fact]
    public void A_servers_hint_holds_everybody()
    {
        using Engine engine = Load("targets: {apps: {orders: {holdOnRetryAfter: true}}}");
        Operation operation = engine.App("orders", "post").Begin();
        operation.End(OutcomeCode.Http(429).WithRetryAfter(TimeSpan.FromSeconds(30)));
        HeldException error = Assert.Throws<HeldException>(() => engine.App("orders", "get").Execute(_ => 1));
        Assert.Equal(TimeSpan.FromSeconds(30), error.RetryAfter);
        Assert.Equal(new HoldSnapshot(TimeSpan.FromSeconds(30), Rejected: 1), engine.Snapshot().Targets.Single().Hold);
    }

    [Fact]
    public async Task A_targets_deadline_ends_whoever_gave_none()
    {
        using Engine engine = Load("targets: {apps: {orders: {deadline: 2s}}}");
        Task<int> call = engine.App("orders", "post").ExecuteAsync(async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return 1;
        }).AsTask();
        while (!call.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(call, Task.Run(static () => Thread.Yield()));
        }
        await Assert.ThrowsAnyAsync<TimeoutException>(() => call);
        Assert.Equal(TimeSpan.FromSeconds(2), engine.Snapshot().Targets.Single().Deadline);
    }

    [Fact]
    public async Task A_shadow_breaker_says_whom_it_would_reject_and_rejects_nobody()
    {
        using Engine engine = Load(
            """
            policies: {circuitBreakers: {cb: {mode: shadow, windowCalls: 10, trip: calls >= 4 && failureRate >= 0.5}}}
            targets: {apps: {orders: {circuitBreaker: cb}}}
            """);
        Endpoint orders = engine.App("orders", "post");
        await using IAsyncEnumerator<EngineEvent> events = engine.Events.GetAsyncEnumerator();
        int called = 0;
        for (int i = 0; i < 6; i++)
        {
            Assert.IsType<FormatException>(orders.TryExecute<int>(_ =>
            {
                called++;
                throw new FormatException();
            }).Exception);
        }
        Assert.Equal((6, BreakerState.Open), (called, orders.State!.Value));
        Assert.True(await events.MoveNextAsync());
        Assert.Equal((EventKind.StateChange, BreakerState.Open), (events.Current.Kind, events.Current.To!.Value));
        Assert.True(await events.MoveNextAsync());
        Assert.Equal((EventKind.Rejected, Reason.Open, true), (events.Current.Kind, events.Current.Reason, events.Current.IsShadow));
        EndpointSnapshot seen = engine.Snapshot().Find(orders)!;
        Assert.Equal((true, 0L), (seen.Breaker!.IsShadow, seen.Calls.Rejections));
    }

    [Fact]
    public void Slow_calls_and_rates_are_in_the_snapshot()
    {
        using Engine engine = Load(
            """
            policies: {circuitBreakers: {cb: {window: 1m, slowCall: 1s, trip: calls >= 8 && (failureRate >= 0.9 || slowRate >= 0.9)}}}
            targets: {apps: {orders: {circuitBreaker: cb}}}
            """);
        Endpoint orders = engine.App("orders", "post");
        for (int i = 0; i < 4; i++)
        {
            orders.TryExecute(_ =>
            {
                time.Advance(TimeSpan.FromMilliseconds(i == 3 ? 1001 : 1));
                return i == 0 ? throw new FormatException() : i;
            });
        }
        BreakerSnapshot breaker = engine.Snapshot().Find(orders)!.Breaker!;
        Assert.Equal((4L, 1L, 0.25, 0.25, false), (breaker.Calls, breaker.SlowCalls, breaker.FailureRate, breaker.SlowRate, breaker.IsShadow));
    }

    private Engine Load(string spec) => Engine.FromText(
        "apiVersion: resil.dev/v1\nkind: ResiliencyExtension\nmetadata: {name: test}\nspec:\n  " + spec.ReplaceLineEndings("\n  "),
        new EngineOptions { TimeProvider = time });
}
