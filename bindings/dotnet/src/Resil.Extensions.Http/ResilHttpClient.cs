namespace Resil.Extensions.Http;

/// <summary>Makes clients without a container.</summary>
public static class ResilHttpClient
{
    /// <summary>
    /// A client whose requests go through the policies. It has no timeout of its own: an attempt's is the policy's, and the operation's
    /// is the deadline in <see cref="ResilHttpOptions.Call"/>. (A handler cannot tell <see cref="HttpClient.Timeout"/> from a
    /// cancellation by the caller, which counts for nothing.)
    /// </summary>
    /// <param name="engine">Whose policies apply.</param>
    /// <param name="options">Which endpoint a request goes to, and how; null = as by default.</param>
    /// <param name="innerHandler">What makes an attempt; null = a new <see cref="SocketsHttpHandler"/>, which the client disposes.</param>
    public static HttpClient Create(Engine engine, ResilHttpOptions? options = null, HttpMessageHandler? innerHandler = null)
        => new(new ResilHandler(engine, options ?? new ResilHttpOptions(), innerHandler ?? new SocketsHttpHandler())) { Timeout = Timeout.InfiniteTimeSpan };
}
