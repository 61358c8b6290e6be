using Resil.Calls;

namespace Resil;

public sealed partial class Endpoint
{
    /// <summary>Makes the call: attempts it, waits, retries it, as the policies say.</summary>
    /// <param name="call">Makes one attempt. Its token is cancelled at the attempt's budget and with <paramref name="cancellationToken"/>.
    /// It is this attempt's alone: what goes on after the attempt, as a stream does, needs a token of the caller's.</param>
    /// <param name="cancellationToken">Ends the operation at once, which counts neither as failure nor as success.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <returns>Its result.</returns>
    /// <exception cref="RejectedException">No attempt was admitted.</exception>
    /// <exception cref="TimeoutException">The attempt used up its budget, or the operation its deadline.</exception>
    /// <exception cref="RetriesExhaustedException">More than one attempt was made, and the last one failed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public T Execute<T>(Func<CancellationToken, T> call, CancellationToken cancellationToken = default)
        => Run<T, T, SyncCall<T>, Thrown<T>>(new(NotNull(call)), null, cancellationToken);

    /// <summary>Makes the call: attempts it, waits, retries it, as the policies say.</summary>
    /// <param name="call">Makes one attempt. Its token is cancelled at the attempt's budget and with <paramref name="cancellationToken"/>.
    /// It is this attempt's alone: what goes on after the attempt, as a stream does, needs a token of the caller's.</param>
    /// <param name="options">How the call is made and judged; null = as by default.</param>
    /// <param name="cancellationToken">Ends the operation at once, which counts neither as failure nor as success.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <returns>Its result.</returns>
    /// <exception cref="RejectedException">No attempt was admitted.</exception>
    /// <exception cref="TimeoutException">The attempt used up its budget, or the operation its deadline.</exception>
    /// <exception cref="RetriesExhaustedException">More than one attempt was made, and the last one failed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public T Execute<T>(Func<CancellationToken, T> call, CallOptions? options, CancellationToken cancellationToken = default)
        => Run<T, T, SyncCall<T>, Thrown<T>>(new(NotNull(call)), options, cancellationToken);

    /// <summary>Makes the call: attempts it, waits, retries it, as the policies say.</summary>
    /// <param name="call">Makes one attempt. Its token is cancelled at the attempt's budget and with <paramref name="cancellationToken"/>.
    /// It is this attempt's alone: what goes on after the attempt, as a stream does, needs a token of the caller's.</param>
    /// <param name="state">Handed to <paramref name="call"/>, so that it needs no closure.</param>
    /// <param name="cancellationToken">Ends the operation at once, which counts neither as failure nor as success.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <returns>Its result.</returns>
    /// <exception cref="RejectedException">No attempt was admitted.</exception>
    /// <exception cref="TimeoutException">The attempt used up its budget, or the operation its deadline.</exception>
    /// <exception cref="RetriesExhaustedException">More than one attempt was made, and the last one failed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public T Execute<T, TState>(Func<TState, CancellationToken, T> call, TState state, CancellationToken cancellationToken = default)
        => Run<T, T, SyncStateCall<T, TState>, Thrown<T>>(new(NotNull(call), state), null, cancellationToken);

