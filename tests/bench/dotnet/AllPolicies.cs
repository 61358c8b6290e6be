using BenchmarkDotNet.Attributes;
using Polly;

namespace Resil.Bench;

/// <summary>A healthy call of a no-op under retry, breaker and timeout, in that order from the outside.</summary>
public class AllPolicies
{
    private readonly Func<CancellationToken, ValueTask<int>> works = Subjects.Works;
    private readonly Endpoint all = Subjects.Endpoint("all");
    private readonly Endpoint allRate = Subjects.Endpoint("allrate");
    private readonly ResiliencePipeline polly = Subjects.PollyAll();
    private readonly ResiliencePipeline resilInPolly = new ResiliencePipelineBuilder().AddResil(Subjects.Endpoint("all")).Build();

    [Benchmark]
    public int Bare() => Subjects.Completed(works(default));

    [Benchmark]
    public int Resil() => Subjects.Completed(all.ExecuteAsync(works));

    [Benchmark]
    public int ResilRate() => Subjects.Completed(allRate.ExecuteAsync(works));

    [Benchmark]
    public int ResilInPolly() => Subjects.Completed(resilInPolly.ExecuteAsync(works));

    [Benchmark]
    public int Polly() => Subjects.Completed(polly.ExecuteAsync(works));
}
