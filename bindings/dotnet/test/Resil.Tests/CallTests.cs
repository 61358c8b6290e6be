namespace Resil.Tests;

public class CallTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task All_forms_hand_on_state_and_answer()
    {
        using Fixture one = new(breaker: Policies.Breaker3);
        Endpoint orders = one.Orders;
        CallOptions options = new();
        int voids = 0;
        Assert.Equal(1, await orders.ExecuteAsync(_ => new ValueTask<int>(1)));
        Assert.Equal(2, await orders.ExecuteAsync(_ => new ValueTask<int>(2), options));
        Assert.Equal("3", await orders.ExecuteAsync((state, _) => new ValueTask<string>(state), "3"));
        Assert.Equal("4", await orders.ExecuteAsync((state, _) => new ValueTask<string>(state), "4", options));
        await orders.ExecuteAsync(async _ =>
        {
            await Task.Yield();
            voids++;
        });
        await orders.ExecuteAsync((by, _) =>
        {
            voids += by;
            return default;
        }, 10, options);
        Assert.Equal(5, orders.Execute(_ => 5));
        Assert.Equal("6", orders.Execute((state, _) => state, "6", options));
        orders.Execute(_ => { voids += 100; });
        orders.Execute((by, _) => { voids += by; }, 1000);
        Assert.Equal(1111, voids);
        Assert.Equal(7, (await orders.TryExecuteAsync(_ => new ValueTask<int>(7))).GetOrThrow());
        Assert.True(orders.TryExecute((state, _) => state, 8, options).TryGetValue(out int eight));
        Assert.Equal(8, eight);
        Assert.Equal(12, one.Counts.Successes);
    }

    [Fact]
    public async Task A_failure_is_retried_and_the_value_of_the_retry_is_the_answer()
    {
        using Fixture one = new(retry: Policies.Twice);
        int attempts = 0;
        Task<int> call = one.Orders.ExecuteAsync(_ => ++attempts < 3 ? throw new FormatException() : new ValueTask<int>(attempts)).AsTask();
        await one.PassUntil(call, Second);
        Assert.Equal(3, await call);
        Assert.Equal((2, 1), (one.Counts.Retries, one.Counts.Recovered));
    }

    [Fact]
    public async Task Retries_that_are_exhausted_tell_the_story_of_the_attempts()
    {
        using Fixture one = new(retry: Policies.Twice);
        int attempts = 0;
        Task call = one.Orders.ExecuteAsync(async _ =>
        {
            await Task.Yield();
            throw new FormatException($"{++attempts}");
        }).AsTask();
        await one.PassUntil(call, Second);
        RetriesExhaustedException thrown = await Assert.ThrowsAsync<RetriesExhaustedException>(() => call);
        Assert.Equal((3, Reason.Exhausted, "3"), (thrown.Attempts, thrown.Reason, thrown.InnerException!.Message));
        Assert.Equal(["1", "2"], thrown.Earlier.Select(earlier => earlier.Message));
    }

    [Fact]
    public void A_single_attempts_exception_is_thrown_as_it_was()
    {
        using Fixture one = new(breaker: Policies.Breaker3);
        FormatException own = new();
        Assert.Same(own, Assert.Throws<FormatException>(() => one.Orders.Execute<int>(_ => throw own)));
        Assert.Same(own, one.Orders.TryExecute<int>(_ => throw own).Exception);
    }

    [Fact]
    public async Task An_open_breaker_rejects_with_how_long_and_as_a_value_too()
    {
        using Fixture one = new(breaker: Policies.Breaker3);
        one.Open();
        one.Time.Advance(Second);
        CircuitOpenException thrown = Assert.Throws<CircuitOpenException>(() => one.Orders.Execute(_ => 1));
        Assert.Equal(Reason.Open, thrown.Reason);
        Assert.InRange(thrown.RetryAfter, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4.001));
        Outcome<int> told = await one.Orders.TryExecuteAsync(_ => new ValueTask<int>(1));
        Assert.False(told.IsSuccess);
        Assert.Equal((Reason.Open, one.Orders), (told.Rejection!.Value.Reason, told.Rejection.Value.Endpoint));
        Assert.IsType<CircuitOpenException>(told.Exception);
        Assert.Throws<CircuitOpenException>(() => told.GetOrThrow());
        one.Time.Advance(TimeSpan.FromSeconds(5));
        Operation probe = one.Orders.Begin();
        Assert.True(probe.Admitted);
        Assert.Throws<TooManyRequestsException>(() => one.Orders.Execute(_ => 1));
        Assert.Equal(EndAnswer.Done, probe.End(OutcomeCode.Success));
        Assert.Equal(BreakerState.Closed, one.Orders.State);
    }

    [Fact]
    public async Task A_call_that_waits_is_made_when_the_breaker_admits_it()
    {
        using Fixture one = new(breaker: Policies.Breaker3);
        one.Open();
        CallOptions patient = new() { WaitWhenOpen = true };
        Task<int> call = one.Orders.ExecuteAsync(_ => new ValueTask<int>(1), patient).AsTask();
        Assert.False(call.IsCompleted);
        await one.PassUntil(call, TimeSpan.FromSeconds(0.5));
        Assert.Equal(1, await call);
        Assert.Equal(BreakerState.Closed, one.Orders.State);
    }

    [Fact]
    public void Waiting_past_the_deadline_is_not_tried()
    {
        using Fixture one = new(breaker: Policies.Breaker3);
        one.Open();
        CallOptions patient = new() { WaitWhenOpen = true, Deadline = Second };
        Assert.Throws<CircuitOpenException>(() => one.Orders.Execute(_ => 1, patient));
    }

    [Fact]
    public async Task A_retry_that_the_breaker_rejects_carries_the_failure_before_it()
    {
        using Fixture one = new(retry: Policies.Twice, breaker: "{timeout: 1h, trip: consecutiveFailures >= 1}");
        FormatException own = new();
        Task<Outcome<int>> call = one.Orders.TryExecuteAsync<int>(_ => throw own).AsTask();
        await one.PassUntil(call, Second);
        Outcome<int> told = await call;
        Assert.Equal(Reason.Open, told.Rejection!.Value.Reason);
        Assert.Same(own, told.Exception!.InnerException);
    }

    [Fact]
    public async Task Results_are_judged_and_those_replaced_are_discarded()
    {
        using Fixture one = new(retry: "{policy: constant, duration: 1s, maxRetries: 2, matching: {httpStatusCodes: '503'}}");
        List<int> discarded = [];
        CallOptions<int> http = new() { ResultOutcome = status => OutcomeCode.Http(status), Discard = discarded.Add };
        int[] answers = [503, 503, 404];
        int attempts = 0;
        Task<int> call = one.Orders.ExecuteAsync(_ => new ValueTask<int>(answers[attempts++]), http).AsTask();
        await one.PassUntil(call, Second);
        Assert.Equal(404, await call);
        Assert.Equal([503, 503], discarded);
        Assert.Equal((3, 0), (one.Counts.Failures, one.Counts.Successes));
        Assert.Equal(204, one.Orders.Execute(_ => 204, http));
        Assert.Equal(1, one.Counts.Successes);
        CallOptions<int> odd = new() { FailedWhen = value => value % 2 == 1 };
        Assert.Equal(2, one.Orders.Execute(_ => 2, odd));
    }

    [Fact]
    public void A_server_may_ask_for_a_longer_delay()
    {
        using Fixture one = new(retry: Policies.Twice);
        Operation operation = one.Orders.Begin();
        Assert.Equal(EndAnswer.Retry, operation.End(OutcomeCode.Http(503).WithRetryAfter(TimeSpan.FromSeconds(7))));
        Assert.Equal(TimeSpan.FromSeconds(7), operation.Delay);
        Assert.True(operation.BeginAgain());
        Assert.Equal(2, operation.Attempt);
        Assert.Equal(EndAnswer.Done, operation.End(OutcomeCode.Success));
        Assert.Throws<InvalidOperationException>(() => operation.End(OutcomeCode.Success));
    }

    public static TheoryData<CallOptions> NotAgain() => new()
    {
        new CallOptions { Repeatable = false },
        new CallOptions { ShouldRetry = failure => failure is not FormatException },
        new CallOptions { ExceptionOutcome = _ => OutcomeCode.Failure.WithoutRetry() },
    };

    [Theory]
    [MemberData(nameof(NotAgain), DisableDiscoveryEnumeration = true)]
    public void What_is_not_to_be_repeated_fails_at_once_and_counts(CallOptions options)
    {
        using Fixture one = new(retry: Policies.Twice);
        Assert.Throws<FormatException>(() => one.Orders.Execute<int>(_ => throw new FormatException(), options));
        Assert.Equal((1, 0), (one.Counts.Failures, one.Counts.Retries));
    }

    [Fact]
    public void An_exception_that_is_no_failure_is_a_success_and_thrown_on()
    {
        using Fixture one = new(retry: Policies.Twice, breaker: Policies.Breaker3);
        CallOptions options = new() { ShouldHandle = failure => failure is not FormatException };
        Assert.Throws<FormatException>(() => one.Orders.Execute<int>(_ => throw new FormatException(), options));
        Assert.Equal((1, 0), (one.Counts.Successes, one.Counts.Failures));
    }

    [Fact]
    public void A_judge_that_throws_is_heard_at_once_and_the_attempt_counts_for_nothing()
    {
        using Fixture one = new(retry: Policies.Twice, breaker: Policies.Breaker3);
        CallOptions<int> broken = new() { ResultOutcome = _ => throw new NotSupportedException() };
        Assert.Throws<NotSupportedException>(() => one.Orders.Execute(_ => 1, broken));
        CallOptions alsoBroken = new() { ShouldHandle = _ => throw new NotSupportedException() };
        Assert.Throws<NotSupportedException>(() => one.Orders.Execute<int>(_ => throw new FormatException(), alsoBroken));
        Assert.Equal((0, 0, 2, 0), (one.Counts.Successes, one.Counts.Failures, one.Counts.Cancelled, one.Counts.Retries));
    }

    [Fact]
    public void Options_for_another_type_are_a_mistake()
        => Assert.Throws<ArgumentException>(() =>
        {
            using Fixture one = new();
            one.Orders.Execute(_ => 1, new CallOptions<string>());
        });

    [Fact]
    public void An_unknown_reason_is_a_rejection_with_its_number()
    {
        using Fixture one = new();
        RejectedException general = Assert.IsType<RejectedException>(new Rejection(one.Orders, (Reason)4711, 0).ToException());
        Assert.Equal((Reason)4711, general.Reason);
        Assert.Contains("4711", general.Message, StringComparison.Ordinal);
        Assert.IsType<BusyException>(new Rejection(one.Orders, Reason.Busy, 0).ToException());
        Assert.IsType<RateLimitedException>(new Rejection(one.Orders, Reason.RateLimited, 0).ToException());
        Assert.IsType<HeldException>(new Rejection(one.Orders, Reason.Held, 0).ToException());
        Assert.Equal("breaker-open", ReasonText.Of(Reason.Open));
    }
}
