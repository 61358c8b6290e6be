using Microsoft.Extensions.Time.Testing;

namespace Resil.Tests;

/// <summary>An engine with one app, orders, under time that stands still.</summary>
internal sealed class Fixture : IDisposable
{
    internal Fixture(string? timeout = null, string? retry = null, string? breaker = null, EngineOptions? options = null)
    {
        Engine = Engine.FromText(Policies.Orders(timeout, retry, breaker), (options ?? new()) with { TimeProvider = Time });
        Orders = Engine.App("orders");
    }

    /// <summary>In milliseconds; only what hangs meets it.</summary>
    private const int Hang = 120_000;

    internal FakeTimeProvider Time { get; } = new();

    internal Engine Engine { get; }

    internal Endpoint Orders { get; }

    internal CallCounts Counts => Engine.Snapshot().Find(Orders)!.Calls;

    public void Dispose() => Engine.Dispose();

    /// <summary>Lets time pass until the task is over; each step waits for what the last one set going.</summary>
    internal async Task PassUntil(Task task, TimeSpan step)
    {
        long began = Environment.TickCount64;
        while (!task.IsCompleted && Environment.TickCount64 - began < Hang)
        {
            Time.Advance(step);
            await Task.WhenAny(task, Task.Run(static () => Thread.Yield()));
        }
        Assert.True(task.IsCompleted, "it did not end in the time it was given");
    }

    /// <summary>Opens the breaker of <see cref="Policies.Breaker3"/>.</summary>
    internal void Open()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.Throws<FormatException>(() => Orders.Execute<int>(_ => throw new FormatException()));
        }
        Assert.Equal(BreakerState.Open, Orders.State);
    }
}
