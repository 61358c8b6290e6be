using Polly;
using Polly.Timeout;
using Resil.Polly;

namespace Resil.Extensions.Tests.Polly;

public sealed class PipelineTests
{
    private readonly LeapingTime time = new();
    private readonly Engine engine;

    public PipelineTests() => engine = Documents.Engine(time);

    private ResiliencePipeline Pipeline(string app, ResilStrategyOptions? options = null)
        => new ResiliencePipelineBuilder { TimeProvider = time }.AddResil(engine.App(app), options ?? new ResilStrategyOptions()).Build();

    private ResiliencePipeline<int> Typed(string app, CallOptions call)
        => new ResiliencePipelineBuilder<int> { TimeProvider = time }.AddResil(engine.App(app), new ResilStrategyOptions { Call = call }).Build();

    [Fact]
    public async Task A_failure_is_retried_as_the_policy_says()
    {
        var calls = 0;
        var answer = await Pipeline("retried").ExecuteAsync(_ => ++calls < 3 ? throw new IOException("down") : new ValueTask<string>("up"));
        Assert.Equal(("up", 3, TimeSpan.FromSeconds(2)), (answer, calls, time.Passed));
    }

    [Fact]
    public async Task The_last_exception_is_the_pipelines()
    {
        var calls = 0;
        var last = await Assert.ThrowsAsync<IOException>(async () => await Pipeline("retried").ExecuteAsync(ValueTask (_) => throw new IOException($"down {++calls}")));
        Assert.Equal("down 3", last.Message);
    }

    [Fact]
    public void Synchronous_calls_are_made_the_same_way()
    {
        var calls = 0;
        Assert.Equal(3, Pipeline("retried").Execute(() => ++calls < 3 ? throw new IOException("down") : calls));
    }

    [Fact]
    public async Task An_open_breaker_rejects_and_one_may_wait_for_it()
    {
        var pipeline = Pipeline("broken");
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<IOException>(async () => await pipeline.ExecuteAsync(ValueTask (_) => throw new IOException("down")));
        var rejected = await Assert.ThrowsAsync<CircuitOpenException>(async () => await pipeline.ExecuteAsync(_ => new ValueTask<int>(1)));
        Assert.Equal(5, rejected.RetryAfter.TotalSeconds, 5);
        var patient = Pipeline("broken", new ResilStrategyOptions { Call = new() { WaitWhenOpen = true } });
        Assert.Equal(1, await patient.ExecuteAsync(_ => new ValueTask<int>(1)));
        Assert.Equal(BreakerState.Closed, engine.App("broken").State);
    }

    [Fact]
    public async Task Results_can_fail()
    {
        var calls = 0;
        var discarded = new List<int>();
        var call = new CallOptions<int> { FailedWhen = result => result < 3, Discard = discarded.Add };
        Assert.Equal(3, await Typed("retried", call).ExecuteAsync(_ => new ValueTask<int>(++calls)));
        Assert.Equal([1, 2], discarded);
        calls = 0;
        var statuses = new CallOptions<int> { ResultOutcome = OutcomeCode.Http };
        Assert.Equal(500, await Typed("listed", statuses).ExecuteAsync(_ => new ValueTask<int>(500 + 0 * ++calls)));
        Assert.Equal(1, calls); // 500 is not in the policy's list
    }

    [Fact]
    public async Task An_attempt_has_a_token_of_its_own_in_the_pipelines_context()
    {
        var fake = new FakeTimeProvider();
        using var timed = Documents.Engine(fake);
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = fake }.AddResil(timed.App("timed")).Build();
        var key = new ResiliencePropertyKey<string>("whose");
        var context = ResilienceContextPool.Shared.Get();
        context.Properties.Set(key, "mine");
        var outcome = await pipeline.ExecuteOutcomeAsync(async (inner, _) =>
        {
            Assert.Equal("mine", inner.Properties.GetValue(key, ""));
            var never = Task.Delay(Timeout.Infinite, inner.CancellationToken);
            fake.Advance(TimeSpan.FromSeconds(1));
            await never;
            return global::Polly.Outcome.FromResult(1);
        }, context, 0);
        Assert.IsType<TimeoutRejectedException>(outcome.Exception);
        Assert.Equal(1, timed.Snapshot().Endpoints.Single(one => one.Name == "timed").Calls.Timeouts);
    }

    [Fact]
    public async Task The_callers_cancellation_counts_for_nothing()
    {
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Pipeline("down").ExecuteAsync(async token =>
        {
            cancel.Cancel();
            await Task.Delay(Timeout.Infinite, token);
        }, cancel.Token));
        Assert.Equal(BreakerState.Closed, engine.App("down").State);
    }

    [Fact]
    public async Task What_is_not_to_be_handled_is_an_answer()
    {
        var pipeline = Pipeline("down", new ResilStrategyOptions { Call = new() { ShouldHandle = failure => failure is IOException } });
        await Assert.ThrowsAsync<FormatException>(async () => await pipeline.ExecuteAsync(ValueTask (_) => throw new FormatException()));
        Assert.Equal(BreakerState.Closed, engine.App("down").State);
    }

    [Fact]
    public async Task A_closed_engine_is_told()
    {
        var pipeline = Pipeline("down");
        engine.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await pipeline.ExecuteAsync(_ => ValueTask.CompletedTask));
    }

    [Fact]
    public async Task It_stands_in_a_pipeline_like_any_other()
    {
        var calls = 0;
        var pipeline = new ResiliencePipelineBuilder<int> { TimeProvider = time }
            .AddFallback(new() { FallbackAction = _ => global::Polly.Outcome.FromResultAsValueTask(-1) })
            .AddResil(engine.App("tripping"))
            .Build();
        Assert.Equal(-1, await pipeline.ExecuteAsync(ValueTask<int> (_) => throw new IOException($"{++calls}")));
        Assert.Equal(3, calls);
    }
}
