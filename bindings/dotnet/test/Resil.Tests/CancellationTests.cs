namespace Resil.Tests;

/// <summary>The caller's cancellation at every place where a call can be: it ends there, with the caller's token, and counts for nothing.</summary>
public class CancellationTests
{
    private static void CountsForNothing(Fixture one)
        => Assert.Equal((0, 0, 0), (one.Counts.Successes, one.Counts.Failures, one.Counts.Timeouts));

    private static async Task EndsWith(CancellationToken token, Task call)
    {
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(token, thrown.CancellationToken);
    }

    [Fact]
    public async Task Before_the_call()
    {
        using Fixture one = new(breaker: Policies.Breaker3);
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        await EndsWith(source.Token, one.Orders.ExecuteAsync<int>(_ => throw new FormatException(), source.Token).AsTask());
        Assert.Equal(source.Token, Assert.Throws<OperationCanceledException>(
            () => one.Orders.Execute<int>(_ => throw new FormatException(), source.Token)).CancellationToken);
        CountsForNothing(one);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("10s")]
    public async Task In_an_attempt(string? timeout)
    {
        using Fixture one = new(timeout, Policies.Twice, Policies.Breaker3);
        using CancellationTokenSource source = new();
        Task call = one.Orders.ExecuteAsync(token => new ValueTask(Task.Delay(Timeout.Infinite, token)), source.Token).AsTask();
        await source.CancelAsync();
        await EndsWith(source.Token, call);
        CountsForNothing(one);
        Assert.Equal(1, one.Counts.Cancelled);
    }

    [Fact]
    public async Task In_an_attempt_that_says_it_otherwise()
    {
        using Fixture one = new(breaker: Policies.Breaker3);
        using CancellationTokenSource source = new();
        Task call = one.Orders.ExecuteAsync(async token =>
        {
            await Task.WhenAny(Task.Delay(Timeout.Infinite, token));
            throw new FormatException("the connection was closed");
        }, source.Token).AsTask();
        await source.CancelAsync();
        await EndsWith(source.Token, call);
        CountsForNothing(one);
    }

    [Fact]
    public async Task In_the_second_attempt()
    {
        using Fixture one = new(retry: "{policy: constant, duration: 0s, maxRetries: 2}");
        using CancellationTokenSource source = new();
        int attempts = 0;
        Task call = one.Orders.ExecuteAsync(
            token => ++attempts == 1 ? throw new FormatException() : new ValueTask(Task.Delay(Timeout.Infinite, token)), source.Token).AsTask();
        Assert.Equal(2, attempts);
        await source.CancelAsync();
        await EndsWith(source.Token, call);
        Assert.Equal((1, 1), (one.Counts.Failures, one.Counts.Cancelled));
    }

    [Fact]
    public async Task In_the_wait_for_a_retry()
    {
        using Fixture one = new(retry: Policies.Twice);
        using CancellationTokenSource source = new();
        Task call = one.Orders.ExecuteAsync<int>(_ => throw new FormatException(), source.Token).AsTask();
        Assert.False(call.IsCompleted);
        await source.CancelAsync();
        await EndsWith(source.Token, call);
        Assert.IsType<FormatException>((await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call)).InnerException);
    }

    [Fact]
    public async Task In_the_wait_for_an_open_breaker()
    {
        using Fixture one = new(breaker: Policies.Breaker3);
        one.Open();
        using CancellationTokenSource source = new();
        Task call = one.Orders.ExecuteAsync(_ => new ValueTask<int>(1), new CallOptions { WaitWhenOpen = true }, source.Token).AsTask();
        Assert.False(call.IsCompleted);
        await source.CancelAsync();
        await EndsWith(source.Token, call);
    }

    [Fact]
    public void While_a_thread_blocks_in_a_wait()
    {
        using Fixture one = new(retry: Policies.Twice);
        using CancellationTokenSource source = new();
        Outcome<int> told = one.Orders.TryExecute<int>(_ =>
        {
            source.CancelAfter(1); // the failure comes first, or the cancellation does: the operation ends either way
            throw new FormatException();
        }, source.Token);
        Assert.Equal(source.Token, Assert.IsAssignableFrom<OperationCanceledException>(told.Exception).CancellationToken);
    }

    [Fact]
    public void Somebody_elses_cancellation_is_neutral_too()
    {
        using Fixture one = new(retry: Policies.Twice, breaker: Policies.Breaker3);
        Assert.Throws<TaskCanceledException>(() => one.Orders.Execute<int>(_ => throw new TaskCanceledException()));
        CountsForNothing(one);
    }
}