    /// <summary>Makes the call: attempts it, waits, retries it, as the policies say.</summary>
    /// <param name="call">Makes one attempt. Its token is cancelled at the attempt's budget and with <paramref name="cancellationToken"/>.
    /// It is this attempt's alone: what goes on after the attempt, as a stream does, needs a token of the caller's.</param>
    /// <param name="state">Handed to <paramref name="call"/>, so that it needs no closure.</param>
    /// <param name="options">How the call is made and judged; null = as by default.</param>
    /// <param name="cancellationToken">Ends the operation at once, which counts neither as failure nor as success.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <returns>Its result.</returns>
    /// <exception cref="RejectedException">No attempt was admitted.</exception>
    /// <exception cref="TimeoutException">The attempt used up its budget, or the operation its deadline.</exception>
    /// <exception cref="RetriesExhaustedException">More than one attempt was made, and the last one failed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public T Execute<T, TState>(
        Func<TState, CancellationToken, T> call, TState state, CallOptions? options, CancellationToken cancellationToken = default)
        => Run<T, T, SyncStateCall<T, TState>, Thrown<T>>(new(NotNull(call), state), options, cancellationToken);

    /// <summary>Makes the call: attempts it, waits, retries it, as the policies say.</summary>
    /// <param name="call">Makes one attempt. Its token is cancelled at the attempt's budget and with <paramref name="cancellationToken"/>.
    /// It is this attempt's alone: what goes on after the attempt, as a stream does, needs a token of the caller's.</param>
    /// <param name="cancellationToken">Ends the operation at once, which counts neither as failure nor as success.</param>
    /// <exception cref="RejectedException">No attempt was admitted.</exception>
    /// <exception cref="TimeoutException">The attempt used up its budget, or the operation its deadline.</exception>
    /// <exception cref="RetriesExhaustedException">More than one attempt was made, and the last one failed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public void Execute(Action<CancellationToken> call, CancellationToken cancellationToken = default)
        => Run<Nothing, Nothing, SyncVoidCall, Thrown<Nothing>>(new(NotNull(call)), null, cancellationToken);

    /// <summary>Makes the call: attempts it, waits, retries it, as the policies say.</summary>
    /// <param name="call">Makes one attempt. Its token is cancelled at the attempt's budget and with <paramref name="cancellationToken"/>.
    /// It is this attempt's alone: what goes on after the attempt, as a stream does, needs a token of the caller's.</param>
    /// <param name="options">How the call is made and judged; null = as by default.</param>
    /// <param name="cancellationToken">Ends the operation at once, which counts neither as failure nor as success.</param>
    /// <exception cref="RejectedException">No attempt was admitted.</exception>
    /// <exception cref="TimeoutException">The attempt used up its budget, or the operation its deadline.</exception>
    /// <exception cref="RetriesExhaustedException">More than one attempt was made, and the last one failed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public void Execute(Action<CancellationToken> call, CallOptions? options, CancellationToken cancellationToken = default)
        => Run<Nothing, Nothing, SyncVoidCall, Thrown<Nothing>>(new(NotNull(call)), options, cancellationToken);

    /// <summary>Makes the call: attempts it, waits, retries it, as the policies say.</summary>
    /// <param name="call">Makes one attempt. Its token is cancelled at the attempt's budget and with <paramref name="cancellationToken"/>.
    /// It is this attempt's alone: what goes on after the attempt, as a stream does, needs a token of the caller's.</param>
    /// <param name="state">Handed to <paramref name="call"/>, so that it needs no closure.</param>
    /// <param name="cancellationToken">Ends the operation at once, which counts neither as failure nor as success.</param>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <exception cref="RejectedException">No attempt was admitted.</exception>
    /// <exception cref="TimeoutException">The attempt used up its budget, or the operation its deadline.</exception>
    /// <exception cref="RetriesExhaustedException">More than one attempt was made, and the last one failed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public void Execute<TState>(Action<TState, CancellationToken> call, TState state, CancellationToken cancellationToken = default)
        => Run<Nothing, Nothing, SyncVoidStateCall<TState>, Thrown<Nothing>>(new(NotNull(call), state), null, cancellationToken);

    /// <summary>Makes the call: attempts it, waits, retries it, as the policies say.</summary>
    /// <param name="call">Makes one attempt. Its token is cancelled at the attempt's budget and with <paramref name="cancellationToken"/>.
    /// It is this attempt's alone: what goes on after the attempt, as a stream does, needs a token of the caller's.</param>
    /// <param name="state">Handed to <paramref name="call"/>, so that it needs no closure.</param>
    /// <param name="options">How the call is made and judged; null = as by default.</param>
    /// <param name="cancellationToken">Ends the operation at once, which counts neither as failure nor as success.</param>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <exception cref="RejectedException">No attempt was admitted.</exception>
    /// <exception cref="TimeoutException">The attempt used up its budget, or the operation its deadline.</exception>
    /// <exception cref="RetriesExhaustedException">More than one attempt was made, and the last one failed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public void Execute<TState>(
        Action<TState, CancellationToken> call, TState state, CallOptions? options, CancellationToken cancellationToken = default)
        => Run<Nothing, Nothing, SyncVoidStateCall<TState>, Thrown<Nothing>>(new(NotNull(call), state), options, cancellationToken);

    /// <summary>Makes the call: attempts it, waits, retries it, as the policies say. What would be thrown is in the outcome.</summary>
    /// <param name="call">Makes one attempt. Its token is cancelled at the attempt's budget and with <paramref name="cancellationToken"/>.
    /// It is this attempt's alone: what goes on after the attempt, as a stream does, needs a token of the caller's.</param>
    /// <param name="cancellationToken">Ends the operation at once, which counts neither as failure nor as success.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <returns>What became of it.</returns>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public Outcome<T> TryExecute<T>(Func<CancellationToken, T> call, CancellationToken cancellationToken = default)
        => Run<T, Outcome<T>, SyncCall<T>, Told<T>>(new(NotNull(call)), null, cancellationToken);

    /// <summary>Makes the call: attempts it, waits, retries it, as the policies say. What would be thrown is in the outcome.</summary>
    /// <param name="call">Makes one attempt. Its token is cancelled at the attempt's budget and with <paramref name="cancellationToken"/>.
    /// It is this attempt's alone: what goes on after the attempt, as a stream does, needs a token of the caller's.</param>
    /// <param name="options">How the call is made and judged; null = as by default.</param>
    /// <param name="cancellationToken">Ends the operation at once, which counts neither as failure nor as success.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <returns>What became of it.</returns>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public Outcome<T> TryExecute<T>(Func<CancellationToken, T> call, CallOptions? options, CancellationToken cancellationToken = default)
        => Run<T, Outcome<T>, SyncCall<T>, Told<T>>(new(NotNull(call)), options, cancellationToken);

    /// <summary>Makes the call: attempts it, waits, retries it, as the policies say. What would be thrown is in the outcome.</summary>
    /// <param name="call">Makes one attempt. Its token is cancelled at the attempt's budget and with <paramref name="cancellationToken"/>.
    /// It is this attempt's alone: what goes on after the attempt, as a stream does, needs a token of the caller's.</param>
    /// <param name="state">Handed to <paramref name="call"/>, so that it needs no closure.</param>
    /// <param name="cancellationToken">Ends the operation at once, which counts neither as failure nor as success.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <returns>What became of it.</returns>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public Outcome<T> TryExecute<T, TState>(
        Func<TState, CancellationToken, T> call, TState state, CancellationToken cancellationToken = default)
        => Run<T, Outcome<T>, SyncStateCall<T, TState>, Told<T>>(new(NotNull(call), state), null, cancellationToken);

    /// <summary>Makes the call: attempts it, waits, retries it, as the policies say. What would be thrown is in the outcome.</summary>
    /// <param name="call">Makes one attempt. Its token is cancelled at the attempt's budget and with <paramref name="cancellationToken"/>.
    /// It is this attempt's alone: what goes on after the attempt, as a stream does, needs a token of the caller's.</param>
    /// <param name="state">Handed to <paramref name="call"/>, so that it needs no closure.</param>
    /// <param name="options">How the call is made and judged; null = as by default.</param>
    /// <param name="cancellationToken">Ends the operation at once, which counts neither as failure nor as success.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <returns>What became of it.</returns>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public Outcome<T> TryExecute<T, TState>(
        Func<TState, CancellationToken, T> call, TState state, CallOptions? options, CancellationToken cancellationToken = default)
        => Run<T, Outcome<T>, SyncStateCall<T, TState>, Told<T>>(new(NotNull(call), state), options, cancellationToken);
}
