"""Step 1: what the machine lacks is installed, what the language builds is built, once per state of the sources."""
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import List

from . import show
from .languages import REPO, Language, Need
from .trouble import Trouble

# Built or fetched things inside the sources: they follow from them.
DERIVED = {"build", "target", "node_modules", "__pycache__", "dist", "bin", "obj"}
TAIL = 30  # lines of a failed command's output


def prepare(language: Language) -> None:
    language.cache.mkdir(parents=True, exist_ok=True)
    with (language.cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once: the second finds the work of the first
        for need in language.needs:
            _provide(need, language)
        _set_up(language)


def _set_up(language: Language) -> None:
    state = fingerprint(language.sources)
    stamp = language.cache / "state"
    if stamp.is_file() and stamp.read_text() == state:
        show.tell(f"everything is in place in {_short(language.cache)}")
        return
    stamp.unlink(missing_ok=True)
    for command in language.setup:
        failed = (f"The set-up of the {language.name} quickstart stopped at `{' '.join(command.run)}` (in "
                  f"{_short(command.folder)}); the lines above say why. Mend that and run examples/quickstart "
                  f"{language.name} again.")
        _run(command.run, command.folder, language.cache / "setup.log", command.tell or " ".join(command.run), failed)
    stamp.write_text(state)


def fingerprint(sources: List[Path]) -> str:
    """Changes with the name or content of any file below `sources`."""
    digest = hashlib.sha256()
    for source in sources:
        if not source.exists():
            raise Trouble(f"{source} does not exist, but the quickstart builds from it; is this a whole checkout?")
        for path in sorted(_files(source)):
            digest.update(f"{path}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(source: Path) -> List[Path]:
    if source.is_file():
        return [source]
    found = []
    for folder, below, files in os.walk(source):
        below[:] = [name for name in below if name not in DERIVED and not name.startswith(".")]
        found += [path for path in (Path(folder, name) for name in files) if path.is_file()]
    return found


def _succeeds(command: List[str]) -> bool:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def _provide(need: Need, language: Language) -> None:
    if _succeeds(need.check):
        return
    again = f"and run examples/quickstart {language.name} again"
    by_hand = need.hint or f"Install it {again}."
    if not need.apt or not shutil.which("apt-get"):
        raise Trouble(f"The {language.name} quickstart needs {need.name}. {by_hand}")
    packages = " ".join(need.apt)
    root = [] if os.geteuid() == 0 else ["sudo"]
    if root and not shutil.which("sudo"):
        raise Trouble(f"The {language.name} quickstart needs {need.name}. As root, run `apt-get install {packages}` "
                      f"{again}.")
    if root and not sys.stdin.isatty():
        root.append("-n")  # nobody there to type a password
    failed = f"apt-get could not install {need.name}. Run `apt-get install {packages}` by hand {again}."
    apt_get = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    log = language.cache / "apt.log"
    # A stale package list is the usual reason for a failed install; a failed update may still leave a usable one.
    _run([*apt_get, "update"], REPO, log, f"refreshing the package list for {need.name}", None)
    _run([*apt_get, "install", "-y", "--no-install-recommends", *need.apt], REPO, log, f"installing {packages}", failed)
    if not _succeeds(need.check):
        raise Trouble(f"{packages} is installed, but `{' '.join(need.check)}` still fails. {by_hand}")


def _run(command: List[str], folder: Path, log: Path, tell: str, failed) -> None:
    """Quiet if it works; its last lines and the sentence `failed` (None: go on) if it does not."""
    began = time.monotonic()
    show.tell(tell + " ...")
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("wb") as out:
            code = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                  check=False).returncode
    except OSError as error:
        raise Trouble(f"{error}. {failed or ''}".rstrip()) from None
    if code != 0 and failed:
        print("\n".join(log.read_text("utf-8", "replace").splitlines()[-TAIL:]), flush=True)
        raise Trouble(failed)
    show.tell(f"... {'done' if code == 0 else 'failed, going on without'} ({time.monotonic() - began:.0f} s)")


def _short(path: Path) -> str:
    path = path.resolve()
    return str(path.relative_to(REPO)) if REPO in path.parents else str(path)
