"""Plants every fault of the table in one build of its own, and runs the C++ tests on each: tests/run mutants.

A fault that no test notices and that the table does not call equivalent fails the run. `--check` only tells whether the
table still matches the sources; NAME... takes only these faults.
"""
import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TREE, OUT = ROOT / "build/mutants/tree", ROOT / "build/mutants/out"


def copy(faults):
    """Sources with the faults in them. What did not change keeps its time, so that it is not compiled again."""
    planted = {ROOT / name: table.plant((ROOT / name).read_text(encoding="utf-8"), here)
               for name, here in table.by_file(faults).items()}
    names = ["CMakeLists.txt", "LICENSE", "README.md"]
    for top in ("core", "capi", "tests"):
        names += [str(path.relative_to(ROOT)) for path in (ROOT / top).rglob("*")
                  if path.is_file() and "corpus" not in path.parts]
    for name in names:
        target, data = TREE / name, planted.get(ROOT / name, "").encode() or (ROOT / name).read_bytes()
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != data:
            target.write_bytes(data)
            shutil.copymode(ROOT / name, target)
    for path in list(TREE.rglob("*")):
        if path.is_file() and not (ROOT / path.relative_to(TREE)).exists():
            path.unlink()


def build():
    flags = f"-include {HERE / 'switch.h'} -w"
    subprocess.run(["cmake", "-S", TREE, "-B", OUT, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DRESIL_TESTS=ON",
                    "-DRESIL_STATIC=OFF", "-DRESIL_INSTALL=OFF", "-DCMAKE_CXX_FLAGS_RELEASE=-O1",
                    f"-DCMAKE_CXX_FLAGS={flags}"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", OUT, "-j", "2", "--target", "unit", "stress", "replay"], check=True)


def commands():
    replay, vectors = OUT / "tests/conformance/replay", ROOT / "tests/conformance"
    yield [OUT / "tests/unit", "--gtest_brief=1", "--gtest_fail_fast"]
    for file in sorted(vectors.glob("operations*.jsonl")):
        for mode in ("plain", "elided", "counted"):
            yield [replay, mode, file]
    yield [replay, "cel", vectors / "cel.jsonl"]
    yield [OUT / "tests/stress/stress", "--gtest_brief=1", "--gtest_fail_fast"]


def caught(number, patience):
    """By which command, or nothing. A run that takes far longer than the healthy one hangs: that is noticed too."""
    for command in commands():
        try:
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=patience,
                                  env={**os.environ, "RESIL_MUTANT": str(number)})
            if done.returncode:
                return command[0].name
        except subprocess.TimeoutExpired:
            return f"{command[0].name}, which hangs"
    return ""


def main():
    parser = argparse.ArgumentParser(prog="tests/mutants/run.py")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("names", nargs="*")
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
    copy(faults)
    build()
    start = time.monotonic()
    broken = caught(0, None)
    if broken:
        print(f"without any fault, {broken} fails")
        return 1
    patience = 60 + 30 * (time.monotonic() - start)
    wanted = [fault for fault in faults if not chosen.names or fault.name in chosen.names]
    survivors, found = [], {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for fault, by in zip(wanted, pool.map(lambda fault: caught(fault.number, patience), wanted)):
            print(f"{fault.name}: {'caught by ' + by if by else 'SURVIVED'}", flush=True)
            planted, stopped = found.get(fault.file, (0, 0))
            found[fault.file] = (planted + 1, stopped + bool(by))
            if not by:
                survivors.append(fault)
    for file, (planted, stopped) in sorted(found.items()):
        print(f"{file:<40} {planted:4} planted {stopped:4} caught")
    unknown = [fault for fault in survivors if not fault.equivalent]
    for fault in survivors:
        print(f"survivor: {fault.name} in {fault.file}" + (f" (equivalent: {fault.equivalent})" if fault.equivalent else ""))
    print(f"{len(wanted) - len(unknown)} passed, {len(unknown)} failed")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
