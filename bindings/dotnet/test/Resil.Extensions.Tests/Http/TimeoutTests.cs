using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Resil.Extensions.Http;

namespace Resil.Extensions.Tests.Http;

public sealed class TimeoutTests
{
    private readonly FakeTimeProvider time = new();

    private readonly Engine engine;

    public TimeoutTests() => engine = Documents.Engine(time);

    /// <summary>A client of the factory whose backend hangs; each time that it is asked, <paramref name="patience"/> passes.</summary>
    private HttpClient Hanging(TimeSpan patience, TimeSpan passes, Action? asked = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(engine);
        services.AddHttpClient("shop")
            .AddResil()
            .ConfigureHttpClient(client => client.Timeout = patience) // after AddResil, and taken over all the same
            .ConfigurePrimaryHttpMessageHandler(() => Stub.Hanging(_ =>
            {
                asked?.Invoke();
                time.Advance(passes);
            }));
        return services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("shop");
    }

    [Fact]
    public async Task The_policys_timeout_ends_an_attempt_and_counts()
    {
        using var client = Hanging(Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<AttemptTimeoutException>(() => client.GetAsync(new Uri("http://timed/orders")));
        Assert.Equal(BreakerState.Open, engine.App("timed", "orders").State);
    }

    [Fact]
    public async Task The_clients_timeout_counts_so_that_a_backend_that_hangs_opens_the_breaker()
    {
        using var client = Hanging(TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(400));
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAnyAsync<TimeoutException>(() => client.GetAsync(new Uri("http://broken/orders")));
        Assert.Equal(BreakerState.Open, engine.App("broken", "orders").State);
    }

    [Fact]
    public void A_body_that_never_ends_meets_the_clients_own_timeout_which_is_the_longer_one()
    {
        foreach (var (given, kept) in new[]
        {
            (TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(101)),
            (TimeSpan.FromMilliseconds(int.MaxValue), TimeSpan.FromMilliseconds(int.MaxValue)),
            (Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan),
        })
        {
            using var client = Hanging(given, TimeSpan.Zero);
            Assert.Equal(kept, client.Timeout);
        }
    }

    [Fact]
    public async Task The_callers_cancellation_counts_for_nothing()
    {
        for (var i = 0; i < 5; i++)
        {
            using var cancel = new CancellationTokenSource();
            using var client = Hanging(TimeSpan.FromSeconds(100), TimeSpan.Zero, cancel.Cancel);
            var ended = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync(new Uri("http://broken/orders"), cancel.Token));
            Assert.Equal(cancel.Token, ended.CancellationToken);
        }
        Assert.Equal(BreakerState.Closed, engine.App("broken", "orders").State);
        Assert.DoesNotContain(engine.Snapshot().Endpoints, one => one.Calls.Failures > 0 || one.Calls.Timeouts > 0);
    }

    [Fact]
    public async Task Retries_end_with_the_clients_timeout()
    {
        var services = new ServiceCollection();
        services.AddSingleton(engine);
        var stub = new Stub(HttpStatusCode.ServiceUnavailable);
        services.AddHttpClient("shop", client => client.Timeout = TimeSpan.FromMilliseconds(500)).AddResil().ConfigurePrimaryHttpMessageHandler(() => stub);
        using var client = services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        using var response = await client.GetAsync(new Uri("http://retried/orders"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, 1), (response.StatusCode, stub.Calls)); // a retry in a second would be too late
    }

    [Fact]
    public async Task A_handlers_own_timeout_is_one()
    {
        var stub = new Stub((_, _, _) => throw new TaskCanceledException("connecting took too long", new TimeoutException()));
        using var client = ResilHttpClient.Create(engine, null, stub);
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync(new Uri("http://broken/orders")));
        Assert.Equal(BreakerState.Open, engine.App("broken", "orders").State);
    }
}
