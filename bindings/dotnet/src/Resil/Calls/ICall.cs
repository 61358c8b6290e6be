namespace Resil.Calls;

/// <summary>An attempt of an asynchronous call. Structs, so that the forms of a call share code and none of them needs a closure.</summary>
internal interface IAsyncCall<T>
{
    ValueTask<T> Invoke(CancellationToken token);
}

/// <summary>An attempt of a synchronous call.</summary>
internal interface ISyncCall<T>
{
    T Invoke(CancellationToken token);
}

/// <summary>The result of a call that has none.</summary>
internal readonly struct Nothing;

internal readonly struct AsyncCall<T>(Func<CancellationToken, ValueTask<T>> call) : IAsyncCall<T>
{
    public ValueTask<T> Invoke(CancellationToken token) => call(token);
}

internal readonly struct AsyncStateCall<T, TState>(Func<TState, CancellationToken, ValueTask<T>> call, TState state) : IAsyncCall<T>
{
    public ValueTask<T> Invoke(CancellationToken token) => call(state, token);
}

internal readonly struct AsyncVoidCall(Func<CancellationToken, ValueTask> call) : IAsyncCall<Nothing>
{
    public ValueTask<Nothing> Invoke(CancellationToken token) => NothingTask.Of(call(token));
}

internal readonly struct AsyncVoidStateCall<TState>(Func<TState, CancellationToken, ValueTask> call, TState state) : IAsyncCall<Nothing>
{
    public ValueTask<Nothing> Invoke(CancellationToken token) => NothingTask.Of(call(state, token));
}

internal readonly struct SyncCall<T>(Func<CancellationToken, T> call) : ISyncCall<T>
{
    public T Invoke(CancellationToken token) => call(token);
}

internal readonly struct SyncStateCall<T, TState>(Func<TState, CancellationToken, T> call, TState state) : ISyncCall<T>
{
    public T Invoke(CancellationToken token) => call(state, token);
}

internal readonly struct SyncVoidCall(Action<CancellationToken> call) : ISyncCall<Nothing>
{
    public Nothing Invoke(CancellationToken token)
    {
        call(token);
        return default;
    }
}

internal readonly struct SyncVoidStateCall<TState>(Action<TState, CancellationToken> call, TState state) : ISyncCall<Nothing>
{
    public Nothing Invoke(CancellationToken token)
    {
        call(state, token);
        return default;
    }
}
