using System.Globalization;

namespace Resil.Tests;

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>A million calls of every kind: neither the collected heap nor the process grows.</summary>
[Collection(nameof(Alone))]
public class MemoryTests
{
    private const int Calls = 250_000;

    [Fact]
    public void A_million_calls_leave_nothing_behind()
    {
        using Fixture one = new(timeout: "1h", breaker: "{maxRequests: 1, timeout: 1ms, trip: consecutiveFailures >= 3}");
        using CancellationTokenSource source = new();
        Round(one, source.Token, Calls / 5);
        (long managed, long resident) before = Size();
        Round(one, source.Token, Calls);
        (long managed, long resident) after = Size();
        Assert.InRange(after.managed - before.managed, long.MinValue, 256 << 10);
        Assert.InRange(after.resident - before.resident, long.MinValue, 16 << 20); // 16 bytes a call; what leaks is more
    }

    private static void Round(Fixture one, CancellationToken token, int calls)
    {
        FormatException failure = new();
        for (int i = 0; i < calls; i++)
        {
            one.Orders.Execute(_ => 1, token); // a probe where the breaker is open
            one.Orders.TryExecuteAsync(_ => new ValueTask<int>(1), token).AsTask().GetAwaiter().GetResult();
            Operation operation = one.Orders.Begin();
            operation.End(OutcomeCode.Failure);
            Operation next = one.Orders.Begin();
            next.End(i % 8 == 0 ? OutcomeCode.Failure : OutcomeCode.Success);
            one.Time.Advance(TimeSpan.FromMilliseconds(2));
        }
        Assert.Throws<FormatException>(() => one.Orders.Execute<int>(_ => throw failure, token));
        one.Time.Advance(TimeSpan.FromMilliseconds(2));
        one.Orders.Execute(_ => 1, token);
    }

    private static (long Managed, long Resident) Size()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        string line = File.ReadLines("/proc/self/status").First(one => one.StartsWith("VmRSS:", StringComparison.Ordinal));
        string number = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return (GC.GetTotalMemory(true), 1024 * long.Parse(number, CultureInfo.InvariantCulture));
    }
}
