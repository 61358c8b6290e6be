using System.Runtime.CompilerServices;
using Resil.Interop;

namespace Resil.Tests;

public class LifecycleTests
{
    [Fact]
    public void A_disposed_engine_refuses_whatever_it_is_asked()
    {
        Fixture one = new(breaker: Policies.Breaker3);
        Operation inFlight = one.Orders.Begin();
        one.Engine.Dispose();
        one.Engine.Dispose();
        Assert.True(one.Engine.IsDisposed);
        Assert.True(one.Engine.Gate.IsFreed);
        Assert.Throws<ObjectDisposedException>(() => one.Orders.Execute(_ => 1));
        Assert.Throws<ObjectDisposedException>(() => one.Orders.ExecuteAsync(_ => new ValueTask<int>(1)).AsTask().Wait());
        Assert.Throws<ObjectDisposedException>(() => one.Orders.State);
        Assert.Throws<ObjectDisposedException>(() => one.Engine.App("other"));
        Assert.Throws<ObjectDisposedException>(() => one.Engine.Snapshot());
        Assert.Throws<ObjectDisposedException>(() => one.Engine.ReloadText(Policies.Orders()));
        Assert.Throws<ObjectDisposedException>(() => inFlight.End(OutcomeCode.Success));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_attempt_in_flight_ends_and_the_last_one_out_frees(bool crossing)
    {
        using Fixture one = new(retry: Policies.Twice, breaker: Policies.Breaker3);
        one.Engine.CrossesAlways = crossing;
        TaskCompletionSource<int> first = new();
        TaskCompletionSource<int> second = new();
        Task<int> one1 = one.Orders.ExecuteAsync(_ => new ValueTask<int>(first.Task)).AsTask();
        Task<int> two = one.Orders.ExecuteAsync(_ => new ValueTask<int>(second.Task)).AsTask();
        await one.Engine.DisposeAsync();
        Assert.False(one.Engine.Gate.IsFreed);
        first.SetResult(1);
        Assert.Equal(1, await one1);
        Assert.False(one.Engine.Gate.IsFreed);
        second.SetException(new FormatException()); // to be retried, but there is nobody any more to ask
        ObjectDisposedException thrown = await Assert.ThrowsAsync<ObjectDisposedException>(() => two);
        Assert.IsType<FormatException>(thrown.InnerException);
        Assert.True(one.Engine.Gate.IsFreed);
    }

    [Fact]
    public async Task Disposing_ends_waits()
    {
        using Fixture one = new(retry: Policies.Twice);
        Task call = one.Orders.ExecuteAsync<int>(_ => throw new FormatException()).AsTask();
        Assert.False(call.IsCompleted);
        one.Engine.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => call);
        Assert.True(one.Engine.Gate.IsFreed);
    }

    [Fact]
    public void An_engine_may_be_disposed_from_within_a_call()
    {
        using Fixture one = new(timeout: "1h", breaker: Policies.Breaker3);
        Assert.Equal(1, one.Orders.Execute(_ =>
        {
            one.Engine.Dispose();
            Assert.False(one.Engine.Gate.IsFreed);
            return 1;
        }));
        Assert.True(one.Engine.Gate.IsFreed);
    }

    [Fact]
    public void Disposing_beside_threads_that_call_frees_once_they_are_out()
    {
        for (int round = 0; round < 60; round++)
        {
            Engine engine = Engine.FromText(Policies.Orders(breaker: Policies.Breaker3));
            Endpoint orders = engine.App("orders");
            using Barrier start = new(3);
            Thread[] threads = [.. Enumerable.Range(0, 2).Select(number => new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    for (int i = 0; ; i++)
                    {
                        // The other thread's failures may open the breaker before the engine is gone, so neither may throw for it.
                        _ = number == 0 ? orders.TryExecute(_ => i) : orders.TryExecute<int>(_ => throw new FormatException());
                    }
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
            }))];
            foreach (Thread thread in threads)
            {
                thread.Start();
            }
            start.SignalAndWait();
            Thread.SpinWait(round * 50);
            engine.Dispose();
            foreach (Thread thread in threads)
            {
                thread.Join();
            }
            Assert.True(engine.Gate.IsFreed);
        }
    }

    [Fact]
    public void An_engine_that_nobody_disposes_is_collected_with_its_endpoints()
    {
        (WeakReference engine, WeakReference handle) = Abandon();
        for (int i = 0; i < 10 && (engine.IsAlive || handle.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(engine.IsAlive);
        Assert.False(handle.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Engine, WeakReference Gate) Abandon()
    {
        Engine engine = Engine.FromText(Policies.Orders("1h", Policies.Twice, Policies.Breaker3));
        Assert.Equal(1, engine.App("orders").Execute(_ => 1));
        return (new WeakReference(engine), new WeakReference(engine.Gate));
    }

    [Fact]
    public void Threads_give_their_numbers_back()
    {
        using Engine engine = Engine.FromText(Policies.Orders(breaker: Policies.Breaker3));
        Endpoint orders = engine.App("orders");
        HashSet<int> seen = [];
        for (int i = 0; i < 3 * ThreadSlots.Limit; i++)
        {
            Thread thread = new(() =>
            {
                for (int call = 0; call < 50; call++)
                {
                    orders.Execute(_ => 1);
                }
                seen.Add(ThreadSlots.Current);
            });
            thread.Start();
            thread.Join();
            if (i % 16 == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        Assert.True(seen.Count <= ThreadSlots.Limit);
        Assert.Equal(3 * ThreadSlots.Limit * 50, engine.Snapshot().Find(orders)!.Calls.Successes);
    }
}
