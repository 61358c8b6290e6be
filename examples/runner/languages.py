"""Which languages have a quickstart, and how each one is set up and run.

A language joins by adding examples/<language>/quickstart.json:

    port       where its order-processor listens
    needs      what must be on the machine: [{"name", "check": command that succeeds if it is there,
               "apt": [packages that bring it], "hint": what a reader without apt does}]
    setup      what to do once, and again when the sources changed: [{"tell", "run": command, "in": folder}]
    sources    what of the repository the set-up builds from, besides examples/<language>
    services   {"order-processor": {"run": command, "in": folder}, "checkout": {"run": ..., "in": ...}}
    env        more environment for both services
    interrupt  the signal of a Ctrl+C (default SIGINT)
    starts_within  seconds in which order-processor listens (default 30)

Folders are relative to examples/<language>. In commands and env, {cache} is a git-ignored folder of this language's
own, {repo} the repository, {port} the port. Services get their port as APP_PORT and checkout finds it in BASE_URL.
"""
import json
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List

from .trouble import Trouble

EXAMPLES = Path(__file__).resolve().parents[1]
REPO = EXAMPLES.parent


@dataclass(frozen=True)
class Need:
    name: str
    check: List[str]
    apt: List[str] = field(default_factory=list)
    hint: str = ""


@dataclass(frozen=True)
class Command:
    run: List[str]
    folder: Path
    tell: str = ""


@dataclass(frozen=True)
class Language:
    name: str
    port: int
    cache: Path
    needs: List[Need]
    setup: List[Command]
    sources: List[Path]
    services: Dict[str, Command]
    env: Dict[str, str]
    interrupt: signal.Signals
    starts_within: float


def names(examples: Path = EXAMPLES) -> List[str]:
    return sorted(path.parent.name for path in examples.glob("*/quickstart.json"))


def load(name: str, port: int = 0, examples: Path = EXAMPLES) -> Language:
    if name not in names(examples):
        raise Trouble(f"There is no quickstart for '{name}'; there is one for: {', '.join(names(examples))}.")
    home = examples / name
    try:
        return _language(name, home, json.loads((home / "quickstart.json").read_text(encoding="utf-8")), port)
    except KeyError as missing:
        raise Trouble(f"{home / 'quickstart.json'} lacks {missing}; examples/runner/languages.py lists what it "
                      "must hold.") from None
    except (ValueError, TypeError, AttributeError) as wrong:
        raise Trouble(f"{home / 'quickstart.json'} cannot be used: {wrong}.") from None


def _language(name: str, home: Path, told: dict, port: int) -> Language:
    repo = home.parents[1]
    port = port or int(told["port"])
    places = {"{cache}": str(repo / "build" / "quickstart" / name), "{repo}": str(repo), "{port}": str(port)}

    def fill(text: str) -> str:
        for place, value in places.items():
            text = text.replace(place, value)
        return text

    def command(entry: dict) -> Command:
        return Command([fill(word) for word in entry["run"]], home / entry.get("in", "."), entry.get("tell", ""))

    return Language(
        name=name,
        port=port,
        cache=Path(places["{cache}"]),
        needs=[Need(need["name"], [fill(word) for word in need["check"]], need.get("apt", []), need.get("hint", ""))
               for need in told.get("needs", [])],
        setup=[command(entry) for entry in told.get("setup", [])],
        sources=[home] + [repo / source for source in told.get("sources", [])],
        services={service: command(told["services"][service]) for service in ("order-processor", "checkout")},
        env={key: fill(value) for key, value in told.get("env", {}).items()},
        interrupt=signal.Signals[told.get("interrupt", "SIGINT")],
        starts_within=float(told.get("starts_within", 30)),
    )
