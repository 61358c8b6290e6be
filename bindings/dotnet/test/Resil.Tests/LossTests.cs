namespace Resil.Tests;

/// <summary>Code that is not the call's throws in the midst of an operation: nothing is lost, and the target is not blamed.</summary>
public class LossTests
{
    private const string Once = "{maxRequests: 1, timeout: 5s, trip: consecutiveFailures >= 1}";

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_clock_without_timers_ends_the_attempt_that_wants_one(bool crossing, bool synchronous)
    {
        using Engine engine = Engine.FromText(Policies.Orders("1s", Policies.Twice, Once), new() { TimeProvider = new VirtualTime() });
        engine.CrossesAlways = crossing;
        Endpoint orders = engine.App("orders");
        int made = 0;
        Exception thrown = Assert.Throws<InvalidOperationException>(() => synchronous
            ? orders.Execute(_ => ++made)
            : orders.ExecuteAsync(_ => new ValueTask<int>(++made)).AsTask().GetAwaiter().GetResult());
        Assert.Equal("nothing should wait here", thrown.Message);
        CallCounts counts = engine.Snapshot().Find(orders)!.Calls;
        Assert.Equal((0, 0, 1), (made, counts.Failures, counts.Cancelled));
        Assert.Equal(BreakerState.Closed, orders.State);
        engine.Dispose();
        Assert.True(engine.Gate.IsFreed); // whoever came in has left
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_result_whose_judge_throws_is_discarded(bool crossing)
    {
        using Fixture one = new(retry: Policies.Twice, breaker: Once);
        one.Engine.CrossesAlways = crossing;
        List<int> discarded = [];
        CallOptions<int> options = new() { ResultOutcome = _ => throw new FormatException("the judge"), Discard = discarded.Add };
        Assert.Equal("the judge", Assert.Throws<FormatException>(() => one.Orders.Execute(_ => 7, options)).Message);
        Assert.Equal([7], discarded);
        Assert.Equal((0, 1), (one.Counts.Failures, one.Counts.Cancelled));
    }

    [Fact]
    public void A_judge_is_heard_before_whoever_discards()
    {
        using Fixture one = new();
        CallOptions<int> options = new()
        {
            FailedWhen = _ => throw new FormatException("the judge"),
            Discard = _ => throw new FormatException("whoever discards"),
        };
        Assert.Equal("the judge", one.Orders.TryExecute(_ => 7, options).Exception?.Message);
    }

    [Fact]
    public async Task A_discard_that_throws_ends_the_operation_and_is_told()
    {
        using Fixture one = new(retry: Policies.Twice);
        CallOptions<int> options = new() { FailedWhen = _ => true, Discard = _ => throw new FormatException("whoever discards") };
        Assert.Equal("whoever discards", one.Orders.TryExecute(_ => 7, options).Exception?.Message);
        Outcome<int> told = await one.Orders.TryExecuteAsync(_ => new ValueTask<int>(7), options);
        Assert.Equal("whoever discards", told.Exception?.Message);
        Assert.Throws<FormatException>(() => one.Orders.Execute(_ => 7, options));
        Assert.Equal(3, one.Counts.Failures);
        one.Engine.Dispose();
        Assert.True(one.Engine.Gate.IsFreed);
    }
}
