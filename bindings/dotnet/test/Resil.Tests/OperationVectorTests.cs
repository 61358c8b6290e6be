using System.Text.Json;

namespace Resil.Tests;

/// <summary>Replays every trace of tests/conformance through the public API, by virtual time: by the word, and crossing always.</summary>
public class OperationVectorTests
{
    private sealed class Call
    {
        internal Operation Operation;
    }

    public static TheoryData<Vector> Operations() => Vector.BothWays(
        [.. Vector.Read("operations*.jsonl", "name"), .. Vector.Read("extension.jsonl", "name")]);

    [Theory]
    [MemberData(nameof(Operations), DisableDiscoveryEnumeration = true)]
    public async Task Trace(Vector vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        VirtualTime time = new();
        EngineOptions options = new()
        {
            AppId = vector.Line.GetProperty("app_id").GetString(),
            TimeProvider = time,
            JitterSeed = 7,
            EventCapacity = 1 << 16,
        };
        await using Engine engine = Engine.FromText(vector.Line.GetProperty("spec").GetString()!, options);
        engine.CrossesAlways = vector.Crossing;
        await using IAsyncEnumerator<EngineEvent> events = engine.Events.GetAsyncEnumerator();
        long before = Published(engine); // what the load had to say
        Dictionary<long, Call> calls = [];
        int number = 0;
        foreach (JsonElement step in vector.Line.GetProperty("steps").EnumerateArray())
        {
            time.Set(step.GetProperty("at").GetInt64());
            string where = $"{vector}, step {number++}: {step}";
            JsonElement expect = step.GetProperty("expect");
            switch (step.GetProperty("op").GetString())
            {
                case "begin":
                    Begin(engine, calls, step, expect, where);
                    break;
                case "end":
                    End(calls[step.GetProperty("call").GetInt64()], step, expect, where);
                    break;
                case "inspect":
                    Inspect(engine, Target(engine, step), expect, where);
                    break;
                default:
                    Assert.Fail("a step of a new kind: " + where);
                    break;
            }
        }
        Assert.Equal(Expected(vector), await Transitions(engine, events, before));
    }

    private static Endpoint Target(Engine engine, JsonElement step)
    {
        JsonElement target = step.GetProperty("target");
        string Of(string key) => target.GetProperty(key).GetString()!;
        return Of("kind") switch
        {
            "app" => engine.App(Of("name"), Of("method")),
            "actor" => engine.Actor(Of("name"), Of("id")),
            "component" when Of("direction") == "inbound" => engine.ComponentInbound(Of("name"), Of("type")),
            "component" => engine.ComponentOutbound(Of("name"), Of("type")),
            _ => throw new InvalidOperationException("a target of a new kind: " + step),
        };
    }

    private static void Begin(Engine engine, Dictionary<long, Call> calls, JsonElement step, JsonElement expect, string where)
    {
        long id = step.GetProperty("call").GetInt64();
        int attempt = step.GetProperty("attempt").GetInt32();
        if (calls.TryGetValue(id, out Call? begun))
        {
            begun.Operation.BeginAgain();
        }
        else
        {
            TimeSpan? deadline = step.TryGetProperty("deadline_ns", out JsonElement until)
                ? TimeSpan.FromTicks((until.GetInt64() - step.GetProperty("at").GetInt64()) / 100)
                : null;
            calls[id] = begun = new Call { Operation = Target(engine, step).Begin(deadline) };
        }
        ref Operation operation = ref begun.Operation;
        Same(expect.GetProperty("decision").GetString(), operation.Admitted ? "allow" : "reject", where);
        if (operation.Admitted)
        {
            Same(attempt, operation.Attempt, where);
            Same(expect.GetProperty("timeout_ns").GetInt64(), operation.BudgetNs, where);
        }
        else
        {
            Reason reason = ReasonOf(expect, where);
            Same(reason, operation.Reason, where);
            Same(reason, operation.Rejection!.Value.Reason, where);
            Within(expect, "wait_ns", operation.DelayNs, where);
        }
    }

    private static void End(Call call, JsonElement step, JsonElement expect, string where)
    {
        OutcomeCode outcome = step.TryGetProperty("http_status", out JsonElement status) ? OutcomeCode.Http(status.GetInt32())
            : step.TryGetProperty("grpc_status", out status) ? OutcomeCode.Grpc(status.GetInt32())
            : step.GetProperty("outcome").GetString() switch
            {
                "success" => OutcomeCode.Success,
                "failure" => OutcomeCode.Failure,
                "timeout" => OutcomeCode.Timeout,
                "cancelled" => OutcomeCode.Cancelled,
                string other => throw new InvalidOperationException(other + ": " + where),
                null => default,
            };
        if (step.TryGetProperty("hint_ns", out JsonElement hint))
        {
            outcome = outcome.WithRetryAfter(TimeSpan.FromTicks(hint.GetInt64() / 100));
        }
        EndAnswer answer = call.Operation.End(outcome);
        string verdict = answer switch { EndAnswer.Done => "done", EndAnswer.Retry => "retry", _ => "fail" };
        Same(expect.GetProperty("verdict").GetString(), verdict, where);
        if (answer == EndAnswer.Retry)
        {
            Within(expect, "delay_ns", call.Operation.DelayNs, where);
        }
        else if (expect.TryGetProperty("reason", out _))
        {
            Same(ReasonOf(expect, where), call.Operation.Reason, where);
        }
    }

