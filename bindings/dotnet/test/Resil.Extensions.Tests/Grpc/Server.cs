using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Resil.Extensions.Tests.Grpc;

/// <summary>gRPC over real HTTP/2 with strings for messages: an echo, unless the test has something else in mind.</summary>
internal sealed class Server : IAsyncDisposable
{
    private static readonly Marshaller<string> Text = Marshallers.Create(System.Text.Encoding.UTF8.GetBytes, System.Text.Encoding.UTF8.GetString);

    public static readonly Method<string, string> Echo = new(MethodType.Unary, "test.Echo", "Say", Text, Text);

    private readonly WebApplication app;
    private int calls;

    private Server(Func<int, CancellationToken, Task<(StatusCode Code, Metadata Trailers)>> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, on => on.Protocols = HttpProtocols.Http2));
        app = builder.Build();
        app.MapPost("/test.Echo/Say", async context =>
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            var (code, trailers) = await answer(Interlocked.Increment(ref calls), context.RequestAborted);
            context.Response.ContentType = "application/grpc";
            if (code == StatusCode.OK)
                await context.Response.Body.WriteAsync(body.ToArray(), context.RequestAborted);
            var told = context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
            told["grpc-status"] = ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture);
            told["grpc-message"] = "as told";
            foreach (var trailer in trailers)
                told[trailer.Key] = trailer.IsBinary ? Convert.ToBase64String(trailer.ValueBytes) : trailer.Value;
        });
    }

    public int Calls => calls;

    public GrpcChannel Channel { get; private set; } = null!;

    /// <summary>Another channel to it, one that says cancellation by an OperationCanceledException.</summary>
    public GrpcChannel PlainChannel()
        => GrpcChannel.ForAddress(app.Urls.Single(), new GrpcChannelOptions { ThrowOperationCanceledOnCancellation = true });

    public static async Task<Server> Start(Func<int, CancellationToken, Task<(StatusCode Code, Metadata Trailers)>> answer)
    {
        var server = new Server(answer);
        await server.app.StartAsync();
        server.Channel = GrpcChannel.ForAddress(server.app.Urls.Single());
        return server;
    }

    /// <summary>One that fails with this status until its last call.</summary>
    public static Task<Server> Failing(StatusCode code, int times, Metadata? trailers = null)
        => Start((n, _) => Task.FromResult((n <= times ? code : StatusCode.OK, trailers ?? [])));

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await app.DisposeAsync();
    }
}
