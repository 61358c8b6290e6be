using System.Diagnostics;
using Microsoft.Extensions.Logging;

/// <summary>Writes lines as Dapr's sidecar does: INFO[0025] what happened.</summary>
sealed class DaprStyle : ILoggerProvider, ILogger
{
    readonly Stopwatch sinceStart = Stopwatch.StartNew();

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<T>(LogLevel logLevel, EventId eventId, T state, Exception? exception, Func<T, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var level = logLevel switch { LogLevel.Information => "INFO", LogLevel.Warning => "WARN", _ => "ERRO" };
        Console.Error.WriteLine($"{level}[{(int)sinceStart.Elapsed.TotalSeconds:0000}] {formatter(state, exception)}  ");
    }

    public IDisposable? BeginScope<T>(T state) where T : notnull => null;

    public void Dispose() { }
}
