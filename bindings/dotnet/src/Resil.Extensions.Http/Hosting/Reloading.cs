namespace Resil.Extensions.Http;

/// <summary>
/// Loads the policies again some time after a change, once for all changes in that time: an editor writes a file in several steps,
/// and a deployment several files.
/// </summary>
internal sealed partial class Reloading : IDisposable
{
    internal static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);

    private readonly object gate = new();
    private readonly Func<string> fingerprint;
    private readonly Action reload;
    private readonly string path;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private string loaded;
    private bool disposed;

    /// <param name="loaded">The fingerprint of what is loaded.</param>
    /// <param name="fingerprint">That of what is there now.</param>
    /// <param name="reload">Loads what is there.</param>
    /// <param name="time">For the quiet after a change.</param>
    /// <param name="path">Where the policies are, for the log.</param>
    /// <param name="logger">Told of each change, loaded or not.</param>
    public Reloading(string loaded, Func<string> fingerprint, Action reload, TimeProvider time, string path, ILogger logger)
    {
        this.fingerprint = fingerprint;
        this.reload = reload;
        this.path = path;
        this.logger = logger;
        this.loaded = loaded;
        timer = time.CreateTimer(static self => ((Reloading)self!).Settle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something may have changed. Each notice starts the time anew.</summary>
    public void Notice()
    {
        lock (gate)
        {
            if (!disposed)
                timer.Change(Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            timer.Dispose();
        }
    }

    private void Settle()
    {
        lock (gate)
        {
            if (disposed)
                return;
            try
            {
                var now = fingerprint();
                if (now == loaded)
                    return;
                loaded = now; // a text with a mistake is told once
                reload();
                LogReloaded(logger, path);
            }
            catch (Exception failure) when (failure is ResilException or IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                LogKept(logger, path, failure.Message);
            }
        }
    }

    [LoggerMessage(EventId = 101, EventName = "PoliciesReloaded", Level = LogLevel.Information, Message = "Policies in {Path} loaded again")]
    private static partial void LogReloaded(ILogger logger, string path);

    [LoggerMessage(EventId = 102, EventName = "PoliciesKept", Level = LogLevel.Error, Message =
        "Policies in {Path} changed but cannot be loaded, those from before stay in force: {Mistake}")]
    private static partial void LogKept(ILogger logger, string path, string mistake);
}
