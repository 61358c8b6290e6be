// Replays traces of tests/conformance with nothing but the package.  usage: Vectors FILE...
using System.Text.Json;
using Resil;

int passed = 0, failed = 0;
foreach (var line in args.SelectMany(File.ReadLines).Where(line => line.Length > 0))
{
    using var trace = JsonDocument.Parse(line);
    if (Trace.Mistake(trace.RootElement) is { } mistake)
    {
        failed++;
        Console.WriteLine($"{trace.RootElement.GetProperty("name")}: {mistake}");
    }
    else
    {
        passed++;
    }
}
Console.WriteLine($"resil {Engine.NativeVersion}");
Console.WriteLine($"{passed} passed, {failed} failed");
return failed == 0 && passed > 0 ? 0 : 1;

internal static class Trace
{
    /// <summary>What went otherwise than the trace says; null = nothing.</summary>
    public static string? Mistake(JsonElement trace)
    {
        var time = new VirtualTime();
        var options = new EngineOptions { AppId = trace.GetProperty("app_id").GetString(), TimeProvider = time };
        using var engine = Engine.FromText(trace.GetProperty("spec").GetString()!, options);
        var calls = new Dictionary<int, Operation>();
        var number = 0;
        foreach (var step in trace.GetProperty("steps").EnumerateArray())
        {
            time.Now = step.GetProperty("at").GetInt64();
            var expect = step.GetProperty("expect");
            var mistake = step.GetProperty("op").GetString() switch
            {
                "begin" => Begin(engine, calls, step, expect),
                "end" => End(calls, step, expect),
                "inspect" => Differ(expect.GetProperty("state").GetString(), Target(engine, step).State switch
                {
                    BreakerState.Closed => "closed",
                    BreakerState.Open => "open",
                    _ => "half-open",
                }),
                var other => $"a step of a new kind: {other}",
            };
            if (mistake is not null)
                return $"step {number}: {mistake}";
            number++;
        }
        return null;
    }

    private static string? Begin(Engine engine, Dictionary<int, Operation> calls, JsonElement step, JsonElement expect)
    {
        var call = step.GetProperty("call").GetInt32();
        var operation = calls.GetValueOrDefault(call);
        if (step.GetProperty("attempt").GetInt32() == 1)
            operation = Target(engine, step).Begin();
        else
            operation.BeginAgain();
        calls[call] = operation;
        return Differ(expect.GetProperty("decision").GetString(), operation.Admitted ? "allow" : "reject")
            ?? (operation.Admitted
                ? Differ(step.GetProperty("attempt").GetInt32(), operation.Attempt)
                : Differ(expect.GetProperty("reason").GetString(), operation.Reason == Reason.Open ? "open" : "too_many_requests"));
    }

    private static string? End(Dictionary<int, Operation> calls, JsonElement step, JsonElement expect)
    {
        var call = step.GetProperty("call").GetInt32();
        var operation = calls[call];
        var outcome = step.TryGetProperty("http_status", out var status) ? OutcomeCode.Http(status.GetInt32()) : step.GetProperty("outcome").GetString() switch
        {
            "success" => OutcomeCode.Success,
            "timeout" => OutcomeCode.Timeout,
            _ => OutcomeCode.Failure,
        };
        var answer = operation.End(outcome);
        calls[call] = operation;
        return Differ(expect.GetProperty("verdict").GetString(), answer switch { EndAnswer.Done => "done", EndAnswer.Retry => "retry", _ => "fail" });
    }

    private static Endpoint Target(Engine engine, JsonElement step)
    {
        var target = step.GetProperty("target");
        var name = target.GetProperty("name").GetString()!;
        return target.GetProperty("kind").GetString() switch
        {
            "app" => engine.App(name, target.GetProperty("method").GetString()),
            "actor" => engine.Actor(name, target.GetProperty("id").GetString()),
            _ when target.GetProperty("direction").GetString() == "inbound" => engine.ComponentInbound(name, target.GetProperty("type").GetString()),
            _ => engine.ComponentOutbound(name, target.GetProperty("type").GetString()),
        };
    }

    private static string? Differ<T>(T expected, T actual) => EqualityComparer<T>.Default.Equals(expected, actual) ? null : $"{actual} in place of {expected}";
}

/// <summary>Time to the nanosecond, set by hand.</summary>
internal sealed class VirtualTime : TimeProvider
{
    public long Now { get; set; }

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Now;
}
