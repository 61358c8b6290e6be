"""The two services as real processes: each in a process group of its own, read line by line, gone when we go."""
import contextlib
import os
import queue
import signal
import socket
import subprocess
import threading
import time
from typing import IO, Dict, Iterator, List, Optional

from .languages import Command
from .record import Line
from .trouble import Trouble

STOP_WITHIN = 5.0  # seconds between each of the three ways to ask a service to go


def listening(port: int) -> bool:
    """Whether anything accepts connections there, on IPv4 or IPv6."""
    for host in ("127.0.0.1", "::1"):
        with contextlib.suppress(OSError):
            socket.create_connection((host, port), timeout=1).close()
            return True
    return False


class Service:
    """One run of one service. Its lines go to the queue that both services share."""

    def __init__(self, name: str, command: Command, env: Dict[str, str], lines: "queue.Queue[Line]"):
        self.name = name
        try:
            self._process = subprocess.Popen(
                command.run, cwd=command.folder, env={**os.environ, **env}, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        except OSError as error:
            raise Trouble(f"{name} could not be started: {error}.") from None
        assert self._process.stdout
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout, lines), daemon=True)
        self._reader.start()

    def _read(self, output: IO[bytes], lines: "queue.Queue[Line]") -> None:
        with output:
            for raw in output:
                # The log lines end in blanks, as Dapr's do; they carry nothing.
                lines.put(Line(time.monotonic(), self.name, raw.decode("utf-8", "replace").rstrip()))

    def exit_code(self) -> Optional[int]:
        """None while it runs."""
        return self._process.poll()

    def signal(self, number: int) -> None:
        """To the whole group, as a terminal's Ctrl+C goes to everything in the foreground."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def gone(self) -> bool:
        """Whether it has exited and nothing it started holds its output open."""
        return self.exit_code() is not None and not self._reader.is_alive()

    def end(self) -> None:
        """Makes sure that nothing of it is left."""
        for number in (signal.SIGINT, signal.SIGTERM):
            if not self.gone():
                self.signal(number)
            patience = time.monotonic() + STOP_WITHIN
            while not self.gone() and time.monotonic() < patience:
                time.sleep(0.02)
        self.signal(signal.SIGKILL)
        self._process.wait()


@contextlib.contextmanager
def services() -> Iterator[List[Service]]:
    """A list to put services in; whatever happens inside, all of them are ended."""
    running: List[Service] = []
    try:
        yield running
    finally:
        for service in reversed(running):
            service.end()


@contextlib.contextmanager
def signals_end_the_story() -> Iterator[None]:
    """Ctrl+C, kill and a closed terminal unwind the runner like an exception, so that its services go with it.

    Having handlers at all also undoes an ignored SIGINT (a shell's `&` ignores it), which the services would inherit.
    """
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means it
        numbers.append(signal.SIGHUP)

    def unwind(number, _frame):
        for one in numbers:  # a second Ctrl+C must not interrupt the cleaning up
            signal.signal(one, signal.SIG_IGN)
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, unwind) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
