"""A part: a script in tests/parts with a few comments at its head that say what it needs."""
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import counts

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "build/logs"
SKIPPED = 77
TIMED = 'bash "$0"; code=$?; times > "$1"; exit $code'
# The longest first, so that the last one to finish is a short one; others follow by name.
ORDER = ["sanitize", "quickstart", "java", "python", "node", "dotnet", "packaging", "go", "core", "swig", "abi"]

running = {}  # name of a part: its process, the leader of a session of its own


@dataclass
class Part:
    name: str
    script: Path
    about: str = ""
    needs: dict = field(default_factory=dict)
    build: str = "release"
    on_demand: bool = False
    minutes: float = 180


@dataclass
class Result:
    part: Part
    state: str  # passed, failed, skipped
    counts: counts.Counts
    seconds: float = 0
    reason: str = ""
    processor: float = 0  # seconds of processors, which a busy machine lengthens less than the time on the wall


def load(script):
    head = []
    for line in script.read_text().split("\n"):
        if not line.startswith("#"):
            break
        head.append(line.lstrip("#! ").strip())
    part = Part(script.stem, script, about=head[1] if len(head) > 1 else "")
    for line in head:
        key, _, value = line.partition(": ")
        if key == "needs":
            part.needs.update(need.rsplit("=", 1) for need in value.split())
        elif key == "build":
            part.build = value
        elif key == "on-demand":
            part.on_demand = value == "yes"
        elif key == "minutes":
            part.minutes = float(value)
    return part


def all_parts():
    parts = [load(script) for script in (ROOT / "tests/parts").glob("*.sh")]
    return sorted(parts, key=lambda part: (ORDER.index(part.name) if part.name in ORDER else len(ORDER), part.name))


def environment(part):
    cache = subprocess.run(["sh", "-c", "command -v ccache"], capture_output=True, text=True).stdout.strip()
    launcher = {"CMAKE_C_COMPILER_LAUNCHER": cache, "CMAKE_CXX_COMPILER_LAUNCHER": cache} if cache else {}
    return {**os.environ, **launcher, "RESIL_ROOT": str(ROOT), "RESIL_BUILD": str(ROOT / "build/release"),
            "RESIL_LOGS": str(LOGS), "RESIL_PART": part.name, "RESIL_COUNTS": str(LOGS / f"{part.name}.counts"),
            "PYTHONDONTWRITEBYTECODE": "1"}


def execute(part):
    """Runs a part's script to its end, or to the end of its time; all it says goes to its log."""
    log_path, counts_path = LOGS / f"{part.name}.log", LOGS / f"{part.name}.counts"
    used_path = LOGS / f"{part.name}.used"
    counts_path.unlink(missing_ok=True)
    used_path.unlink(missing_ok=True)
    start, late = time.monotonic(), ""
    with open(log_path, "w") as log:
        process = subprocess.Popen(["bash", "-c", TIMED, str(part.script), str(used_path)], cwd=ROOT, env=environment(part),
                                   stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        running[part.name] = process
        try:
            code = process.wait(part.minutes * 60)
        except subprocess.TimeoutExpired:
            late = f"ended after {part.minutes:g} minutes, its limit"
            os.killpg(process.pid, signal.SIGKILL)  # its own session: this script and what it started
            code = process.wait()
        del running[part.name]
    result = judge(part, code, late, log_path.read_text(errors="replace"), counts_path, time.monotonic() - start)
    result.processor = processor_seconds(used_path.read_text() if used_path.exists() else "")
    return result


def processor_seconds(times):
    """Of what bash's `times` says: the last line's user and system time of all that the script waited for."""
    minutes = re.findall(r"(\d+)m([\d.]+)s", times.strip().rpartition("\n")[2])
    return sum(60 * int(whole) + float(rest) for whole, rest in minutes)


def judge(part, code, late, text, counts_path, seconds):
    if counts_path.exists():
        found = counts.Counts(*(int(word) for word in counts_path.read_text().split()))
    else:
        found = counts.read(text)
    lines = [line for line in text.split("\n") if line.strip()]
    if code == SKIPPED and found.failed == 0:
        return Result(part, "skipped", found + counts.Counts(skipped=1), seconds, lines[-1] if lines else "no reason given")
    if code == 0 and found.failed == 0 and found.passed + found.skipped > 0:
        left_out = [line.removeprefix("skipped: ") for line in lines if line.startswith("skipped: ")]
        return Result(part, "passed", found, seconds, "; ".join(f"skipped: {reason}" for reason in left_out))
    if code == 0 and found.failed == 0:
        late = "it ran no test"
    if found.failed == 0:  # it failed outside its tests
        found += counts.Counts(failed=1)
    return Result(part, "failed", found, seconds, late or (re.sub(r"\s+", " ", lines[-1]) if lines else f"exit code {code}"))
