namespace Resil.Extensions.Http;

/// <summary>What the callers of an HttpClient are prepared for.</summary>
internal static class Failures
{
    /// <summary>The exception to throw instead; null = <paramref name="failure"/> itself.</summary>
    public static Exception? Of(Exception failure, HttpRequestMessage request, string? once) => failure switch
    {
        // Code that catches HttpRequestException must catch it after retries too.
        RetriesExhaustedException { InnerException: HttpRequestException last }
            => new HttpRequestException(last.HttpRequestError, failure.Message, failure, last.StatusCode),
        HttpRequestException last when once is not null
            => new HttpRequestException(last.HttpRequestError, $"{last.Message} ({Contents.Advice(request, once)})", last, last.StatusCode),
        _ => null,
    };
}
