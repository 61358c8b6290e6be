namespace Resil.Extensions.Http;

/// <summary>One request with all its attempts.</summary>
internal sealed class Exchange(ResilHandler handler, HttpRequestMessage request)
{
    // The platform's own handler follows a redirect by changing the request, so each attempt starts from what the caller wrote.
    private readonly HttpMethod method = request.Method;
    private readonly Uri? uri = request.RequestUri;
    private readonly HttpContent? content = request.Content;

    public ValueTask<HttpResponseMessage> SendAsync(CancellationToken token)
    {
        Restore();
        return new(handler.PassAsync(request, token));
    }

    public HttpResponseMessage Send(CancellationToken token)
    {
        Restore();
        return handler.Pass(request, token);
    }

    private void Restore()
    {
        request.Method = method;
        request.RequestUri = uri;
        request.Content = content;
    }
}
