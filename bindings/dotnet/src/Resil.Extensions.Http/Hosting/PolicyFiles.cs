using System.Security.Cryptography;

namespace Resil.Extensions.Http;

/// <summary>A policy file, or a folder of them, that can tell when it changes. The operating system tells; nothing polls.</summary>
internal sealed class PolicyFiles(string path) : IDisposable
{
    private readonly bool isFolder = Directory.Exists(path);
    private FileSystemWatcher? watcher;

    /// <summary>Calls <paramref name="notice"/>, on any thread, whenever something may have changed.</summary>
    public void Watch(Action notice)
    {
        var folder = isFolder ? path : Path.GetDirectoryName(path)!;
        watcher = new FileSystemWatcher(folder)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        watcher.Changed += (_, change) => Consider(change.Name, notice);
        watcher.Created += (_, change) => Consider(change.Name, notice);
        watcher.Deleted += (_, change) => Consider(change.Name, notice);
        watcher.Renamed += (_, change) => Consider(change.Name, notice);
        watcher.Error += (_, _) => notice(); // too many changes at once: some were not told
        watcher.EnableRaisingEvents = true;
    }

    /// <summary>The same as long as no text changes; writing a file again as it was is no change.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IEnumerable<string> files = isFolder ? Directory.GetFiles(path).Where(IsPolicy).Order(StringComparer.Ordinal) : [path];
        foreach (var file in files)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(file + '\0'));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    public void Dispose() => watcher?.Dispose();

    // Where a cluster mounts a ConfigMap, the files are links through ..data, which is what changes.
    private void Consider(string? name, Action notice)
    {
        if (name is null || name.StartsWith("..", StringComparison.Ordinal) || (isFolder ? IsPolicy(name) : name == Path.GetFileName(path)))
            notice();
    }

    private static bool IsPolicy(string name)
        => name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);
}
