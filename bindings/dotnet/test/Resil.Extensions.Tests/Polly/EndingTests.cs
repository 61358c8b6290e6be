using Polly;
using Resil.Polly;

namespace Resil.Extensions.Tests.Polly;

/// <summary>However a pipeline's attempt ends, it is ended once, judged as an endpoint's own calls are, and nothing of it is lost.</summary>
public sealed class EndingTests
{
    private readonly FakeTimeProvider time = new();
    private readonly Engine engine;

    public EndingTests() => engine = Documents.Engine(time);

    private ResiliencePipeline<int> Pipeline(string app, CallOptions? call = null)
        => new ResiliencePipelineBuilder<int> { TimeProvider = time }
            .AddResil(engine.App(app), new ResilStrategyOptions { Call = call ?? new() }).Build();

    private CallCounts Counts(string app) => engine.Snapshot().Find(engine.App(app))!.Calls;

    /// <summary>Nobody's call: a breaker that is half-open admits one attempt at a time, so one that was never ended shows.</summary>
    private async Task HalfOpen(string app)
    {
        await Assert.ThrowsAsync<IOException>(async () => await Pipeline(app).ExecuteAsync(ValueTask<int> (_) => throw new IOException("down")));
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(BreakerState.HalfOpen, engine.App(app).State);
    }

    [Fact]
    public async Task A_judge_that_throws_is_heard_and_its_attempt_gives_its_permit_back()
    {
        foreach (var broken in new CallOptions[]
        {
            new() { ShouldHandle = _ => throw new FormatException("the judge") },
            new() { ShouldRetry = _ => throw new FormatException("the judge") },
            new() { ExceptionOutcome = _ => throw new FormatException("the judge") },
        })
        {
            await HalfOpen("down");
            var heard = await Assert.ThrowsAsync<FormatException>(
                async () => await Pipeline("down", broken).ExecuteAsync(ValueTask<int> (_) => throw new IOException("down")));
            Assert.Equal("the judge", heard.Message);
            Assert.Equal(1, await Pipeline("down").ExecuteAsync(_ => new ValueTask<int>(1)));
        }
        Assert.Equal((3, 3), (Counts("down").Failures, Counts("down").Cancelled)); // the failures are those that opened it
    }

    [Fact]
    public async Task A_result_that_nobody_gets_is_discarded()
    {
        var discarded = new List<int>();
        var judge = new CallOptions<int> { FailedWhen = _ => throw new FormatException("the judge"), Discard = discarded.Add };
        await Assert.ThrowsAsync<FormatException>(async () => await Pipeline("down", judge).ExecuteAsync(_ => new ValueTask<int>(7)));
        Assert.Equal([7], discarded);
        var thrower = new CallOptions<int> { FailedWhen = _ => true, Discard = _ => throw new FormatException("whoever discards") };
        var heard = await Assert.ThrowsAsync<FormatException>(async () => await Pipeline("retried", thrower).ExecuteAsync(_ => new ValueTask<int>(7)));
        Assert.Equal("whoever discards", heard.Message);
    }

    [Fact]
    public async Task A_result_outlives_its_engine()
    {
        var answer = await Pipeline("retried").ExecuteAsync(_ =>
        {
            engine.Dispose();
            return new ValueTask<int>(7);
        });
        Assert.Equal(7, answer);
    }

    [Fact]
    public async Task Disposing_ends_a_wait_and_the_last_failure_is_told()
    {
        var call = Pipeline("retried").ExecuteAsync(ValueTask<int> (_) => throw new IOException("down")).AsTask();
        Assert.False(call.IsCompleted);
        engine.Dispose();
        var ended = await Assert.ThrowsAsync<ObjectDisposedException>(() => call.WaitAsync(TimeSpan.FromMinutes(1))); // so wide that only a hang meets it
        Assert.IsType<IOException>(ended.InnerException);
    }

    [Fact]
    public async Task A_cancelled_wait_tells_the_last_failure()
    {
        using var cancel = new CancellationTokenSource();
        var call = Pipeline("retried").ExecuteAsync(ValueTask<int> (_) => throw new IOException("down"), cancel.Token).AsTask();
        await cancel.CancelAsync();
        var ended = await Assert.ThrowsAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancel.Token, ended.CancellationToken);
        Assert.IsType<IOException>(ended.InnerException);
    }

    [Fact]
    public async Task A_rejection_after_a_failure_has_it_inside()
    {
        var clock = new LeapingTime();
        using var own = Documents.Engine(clock);
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }.AddResil(own.App("tripping")).Build();
        var rejected = await Assert.ThrowsAsync<CircuitOpenException>(async () => await pipeline.ExecuteAsync(ValueTask (_) => throw new IOException("down")));
        Assert.IsType<IOException>(rejected.InnerException);
    }

    [Fact]
    public async Task The_policys_timeout_counts_whatever_the_caller_handles()
    {
        var asked = 0;
        var call = new CallOptions
        {
            ShouldHandle = failure => failure is IOException,
            ExceptionOutcome = _ =>
            {
                asked++;
                return OutcomeCode.Success;
            },
        };
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<global::Polly.Timeout.TimeoutRejectedException>(async () => await Pipeline("timed", call).ExecuteAsync(async token =>
            {
                var never = Task.Delay(Timeout.Infinite, token);
                time.Advance(TimeSpan.FromSeconds(1));
                await never;
                return 1;
            }));
        }
        Assert.Equal((3, 0), (Counts("timed").Timeouts, asked));
        Assert.Equal(BreakerState.Open, engine.App("timed").State);
    }

    [Fact]
    public async Task A_deadline_beyond_what_timers_know_is_none()
        => Assert.Equal(1, await Pipeline("down", new CallOptions { Deadline = TimeSpan.MaxValue }).ExecuteAsync(_ => new ValueTask<int>(1)));

    [Fact]
    public async Task The_callers_cancellation_counts_for_nothing_however_the_attempt_says_it()
    {
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAsync<IOException>(async () => await Pipeline("down").ExecuteAsync(ValueTask<int> (_) =>
        {
            cancel.Cancel();
            throw new IOException("the connection was closed");
        }, cancel.Token));
        Assert.Equal((0, 1), (Counts("down").Failures, Counts("down").Cancelled));
    }
}
