#!/usr/bin/env python3
"""Makes one report of BenchmarkDotNet's results: dotnet.json for machines, dotnet.md for people.  usage: report.py FOLDER

A row's number is the median of its iterations, its spread the middle half of them; the cost is what it takes over the bare call in
the same table. Ratios are of costs.
"""
import json
import pathlib
import statistics
import sys

TITLES = {
    "HealthyCall": "A healthy call of a no-op through a circuit breaker",
    "AllPolicies": "A healthy call under retry, breaker and timeout",
    "RejectedCall": "A call while the breaker is open",
    "TwoThreads": "Healthy calls on one breaker: what each costs its thread",
    "Limits": "A healthy call under what a ResiliencyExtension adds, none of which rejects",
    "HttpCall": "A request through IHttpClientFactory whose last handler answers at once",
}
NAMES = {
    "Bare": "the bare call", "Resil": "resil `ExecuteAsync`", "ResilTry": "resil `TryExecuteAsync`", "ResilSync": "resil `Execute`",
    "ResilRatio": "resil `ExecuteAsync`, a ratio of failures",
    "ResilRate": "resil `ExecuteAsync`, a ratio of failures over a time", "ResilByHand": "resil `Begin` and `End`",
    "Polly": "Polly `ExecuteAsync`", "PollySync": "Polly `Execute`", "PollyOutcome": "Polly `ExecuteOutcomeAsync`",
    "ResilInPolly": "resil as a strategy in a pipeline of Polly", "ResilValue": "resil `TryExecuteAsync` (a value)",
    "ResilException": "resil `ExecuteAsync` (its exception)", "PollyException": "Polly `ExecuteAsync` (its exception)",
    "ResilRateLimit": "resil, a rate limit", "PollyRateLimit": "Polly, `AddRateLimiter` (a token bucket)",
    "ResilBulkhead": "resil, a limit of concurrent attempts", "PollyBulkhead": "Polly, `AddConcurrencyLimiter`",
    "ResilWindow": "resil, a breaker with a sliding window", "PollyWindow": "Polly, its breaker",
    "StandardHandler": "Microsoft.Extensions.Http.Resilience, the standard handler",
}
OURS = {"RejectedCall": "ResilValue", "Limits": "ResilRateLimit"}


def rows(folder):
    for file in sorted((folder / "dotnet" / "results").glob("*-report-full.json")):
        report = json.loads(file.read_text())
        for benchmark in report["Benchmarks"]:
            samples = sorted(m["Nanoseconds"] / m["Operations"] for m in benchmark["Measurements"]
                             if (m["IterationMode"], m["IterationStage"]) == ("Workload", "Result"))
            low, middle, high = statistics.quantiles(samples, n=4) if len(samples) > 1 else samples * 3
            threads = benchmark["Parameters"].removeprefix("Threads=") if benchmark["Parameters"] else 1
            yield {"table": benchmark["Type"], "row": benchmark["Method"], "threads": int(threads), "ns": middle, "low": low, "high": high,
                   "rounds": len(samples), "bytes": benchmark["Memory"]["BytesAllocatedPerOperation"],
                   "runtime": report["HostEnvironmentInfo"]["RuntimeVersion"]}


def costs(every):
    bare = {(r["table"], r["threads"]): r["ns"] for r in every if r["row"] == "Bare"}
    for row in every:
        row["cost"] = max(0.01, row["ns"] - bare.get((row["table"], row["threads"]), 0.0))


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(name, chosen):
    ours = OURS.get(name, "Resil")
    base = {r["threads"]: r["cost"] for r in chosen if r["row"] == ours}
    several = len({r["threads"] for r in chosen}) > 1
    head = (["threads"] if several else []) + ["", "ns per call", "middle half", "over the bare call", f"× {NAMES[ours]}", "bytes"]
    lines = [f"### {TITLES[name]}", "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for r in sorted(chosen, key=lambda r: (r["threads"], r["ns"])):
        over = ["", ""] if r["row"] == "Bare" else [number(r["cost"]), f"{r['cost'] / base[r['threads']]:.1f}"]
        lines.append("| " + " | ".join(([str(r["threads"])] if several else []) + [
            NAMES[r["row"]], number(r["ns"]), f"{number(r['low'])} to {number(r['high'])}", *over, f"{r['bytes']:g}"]) + " |")
    return [*lines, ""]


def aims(every):
    def get(table_name, row, key="cost", threads=1):
        return next(r[key] for r in every if (r["table"], r["row"], r["threads"]) == (table_name, row, threads))

    yield "Polly's breaker / resil's, healthy", get("HealthyCall", "Polly") / get("HealthyCall", "Resil"), "at least 20"
    yield "Polly's three / resil's three, healthy", get("AllPolicies", "Polly") / get("AllPolicies", "Resil"), "at least 10"
    yield "Polly's exception / resil's value, rejected", get("RejectedCall", "PollyException") / get("RejectedCall", "ResilValue"), "at least 20"
    yield "bytes of a healthy call", get("HealthyCall", "Resil", "bytes"), "0"
    yield "bytes of a healthy call under all three", get("AllPolicies", "Resil", "bytes"), "0"
    yield "bytes of a rejection as a value", get("RejectedCall", "ResilValue", "bytes"), "0"
    yield ("a call of two threads / of one, on one breaker",
           get("TwoThreads", "Resil", "ns", 2) / get("TwoThreads", "Resil", "ns", 1), "about 1")
    for what, row in (("rate limiter", "RateLimit"), ("bulkhead", "Bulkhead"), ("sliding window", "Window")):
        yield f"Polly's {what} / resil's", get("Limits", "Polly" + row) / get("Limits", "Resil" + row), "over 1"
    yield "the standard handler / resil's three, over the bare client", get("HttpCall", "StandardHandler") / get("HttpCall", "Resil"), "over 1"


def overview(every):
    def cost(table_name, row):
        return next(r["cost"] for r in every if (r["table"], r["row"], r["threads"]) == (table_name, row, 1))

    return {".NET": [["resil", cost("HealthyCall", "Resil")], ["Polly", cost("HealthyCall", "Polly")]],
            ".NET, a rate": [["resil", cost("HealthyCall", "ResilRate")], ["Polly", cost("HealthyCall", "Polly")]],
            ".NET, all three": [["resil", cost("AllPolicies", "Resil")], ["Polly", cost("AllPolicies", "Polly")]]}


def main():
    folder = pathlib.Path(sys.argv[1])
    every = list(rows(folder))
    costs(every)
    found = list(aims(every))
    lines = [f"## .NET (BenchmarkDotNet, {every[0]['runtime']}, {every[0]['rounds']} iterations a row)", "", "| | measured | aim |", "|---|---:|---|"]
    lines += [f"| {what} | {measured:.1f} | {aim} |" for what, measured, aim in found] + [""]
    for name in TITLES:
        chosen = [r for r in every if r["table"] == name]
        if chosen:
            lines += table(name, chosen)
    (folder / "dotnet.md").write_text("\n".join(lines))
    (folder / "dotnet.json").write_text(json.dumps(
        {"overview": overview(every), "aims": [{"what": w, "measured": m, "aim": a} for w, m, a in found], "rows": every}, indent=1) + "\n")


main()
