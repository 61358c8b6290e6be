// Every package once, from a container that reads its options from a configuration.
using System.Net;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Polly;
using Resil;
using Resil.Extensions.Grpc;

int passed = 0, failed = 0;
void Check(string what, bool holds)
{
    Console.WriteLine($"{(holds ? "ok" : "WRONG")}: {what}");
    _ = holds ? passed++ : failed++;
}

var policies = Path.Combine(Path.GetTempPath(), $"resil-{Environment.ProcessId}.yaml");
File.WriteAllText(policies, """
    apiVersion: dapr.io/v1alpha1
    kind: Resiliency
    metadata: {name: consumer}
    spec:
      policies:
        timeouts: {t: 5s}
        retries: {r: {policy: constant, duration: 1ms, maxRetries: 2, matching: {httpStatusCodes: "503", gRPCStatusCodes: "14"}}}
        circuitBreakers: {cb: {timeout: 1h, trip: consecutiveFailures >= 3}}
      targets: {apps: {shop: {timeout: t, retry: r, circuitBreaker: cb}}}
    """);
try
{
    var builder = Host.CreateApplicationBuilder(["--Resil:Path", policies, "--Resil:AppId", "consumer"]);
    builder.Logging.SetMinimumLevel(LogLevel.Warning);
    builder.Services.AddResil(builder.Configuration.GetSection("Resil"));
    var http = new Answers();
    builder.Services.AddHttpClient("shop").AddResil().ConfigurePrimaryHttpMessageHandler(() => http);
    using var host = builder.Build();
    await host.StartAsync();
    var engine = host.Services.GetRequiredService<Engine>();
    Check("options are bound", engine.AppId == "consumer");

    using var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
    using var response = await client.GetAsync("http://shop/orders");
    Check("HttpClient: 503, 503, 200", response.StatusCode == HttpStatusCode.OK && http.Calls == 3);

    var calls = 0;
    var text = Marshallers.Create(System.Text.Encoding.UTF8.GetBytes, System.Text.Encoding.UTF8.GetString);
    var method = new Method<string, string>(MethodType.Unary, "shop.Orders", "Place", text, text);
    var context = new ClientInterceptorContext<string, string>(method, null, default);
    using var call = new ResilInterceptor(engine, "shop").AsyncUnaryCall("order", context, (request, _) => new AsyncUnaryCall<string>(
        ++calls < 3 ? Task.FromException<string>(new RpcException(new Status(StatusCode.Unavailable, ""))) : Task.FromResult(request),
        Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { }));
    Check("gRPC: Unavailable twice, then an answer", await call == "order" && calls == 3);

    calls = 0;
    var pipeline = new ResiliencePipelineBuilder().AddResil(engine.App("shop", "polly")).Build();
    Check("Polly: two failures, then an answer", await pipeline.ExecuteAsync(_ => ++calls < 3 ? throw new IOException() : new ValueTask<int>(calls)) == 3);

    var endpoint = engine.App("shop", "down");
    await endpoint.TryExecuteAsync(ValueTask<int> (_) => throw new IOException());
    Check("a rejection as a value", (await endpoint.TryExecuteAsync(_ => new ValueTask<int>(1))).Rejection?.Reason == Reason.Open);
    await host.StopAsync();
}
finally
{
    File.Delete(policies);
}
Console.WriteLine($"{passed} passed, {failed} failed");
return failed;

internal sealed class Answers : HttpMessageHandler
{
    public int Calls { get; private set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        => Task.FromResult(new HttpResponseMessage(++Calls < 3 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK));
}
