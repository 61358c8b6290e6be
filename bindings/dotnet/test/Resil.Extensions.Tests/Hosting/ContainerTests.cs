using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Resil.Extensions.Http;

namespace Resil.Extensions.Tests.Hosting;

public sealed class ContainerTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("resil");

    private string File(string text)
    {
        var path = Path.Combine(folder.FullName, "resiliency.yaml");
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_engine_is_one_and_the_container_disposes_it()
    {
        var services = new ServiceCollection();
        var path = File(Documents.Policies);
        services.AddResil(options => options.Path = path);
        Engine engine;
        using (var provider = services.BuildServiceProvider())
        {
            engine = provider.GetRequiredService<Engine>();
            Assert.Same(engine, provider.GetRequiredService<Engine>());
            Assert.False(engine.IsDisposed);
        }
        Assert.True(engine.IsDisposed);
    }

    [Fact]
    public async Task Options_come_from_a_configuration()
    {
        File(Documents.Policies.Replace("metadata: {name: test}", "metadata: {name: test}\nscopes: [checkout]", StringComparison.Ordinal));
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = folder.FullName });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Resil:Path"] = "resiliency.yaml", // from the content root
            ["Resil:AppId"] = "checkout",
            ["Resil:MaxEndpoints"] = "3",
        });
        builder.Services.AddResil(builder.Configuration.GetSection("Resil"));
        using var host = builder.Build();
        await host.StartAsync();
        var engine = host.Services.GetRequiredService<Engine>();
        Assert.Equal("checkout", engine.AppId);
        Assert.NotNull(engine.App("broken", "orders").State);
        Assert.NotNull(engine.App("broken", "a"));
        Assert.NotNull(engine.App("broken", "b"));
        Assert.ThrowsAny<ResilException>(() => engine.App("broken", "c"));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_mistake_in_a_policy_stops_the_host_when_it_starts()
    {
        var path = File(Documents.Policies.Replace("retry: twice", "retry: twiec", StringComparison.Ordinal));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddResil(options => options.Path = path);
        using var host = builder.Build();
        var mistake = await Assert.ThrowsAsync<PolicyException>(() => host.StartAsync());
        Assert.Contains("did you mean 'twice'?", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_path_is_told()
    {
        using var provider = new ServiceCollection().AddResil(_ => { }).BuildServiceProvider();
        var missing = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<Engine>);
        Assert.Contains("option Path is missing", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_without_an_engine_is_told_what_is_missing()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("orders").AddResil();
        using var provider = services.BuildServiceProvider();
        var missing = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IHttpClientFactory>().CreateClient("orders"));
        Assert.Contains("call AddResil on the services too", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Time_is_the_containers()
    {
        var path = File(Documents.Policies);
        var time = new FakeTimeProvider();
        using var provider = new ServiceCollection().AddSingleton<TimeProvider>(time).AddResil(options => options.Path = path).BuildServiceProvider();
        Assert.Same(time, provider.GetRequiredService<Engine>().TimeProvider);
    }

    [Fact]
    public void A_change_between_loading_and_watching_is_not_lost()
    {
        var path = File(Documents.Policies);
        var time = new FakeTimeProvider();
        var services = new ServiceCollection().AddSingleton<TimeProvider>(time);
        services.AddSingleton<ILoggerFactory>(new Meanwhile(() => File(Documents.Policies + "\n      new: {circuitBreaker: three}\n")));
        services.AddResil(options => (options.Path, options.ReloadOnChange) = (path, true));
        using var provider = services.BuildServiceProvider();
        var engine = provider.GetRequiredService<Engine>();
        Assert.Null(engine.App("new", "orders").State);
        time.Advance(Reloading.Quiet);
        Assert.Equal(BreakerState.Closed, engine.App("new", "orders").State);
    }

    [Fact]
    public void An_engine_whose_file_cannot_be_watched_is_not_left_behind()
    {
        var path = File(Documents.Policies);
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(new Meanwhile(() => folder.Delete(recursive: true)));
        services.AddResil(options => (options.Path, options.ReloadOnChange, options.MetricsName) = (path, true, "unwatched"));
        using var provider = services.BuildServiceProvider();
        Assert.Throws<ArgumentException>(provider.GetRequiredService<Engine>);
        folder.Create();
        var loaded = new List<object?>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (one, self) =>
        {
            if (one.Name == "dapr_resiliency_loaded")
                self.EnableMeasurementEvents(one);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => loaded.AddRange(tags.ToArray().Where(tag => tag.Key == "name").Select(tag => tag.Value)));
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.DoesNotContain("unwatched", loaded);
    }

    [Fact]
    public void A_path_that_is_not_there_is_told_by_the_engine_where_it_is_to_be_watched_too()
    {
        using var provider = new ServiceCollection()
            .AddResil(options => (options.Path, options.ReloadOnChange) = (Path.Combine(folder.FullName, "none.yaml"), true)).BuildServiceProvider();
        Assert.Contains("there is no such file", Assert.Throws<PolicyException>(provider.GetRequiredService<Engine>).Message, StringComparison.Ordinal);
    }

    /// <summary>Does something at the moment when the engine has read its policies and asks for its logger.</summary>
    private sealed class Meanwhile(Action work) : ILoggerFactory
    {
        private int asked;

        public ILogger CreateLogger(string categoryName)
        {
            if (asked++ == 0)
                work();
            return new Lines(_ => { });
        }

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }

    [Fact]
    public async Task A_changed_file_is_loaded_again_where_that_is_wished()
    {
        var path = File(Documents.Policies);
        var reloaded = new TaskCompletionSource();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(new Lines(line =>
        {
            if (line.Contains("loaded again", StringComparison.Ordinal))
                reloaded.TrySetResult();
        })));
        services.AddResil(options =>
        {
            options.Path = path;
            options.ReloadOnChange = true;
        });
        using var provider = services.BuildServiceProvider();
        var engine = provider.GetRequiredService<Engine>();
        Assert.Null(engine.App("new", "orders").State);
        File(Documents.Policies + "\n      new: {circuitBreaker: three}\n");
        await reloaded.Task.WaitAsync(TimeSpan.FromMinutes(1)); // so wide that only a hang meets it
        Assert.Equal(BreakerState.Closed, engine.App("new", "orders").State);
    }
}
