using BenchmarkDotNet.Attributes;
using Polly;
using Polly.CircuitBreaker;

namespace Resil.Bench;

/// <summary>A call while the breaker is open.</summary>
public class RejectedCall
{
    private readonly Func<CancellationToken, ValueTask<int>> works = Subjects.Works;
    private readonly Endpoint open = Subjects.Endpoint("open");
    private readonly ResiliencePipeline polly = Subjects.PollyOpen();

    [GlobalSetup]
    public void Open()
    {
        _ = open.TryExecuteAsync(Subjects.Fails).GetAwaiter().GetResult();
        Subjects.Require(open.State == BreakerState.Open, "resil's breaker should be open");
    }

    [Benchmark]
    public int Bare() => Subjects.Completed(works(default));

    [Benchmark]
    public bool ResilValue() => Subjects.Completed(open.TryExecuteAsync(works)).Rejection is not null;

    [Benchmark]
    public bool ResilException()
    {
        try
        {
            return open.ExecuteAsync(works).GetAwaiter().GetResult() == 0;
        }
        catch (CircuitOpenException)
        {
            return true;
        }
    }

    [Benchmark]
    public bool PollyException()
    {
        try
        {
            return polly.ExecuteAsync(works).GetAwaiter().GetResult() == 0;
        }
        catch (BrokenCircuitException)
        {
            return true;
        }
    }

    [Benchmark]
    public bool PollyOutcome()
    {
        var context = ResilienceContextPool.Shared.Get();
        var outcome = Subjects.Completed(polly.ExecuteOutcomeAsync(static (_, _) => global::Polly.Outcome.FromResultAsValueTask(1), context, 0));
        ResilienceContextPool.Shared.Return(context);
        return outcome.Exception is BrokenCircuitException;
    }
}
