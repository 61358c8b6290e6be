namespace Resil.Calls;

/// <summary>The failures of one operation, bounded: an operation may be retried for ever.</summary>
internal sealed class Failures
{
    internal const int Kept = 16;

    /// <summary>Those before the last.</summary>
    private readonly Queue<Exception> earlier = new();

    internal Exception? Last { get; private set; }

    /// <summary>Oldest first.</summary>
    internal IReadOnlyList<Exception> All => Last is null ? [] : [.. earlier, Last];

    internal void Add(Exception failure)
    {
        if (Last is not null)
        {
            if (earlier.Count == Kept)
            {
                earlier.Dequeue();
            }
            earlier.Enqueue(Last);
        }
        Last = failure;
    }
}
