using System.Globalization;
using System.Text.Json;

namespace Resil.Tests;

/// <summary>What every binding agrees on above the C ABI: tests/conformance/host, whose README says what its words mean.</summary>
public class HostVectorTests
{
    private sealed class Named(string name) : Exception(name);

    /// <summary>Time for one thread: a wait is over at once and moves it; a budget ends when the attempt that hangs asks for it.</summary>
    private sealed class HostTime : TimeProvider
    {
        private readonly List<Budget> budgets = [];
        private long now = 1_000_000_000;

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => now;

        internal void Advance(double ms) => now += (long)(ms * 1_000_000);

        internal void EndBudget()
        {
            Budget first = budgets.Where(one => one.Due != long.MaxValue).MinBy(one => one.Due)!;
            now = Math.Max(now, first.Due);
            first.Due = long.MaxValue;
            first.Fire();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Budget timer = new(this, () => callback(state));
            timer.Change(dueTime, period);
            if (state is CancellationTokenSource)
            {
                budgets.Add(timer);
            }
            else
            {
                now = timer.Due;
                timer.Fire();
            }
            return timer;
        }

        private sealed class Budget(HostTime time, Action fire) : ITimer
        {
            internal long Due { get; set; }

            internal void Fire() => fire();

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time.now + dueTime.Ticks * 100;
                return true;
            }

            public void Dispose() => Due = long.MaxValue;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }

    public static TheoryData<Vector> Ends() => new(Vector.Read(Path.Combine("host", "ends.jsonl"), "name"));

    [Theory]
    [MemberData(nameof(Ends), DisableDiscoveryEnumeration = true)]
    public void A_caller_gets(Vector vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        HostTime time = new();
        string yaml = "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec: " + vector.Line.GetProperty("policies").GetString();
        using Engine engine = Engine.FromText(yaml, new EngineOptions { TimeProvider = time });
        Endpoint endpoint = engine.App("a", "m");
        foreach (JsonElement call in vector.Line.GetProperty("calls").EnumerateArray())
        {
            Replay(endpoint, time, call, $"{vector}: {call}");
        }
        EndpointSnapshot seen = engine.Snapshot().Find(endpoint)!;
        foreach (JsonProperty count in vector.Line.GetProperty("counts").EnumerateObject())
        {
            Assert.Equal(count.Value.GetInt64(), Count(engine, endpoint, count.Name));
        }
        if (vector.Line.TryGetProperty("state", out JsonElement state))
        {
            Assert.Equal(state.GetString(), seen.Breaker!.State == BreakerState.HalfOpen ? "half-open" : seen.Breaker.State.ToString().ToLowerInvariant());
        }
    }

    private static void Replay(Endpoint endpoint, HostTime time, JsonElement call, string where)
    {
        time.Advance(Number(call, "advance_ms"));
        JsonElement attempts = call.GetProperty("attempts"), expect = call.GetProperty("expect");
        using CancellationTokenSource caller = new();
        JsonElement under = default;
        int made = 0;
        long since = time.GetTimestamp();
        List<double> delays = [];
        CallOptions<string> options = new()
        {
            WaitWhenOpen = call.TryGetProperty("wait", out JsonElement wait) && wait.GetBoolean(),
            Deadline = call.TryGetProperty("deadline_ms", out JsonElement ms) ? TimeSpan.FromMilliseconds(ms.GetDouble()) : null,
            ShouldRetry = thrown => !under.TryGetProperty("permanent", out JsonElement permanent),
            ResultOutcome = _ => Judge(under),
        };
        string Function(CancellationToken token)
        {
            double waited = (time.GetTimestamp() - since) / 1e6;
            if (made > 0 || waited > 0)
            {
                delays.Add(waited);
            }
            Assert.True(made < attempts.GetArrayLength(), where + ": one attempt too many");
            under = attempts[made++];
            try
            {
                return Attempt(under, time, caller, token);
            }
            finally
            {
                since = time.GetTimestamp();
            }
        }
        (string End, string? Who, string? Reason) got;
        try
        {
            got = ("value", endpoint.Execute(Function, options, caller.Token), null);
        }
        catch (Exception thrown) when (thrown is not Xunit.Sdk.XunitException)
        {
            got = Told(thrown);
        }
        if (time.GetTimestamp() > since)
        {
            delays.Add((time.GetTimestamp() - since) / 1e6); // up to a begin that was refused
        }
        Assert.True(attempts.GetArrayLength() == made, where + $": {made} attempts");
        Assert.True((Text(expect, "end"), Text(expect, "error") ?? Text(expect, "cause"), Text(expect, "reason")) == got, where + $": got {got}");
        double[] expected = [.. expect.GetProperty("delays_ms").EnumerateArray().Select(one => one.GetDouble())];
        Assert.True(delays.Zip(expected).All(pair => pair.First >= pair.Second && pair.First <= pair.Second + 1)
            && delays.Count == expected.Length, where + $": waited {string.Join(", ", delays)}");
    }

    private static string Attempt(JsonElement does, HostTime time, CancellationTokenSource caller, CancellationToken token)
    {
        if (does.TryGetProperty("hangs", out JsonElement hangs))
        {
            time.EndBudget();
            token.ThrowIfCancellationRequested();
        }
        if (does.TryGetProperty("cancelled", out JsonElement cancelled))
        {
            caller.Cancel();
            token.ThrowIfCancellationRequested();
        }
        time.Advance(Number(does, "takes_ms"));
        return Text(does, "throws") is { } name ? throw new Named(name)
            : does.TryGetProperty("status", out JsonElement status) ? status.GetInt32().ToString(CultureInfo.InvariantCulture)
            : Text(does, "returns") ?? "judged";
    }

    private static OutcomeCode Judge(JsonElement does)
    {
        if (Text(does, "classifier_throws") is { } name)
        {
            throw new Named(name);
        }
        if (!does.TryGetProperty("status", out JsonElement status))
        {
            return OutcomeCode.Success;
        }
        OutcomeCode outcome = OutcomeCode.Http(status.GetInt32());
        return RetryAfter.Parse(Text(does, "retry_after"), DateTimeOffset.UnixEpoch) is { } hint ? outcome.WithRetryAfter(hint) : outcome;
    }

    private static (string End, string? Who, string? Reason) Told(Exception thrown) => thrown switch
    {
        RetriesExhaustedException spent => ("exhausted", Name(spent.InnerException), Word(spent.Reason)),
        RejectedException refused => ("rejected", Name(refused.InnerException), Word(refused.Reason)),
        // The deadline's own error: it was over before an attempt could begin, or it ended the one that was under way.
        DeadlineExceededException { InnerException: null } => ("rejected", null, Word(Reason.Deadline)),
        TimeoutException => ("timeout", "timeout", null),
        OperationCanceledException => ("cancelled", null, null),
        _ => ("error", thrown.Message, null),
    };

    private static string? Name(Exception? thrown) => thrown is TimeoutException ? "timeout" : thrown?.Message;

    private static string Word(Reason reason) => ReasonText.Of(reason);

    private static long Count(Engine engine, Endpoint endpoint, string name)
    {
        using JsonDocument snapshot = JsonDocument.Parse(engine.SnapshotJson());
        return snapshot.RootElement.GetProperty("endpoints").EnumerateArray()
            .Single(one => one.GetProperty("endpoint").GetInt32() == engine.Snapshot().Find(endpoint)!.Id).GetProperty("calls").GetProperty(name).GetInt64();
    }

    private static double Number(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : 0;

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
