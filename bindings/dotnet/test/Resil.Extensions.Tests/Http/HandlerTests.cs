using System.Net;
using Resil.Extensions.Http;
using static System.Net.HttpStatusCode;

namespace Resil.Extensions.Tests.Http;

public sealed class HandlerTests
{
    private readonly LeapingTime time = new();

    private HttpClient Client(Stub stub, Action<ResilHttpOptions>? configure = null)
    {
        var options = new ResilHttpOptions();
        configure?.Invoke(options);
        return ResilHttpClient.Create(Documents.Engine(time), options, stub);
    }

    [Fact]
    public async Task A_failing_status_is_retried_and_its_response_disposed()
    {
        var stub = new Stub(ServiceUnavailable, BadGateway, OK);
        using var response = await Client(stub).GetAsync(new Uri("http://retried/orders"), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(OK, response.StatusCode);
        Assert.Equal(3, stub.Calls);
        Assert.Equal([true, true, false], stub.Disposed);
        Assert.Equal(TimeSpan.FromSeconds(2), time.Passed);
    }

    [Fact]
    public async Task The_last_response_is_the_callers_when_the_policy_gives_up()
    {
        var stub = new Stub(ServiceUnavailable);
        using var response = await Client(stub).GetAsync(new Uri("http://retried/orders"), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(ServiceUnavailable, response.StatusCode);
        Assert.Equal([true, true, false], stub.Disposed);
    }

    [Fact]
    public async Task A_status_that_the_policy_does_not_list_is_not_retried()
    {
        var stub = new Stub(InternalServerError);
        using var response = await Client(stub).GetAsync(new Uri("http://listed/orders"));
        Assert.Equal((InternalServerError, 1), (response.StatusCode, stub.Calls));
    }

    [Fact]
    public async Task Errors_are_retried_and_stay_what_callers_of_HttpClient_catch()
    {
        var stub = new Stub((_, _, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => Client(stub).GetAsync(new Uri("http://retried/orders")));
        Assert.Equal(3, stub.Calls);
        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
        Assert.Equal(3, Assert.IsType<RetriesExhaustedException>(failure.InnerException).Attempts);
    }

    [Fact]
    public async Task An_open_breaker_rejects_and_one_may_wait_for_it()
    {
        var stub = new Stub(InternalServerError, InternalServerError, InternalServerError, OK);
        var engine = Documents.Engine(time);
        using var client = ResilHttpClient.Create(engine, null, stub);
        for (var i = 0; i < 3; i++)
            (await client.GetAsync(new Uri("http://broken/orders"))).Dispose();
        var rejected = await Assert.ThrowsAsync<CircuitOpenException>(() => client.GetAsync(new Uri("http://broken/orders")));
        Assert.Equal(3, stub.Calls);
        Assert.Equal(5, rejected.RetryAfter.TotalSeconds, 5);

        using var patient = ResilHttpClient.Create(engine, new ResilHttpOptions { Call = new() { WaitWhenOpen = true } }, stub);
        using var response = await patient.GetAsync(new Uri("http://broken/orders"));
        Assert.Equal((OK, 4), (response.StatusCode, stub.Calls));
        Assert.Equal(BreakerState.Closed, engine.App("broken", "orders").State);
    }

    [Fact]
    public async Task Retry_After_makes_the_delay_longer()
    {
        foreach (var (hint, delay) in new (string, int)[] { ("60", 60), ("0", 1), ("1.5", 1), ("-3", 1), ("tomorrow", 1), ("Thu, 01 Jan 2026 00:02:00 GMT", 120) })
        {
            var clock = new LeapingTime();
            var stub = new Stub((n, _, _) =>
            {
                var response = new HttpResponseMessage(n == 1 ? ServiceUnavailable : OK);
                if (n == 1)
                    response.Headers.TryAddWithoutValidation("Retry-After", hint);
                return Task.FromResult(response);
            });
            using var client = ResilHttpClient.Create(Documents.Engine(clock), null, stub);
            (await client.GetAsync(new Uri("http://retried/orders"))).Dispose();
            Assert.True(TimeSpan.FromSeconds(delay) == clock.Passed, $"{hint}: {clock.Passed}");
        }
    }

    [Fact]
    public async Task Switching_protocols_is_no_failure()
    {
        var stub = new Stub(SwitchingProtocols);
        using var client = Client(stub);
        for (var i = 0; i < 2; i++)
            (await client.GetAsync(new Uri("http://down/socket"), HttpCompletionOption.ResponseHeadersRead)).Dispose();
        Assert.Equal(2, stub.Calls);
    }

    [Fact]
    public void Synchronous_requests_are_made_the_same_way()
    {
        var stub = new Stub(ServiceUnavailable, ServiceUnavailable, OK);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://retried/orders");
        using var response = Client(stub).Send(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((OK, 3), (response.StatusCode, stub.Calls));
        Assert.Equal([true, true, false], stub.Disposed);
    }

    [Fact]
    public async Task An_attempt_that_a_redirect_changed_is_repeated_as_it_was()
    {
        var stub = new Stub((n, request, _) =>
        {
            Assert.Equal(("/orders", HttpMethod.Post, "x"), (request.RequestUri!.AbsolutePath, request.Method, Text(request.Content)));
            request.RequestUri = new Uri("http://elsewhere/");
            request.Method = HttpMethod.Get;
            request.Content = null;
            return Task.FromResult(new HttpResponseMessage(n == 1 ? ServiceUnavailable : OK));
        });
        using var content = new StringContent("x");
        using var response = await Client(stub).PostAsync(new Uri("http://retried/orders"), content);
        Assert.Equal((OK, 2), (response.StatusCode, stub.Calls));

        static string? Text(HttpContent? content) => content?.ReadAsStringAsync().GetAwaiter().GetResult();
    }

    [Fact]
    public async Task A_breaker_that_opens_between_attempts_ends_the_operation()
    {
        var stub = new Stub(InternalServerError);
        await Assert.ThrowsAsync<CircuitOpenException>(() => Client(stub).GetAsync(new Uri("http://tripping/orders")));
        Assert.Equal(3, stub.Calls);
        Assert.Equal([true, true, true], stub.Disposed);
    }

    [Fact]
    public async Task A_request_without_a_target_goes_out_as_it_is()
    {
        var stub = new Stub(InternalServerError);
        using var client = Client(stub, options => options.Target = _ => null);
        for (var i = 0; i < 5; i++)
            (await client.GetAsync(new Uri("http://down/orders"))).Dispose();
        Assert.Equal(5, stub.Calls);
    }

    [Fact]
    public async Task A_closed_engine_is_told()
    {
        var engine = Documents.Engine(time);
        using var client = ResilHttpClient.Create(engine, null, new Stub(OK));
        engine.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetAsync(new Uri("http://retried/orders")));
    }
}
