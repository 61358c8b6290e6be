namespace Resil.Interop;

/// <summary>
/// A small number for each thread that makes calls, which no other living thread has, so that the thread may write its own cells
/// without atomic operations. Given back when the thread has ended. Threads beyond the limit share a cell.
/// </summary>
internal static class ThreadSlots
{
    /// <summary>Of the numbers, times the longs from one cell to the next.</summary>
    internal const int Limit = 64;

    /// <summary>Two cache lines of longs: the prefetcher pulls pairs.</summary>
    internal const int Spacing = 16;

    /// <summary>What <see cref="Current"/> is where no number is left for the thread.</summary>
    internal const int Shared = -1;

    private static readonly object Guard = new();
    private static readonly Stack<int> Free = new();
    private static int made;

    /// <summary>Where the thread's cells begin; 0 = it has not asked for a number; <see cref="Shared"/>.</summary>
    [ThreadStatic]
    internal static int Current;

    [ThreadStatic]
    private static Holder? holder;

    /// <summary>Its finalizer runs when the thread has ended and nobody can write by its number any more.</summary>
    private sealed class Holder(int number)
    {
        ~Holder()
        {
            lock (Guard)
            {
                Free.Push(number);
            }
        }
    }

    /// <summary>Gives this thread a number, if one is left.</summary>
    internal static void Claim()
    {
        int number;
        lock (Guard)
        {
            if (!Free.TryPop(out number))
            {
                if (made == Limit - 1)
                {
                    Current = Shared;
                    return;
                }
                number = ++made;
            }
        }
        holder = new Holder(number);
        Current = number * Spacing;
    }
}
