namespace Resil.Extensions.Http;

/// <summary>Paths as names of methods.</summary>
internal static class Paths
{
    private const int ShortestHexId = 8;

    public static string? Method(string path)
    {
        var trimmed = path.AsSpan(0, path.AsSpan().IndexOfAny('?', '#') is var end && end < 0 ? path.Length : end).TrimStart('/');
        if (trimmed.IsEmpty)
            return null;
        return HasId(trimmed) ? string.Join('/', trimmed.ToString().Split('/').Select(one => IsId(one) ? "{id}" : one)) : trimmed.ToString();
    }

    private static bool HasId(ReadOnlySpan<char> path)
    {
        while (true)
        {
            var slash = path.IndexOf('/');
            if (IsId(slash < 0 ? path : path[..slash]))
                return true;
            if (slash < 0)
                return false;
            path = path[(slash + 1)..];
        }
    }

    private static bool IsId(ReadOnlySpan<char> segment)
    {
        if (segment.IsEmpty)
            return false;
        if (!segment.ContainsAnyExceptInRange('0', '9') || Guid.TryParseExact(segment, "D", out _))
            return true;
        return segment.Length >= ShortestHexId && !segment.ContainsAnyExcept(HexDigits)
            && segment.ContainsAnyInRange('0', '9'); // without a digit it may be a word
    }

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
