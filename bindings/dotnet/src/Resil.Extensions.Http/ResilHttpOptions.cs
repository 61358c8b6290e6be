namespace Resil.Extensions.Http;

/// <summary>Which endpoint a request goes to, and how the calls are made.</summary>
public sealed class ResilHttpOptions
{
    /// <summary>All requests go to this app, whatever their host. The method is the path.</summary>
    public string? App { get; set; }

    /// <summary>
    /// Whose policies a request gets; a request without a target goes out as it is. Not asked where <see cref="App"/> is given. The
    /// default is <see cref="HttpTarget.OfHost"/>; there is <see cref="HttpTarget.OfAuthority"/> too.
    /// </summary>
    public Func<HttpRequestMessage, HttpTarget?> Target { get; set; } = HttpTarget.OfHost;

    /// <summary>The endpoint itself, for whoever calls an actor or a component. If it is given, no target is asked for.</summary>
    public Func<HttpRequestMessage, Endpoint?>? Endpoint { get; set; }

    /// <summary>
    /// How many paths of an app get a circuit breaker of their own. One beyond that gets the app's, and a log line says so once: paths
    /// that somebody else makes up must not cost memory without end.
    /// </summary>
    public int MaxPaths { get; set; } = 256;

    /// <summary>
    /// Waiting, the deadline, which exceptions fail. The deadline is the whole operation's; the HttpClient's own timeout is one too,
    /// and the earlier one counts.
    /// </summary>
    public CallOptions Call { get; set; } = new();

    /// <summary>
    /// Which requests may be sent again, if the policy wishes. By default those without content, with bytes, text, JSON or a form, and
    /// with a stream that can seek.
    /// </summary>
    public Func<HttpRequestMessage, bool>? CanResend { get; set; }
}
