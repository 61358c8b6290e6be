namespace Resil.Extensions.Http;

/// <summary>One request with all its attempts.</summary>
internal sealed class Exchange(ResilHandler handler, HttpRequestMessage request)
{
    // The platform's own handler follows a redirect by changing the request, so each attempt starts from what the caller wrote.
    private readonly HttpMethod method = request.Method;
    private readonly Uri? uri = request.RequestUri;
    private readonly HttpContent? content = request.Content;
    private readonly string? authorization = request.Headers.NonValidated.TryGetValues("Authorization", out var given) ? given.ToString() : null;
    private readonly bool chunked = request.Headers.NonValidated.Contains("Transfer-Encoding") && request.Headers.TransferEncodingChunked == true;

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
        // A redirect takes this header away. One that a handler below has put there meanwhile is its own to renew.
        if (authorization is not null && !request.Headers.NonValidated.Contains("Authorization"))
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (chunked)
            request.Headers.TransferEncodingChunked = true;
    }
}
