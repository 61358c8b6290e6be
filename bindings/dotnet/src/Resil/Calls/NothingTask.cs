using System.Runtime.CompilerServices;

namespace Resil.Calls;

/// <summary>Between a <see cref="ValueTask"/> and one with the result <see cref="Nothing"/>.</summary>
internal static class NothingTask
{
    internal static ValueTask<Nothing> Of(ValueTask task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            return Await(task);
        }
        task.GetAwaiter().GetResult(); // it may be pooled: whoever awaits it gives it back
        return default;
    }

    internal static ValueTask Of(ValueTask<Nothing> task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            return AwaitNothing(task);
        }
        task.GetAwaiter().GetResult();
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Nothing> Await(ValueTask task)
    {
        await task.ConfigureAwait(false);
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask AwaitNothing(ValueTask<Nothing> task) => await task.ConfigureAwait(false);
}
