namespace Resil.Extensions.Http;

/// <summary>
/// The timeout of the HttpClient, taken over as the operation's deadline. A handler sees a token that the client cancels for two
/// reasons, its own timeout and the caller's wish, and cannot tell them apart; the engine, which keeps the deadline, can: a target
/// that does not answer in time has failed, while a caller's change of mind says nothing about it.
/// </summary>
internal sealed class Patience
{
    private long ticks = Timeout.InfiniteTimeSpan.Ticks;

    /// <summary>Null = for ever.</summary>
    public TimeSpan? Limit
    {
        get
        {
            var limit = new TimeSpan(Volatile.Read(ref ticks));
            return limit == Timeout.InfiniteTimeSpan ? null : limit;
        }
    }

    public void TakeFrom(HttpClient client)
    {
        Volatile.Write(ref ticks, client.Timeout.Ticks);
        client.Timeout = Timeout.InfiniteTimeSpan;
    }
}
