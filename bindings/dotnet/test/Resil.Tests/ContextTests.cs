using System.Collections.Concurrent;

namespace Resil.Tests;

public class ContextTests
{
    private sealed class OneThread : SynchronizationContext
    {
        private readonly BlockingCollection<(SendOrPostCallback, object?)> posted = [];

        public override void Post(SendOrPostCallback d, object? state) => posted.Add((d, state));

        internal void RunUntil(Task task)
        {
            task.ContinueWith(_ => posted.CompleteAdding(), TaskScheduler.Default);
            foreach ((SendOrPostCallback callback, object? state) in posted.GetConsumingEnumerable())
            {
                callback(state);
            }
        }
    }

    [Fact]
    public void Under_a_single_threaded_context_nothing_waits_for_itself()
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        OneThread context = new();
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            using Engine engine = Engine.FromText(Policies.Orders("1s", "{policy: constant, duration: 1ms, maxRetries: 2}", Policies.Breaker3));
            Endpoint orders = engine.App("orders");
            int attempts = 0;
            // Blocking on an asynchronous call from the context's own thread is what deadlocks others.
            Assert.Equal(2, orders.ExecuteAsync(
                _ => ++attempts < 2 ? throw new FormatException() : new ValueTask<int>(attempts)).AsTask().GetAwaiter().GetResult());
            Task<int> call = Await(orders);
            context.RunUntil(call);
            Assert.Equal(1, call.Result);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private static async Task<int> Await(Endpoint orders) => await orders.ExecuteAsync(async _ =>
    {
        await Task.Yield();
        return 1;
    });

    [Fact]
    public async Task What_flows_with_the_caller_flows_into_every_attempt()
    {
        AsyncLocal<string> local = new() { Value = "caller" };
        using Fixture one = new(timeout: "1h", retry: Policies.Twice);
        List<string?> seen = [];
        Task call = one.Orders.ExecuteAsync(_ =>
        {
            seen.Add(local.Value);
            return seen.Count < 3 ? throw new FormatException() : default(ValueTask);
        }).AsTask();
        local.Value = "later";
        await one.PassUntil(call, TimeSpan.FromSeconds(1));
        await call;
        Assert.Equal(["caller", "caller", "caller"], seen);
    }
}
