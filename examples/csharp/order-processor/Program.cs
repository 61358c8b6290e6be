// order-processor receives orders. It knows nothing of resil.
using System.Text.Json.Serialization;

var port = Environment.GetEnvironmentVariable("APP_PORT") ?? "7001";

var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var app = builder.Build();

app.MapPost("/orders", (Order order) =>
{
    Console.WriteLine($$"""Order received: {"orderId": {{order.OrderId}}}""");
    return order;
});

app.Run($"http://localhost:{port}");

record Order([property: JsonPropertyName("orderId")] int OrderId);
