// checkout sends orders to order-processor, one a second.
using System.Net.Http.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Resil;
using Resil.Extensions.Http;

var baseUrl = Environment.GetEnvironmentVariable("BASE_URL") ?? "http://localhost:7001";
var orders = int.Parse(Environment.GetEnvironmentVariable("ORDERS") ?? "10");
using var logging = LoggerFactory.Create(logging => logging.AddProvider(new DaprStyle()));

// Where Dapr's quickstart starts a sidecar, this one loads the same files into the process.
using var engine = Engine.Load("../../resources", new EngineOptions
{
    AppId = "checkout",
    ConfigurationPath = "../../config.yaml",
    LoggerFactory = logging,
});
using var client = ResilHttpClient.Create(engine, new ResilHttpOptions { Call = new() { WaitWhenOpen = true } });

// The header says whose policies apply, as it told the sidecar whom to call.
client.DefaultRequestHeaders.Add("dapr-app-id", "order-processor");

for (var i = 1; i <= orders; i++)
{
    using var response = await client.PostAsJsonAsync($"{baseUrl}/orders", new Order(i));
    response.EnsureSuccessStatusCode(); // an order is passed only when the status says so
    Console.WriteLine($$"""Order passed: {"orderId": {{i}}}""");
    await Task.Delay(TimeSpan.FromSeconds(1));
}

record Order([property: JsonPropertyName("orderId")] int OrderId);
