using System.Globalization;

namespace Resil.Tests;

/// <summary>What a log line, a debugger or an exception's message shows of each type.</summary>
public class TextTests
{
    [Fact]
    public void Everything_that_one_holds_says_what_it_is()
    {
        using Fixture one = new(retry: Policies.Twice, breaker: Policies.Breaker3, options: new() { AppId = "checkout" });
        Assert.Equal("resil engine of checkout, 1 endpoints", one.Engine.ToString());
        Assert.Equal("1 endpoints, 0 targets with limits", one.Engine.Snapshot().ToString());
        Assert.Equal("success: 7", one.Orders.TryExecute(_ => 7).ToString());
        CallOptions once = new() { Repeatable = false };
        Assert.Equal("failure: FormatException: so it is", one.Orders.TryExecute<int>(_ => throw new FormatException("so it is"), once).ToString());
        Assert.Equal("HTTP 503, to be retried after 1500 ms", OutcomeCode.Http(503).WithRetryAfter(TimeSpan.FromSeconds(1.5)).ToString());
        Assert.Equal("gRPC 14, not to be retried", OutcomeCode.Grpc(14).WithoutRetry().ToString());
        one.Engine.Dispose();
        Assert.Equal("resil engine of checkout, 1 endpoints, disposed", one.Engine.ToString());
    }

    [Fact]
    public void An_operation_says_where_it_stands()
    {
        using Fixture one = new(retry: Policies.Twice, breaker: Policies.Breaker3);
        Assert.Equal("no operation", default(Operation).ToString());
        Operation operation = one.Orders.Begin();
        Assert.Equal("app orders: attempt 1 is in flight", operation.ToString());
        operation.End(OutcomeCode.Failure);
        Assert.Equal("app orders: attempt 2 may begin in 1000 ms", operation.ToString());
        operation.BeginAgain();
        operation.End(OutcomeCode.Failure.WithoutRetry());
        Assert.Equal("app orders: over, not-retriable", operation.ToString());
        one.Orders.TryExecute<int>(_ => throw new FormatException(), new CallOptions { Repeatable = false });
        Operation rejected = one.Orders.Begin(); // the breaker is half-open a moment after its timeout, so 5000 ms would not do
        Assert.Equal("app orders: the circuit breaker is open for another 5001 ms", rejected.ToString());
        Assert.Equal("rejected: app orders: the circuit breaker is open for another 5001 ms", one.Orders.TryExecute(_ => 1).ToString());
    }

    [Fact]
    public async Task An_error_names_the_endpoint_and_speaks_one_language()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");
        try
        {
            using Fixture one = new(timeout: "1500us");
            Task<int> call = one.Orders.ExecuteAsync(async token =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return 1;
            }).AsTask();
            one.Time.Advance(TimeSpan.FromMilliseconds(2));
            AttemptTimeoutException late = await Assert.ThrowsAsync<AttemptTimeoutException>(() => call);
            Assert.Equal(("app orders: the attempt did not end within 1.5 ms", one.Orders), (late.Message, late.Endpoint));
            Outcome<int> none = one.Orders.TryExecute(_ => 1, new CallOptions { Deadline = TimeSpan.Zero });
            Assert.Same(one.Orders, Assert.IsType<DeadlineExceededException>(none.Exception).Endpoint);
            using Fixture two = new(retry: "{policy: constant, duration: 0s, maxRetries: 1}");
            Assert.Same(two.Orders, Assert.Throws<RetriesExhaustedException>(() => two.Orders.Execute<int>(_ => throw new FormatException())).Endpoint);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
