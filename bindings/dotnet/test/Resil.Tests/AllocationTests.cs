namespace Resil.Tests;

/// <summary>What the healthy path and a rejection as a value promise: no byte of garbage.</summary>
public class AllocationTests
{
    private static readonly Func<CancellationToken, ValueTask<int>> Async = static _ => new ValueTask<int>(1);
    private static readonly Func<object, CancellationToken, ValueTask<string>> AsyncState = static (state, _) => new ValueTask<string>((string)state);
    private static readonly Func<CancellationToken, ValueTask> AsyncVoid = static _ => default;
    private static readonly Func<CancellationToken, int> Sync = static _ => 1;

    private static void AllocatesNothing(Action call)
    {
        for (int i = 0; i < 200; i++)
        {
            call(); // until this thread has its cells, and a source of tokens
        }
        long least = long.MaxValue;
        for (int tries = 0; tries < 5 && least > 0; tries++) // code that is compiled anew meanwhile may allocate once
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                call();
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1h")]
    public void A_healthy_call(string? timeout)
    {
        using Engine engine = Engine.FromText(Policies.Orders(timeout, Policies.Twice, Policies.Breaker3));
        Endpoint orders = engine.App("orders");
        using CancellationTokenSource source = new();
        CancellationToken token = source.Token;
        AllocatesNothing(() => orders.ExecuteAsync(Async).GetAwaiter().GetResult());
        AllocatesNothing(() => orders.ExecuteAsync(AsyncState, "state").GetAwaiter().GetResult());
        AllocatesNothing(() => orders.ExecuteAsync(AsyncVoid).GetAwaiter().GetResult());
        AllocatesNothing(() => orders.ExecuteAsync(Async, token).GetAwaiter().GetResult());
        AllocatesNothing(() => orders.TryExecuteAsync(Async).GetAwaiter().GetResult());
        AllocatesNothing(() => orders.Execute(Sync));
        AllocatesNothing(() => orders.TryExecute(Sync));
        AllocatesNothing(() =>
        {
            Operation operation = orders.Begin();
            operation.End(OutcomeCode.Success);
        });
    }

    [Fact]
    public void A_rejection_as_a_value()
    {
        using Fixture one = new(breaker: Policies.Breaker3);
        one.Open();
        Endpoint orders = one.Orders;
        AllocatesNothing(() => Assert.True(orders.TryExecuteAsync(Async).GetAwaiter().GetResult().Rejection.HasValue));
        AllocatesNothing(() => Assert.True(orders.TryExecute(Sync).Rejection.HasValue));
    }

    [Fact]
    public void A_call_that_crosses()
    {
        using Engine engine = Engine.FromText(Policies.Orders("1h", Policies.Twice, Policies.Breaker3));
        engine.CrossesAlways = true;
        Endpoint orders = engine.App("orders");
        AllocatesNothing(() => orders.ExecuteAsync(Async).GetAwaiter().GetResult());
        AllocatesNothing(() => orders.Execute(Sync));
    }
}
