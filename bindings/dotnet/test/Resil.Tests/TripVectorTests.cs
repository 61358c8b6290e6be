using System.Text.Json;

namespace Resil.Tests;

/// <summary>The trip expressions of tests/conformance/cel.jsonl, through the public API.</summary>
public class TripVectorTests
{
    public static TheoryData<Vector> Expressions() => Vector.BothWays(Vector.Read("cel.jsonl", "file", "name"));

    [Theory]
    [MemberData(nameof(Expressions), DisableDiscoveryEnumeration = true)]
    public void Expression(Vector vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        string expression = vector.Line.GetProperty("expr").GetString()!;
        bool error = vector.Line.TryGetProperty("error", out _);
        string other = error ? expression : vector.Line.GetProperty("equals").GetString()!;
        string rule = $"({expression}) == ({other})".Replace("'", "''", StringComparison.Ordinal);
        Engine engine;
        try
        {
            engine = Engine.FromText(
                Policies.Orders(breaker: $"{{maxRequests: 1, timeout: 5s, trip: '{rule}'}}"), new() { TimeProvider = new VirtualTime() });
        }
        catch (PolicyException refused)
        {
            Assert.True(error, $"{vector} was refused: {refused.Message}");
            return;
        }
        using (engine)
        {
            engine.CrossesAlways = vector.Crossing;
            Operation operation = engine.App("orders").Begin();
            Assert.True(operation.Admitted);
            operation.End(OutcomeCode.Failure);
            Assert.Equal(error ? BreakerState.Closed : BreakerState.Open, engine.App("orders").State);
        }
    }
}
