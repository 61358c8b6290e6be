using Resil.Calls;

namespace Resil.Tests;

public class TimeoutTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static ValueTask Hang(CancellationToken token) => new(Task.Delay(Timeout.Infinite, token));

    [Fact]
    public async Task An_attempt_is_cancelled_at_its_budget_and_counts()
    {
        using Fixture one = new(timeout: "2s", breaker: "{timeout: 1h, trip: consecutiveFailures >= 3}");
        for (int i = 0; i < 3; i++)
        {
            Task call = one.Orders.ExecuteAsync(Hang).AsTask();
            one.Time.Advance(Second);
            Assert.False(call.IsCompleted);
            await one.PassUntil(call, Second);
            AttemptTimeoutException thrown = await Assert.ThrowsAsync<AttemptTimeoutException>(() => call);
            Assert.Equal(TimeSpan.FromSeconds(2), thrown.Budget);
            Assert.IsAssignableFrom<OperationCanceledException>(thrown.InnerException);
        }
        Assert.Equal(3, one.Counts.Timeouts);
        Assert.Equal(BreakerState.Open, one.Orders.State);
    }

    [Fact]
    public async Task The_operations_deadline_in_an_attempt_is_a_timeout()
    {
        using Fixture one = new(retry: Policies.Twice, breaker: "{timeout: 1h, trip: consecutiveFailures >= 1}");
        Task call = one.Orders.ExecuteAsync(Hang, new CallOptions { Deadline = Second }).AsTask();
        await one.PassUntil(call, Second);
        DeadlineExceededException thrown = await Assert.ThrowsAsync<DeadlineExceededException>(() => call);
        Assert.IsType<AttemptTimeoutException>(thrown.InnerException);
        Assert.Equal(1, one.Counts.Timeouts);
        Assert.Equal(BreakerState.Open, one.Orders.State);
    }

    [Fact]
    public void A_retry_that_would_miss_the_deadline_is_not_waited_for()
    {
        using Fixture one = new(retry: Policies.Twice);
        Assert.Throws<FormatException>(() => one.Orders.Execute<int>(_ => throw new FormatException(), new CallOptions { Deadline = Second / 2 }));
    }

    public static TheoryData<Exception> TimeoutsOfOthers() => new()
    {
        new TimeoutException(),
        new TaskCanceledException("HttpClient.Timeout", new TimeoutException()),
    };

    [Theory]
    [MemberData(nameof(TimeoutsOfOthers), DisableDiscoveryEnumeration = true)]
    public void A_timeout_of_the_callers_own_is_a_timeout(Exception thrown)
    {
        using Fixture one = new(breaker: Policies.Breaker3);
        Assert.Same(thrown, Assert.ThrowsAny<Exception>(() => one.Orders.Execute<int>(_ => throw thrown)));
        Assert.Equal((1, 0), (one.Counts.Timeouts, one.Counts.Cancelled));
    }

    [Fact]
    public async Task A_late_answer_is_the_answer_that_it_is()
    {
        using Fixture one = new(timeout: "2s", retry: Policies.Twice);
        TaskCompletionSource<int> late = new();
        Task<int> call = one.Orders.ExecuteAsync(_ => new ValueTask<int>(late.Task)).AsTask();
        one.Time.Advance(Second * 3);
        late.SetResult(1);
        Assert.Equal(1, await call);
    }

    [Fact]
    public async Task There_is_no_token_where_nobody_asks_for_one()
    {
        using Fixture one = new(breaker: Policies.Breaker3);
        await one.Orders.ExecuteAsync(token =>
        {
            Assert.Equal(CancellationToken.None, token);
            return default;
        });
        using CancellationTokenSource source = new();
        await one.Orders.ExecuteAsync(token =>
        {
            Assert.Equal(source.Token, token);
            return default;
        }, source.Token);
    }

    [Fact]
    public void By_the_machines_time_an_attempt_is_cancelled_too_and_its_source_not_used_again()
    {
        using Engine engine = Engine.FromText(Policies.Orders(timeout: "5ms"));
        Endpoint orders = engine.App("orders");
        CancellationToken first = default;
        for (int i = 0; i < 3; i++)
        {
            Assert.Throws<AttemptTimeoutException>(() => orders.Execute(token =>
            {
                Assert.NotEqual(first, token);
                first = token;
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
            }));
        }
    }

    [Fact]
    public void A_source_is_used_again_by_the_next_attempt_and_its_old_callbacks_are_gone()
    {
        AttemptSources sources = new(TimeProvider.System);
        sources.Give(sources.Take(1_000_000_000_000, default)); // it makes this thread known
        AttemptSource source = sources.Take(1_000_000_000_000, default);
        bool called = false;
        source.Token.Register(() => called = true);
        Assert.False(sources.Give(source));
        using CancellationTokenSource caller = new();
        AttemptSource again = sources.Take(1_000_000_000_000, caller.Token);
        Assert.Same(source, again);
        caller.Cancel();
        Assert.True(again.Token.IsCancellationRequested);
        Assert.False(called);
        Assert.False(sources.Give(again));
        Assert.NotSame(again, sources.Take(1_000_000_000_000, default));
        sources.Close();
    }

    [Fact]
    public void A_shorter_budget_after_a_longer_one_is_kept()
    {
        AttemptSources sources = new(TimeProvider.System);
        sources.Give(sources.Take(3_600_000_000_000, default));
        AttemptSource source = sources.Take(1_000_000, default);
        source.Token.WaitHandle.WaitOne();
        Assert.True(sources.Give(source));
        sources.Close();
    }
}
