namespace Resil.Tests;

/// <summary>
/// A thousand calls at once, some of which fail, beside a small model of what may happen: each attempt that was made was admitted, each
/// operation ended in one of its ways, and the engine counted all of them.
/// </summary>
public class CrowdTests
{
    private const int Calls = 1000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_thousand_calls_add_up(bool crossing)
    {
        using Engine engine = Engine.FromText(
            Policies.Orders("1h", "{policy: constant, duration: 0s, maxRetries: 2}", "{timeout: 1h, trip: consecutiveFailures > 1000000}"));
        engine.CrossesAlways = crossing;
        Endpoint orders = engine.App("orders");
        int attempts = 0;
        int failures = 0;
        using SemaphoreSlim together = new(0);
        Task<Outcome<int>>[] calls = [.. Enumerable.Range(0, Calls).Select(number => orders.TryExecuteAsync(async _ =>
        {
            int attempt = Interlocked.Increment(ref attempts);
            if (attempt <= Calls)
            {
                await together.WaitAsync(CancellationToken.None);
            }
            if (number % 3 == 0 || number % 3 == 1 && attempt <= Calls)
            {
                Interlocked.Increment(ref failures);
                throw new FormatException();
            }
            return number;
        }).AsTask())];
        Assert.Equal(Calls, attempts);
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        together.Release(Calls);
        Outcome<int>[] outcomes = await Task.WhenAll(calls);
        for (int number = 0; number < Calls; number++)
        {
            Assert.Equal(number % 3 != 0, outcomes[number].IsSuccess);
            if (number % 3 == 0)
            {
                Assert.Equal(3, Assert.IsType<RetriesExhaustedException>(outcomes[number].Exception).Attempts);
            }
        }
        CallCounts counts = engine.Snapshot().Find(orders)!.Calls;
        Assert.Equal((attempts - failures, failures), (counts.Successes, counts.Failures));
        Assert.Equal(outcomes.Count(one => !one.IsSuccess), counts.GaveUp);
        Assert.Equal(attempts - Calls, counts.Retries);
        Assert.Equal(BreakerState.Closed, orders.State);
    }

    [Fact]
    public async Task A_breaker_that_opens_under_a_crowd_admits_one_probe()
    {
        using Fixture one = new(breaker: Policies.Breaker3);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Outcome<int>>[] calls = [.. Enumerable.Range(0, Calls).Select(_ => one.Orders.TryExecuteAsync<int>(async _ =>
        {
            await go.Task;
            throw new FormatException();
        }).AsTask())];
        go.SetResult();
        Assert.All(await Task.WhenAll(calls), outcome => Assert.IsType<FormatException>(outcome.Exception));
        Assert.Equal(BreakerState.Open, one.Orders.State);
        one.Time.Advance(TimeSpan.FromSeconds(6));
        int probes = 0;
        TaskCompletionSource<int> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int over = 0;
        TaskCompletionSource allButOne = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Outcome<int>>[] next = [.. Enumerable.Range(0, Calls).Select(_ => Task.Run(async () =>
        {
            Outcome<int> outcome = await one.Orders.TryExecuteAsync(_ =>
            {
                Interlocked.Increment(ref probes);
                return new ValueTask<int>(answer.Task);
            });
            if (Interlocked.Increment(ref over) == Calls - 1)
            {
                allButOne.SetResult();
            }
            return outcome;
        }))];
        await allButOne.Task;
        answer.SetResult(1);
        Outcome<int>[] outcomes = await Task.WhenAll(next);
        Assert.Equal(1, probes);
        Assert.Equal(1, outcomes.Count(outcome => outcome.IsSuccess));
        Assert.Equal(Calls - 1, outcomes.Count(outcome => outcome.Rejection?.Reason == Reason.TooManyRequests));
        Assert.Equal(BreakerState.Closed, one.Orders.State);
    }

    [Theory]
    [InlineData("consecutiveFailures >= 3", false)]
    [InlineData("requests >= 1000000", false)]
    [InlineData("requests >= 1000000", true)]
    public void A_healthy_call_does_not_cross_and_is_counted(string trip, bool crossing)
    {
        ArgumentNullException.ThrowIfNull(trip);
        using Engine engine = Engine.FromText(Policies.Orders("1h", null, $"{{timeout: 1h, trip: {trip}}}"));
        engine.CrossesAlways = crossing;
        Endpoint orders = engine.App("orders");
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                orders.Execute(_ => 1);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        EndpointSnapshot snapshot = engine.Snapshot().Find(orders)!;
        Assert.Equal(2000, snapshot.Calls.Successes);
        Assert.Equal(trip.StartsWith("requests", StringComparison.Ordinal) ? 2000 : (long?)null, snapshot.Breaker!.Requests);
        orders.Execute(_ => 1);
        Assert.Equal(crossing ? 0 : 1, orders.TakeHealthy());
    }
}
