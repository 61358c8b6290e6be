"""Step 1: what the machine lacks is installed, what the language builds is built, once per state of the sources."""
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import List, Optional

from . import show
from .languages import REPO, Language
from .reach import unreachable
from .trouble import Trouble, Unavailable

# Built or fetched things inside the sources: they follow from them.
DERIVED = {"build", "target", "node_modules", "__pycache__", "dist", "bin", "obj"}
TAIL = 30  # lines of a failed command's output


def prepare(language: Language) -> None:
    language.cache.mkdir(parents=True, exist_ok=True)
    with (language.cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once: the second finds the work of the first
        _provide(language)
        _set_up(language)


def _set_up(language: Language) -> None:
    state = fingerprint(language.sources)
    stamp = language.cache / "state"
    if stamp.is_file() and stamp.read_text() == state:
        show.tell(f"everything is in place in {_short(language.cache)}")
        return
    stamp.unlink(missing_ok=True)
    log = language.cache / "setup.log"
    log.unlink(missing_ok=True)
    for command in language.setup:
        failed = (f"The set-up of the {language.name} quickstart stopped at `{' '.join(command.run)}` (in "
                  f"{_short(command.folder)}); the lines above say why. Mend that and run examples/quickstart "
                  f"{language.name} again.")
        _run(command.run, command.folder, log, command.tell or " ".join(command.run), failed)
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


def _provide(language: Language) -> None:
    """Whatever of its needs is missing, installed at one go."""
    missing = [need for need in language.needs if not _succeeds(need.check)]
    if not missing:
        return
    again = f"and run examples/quickstart {language.name} again"
    names = ", ".join(need.name for need in missing)
    packages = " ".join(package for need in missing for package in need.apt)
    if not shutil.which("apt-get") or not all(need.apt for need in missing):
        hints = " ".join(need.hint for need in missing if need.hint)
        raise Unavailable(f"The {language.name} quickstart needs {names}. {hints or f'Install that {again}.'}")
    root = [] if os.geteuid() == 0 else ["sudo"]
    if root and not shutil.which("sudo"):
        raise Unavailable(f"The {language.name} quickstart needs {names}. As root, run `apt-get install {packages}` "
                          f"{again}.")
    if root and not sys.stdin.isatty():
        root.append("-n")  # nobody there to type a password
    apt_get = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    failed = f"apt-get could not install {names}. Run `apt-get install {packages}` by hand {again}."
    log = language.cache / "apt.log"
    log.unlink(missing_ok=True)
    # A stale package list is the usual reason for a failed install; a failed update may still leave a usable one.
    _run([*apt_get, "update"], REPO, log, "refreshing apt's package list", None)
    try:
        _run([*apt_get, "install", "-y", "--no-install-recommends", *packages.split()], REPO, log,
             f"installing {packages}", failed)
    except Trouble as trouble:
        raise Unavailable(str(trouble)) from None
    for need in missing:
        if not _succeeds(need.check):
            raise Trouble(f"{' '.join(need.apt)} is installed, but there is still no {need.name}: "
                          f"`{' '.join(need.check)}` fails.")


def _run(command: List[str], folder: Path, log: Path, tell: str, failed: Optional[str]) -> None:
    """Quiet if it works; its last lines and the sentence `failed` (None: go on) if it does not. The log grows over the
    commands of one set-up: a registry that answered one of them is not out of reach for the next."""
    began = time.monotonic()
    show.tell(tell + " ...")
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("ab") as out:
            code = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                  check=False).returncode
    except OSError as error:
        raise Trouble(f"{error}. {failed or ''}".rstrip()) from None
    if code != 0 and failed:
        said = log.read_text("utf-8", "replace")
        print("\n".join(said.splitlines()[-TAIL:]), flush=True)
        why = unreachable(said)
        if why:
            raise Unavailable(f"`{' '.join(command)}` needs a package registry that cannot be reached ({why}).")
        raise Trouble(failed)
    show.tell(f"... {'done' if code == 0 else 'failed, going on without'} ({time.monotonic() - began:.0f} s)")


def _short(path: Path) -> str:
    path = path.resolve()
    return str(path.relative_to(REPO)) if REPO in path.parents else str(path)
