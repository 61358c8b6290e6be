#!/usr/bin/env python3
"""Makes one report of JMH's results: java.json for machines, java.md for people.  usage: report.py FOLDER

A row's number is the median of its iterations over all forks, its spread the middle half of them; the cost is what
it takes over the bare call in the same table. Ratios are of costs.
"""
import json
import pathlib
import statistics
import sys

TITLES = {"HealthyCall": "A healthy call of a no-op", "RejectedCall": "A call while the breaker is open",
          "FailingCall": "One call in sixteen fails"}
NAMES = {
    "bare": "the bare call", "resilCall": "resil `call`", "resilTryCall": "resil `tryCall`",
    "resilCallTotals": "resil `call`, a rule on requests (through the engine)",
    "resilCallJudged": "resil `call`, results judged (through the engine)", "resilByHand": "resil begin and end by hand",
    "resilCallAsync": "resil `callAsync`, completed stage", "resilValue": "resil `tryCall` (a value)",
    "resilFallback": "resil `callOrElse` (a value)", "resilException": "resil `call` (its exception)",
    "resilience4jSynchronized": "resilience4j 2.3, count window, synchronized",
    "resilience4jLockFree": "resilience4j 2.3, count window, lock-free",
    "resilience4jException": "resilience4j 2.3 (its exception)",
    "resilience4jStacklessException": "resilience4j 2.3 (its exception, stackless)",
    "resilience4jPermission": "resilience4j 2.3 `tryAcquirePermission`", "failsafe": "Failsafe 3.3",
    "failsafeException": "Failsafe 3.3 (its exception)",
}


def rows(folder):
    for threads in (1, 2):
        for result in json.loads((folder / f"java-{threads}.json").read_text()):
            group, name = result["benchmark"].split(".")[-2:]
            samples = sorted(value for fork in result["primaryMetric"]["rawData"] for value in fork)
            low, middle, high = statistics.quantiles(samples, n=4) if len(samples) > 1 else samples * 3
            allocated = result["secondaryMetrics"]["gc.alloc.rate.norm"]["score"]
            yield {"table": group, "row": name, "threads": threads, "ns": middle, "low": low, "high": high,
                   "fastest": samples[0], "samples": len(samples), "bytes": round(allocated, 1),
                   "jdk": result["jdkVersion"]}


def costs(all_rows):
    bare = {(r["table"], r["threads"]): r["ns"] for r in all_rows if r["row"] == "bare"}
    for row in all_rows:
        row["cost"] = max(0.01, row["ns"] - bare.get((row["table"], row["threads"]), 0.0))


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(title, chosen, reference):
    base = next(r["cost"] for r in chosen if r["row"] == reference)
    lines = [f"### {title}", "",
             f"| | ns per call | middle half | over the bare call | × {NAMES[reference]} | bytes |",
             "|---|---:|---:|---:|---:|---:|"]
    for r in sorted(chosen, key=lambda r: r["ns"]):
        over, ratio = ("", "") if r["row"] == "bare" else (number(r["cost"]), f"{r['cost'] / base:.1f}")
        lines.append(f"| {NAMES[r['row']]} | {number(r['ns'])} | {number(r['low'])} to {number(r['high'])} | {over} | "
                     f"{ratio} | {r['bytes']:g} |")
    return lines + [""]


def aims(all_rows):
    def cost(table_name, row, threads=1, key="cost"):
        wanted = (table_name, row, threads)
        return next(r[key] for r in all_rows if (r["table"], r["row"], r["threads"]) == wanted)

    healthy = cost("HealthyCall", "resilCall")
    return {
        "resilience4j (synchronized) over resil, healthy": cost("HealthyCall", "resilience4jSynchronized") / healthy,
        "resilience4j (lock-free) over resil, healthy": cost("HealthyCall", "resilience4jLockFree") / healthy,
        "Failsafe over resil, healthy": cost("HealthyCall", "failsafe") / healthy,
        "resil on two threads over resil on one, healthy":
            cost("HealthyCall", "resilCall", 2, "ns") / cost("HealthyCall", "resilCall", 1, "ns"),
        "resilience4j's exception over resil's value, rejected":
            cost("RejectedCall", "resilience4jException") / cost("RejectedCall", "resilValue"),
        "resil's exception over resil's value, rejected":
            cost("RejectedCall", "resilException") / cost("RejectedCall", "resilValue"),
        "bytes allocated by a healthy call": cost("HealthyCall", "resilCall", 1, "bytes"),
        "bytes allocated by a rejection as a value": cost("RejectedCall", "resilValue", 1, "bytes"),
    }


def main():
    folder = pathlib.Path(sys.argv[1])
    all_rows = list(rows(folder))
    costs(all_rows)
    found = aims(all_rows)
    run = all_rows[0]
    lines = [f"## Java (JMH, Java {run['jdk']}, {run['samples']} iterations a row)", "", "| | |", "|---|---:|"]
    lines += [f"| {what} | {value:.1f} |" for what, value in found.items()] + [""]
    for threads in (1, 2):
        for name, title in TITLES.items():
            chosen = [r for r in all_rows if r["table"] == name and r["threads"] == threads]
            where = "one thread" if threads == 1 else "two threads on one breaker"
            lines += table(f"{title}, {where}", chosen, "resilValue" if name == "RejectedCall" else "resilCall")
    (folder / "java.md").write_text("\n".join(lines))
    (folder / "java.json").write_text(json.dumps({"aims": found, "rows": all_rows}, indent=1) + "\n")


main()
