using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Resil.Extensions.Http;

/// <summary>The container's engine and what keeps it up to date. The container disposes both.</summary>
internal sealed class HostedEngine : IDisposable
{
    private readonly PolicyFiles? files;
    private readonly Reloading? reloading;

    public HostedEngine(IOptions<ResilOptions> options, IServiceProvider services)
    {
        var given = options.Value;
        var root = (services.GetService(typeof(IHostEnvironment)) as IHostEnvironment)?.ContentRootPath ?? Directory.GetCurrentDirectory();
        var path = Path.GetFullPath(given.Path!, root);
        var loggers = services.GetService(typeof(ILoggerFactory)) as ILoggerFactory;
        var time = services.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System;
        // Before the policies are read: a text that comes in between is one that has changed, and is loaded again.
        files = given.ReloadOnChange ? new PolicyFiles(path) : null;
        var before = files is null ? "" : FingerprintOf(files);
        Engine = Engine.Load(path, new EngineOptions
        {
            AppId = given.AppId,
            ConfigurationPath = given.ConfigurationPath is { } configuration ? Path.GetFullPath(configuration, root) : null,
            Lenient = given.Lenient,
            EveryRejection = given.EveryRejection,
            MaxEndpoints = given.MaxEndpoints,
            EventCapacity = given.EventCapacity,
            MaxBytes = given.MaxBytes,
            JitterSeed = given.JitterSeed,
            TimeProvider = time,
            LoggerFactory = loggers,
            MetricsName = given.MetricsName,
            MetricsNamespace = given.MetricsNamespace,
        });
        if (files is null)
            return;
        try
        {
            reloading = new Reloading(before, files.Fingerprint, () => Engine.Reload(path), time, path, loggers?.CreateLogger("Resil") ?? NullLogger.Instance);
            files.Watch(reloading.Notice);
            reloading.Notice(); // of what has changed before anybody watched
        }
        catch
        {
            Dispose(); // where the system has no watcher left, say, the container gets nothing to dispose
            throw;
        }
    }

    public Engine Engine { get; }

    /// <summary>Empty where there is nothing to read: the engine says so better.</summary>
    private static string FingerprintOf(PolicyFiles files)
    {
        try
        {
            return files.Fingerprint();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    public void Dispose()
    {
        files?.Dispose();
        reloading?.Dispose();
        Engine.Dispose();
    }
}
