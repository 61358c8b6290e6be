using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Resil.Interop;

/// <summary>
/// An endpoint's calls, counted: how many came in, how many left, and how many left as healthy calls that the engine did not hear of
/// (its statistics are told of those before a snapshot). The first minus the others are under way: <see cref="Gate"/> asks that.
///
/// Each thread writes a cell of its own, by plain stores, whichever thread the call began on; so a healthy call needs no atomic
/// operation. A count only grows. Threads without a cell of their own, and all threads as long as the endpoint sees few calls, share
/// the first cell by atomic additions.
/// </summary>
internal sealed class Cells
{
    private const int Entered = 0;
    private const int Left = 1;
    private const int Healthy = 2;

    /// <summary>The shared cell alone.</summary>
    private const int Smallest = 3;

    /// <summary>So many calls of threads that could have a cell, and the endpoint gets cells: most endpoints are called rarely.</summary>
    private const int Rarely = 32;

    private readonly object guard = new();

    /// <summary>Outgrown arrays: who saw one may write to it still, so it is read for ever.</summary>
    private long[][] outgrown = [];
    private long[] cells = new long[Smallest];
    private int misses;
    private long credited;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter() => Add(Entered);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave() => Add(Left);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void LeaveHealthy() => Add(Healthy);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(int which)
    {
        int at = ThreadSlots.Current;
        long[] own = cells;
        if ((uint)(at - 1) < (uint)(own.Length - 1))
        {
            ref long count = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(own), at + which);
            Volatile.Write(ref count, count + 1);
        }
        else
        {
            AddShared(which, at);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddShared(int which, int at)
    {
        Interlocked.Increment(ref cells[which]);
        if (at == 0)
        {
            ThreadSlots.Claim();
        }
        else if (at != ThreadSlots.Shared && Interlocked.Increment(ref misses) >= Rarely)
        {
            Grow(at);
        }
    }

    private void Grow(int at)
    {
        lock (guard)
        {
            if (at < cells.Length)
            {
                return; // another thread was first
            }
            int slots = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(at / ThreadSlots.Spacing + 1));
            outgrown = [.. outgrown, cells];
            Volatile.Write(ref cells, new long[slots * ThreadSlots.Spacing]);
        }
    }

    /// <summary>
    /// Nobody was inside at the moment between the two sums, if they are equal: what had left by the first were all that had come by
    /// the second.
    /// </summary>
    internal bool Empty()
    {
        lock (guard)
        {
            long left = Sum(Left) + Sum(Healthy);
            return left == Sum(Entered);
        }
    }

    /// <summary>The healthy calls since this was last asked.</summary>
    internal long TakeHealthy()
    {
        lock (guard)
        {
            long all = Sum(Healthy);
            long news = all - credited;
            credited = all;
            return news;
        }
    }

    private long Sum(int which)
    {
        long sum = Sum(cells, which);
        foreach (long[] old in outgrown)
        {
            sum += Sum(old, which);
        }
        return sum;
    }

    private static long Sum(long[] cells, int which)
    {
        long sum = 0;
        for (int at = 0; at < cells.Length; at += ThreadSlots.Spacing)
        {
            sum += Volatile.Read(ref cells[at + which]);
        }
        return sum;
    }
}
