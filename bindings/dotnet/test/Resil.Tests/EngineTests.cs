namespace Resil.Tests;

public class EngineTests
{
    [Fact]
    public void A_mistake_is_told_with_its_place()
    {
        PolicyException thrown = Assert.Throws<PolicyException>(
            () => Engine.FromText("kind: Resiliency\nspec:\n  targets:\n    apps:\n      a: {retry: nowhere}\n"));
        Assert.Equal((5, null), (thrown.Line, thrown.File));
        Assert.True(thrown.Column > 0);
        Assert.Contains("nowhere", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_and_folders_are_loaded_checked_and_reloaded()
    {
        string folder = Directory.CreateTempSubdirectory("resil").FullName;
        try
        {
            string file = Path.Combine(folder, "resiliency.yaml");
            File.WriteAllText(file, Policies.Orders(retry: Policies.Twice));
            using Engine engine = Engine.Load(folder);
            Assert.Empty(Engine.Check(file));
            Assert.Equal("p", RetryOf(engine));
            File.WriteAllText(file, "kind: Resiliency\nspec: {nothing: 1}\n");
            PolicyException thrown = Assert.Throws<PolicyException>(() => engine.Reload(file));
            Assert.Equal(file, thrown.File);
            Assert.NotEmpty(Engine.Check(file));
            Assert.Equal("p", RetryOf(engine));
            engine.ReloadText(Policies.Orders());
            Assert.Null(RetryOf(engine));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_endpoint_is_the_same_each_time()
    {
        using Engine engine = Engine.FromText(Policies.Orders());
        Assert.Same(engine.App("orders", "a"), engine.App("orders", "a"));
        Assert.NotSame(engine.App("orders", "a"), engine.App("orders", "b"));
        Assert.Same(engine.App("orders"), engine.App("orders", ""));
        Endpoint store = engine.ComponentInbound("store", "Statestore");
        Assert.NotEqual(store.Id, engine.ComponentOutbound("store", "Statestore").Id);
        Assert.Equal((EndpointKind.ComponentInbound, "store", "Statestore"), (store.Kind, store.Name, store.Instance));
        Assert.Equal("actor Cart:7", engine.Actor("Cart", "7").ToString());
        Assert.Null(engine.Builtin("DaprBuiltInServiceRetries").State);
    }

    [Theory]
    [InlineData(-1, 0, 0, "MaxEndpoints")]
    [InlineData(0, -1, 0, "EventCapacity")]
    [InlineData(0, 0, -1, "MaxBytes")]
    public void An_option_that_is_negative_is_named(int endpoints, int events, long bytes, string name)
    {
        EngineOptions options = new() { MaxEndpoints = endpoints, EventCapacity = events, MaxBytes = bytes };
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => Engine.FromText(Policies.Orders(), options)).ParamName);
    }

    [Fact]
    public void Options_reach_the_engine()
    {
        using Engine engine = Engine.FromText(Policies.Orders(), new() { MaxEndpoints = 1 });
        engine.App("one");
        Assert.Contains("MaxEndpoints", Assert.Throws<ResilException>(() => engine.App("two")).Message, StringComparison.Ordinal);
        const string odd = "kind: Resiliency\nspec: {nothing: 1}\n";
        Assert.Throws<PolicyException>(() => Engine.FromText(odd));
        Engine.FromText(odd, new() { Lenient = true }).Dispose();
        Assert.Throws<PolicyException>(() => Engine.FromText(Policies.Orders(retry: Policies.Twice), new() { MaxBytes = 10 }));
        string scoped = Policies.Orders(retry: Policies.Twice).Replace("spec:", "scopes: [checkout]\nspec:", StringComparison.Ordinal);
        using Engine other = Engine.FromText(scoped, new() { AppId = "somebody" });
        Assert.Null(RetryOf(other));
        Assert.Matches(@"^\d+\.\d+\.\d+$", Engine.NativeVersion);
    }

    [Fact]
    public void Retry_after_is_read_as_the_rfc_has_it()
    {
        DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(TimeSpan.FromSeconds(120), RetryAfter.Parse("120", now));
        Assert.Equal(TimeSpan.FromMinutes(1), RetryAfter.Parse("Thu, 01 Jan 2026 00:01:00 GMT", now));
        Assert.Null(RetryAfter.Parse("3600.5", now));
        Assert.Null(RetryAfter.Parse(null, now));
    }

    private static string? RetryOf(Engine engine)
    {
        Endpoint orders = engine.App("orders");
        return engine.Snapshot().Find(orders)!.RetryPolicy;
    }
}
