using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;

namespace Resil.Bench;

/// <summary>A request through a client of the IHttpClientFactory whose last handler answers at once.</summary>
public class HttpCall
{
    private readonly ServiceProvider services;
    private readonly HttpClient bare;
    private readonly HttpClient resil;
    private readonly HttpClient standard;

    public HttpCall()
    {
        var collection = new ServiceCollection();
        collection.AddSingleton(Subjects.Loaded);
        Client(collection, "bare");
        Client(collection, "resil").AddResil("all");
        Client(collection, "standard").AddStandardResilienceHandler();
        services = collection.BuildServiceProvider();
        var factory = services.GetRequiredService<IHttpClientFactory>();
        bare = factory.CreateClient("bare");
        resil = factory.CreateClient("resil");
        standard = factory.CreateClient("standard");
        foreach (var client in new[] { bare, resil, standard })
            client.Timeout = Timeout.InfiniteTimeSpan; // one more timer would be the same for all
    }

    [Benchmark]
    public HttpStatusCode Bare() => Send(bare);

    [Benchmark]
    public HttpStatusCode Resil() => Send(resil);

    [Benchmark]
    public HttpStatusCode StandardHandler() => Send(standard);

    private static IHttpClientBuilder Client(ServiceCollection services, string name) => services.AddHttpClient(name)
        .RemoveAllLoggers()
        .ConfigurePrimaryHttpMessageHandler(() => new Answers())
        .ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan);

    private static HttpStatusCode Send(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://order-processor/orders");
        using var response = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).GetAwaiter().GetResult();
        return response.StatusCode;
    }

    private sealed class Answers : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request });
    }
}
