using System.Reflection;
using System.Text.Json;

namespace Resil.Tests;

/// <summary>A line of tests/conformance, or of the folder that RESIL_VECTORS names.</summary>
public sealed record Vector(string Name, JsonElement Line, bool Crossing)
{
    public override string ToString() => Name + (Crossing ? ", crossing" : ", by the word");

    internal static IEnumerable<Vector> Read(string pattern, params string[] names)
    {
        string folder = Environment.GetEnvironmentVariable("RESIL_VECTORS") is { Length: > 0 } given ? given
            : typeof(Vector).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(one => one.Key == "Vectors").Value!;
        foreach (string file in Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal))
        {
            foreach (string text in File.ReadLines(file).Where(line => line.Length > 0))
            {
                JsonElement line = JsonDocument.Parse(text).RootElement;
                yield return new Vector(string.Join('/', names.Select(name => line.GetProperty(name).GetString())), line, Crossing: false);
            }
        }
    }

    internal static TheoryData<Vector> BothWays(IEnumerable<Vector> vectors)
        => new(vectors.SelectMany(vector => new[] { vector, vector with { Crossing = true } }));
}
