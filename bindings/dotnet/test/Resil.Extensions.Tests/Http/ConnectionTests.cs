using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Resil.Extensions.Http;

namespace Resil.Extensions.Tests.Http;

/// <summary>Over real connections.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private readonly WebApplication app;
    private Uri address = null!;
    private readonly List<string> credentials = [];
    private int calls;

    public ConnectionTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost("/unwell", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var sent = await reader.ReadToEndAsync(context.RequestAborted);
            var well = Interlocked.Increment(ref calls) > 2;
            context.Response.StatusCode = well ? 200 : 503;
            await context.Response.WriteAsync(well ? sent : new string('x', 100_000), context.RequestAborted);
        });
        app.MapPost("/moved", (HttpRequest request) =>
        {
            credentials.Add($"{request.Headers.Authorization} {request.Headers.TransferEncoding}");
            return Results.Redirect("/there", preserveMethod: false);
        });
        app.MapGet("/there", () => Results.StatusCode(Interlocked.Increment(ref calls) > 1 ? 200 : 503));
    }

    public async Task InitializeAsync()
    {
        await app.StartAsync();
        address = new Uri(app.Urls.Single());
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    private HttpClient Client() => ResilHttpClient.Create(
        Documents.Engine(), new ResilHttpOptions { App = "retried" }, new SocketsHttpHandler { MaxConnectionsPerServer = 1 });

    [Fact]
    public async Task A_response_that_a_retry_replaces_gives_its_connection_back()
    {
        using var client = Client();
        using var response = await client.PostAsync(new Uri(address, "/unwell"), new StreamContent(new MemoryStream("an order"u8.ToArray())));
        Assert.Equal((HttpStatusCode.OK, "an order", 3), (response.StatusCode, await response.Content.ReadAsStringAsync(), calls));
    }

    [Fact]
    public async Task A_redirected_request_is_repeated_from_its_beginning()
    {
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/moved")) { Content = new StringContent("an order") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer of good news"); // no token that the platform would parse
        request.Headers.TransferEncodingChunked = true;
        using var response = await client.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, 2), (response.StatusCode, calls));
        Assert.Equal(["Bearer of good news chunked", "Bearer of good news chunked"], credentials);
    }
}
