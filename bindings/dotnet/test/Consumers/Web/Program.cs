// A web application that calls another one, which is itself, through the policies.
using System.Net;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddResil(options => options.Path = Path.Combine(AppContext.BaseDirectory, "resiliency.yaml"));
builder.Services.AddHttpClient("orders").AddResil("order-processor");

var app = builder.Build();
var calls = 0;
app.MapGet("/orders", () => Results.StatusCode(++calls < 3 ? 503 : 200));
app.MapGet("/checkout", async (IHttpClientFactory clients) =>
{
    using var client = clients.CreateClient("orders");
    using var response = await client.GetAsync(app.Urls.Single() + "/orders");
    return Results.StatusCode((int)response.StatusCode);
});
await app.StartAsync();

using var browser = new HttpClient();
using var answer = await browser.GetAsync(app.Urls.Single() + "/checkout");
var passed = answer.StatusCode == HttpStatusCode.OK && calls == 3;
await app.StopAsync();
Console.WriteLine($"{(passed ? "ok" : "WRONG")}: /checkout answers {(int)answer.StatusCode} after {calls} calls of /orders");
Console.WriteLine($"{(passed ? 1 : 0)} passed, {(passed ? 0 : 1)} failed");
return passed ? 0 : 1;
