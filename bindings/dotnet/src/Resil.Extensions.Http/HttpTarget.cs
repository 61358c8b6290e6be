namespace Resil.Extensions.Http;

/// <summary>Whose policies a request gets: an app, as the policy file names it, and one of its methods.</summary>
/// <param name="App">The app's id.</param>
/// <param name="Method">Each method has a circuit breaker of its own; null = the app's.</param>
public readonly record struct HttpTarget(string App, string? Method = null)
{
    /// <summary>
    /// The app is what the header <c>dapr-app-id</c> says, or else the host; the method is the path. A relative address without the
    /// header has no target.
    /// </summary>
    public static HttpTarget? OfHost(HttpRequestMessage request) => Of(request, static uri => uri.IdnHost);

    /// <summary>The same, but that the app is host and port, as in <c>localhost:7001</c>.</summary>
    public static HttpTarget? OfAuthority(HttpRequestMessage request) => Of(request, static uri => $"{uri.IdnHost}:{uri.Port}");

    /// <summary>
    /// A path as a method: without its first slash, and with <c>{id}</c> for each segment that is an id (a number, a UUID, 8 or more
    /// hexadecimal digits of which one is a number's), so that there is one circuit breaker for all orders and not one for each.
    /// </summary>
    public static string? MethodOf(Uri? uri) => uri is null ? null : Paths.Method(uri.IsAbsoluteUri ? uri.AbsolutePath : uri.OriginalString);

    private static HttpTarget? Of(HttpRequestMessage request, Func<Uri, string> appOf)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Headers.NonValidated.TryGetValues("dapr-app-id", out var named))
            return new HttpTarget(named.ToString(), MethodOf(request.RequestUri));
        return request.RequestUri is { IsAbsoluteUri: true, Host.Length: > 0 } uri ? new HttpTarget(appOf(uri), MethodOf(uri)) : null;
    }
}
