namespace Resil.Extensions.Http;

/// <summary>
/// The timeout of the HttpClient, taken over as the operation's deadline. A handler sees a token that the client cancels for two
/// reasons, its own timeout and the caller's wish, and cannot tell them apart; the engine, which keeps the deadline, can: a target
/// that does not answer in time has failed, while a caller's change of mind says nothing about it.
///
/// The operation is over when the response's header is there, but the client goes on to read the body, unless it was told not to, and
/// nothing else ends that if the server stops in its midst. So the client keeps a timeout, so much longer that the engine's is first.
/// </summary>
internal sealed class Patience
{
    /// <summary>By how much the client is the more patient one.</summary>
    internal static readonly TimeSpan More = TimeSpan.FromSeconds(1);

    /// <summary>A client takes no longer timeout.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

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
        var limit = client.Timeout;
        Volatile.Write(ref ticks, limit.Ticks);
        if (limit != Timeout.InfiniteTimeSpan)
            client.Timeout = limit < Longest - More ? limit + More : Longest;
    }
}
