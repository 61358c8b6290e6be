using System.Text;
using System.Text.Json;
using Resil.Interop;

namespace Resil;

/// <summary>The endpoints, and what the engine has to say of them.</summary>
public sealed unsafe partial class Engine
{
    private Endpoint EndpointOf(EndpointKind kind, string name, string? instance)
    {
        ArgumentNullException.ThrowIfNull(name);
        TargetKey key = new(kind, name, string.IsNullOrEmpty(instance) ? null : instance); // to the engine they are one
        if (endpoints.TryGetValue(key, out Endpoint? known))
        {
            return known;
        }
        Gate.Enter(Gate.Own);
        try
        {
            return Make(key);
        }
        finally
        {
            Gate.Leave(Gate.Own);
        }
    }

    /// <summary>Within the gate. Two threads that come at once get the same one.</summary>
    private Endpoint Make(TargetKey key)
    {
        int id;
        byte[] name = Encoding.UTF8.GetBytes(key.Name);
        fixed (byte* nameAt = Text.Bytes(key.Name))
        fixed (byte* instanceAt = Text.Bytes(key.Instance))
        {
            long instanceLength = key.Instance is null ? 0 : Encoding.UTF8.GetByteCount(key.Instance);
            id = Native.resil_endpoint(Gate.Engine, (int)key.Kind, nameAt, name.Length, instanceAt, instanceLength);
        }
        if (id < 0)
        {
            throw new ResilException(
                $"{key.Kind} '{key.Name}' has no place in the engine: {ReasonText.Of((Reason)id)}"
                + (id == Constants.Full ? "; raise MaxEndpoints" : ""));
        }
        lock (byId)
        {
            if (endpoints.TryGetValue(key, out Endpoint? known))
            {
                return known;
            }
            Endpoint made = new(this, id, key.Kind, key.Name, key.Instance);
            byId.TryAdd(id, made);
            endpoints[key] = made;
            return made;
        }
    }

    /// <summary>
    /// Null for an id that is none. One that nobody asked for is the record that the actors of a type share. Within the gate.
    /// </summary>
    private Endpoint? EndpointOf(int id)
    {
        if (id < 0)
        {
            return null;
        }
        if (byId.TryGetValue(id, out Endpoint? known))
        {
            return known;
        }
        string text = Text.Read((buffer, capacity) => Native.resil_endpoint_text(Gate.Engine, id, buffer, capacity));
        if (text.Length == 0)
        {
            return null;
        }
        using JsonDocument parsed = JsonDocument.Parse(text);
        (EndpointKind kind, string name, string? instance) = SnapshotReader.Target(parsed.RootElement);
        lock (byId)
        {
            return byId.GetOrAdd(id, _ => new Endpoint(this, id, kind, name, instance));
        }
    }

    /// <summary>The line to log. Within the gate.</summary>
    internal string TextOf(NativeEvent one) => Text.Read((buffer, capacity) =>
    {
        NativeEvent copy = one;
        return Native.resil_event_text(Gate.Engine, &copy, buffer, capacity);
    });

    /// <summary>What a reader is told; of a disposed engine without its text.</summary>
    internal EngineEvent EventOf(NativeEvent one, long lost)
    {
        Gate.Own.Enter();
        try
        {
            return Gate.IsClosed
                ? new EngineEvent(one, byId.GetValueOrDefault(one.Endpoint), "", lost)
                : new EngineEvent(one, EndpointOf(one.Endpoint), TextOf(one), lost);
        }
        finally
        {
            Gate.Leave(Gate.Own);
        }
    }

    /// <summary>How many were read; 0 of a disposed engine.</summary>
    internal int ReadEvents(ref ulong cursor, NativeEvent[] into)
    {
        Gate.Own.Enter();
        try
        {
            if (Gate.IsClosed)
            {
                return 0;
            }
            fixed (ulong* at = &cursor)
            fixed (NativeEvent* to = into)
            {
                return Math.Max(0, Native.resil_events(Gate.Engine, at, to, into.Length));
            }
        }
        finally
        {
            Gate.Leave(Gate.Own);
        }
    }

    /// <summary>The state and statistics of every endpoint now, in the engine's own JSON.</summary>
    public string SnapshotJson()
    {
        string text = "";
        Inside(() =>
        {
            foreach (KeyValuePair<TargetKey, Endpoint> one in endpoints)
            {
                Credit(one.Value);
            }
            text = Text.Read((buffer, capacity) => Native.resil_snapshot(Gate.Engine, NowOrNone, buffer, capacity));
        });
        return text;
    }

    /// <summary>The state and statistics of every endpoint now, read without moving anything.</summary>
    public EngineSnapshot Snapshot() => new(SnapshotJson());

    private void Credit(Endpoint endpoint)
    {
        long calls = endpoint.TakeHealthy();
        if (calls != 0)
        {
            _ = Native.resil_credit(Gate.Engine, endpoint.Id, calls);
        }
    }
}
