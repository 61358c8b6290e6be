namespace Resil.Extensions.Http;

/// <summary>The header of that name: seconds, or a date.</summary>
internal static class RetryAfter
{
    /// <summary>Null where there is none, or it makes no sense, or is past.</summary>
    public static TimeSpan? Of(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };
}
