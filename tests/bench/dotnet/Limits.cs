using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;
using Polly;

namespace Resil.Bench;

/// <summary>A healthy call under what a ResiliencyExtension adds, none of which ever rejects here, beside Polly's own.</summary>
public class Limits
{
    private readonly Func<CancellationToken, ValueTask<int>> works = Subjects.Works;
    private readonly Endpoint limited = Subjects.Endpoint("limited");
    private readonly Endpoint bulkhead = Subjects.Endpoint("bulkhead");
    private readonly Endpoint window = Subjects.Endpoint("window");
    private readonly ResiliencePipeline pollyLimited = new ResiliencePipelineBuilder()
        .AddRateLimiter(new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = 1_000_000_000,
            TokensPerPeriod = 1_000_000_000,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }))
        .Build();

    private readonly ResiliencePipeline pollyBulkhead = new ResiliencePipelineBuilder().AddConcurrencyLimiter(50).Build();
    private readonly ResiliencePipeline pollyWindow = Subjects.PollyBreaker();

    [Benchmark]
    public int Bare() => Subjects.Completed(works(default));

    [Benchmark]
    public int ResilRateLimit() => Subjects.Completed(limited.ExecuteAsync(works));

    [Benchmark]
    public int PollyRateLimit() => Subjects.Completed(pollyLimited.ExecuteAsync(works));

    [Benchmark]
    public int ResilBulkhead() => Subjects.Completed(bulkhead.ExecuteAsync(works));

    [Benchmark]
    public int PollyBulkhead() => Subjects.Completed(pollyBulkhead.ExecuteAsync(works));

    [Benchmark]
    public int ResilWindow() => Subjects.Completed(window.ExecuteAsync(works));

    /// <summary>Polly's breaker always has a sliding window.</summary>
    [Benchmark]
    public int PollyWindow() => Subjects.Completed(pollyWindow.ExecuteAsync(works));
}
