#!/usr/bin/env python3
"""Makes one report of go.txt: go.json for machines, go.md for people.  usage: report.py FOLDER

A row's number is the median of its rounds, its spread the middle half of them. Ratios are to resil's row of the same table.
"""
import json
import pathlib
import re
import statistics
import sys

TITLES = {
    "Healthy": "A healthy call of a no-op",
    "Failing": "A call that fails, the breaker staying closed",
    "OneInSixteen": "One call in sixteen fails",
    "Rejected": "A call while the breaker is open",
    "Counting": "A healthy call under a trip rule on totals, which must count it",
    "ByHand": "Begin and end by hand",
    "AllPolicies": "A healthy call under retry, breaker and timeout",
    "Goroutines": "Healthy calls on one breaker from several goroutines: what each costs a processor",
}
NAMES = {"bare": "the bare call", "resil": "resil", "resil-allow": "resil `Allow` and `done`", "gobreaker-v0.5": "gobreaker v0.5.0",
         "gobreaker-v2": "gobreaker v2.4.0", "failsafe-go": "failsafe-go v0.9.8"}
LINE = re.compile(r"^Benchmark(\w+?)(?:/goroutines=(\d+))?/lib=([\w.-]+?)(?:-\d+)?\s+\d+\s+(.*)$", re.M)


def rows(text):
    samples = {}
    for name, goroutines, lib, measured in LINE.findall(text):
        values = {unit: float(value) for value, unit in re.findall(r"([\d.]+) (\S+)", measured)}
        samples.setdefault((name, int(goroutines or 1), lib), []).append(values)
    for (name, goroutines, lib), values in samples.items():
        ns = sorted(v.get("cpu-ns/call", v["ns/op"]) for v in values)
        low, middle, high = statistics.quantiles(ns, n=4) if len(ns) > 1 else ns * 3
        yield {"table": name, "goroutines": goroutines, "lib": lib, "ns": middle, "low": low, "high": high, "rounds": len(ns),
               "allocations": values[0].get("allocs/op")}


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def table(name, chosen):
    bare = next((r["ns"] for r in chosen if r["lib"] == "bare"), None)
    ours = {r["goroutines"]: r["ns"] for r in chosen if r["lib"] == "resil"}
    several = name == "Goroutines"
    head = (["goroutines"] if several else []) + ["", "ns a call", "middle half", "× resil"]
    head += ["over the bare call, × resil"] if bare else []
    head += [] if several else ["allocations"]
    lines = [f"### {TITLES[name]}", "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for r in chosen:
        base = ours[r["goroutines"]]
        cells = [str(r["goroutines"])] if several else []
        cells += [NAMES[r["lib"]], number(r["ns"]), f"{number(r['low'])} to {number(r['high'])}", f"{r['ns'] / base:.2f}"]
        if bare:
            cells.append("" if r["lib"] == "bare" else f"{(r['ns'] - bare) / (base - bare):.2f}")
        if not several:
            cells.append(f"{r['allocations']:.0f}")
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def main(folder):
    text = (folder / "go.txt").read_text()
    every = list(rows(text))
    out = []
    for name in TITLES:
        chosen = [r for r in every if r["table"] == name]
        if not chosen:
            sys.exit(f"go.txt has no rows of {name}")
        out += table(name, chosen)
    out += ["### benchstat", "", "```", (folder / "go.benchstat.txt").read_text().strip(), "```"]
    (folder / "go.md").write_text("\n".join(out) + "\n")
    (folder / "go.json").write_text(json.dumps(every, indent=1) + "\n")


main(pathlib.Path(sys.argv[1]))
