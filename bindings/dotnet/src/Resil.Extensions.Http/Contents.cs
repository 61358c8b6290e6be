using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;

namespace Resil.Extensions.Http;

/// <summary>Whether a request's content can be sent twice.</summary>
internal static class Contents
{
    /// <summary>Why it can be sent only once; null where it can be sent again. Of a kind that is not known nobody can tell: then not.</summary>
    public static string? SentOnce(HttpContent? content) => content switch
    {
        JsonContent { Value: { } value } when Values.GetValue(value.GetType(), KindOf) != Kinds.Whole
            => "its value is an IAsyncEnumerable, which may be readable only once",
        null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent => null,
        MultipartContent parts => parts.Select(SentOnce).FirstOrDefault(reason => reason is not null),
        StreamContent stream when Rewinds(stream) => null,
        StreamContent => "its stream can be read only once",
        _ => "its content may be readable only once",
    };

    /// <summary>
    /// What JSON streams as it comes, a channel's items say, is gone when it has been sent. Known by type, and as long as the type is there.
    /// </summary>
    private static readonly ConditionalWeakTable<Type, object> Values = new();

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "An interface that was trimmed is nothing that the serializer would stream by.")]
    private static object KindOf(Type type)
        => type.GetInterfaces().Append(type).Any(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>))
            ? Kinds.Streamed : Kinds.Whole;

    private static class Kinds
    {
        public static readonly object Whole = new();
        public static readonly object Streamed = new();
    }

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
