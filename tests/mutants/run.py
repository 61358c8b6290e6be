"""Plants every fault of the table in one build of its own, and runs the tests on each: tests/run mutants.

A fault that no test notices and that the table does not call equivalent fails the run. FILTER... takes only the faults whose
name or file has one of these in it; `--check` only tells whether the table still matches the sources.
"""
import argparse
import concurrent.futures
import fnmatch
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import build
import table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MEMORY = ROOT / "build/mutants/caught.json"  # by which test each fault was caught: tried first the next time

# Which unit tests are likely to notice a fault in these files; they are tried before all.
AREAS = {
    "core/resil/base": "TaggedCount*:Types*:Outcome*:Rng*:Jitter*:TimeSource*:ThreadSlot*",
    "core/resil/breaker": "CircuitBreaker*:Endpoint*:BreakerWord*:BreakerPlan*:RestoreMoment*:Freshen*:*Window*:OpenTime*:"
                          "SlowCalls*:Matching*:Shadow*:ShortWays*:*Sleeper*:EngineExtension*:EngineMax*:EngineGates*:TotalsModel*",
    "core/resil/engine": "Engine*:Ticket*:BreakerLru*:TargetUse*:PolicyTable*:EndpointTable*:GatesReload*:SnapshotJson*",
    "core/resil/events": "EventRing*:EventLog*:ReadersLock*:EngineEvents*:RingModel*",
    "core/resil/limits": "RateLimiter*:Concurrency*:TimeBuckets*:RetryBudget*:Hold*:OncePer*:EngineGates*:GatesReload*:"
                         "Budget*:LimitsModel*",
    "core/resil/policy": "Retry*:Backoff*:StatusSet*:PolicySet*:EngineOperation*",
    "core/resil/trip": "Trip*:Counts*",
    "core/report": "SnapshotJson*:EngineExtension*",
    "core/config/trip": "TripParser*:TripRule*:Loader*",
    "core/config": "Loader*:Duration*:Number*:StatusRange*:Suggest*:TripParser*:Yaml*:OwnStack*",
    "capi": "C?pi*:EngineShadow*",
}


class Tests:
    """The commands, likeliest and quickest first, each with the time it may take."""

    def __init__(self, out, units_only):
        self.out, self.units_only = out, units_only
        self.unit = [out / "tests/unit", "--gtest_brief=1", "--gtest_fail_fast"]
        self.stages, self.patience = [], {}

    def prepare(self):
        """Runs all on the build without a fault. Returns the name of the first that fails, or nothing."""
        report = self.out / "unit.json"
        command = [*self.unit, f"--gtest_output=json:{report}"]
        if report.exists() and report.stat().st_mtime > self.unit[0].stat().st_mtime:
            self.patience["unit"] = 600
        elif self.measure("unit", command):
            report.unlink(missing_ok=True)
            return "unit"
        suites = json.loads(report.read_text())["testsuites"]
        took = {f"{suite['name']}.{test['name']}": float(test["time"][:-1]) for suite in suites for test in suite["testsuite"]}
        slow = [name for name, seconds in took.items() if seconds > 0.3]
        self.without_slow, self.took = "-" + ":".join(slow), took
        quick, programs = [self.some_units(self.without_slow)], [[], []]
        for group, of_group in zip(programs, (self.vectors(), self.long_programs())):
            for name, command in of_group:
                failed = self.measure(name, command)
                if failed:
                    return failed
                group.append((name, command))
        self.quick = quick + programs[0]
        self.stages = self.quick + [self.some_units(":".join(slow))] + programs[1]
        without_models = self.some_units(":".join(name for name in slow if "Model." not in name))
        self.sequential = self.quick + [without_models] + programs[1]
        return ""

    def some_units(self, tests):
        """A stage of the unit tests that a GoogleTest filter names; its name is the filter."""
        wanted, _, unwanted = tests.partition("-")
        matches = lambda name, patterns: any(fnmatch.fnmatchcase(name, one) for one in patterns.split(":"))
        self.patience[tests] = 30 + 10 * sum(seconds for name, seconds in self.took.items()
                                             if matches(name, wanted or "*") and not matches(name, unwanted))
        return tests, [*self.unit, f"--gtest_filter={tests}"]

    def vectors(self):
        if self.units_only:
            return
        vectors = ROOT / "tests/conformance"
        replay = self.out / "tests/conformance/replay"
        for file in sorted([*vectors.glob("operations*.jsonl"), vectors / "extension.jsonl"]):
            for mode in ("plain", "elided") if file.stem == "extension" else ("plain", "elided", "counted"):
                yield f"replay {mode} {file.name}", [replay, mode, file]
        yield "replay cel", [replay, "cel", vectors / "cel.jsonl"]
        yield "host_replay", [self.out / "tests/conformance/host_replay", *sorted((vectors / "host").glob("*.jsonl"))]

    def long_programs(self):
        if self.units_only:
            return
        yield "stress", [self.out / "tests/stress/stress", "--gtest_brief=1", "--gtest_fail_fast"]
        if build.lua(self.out):
            yield "the Lua binding", ["env", f"LUA_CPATH={self.out}/lua/?.so", "lua5.4",
                                      ROOT / "bindings/swig/test/replay.lua", ROOT / "tests/conformance"]

    def measure(self, name, command):
        start = time.monotonic()
        done = run(command, 0, 1800)
        self.patience[name] = 30 + 10 * (time.monotonic() - start)
        if done is None or done.returncode:
            print("" if done is None else done.stdout[-4000:])
            return name
        return ""

    def likely(self, fault, first):
        area = next((some for prefix, some in AREAS.items() if fault.file.startswith(prefix)), "")
        quick = area and area + self.without_slow
        wanted = dict.fromkeys(some for some in (first, fault.by, quick) if some)
        return self.catch(fault, [self.some_units(some) for some in wanted])

    def all(self, fault, doubt):
        """The explorer's stories are about what lies in core/resil, and cost most."""
        if fault.equivalent and not doubt:
            return self.catch(fault, self.quick)
        return self.catch(fault, self.stages if fault.file.startswith("core/resil/") else self.sequential)

    def catch(self, fault, stages):
        """By which test, or nothing. A run that takes far longer than the healthy one hangs: that is noticed too."""
        for name, command in stages:
            done = run(command, fault.number, self.patience[name])
            name = "unit" if command[0] == self.unit[0] else name
            if done is None:
                return f"{name}, which hangs"
            if done.returncode:
                failed = [line.split()[3] for line in done.stdout.splitlines() if line.startswith("[  FAILED  ] ")]
                return failed[0].rstrip(",") if failed else name
        return ""


