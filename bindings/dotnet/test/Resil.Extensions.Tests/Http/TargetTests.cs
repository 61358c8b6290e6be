using Resil.Extensions.Http;
using Resil.Extensions.Tests.Hosting;
using static System.Net.HttpStatusCode;

namespace Resil.Extensions.Tests.Http;

public sealed class TargetTests
{
    [Theory]
    [InlineData("http://retried/orders", "retried", "orders")]
    [InlineData("http://retried:8080/v1/orders?state=open#top", "retried", "v1/orders")]
    [InlineData("https://RETRIED/", "retried", null)]
    [InlineData("http://shop/orders/4711/items/3", "shop", "orders/{id}/items/{id}")]
    [InlineData("http://shop/users/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "shop", "users/{id}")]
    [InlineData("http://shop/blobs/0123abcd", "shop", "blobs/{id}")]
    [InlineData("http://shop/words/cafe/effaceddeed", "shop", "words/cafe/effaceddeed")]
    public void The_app_is_the_host_and_the_method_the_path(string uri, string app, string? method)
        => Assert.Equal(new HttpTarget(app, method), HttpTarget.OfHost(new HttpRequestMessage(HttpMethod.Get, uri)));

    [Fact]
    public void An_authority_has_its_port()
        => Assert.Equal(new HttpTarget("localhost:7001", "orders"), HttpTarget.OfAuthority(new(HttpMethod.Get, "http://localhost:7001/orders")));

    [Fact]
    public void Daprs_header_names_the_app()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "http://localhost:3500/orders") { Headers = { { "dapr-app-id", "order-processor" } } };
        Assert.Equal(new HttpTarget("order-processor", "orders"), HttpTarget.OfHost(request));
    }

    [Fact]
    public void A_relative_address_has_no_target()
        => Assert.Null(HttpTarget.OfHost(new HttpRequestMessage(HttpMethod.Get, new Uri("/orders", UriKind.Relative))));

    [Fact]
    public async Task All_requests_can_go_to_one_app()
    {
        var engine = Documents.Engine();
        using var client = ResilHttpClient.Create(engine, new ResilHttpOptions { App = "down" }, new Stub(InternalServerError));
        (await client.GetAsync(new Uri("http://localhost:5000/orders"))).Dispose();
        Assert.Equal(BreakerState.Open, engine.App("down", "orders").State);
    }

    [Fact]
    public async Task An_endpoint_can_be_given()
    {
        var engine = Documents.Engine();
        var down = engine.App("down");
        using var client = ResilHttpClient.Create(engine, new ResilHttpOptions { Endpoint = _ => down }, new Stub(InternalServerError));
        (await client.GetAsync(new Uri("http://localhost:5000/orders"))).Dispose();
        Assert.Equal(BreakerState.Open, down.State);
    }

    [Fact]
    public async Task Beyond_the_bound_a_path_gets_its_apps_breaker_and_the_log_says_so_once()
    {
        var log = new List<string>();
        var engine = Documents.Engine();
        var options = new ResilHttpOptions { MaxPaths = 2 };
        using var client = new HttpClient(new ResilHandler(engine, options, new Patience(), new Lines(log.Add)) { InnerHandler = new Stub(InternalServerError) });
        foreach (var path in new[] { "a", "b", "c", "a" })
            await Try(() => client.GetAsync(new Uri($"http://down/{path}")));
        await Assert.ThrowsAsync<CircuitOpenException>(() => client.GetAsync(new Uri("http://down/d")));
        Assert.Equal(BreakerState.Open, engine.App("down").State);
        Assert.Single(log);
        Assert.StartsWith("2 paths of 'down' have a circuit breaker of their own and there is no room for more: 'c'", log[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_engine_still_sends()
    {
        var log = new List<string>();
        var engine = Documents.Engine(maxEndpoints: 2);
        var stub = new Stub(OK);
        using var client = new HttpClient(new ResilHandler(engine, new ResilHttpOptions(), new Patience(), new Lines(log.Add)) { InnerHandler = stub });
        foreach (var path in new[] { "a", "b", "c", "d" })
            (await client.GetAsync(new Uri($"http://broken/{path}"))).Dispose();
        Assert.Equal(4, stub.Calls);
        Assert.Single(log);
    }

    private static async Task Try(Func<Task<HttpResponseMessage>> call)
    {
        try
        {
            (await call()).Dispose();
        }
        catch (RejectedException)
        {
        }
    }
}
