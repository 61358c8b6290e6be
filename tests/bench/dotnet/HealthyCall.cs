using BenchmarkDotNet.Attributes;
using Polly;

namespace Resil.Bench;

/// <summary>A healthy call of a no-op through a circuit breaker.</summary>
public class HealthyCall
{
    private readonly Func<CancellationToken, ValueTask<int>> works = Subjects.Works;
    private readonly Func<CancellationToken, int> worksSync = static _ => 1;
    private readonly Endpoint breaker = Subjects.Endpoint("breaker");
    private readonly Endpoint ratio = Subjects.Endpoint("ratio");
    private readonly Endpoint rate = Subjects.Endpoint("rate");
    private readonly ResiliencePipeline polly = Subjects.PollyBreaker();

    [Benchmark]
    public int Bare() => Subjects.Completed(works(default));

    [Benchmark]
    public int Resil() => Subjects.Completed(breaker.ExecuteAsync(works));

    [Benchmark]
    public int ResilTry() => Subjects.Completed(breaker.TryExecuteAsync(works)).Value;

    [Benchmark]
    public int ResilSync() => breaker.Execute(worksSync);

    [Benchmark]
    public int ResilRatio() => Subjects.Completed(ratio.ExecuteAsync(works));

    [Benchmark]
    public int ResilRate() => Subjects.Completed(rate.ExecuteAsync(works));

    [Benchmark]
    public EndAnswer ResilByHand()
    {
        var operation = breaker.Begin();
        return operation.End(OutcomeCode.Success);
    }

    [Benchmark]
    public int Polly() => Subjects.Completed(polly.ExecuteAsync(works));

    [Benchmark]
    public int PollySync() => polly.Execute(worksSync);

    [Benchmark]
    public int PollyOutcome()
    {
        var context = ResilienceContextPool.Shared.Get();
        var outcome = Subjects.Completed(polly.ExecuteOutcomeAsync(static (_, _) => global::Polly.Outcome.FromResultAsValueTask(1), context, 0));
        ResilienceContextPool.Shared.Return(context);
        return outcome.Result;
    }
}
