"""tests/run: installs what is missing, builds once, runs the parts three at a time, ends with one line of counts."""
import argparse
import concurrent.futures
import os
import signal
import sys
import time

import counts
import packages
import parts
from excerpt import excerpt

BASE = {  # what the release build itself needs
    "g++": "g++", "cmake": "cmake", "ninja": "ninja-build", "ccache": "ccache", "/usr/src/googletest": "googletest",
    "/usr/include/nlohmann/json.hpp": "nlohmann-json3-dev", "clang-14": "clang-14",
}
NICE_TO_HAVE = {"ccache", "clang-14", "/usr/include/nlohmann/json.hpp"}  # the build does without
LANES = 3  # on two cores: some parts wait most of the time, the quickstart's story above all


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}\n", end="", flush=True)  # in one piece: parts speak side by side


def execute(part):
    say(f"{part.name}: started")
    return parts.execute(part)


def report(result):
    say(f"{result.part.name}: {result.state}: {result.counts} in {result.seconds:.0f} s ({result.processor:.0f} s of processors)"
        + (f": {result.reason}" if result.reason else ""))
    if result.state == "failed":
        log = parts.LOGS / f"{result.part.name}.log"
        if log.exists():
            print("".join(f"    | {line}\n" for line in excerpt(log.read_text(errors="replace"))), flush=True)


def unavailable(part, reasons):
    found = [reasons[what] for what in part.needs if what in reasons]
    return parts.Result(part, "skipped", counts.Counts(skipped=1), reason="; ".join(found)) if found else None


def build():
    """The release build that most parts use. It is a part too, in all but its tests."""
    part = parts.Part("build", parts.ROOT / "tests/runner/build.sh")
    result = execute(part)
    ok = result.reason == "it ran no test"  # it ended well, and it has none
    if ok:
        say(f"build: done in {result.seconds:.0f} s ({result.processor:.0f} s of processors)")
    else:
        report(result)
    return ok


def run(selected):
    needs = {what: package for part in selected for what, package in part.needs.items()}
    reasons = packages.install({**BASE, **needs}, parts.LOGS / "apt.log")
    results, waiting = [], []
    for part in selected:
        skipped = unavailable(part, reasons)
        (results if skipped else waiting).append(skipped or part)
    for result in results:
        report(result)
    lacking = [reason for what, reason in reasons.items() if what in BASE and what not in NICE_TO_HAVE]

    with concurrent.futures.ThreadPoolExecutor(LANES) as pool:
        early = [part for part in waiting if part.build == "none"]
        late = [part for part in waiting if part.build != "none"]
        building = pool.submit(build) if late and not lacking else None
        running = {pool.submit(execute, part) for part in early}
        if late and (building is None or not building.result()):
            why = "; ".join(lacking) or "build/release could not be built"
            for part in late:
                results.append(parts.Result(part, "failed", counts.Counts(failed=1), reason=f"not run: {why}"))
                report(results[-1])
        else:
            running |= {pool.submit(execute, part) for part in late}
        for future in concurrent.futures.as_completed(running):
            results.append(future.result())
            report(results[-1])
    return results


def stop(number, _):
    """Told to end: take along what was started. Parts have sessions of their own, no terminal's Ctrl+C reaches them."""
    say(f"ended by {signal.Signals(number).name}; not finished: {', '.join(parts.running) or 'nothing'}")
    for process in list(parts.running.values()):
        os.killpg(process.pid, signal.SIGKILL)
    os._exit(128 + number)


def main():
    parser = argparse.ArgumentParser(prog="tests/run", description="Build and test resil; see tests/parts/README.md.")
    parser.add_argument("--list", action="store_true", help="list the parts and stop")
    parser.add_argument("parts", nargs="*", metavar="part", help="only these; by default all but those on demand")
    arguments = parser.parse_args()
    known = {part.name: part for part in parts.all_parts()}
    if arguments.list:
        for part in known.values():
            print(f"{part.name:<12}{part.about}{' (on demand)' if part.on_demand else ''}")
        return 0
    unknown = [name for name in arguments.parts if name not in known]
    if unknown:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(known)}")
    selected = [part for part in known.values()
                if part.name in arguments.parts or (not arguments.parts and not part.on_demand)]

    # A shell's background jobs ignore Ctrl+C, and all that they start would too; some tests send it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    parts.LOGS.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    say(f"parts: {', '.join(part.name for part in selected)}; logs in {parts.LOGS.relative_to(parts.ROOT)}")
    results = run(selected)
    say(f"all done in {time.monotonic() - start:.0f} s ({sum(os.times()[2:4]):.0f} s of processors)")
    for result in results:
        if result.state == "skipped" or (result.state == "passed" and result.reason):
            print(f"{result.part.name}: {'skipped: ' if result.state == 'skipped' else ''}{result.reason}")
    total = sum((result.counts for result in results), counts.Counts())
    print(total, flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