def run(command, number, patience):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=patience, text=True,
                              errors="replace", env={"RESIL_MODEL_RUNS": "20000", **os.environ, "RESIL_MUTANT": str(number)})
    except subprocess.TimeoutExpired:
        return None


def remember(memory, fault, by):
    memory[fault.name] = by if "." in by and " " not in by else ""
    MEMORY.write_text(json.dumps(memory, indent=1))


def report(found):
    """The table by file, and the survivors that nobody explained."""
    print(f"\n{'planted in':<44}{'planted':>8}{'caught':>8}{'equivalent':>12}{'survived':>10}")
    rows = {}
    for fault, by in found:
        row = rows.setdefault(fault.file, [0, 0, 0, 0])
        row[0] += 1
        row[1 if by else 2 if fault.equivalent else 3] += 1
    for file, row in sorted(rows.items()) + [("all", [sum(column) for column in zip(*rows.values())])]:
        print(f"{file:<44}{row[0]:>8}{row[1]:>8}{row[2]:>12}{row[3]:>10}")
    print()
    unknown = [fault for fault, by in found if not by and not fault.equivalent]
    for fault, by in found:
        if not by and fault.equivalent:
            print(f"equivalent: {fault.name}: {fault.equivalent}")
        if by and fault.equivalent:
            print(f"not equivalent after all: {fault.name}, caught by {by}")
    for fault in unknown:
        print(f"survivor: {fault.name} in {fault.file}")
    print(f"{len(found) - len(unknown)} passed, {len(unknown)} failed")
    return 1 if unknown else 0


def main():
    parser = argparse.ArgumentParser(prog="tests/mutants/run.py")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--units", action="store_true", help="the unit tests only: quicker, for whoever writes some")
    parser.add_argument("--doubt", action="store_true", help="all tests also on what the table calls equivalent")
    parser.add_argument("-j", type=int, default=os.cpu_count(), help="faults at a time")
    parser.add_argument("filters", nargs="*")
    chosen = parser.parse_args()
    try:
        faults = table.read(HERE)
        for name, here in table.by_file(faults).items():
            table.plant((ROOT / name).read_text(encoding="utf-8"), here)
    except (table.Wrong, OSError) as wrong:
        print(f"the table does not match the sources: {wrong}")
        return 1
    if chosen.check:
        print(f"{len(faults)} faults in {len(table.by_file(faults))} files")
        return 0 if faults else 1
    wanted = [fault for fault in faults
              if not chosen.filters or any(some in f"{fault.name} {fault.file}" for some in chosen.filters)]
    tests = Tests(build.build(ROOT, faults, chosen.j), chosen.units)
    broken = tests.prepare()
    if broken:
        print(f"without any fault, {broken} fails")
        return 1
    memory = json.loads(MEMORY.read_text()) if MEMORY.exists() else {}
    found = []
    with concurrent.futures.ThreadPoolExecutor(chosen.j) as pool:
        first = []
        for fault, by in zip(wanted, pool.map(lambda one: tests.likely(one, memory.get(one.name, "")), wanted)):
            first.append(by)
            if by:
                remember(memory, fault, by)
            elif not fault.equivalent:
                print(f"{fault.name}: not caught by the tests of its area", flush=True)
        print(f"{sum(map(bool, first))} of {len(wanted)} are caught by the tests of their area; now all tests on the others", flush=True)
        tried = pool.map(lambda pair: pair[1] or tests.all(pair[0], chosen.doubt), zip(wanted, first))
        for fault, by in zip(wanted, tried):
            print(f"{fault.name}: {'caught by ' + by if by else 'not caught'}", flush=True)
            found.append((fault, by))
            remember(memory, fault, by)
    return report(found)


if __name__ == "__main__":
    sys.exit(main())
