using Resil.Interop;

namespace Resil;

/// <summary>What happened; the brackets say what an <see cref="EngineEvent"/> carries besides.</summary>
public enum EventKind
{
    /// <summary>A circuit breaker changed state (from, to).</summary>
    StateChange = 1,

    /// <summary>An attempt failed and will be retried (the attempt, the delay).</summary>
    Retry = 2,

    /// <summary>An operation went well after a retry (the attempts made).</summary>
    Recovered = 3,

    /// <summary>An attempt was not admitted (the attempts made, the reason, how long until one could be).</summary>
    Rejected = 4,

    /// <summary>An attempt used up its budget (the attempt, its budget).</summary>
    TimedOut = 5,

    /// <summary>An operation failed for good (the attempts made, the reason).</summary>
    GaveUp = 6,

    /// <summary>Something in the policies, or about their use, that deserves a look (the text).</summary>
    Warning = 7,
}

/// <summary>
/// Something that happened at an endpoint. A newer engine may tell of kinds that have no name here: their numbers are kept.
/// </summary>
public sealed class EngineEvent
{
    private readonly NativeEvent one;

    internal EngineEvent(in NativeEvent one, Endpoint? endpoint, string text, long lost)
    {
        this.one = one;
        Endpoint = endpoint;
        Text = text;
        Lost = lost;
    }

    /// <summary>Counts 1, 2, 3, ...</summary>
    public long Sequence => (long)one.Sequence;

    /// <summary>When it happened, in nanoseconds by the engine's clock; only differences mean anything.</summary>
    public long TimeNs => one.TimeNs;

    /// <summary>How many events before this one the reader has lost.</summary>
    public long Lost { get; }

    /// <summary>What happened.</summary>
    public EventKind Kind => (EventKind)one.Kind;

    /// <summary>Where; null for a warning that is not about one.</summary>
    public Endpoint? Endpoint { get; }

    /// <summary>The line to log, in the words that Dapr's users know; empty where there is nothing to log.</summary>
    public string Text { get; }

    /// <summary>The number of the attempt, or of the attempts made; 0 where there is none.</summary>
    public int Attempts => Kind is EventKind.StateChange or EventKind.Warning ? 0 : one.Before;

    /// <summary>The state before a <see cref="EventKind.StateChange"/>.</summary>
    public BreakerState? From => Kind == EventKind.StateChange ? (BreakerState)one.Before : null;

    /// <summary>The state after a <see cref="EventKind.StateChange"/>.</summary>
    public BreakerState? To => Kind == EventKind.StateChange ? (BreakerState)one.After : null;

    /// <summary>Why an attempt was rejected or an operation given up.</summary>
    public Reason Reason => Kind is EventKind.Rejected or EventKind.GaveUp ? (Reason)one.After : Reason.None;

    /// <summary>How long until the retry or the possible admission, or the budget that was used up; zero elsewhere.</summary>
    public TimeSpan Duration
        => Kind is EventKind.Retry or EventKind.Rejected or EventKind.TimedOut ? Durations.FromNs(one.Value) : TimeSpan.Zero;

    /// <summary>
    /// True for a rejection that was only told: the breaker is in <c>mode: shadow</c>, and the attempt was admitted.
    /// </summary>
    public bool IsShadow => Kind == EventKind.Rejected && (one.Reserved0 & Constants.Shadow) != 0;

    /// <inheritdoc/>
    public override string ToString() => Text.Length > 0 ? Text : $"{Kind} {Endpoint}";
}
