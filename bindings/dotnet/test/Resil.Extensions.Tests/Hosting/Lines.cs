using Microsoft.Extensions.Logging;

namespace Resil.Extensions.Tests.Hosting;

internal sealed class Lines(Action<string> line) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => line(formatter(state, exception));

    public void Dispose()
    {
    }
}