    private static Reason ReasonOf(JsonElement expect, string where) => expect.GetProperty("reason").GetString() switch
    {
        "open" => Reason.Open,
        "too_many_requests" => Reason.TooManyRequests,
        "busy" => Reason.Busy,
        "rate-limited" => Reason.RateLimited,
        "held" => Reason.Held,
        "deadline" => Reason.Deadline,
        "retries-exhausted" => Reason.Exhausted,
        "not-retriable" => Reason.NotRetriable,
        "cancelled" => Reason.Cancelled,
        "retry-budget" => Reason.RetryBudget,
        string other => throw new InvalidOperationException(other + ": " + where),
        null => Reason.None,
    };

    /// <summary>A trace may say between which two a number is.</summary>
    private static void Within(JsonElement expect, string what, long actual, string where)
    {
        if (expect.TryGetProperty(what, out JsonElement range))
        {
            Assert.True(
                actual >= range[0].GetInt64() && actual <= range[1].GetInt64(), $"{where}: {what} is {actual}");
        }
    }

    private static void Inspect(Engine engine, Endpoint endpoint, JsonElement expect, string where)
    {
        BreakerSnapshot breaker = engine.Snapshot().Find(endpoint)!.Breaker!;
        Same(expect.GetProperty("state").GetString(), Name(breaker.State), where);
        Same(expect.GetProperty("state").GetString(), Name(endpoint.State!.Value), where);
        foreach (JsonProperty count in expect.GetProperty("counts").EnumerateObject())
        {
            double? known = count.Name switch
            {
                "requests" => breaker.Requests,
                "totalSuccesses" => breaker.TotalSuccesses,
                "totalFailures" => breaker.TotalFailures,
                "consecutiveSuccesses" => breaker.ConsecutiveSuccesses,
                "consecutiveFailures" => breaker.ConsecutiveFailures,
                "calls" => breaker.Calls,
                "slowCalls" => breaker.SlowCalls,
                "failureRate" => breaker.FailureRate,
                "slowRate" => breaker.SlowRate,
                _ => throw new InvalidOperationException(count.Name),
            };
            Same(count.Value.GetDouble(), known, where);
        }
    }

    private static List<string> Expected(Vector vector) =>
    [
        .. vector.Line.GetProperty("expect_transitions").EnumerateArray().Select(one =>
            $"{one.GetProperty("at")} {one.GetProperty("breaker")} {one.GetProperty("from")} -> {one.GetProperty("to")}"),
    ];

    /// <summary>What was published is there to be read: nothing of this waits.</summary>
    private static async Task<List<string>> Transitions(Engine engine, IAsyncEnumerator<EngineEvent> events, long before)
    {
        using JsonDocument snapshot = JsonDocument.Parse(engine.SnapshotJson());
        long published = Published(engine);
        Dictionary<int, string?> names = snapshot.RootElement.GetProperty("endpoints").EnumerateArray()
            .Where(one => one.GetProperty("breaker").ValueKind == JsonValueKind.Object)
            .ToDictionary(
                one => one.GetProperty("endpoint").GetInt32(), one => one.GetProperty("breaker").GetProperty("name").GetString());
        List<string> transitions = [];
        for (long read = before; read < published; read = events.Current.Sequence)
        {
            Assert.True(await events.MoveNextAsync());
            EngineEvent one = events.Current;
            Assert.Equal(0, one.Lost);
            if (one.Kind == EventKind.StateChange)
            {
                transitions.Add($"{one.TimeNs} {names[one.Endpoint!.Id]} {Name(one.From!.Value)} -> {Name(one.To!.Value)}");
            }
        }
        return transitions;
    }

    private static long Published(Engine engine)
    {
        using JsonDocument snapshot = JsonDocument.Parse(engine.SnapshotJson());
        return snapshot.RootElement.GetProperty("events").GetInt64();
    }

    private static string Name(BreakerState state) => state switch
    {
        BreakerState.Closed => "closed",
        BreakerState.Open => "open",
        _ => "half-open",
    };

    private static void Same<T>(T expected, T actual, string where)
        => Assert.True(EqualityComparer<T>.Default.Equals(expected, actual), $"{where}: {actual} in place of {expected}");
}
