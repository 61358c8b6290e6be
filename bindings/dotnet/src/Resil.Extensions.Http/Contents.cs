using System.Net.Http.Json;

namespace Resil.Extensions.Http;

/// <summary>Whether a request's content can be sent twice.</summary>
internal static class Contents
{
    /// <summary>Why it can be sent only once; null where it can be sent again. Of a kind that is not known nobody can tell: then not.</summary>
    public static string? SentOnce(HttpContent? content) => content switch
    {
        null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent => null,
        MultipartContent parts => parts.Select(SentOnce).FirstOrDefault(reason => reason is not null),
        StreamContent stream when Rewinds(stream) => null,
        StreamContent => "its stream can be read only once",
        _ => "its content may be readable only once",
    };

    public static string Advice(HttpRequestMessage request, string reason)
        => $"not retried: {request.Content?.GetType().Name ?? "the request"} cannot be sent again, since {reason}; use a content of "
            + "bytes or text, a stream that can seek, or the option CanResend";

    /// <summary>StreamContent goes back to where its stream began, if the stream can.</summary>
    private static bool Rewinds(StreamContent content)
    {
        try
        {
            return content.GetType() == typeof(StreamContent) && content.ReadAsStream().CanSeek;
        }
        catch (Exception unreadable) when (unreadable is ObjectDisposedException or InvalidOperationException)
        {
            return false; // whoever sends it will say so
        }
    }
}
