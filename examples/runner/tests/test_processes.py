"""Whatever ends the runner, nothing of the services stays behind."""
import contextlib
import os
import queue
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path
from unittest import mock

from runner.languages import Command
from runner.processes import Service, services
from runner.record import Line
from runner.trouble import Trouble

# A service with a child of its own, as `npm start` and `go run` have; both refuse to go at a Ctrl+C.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""

RUNNER = f"""
import sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r})
import queue, time
from pathlib import Path
from runner.languages import Command
from runner.processes import Service, services, signals_end_the_story
lines = queue.Queue()
with signals_end_the_story(), services() as running:
    running.append(Service("polite", Command([sys.executable, "-u", "-c",
        "import os, time; print(os.getpid()); time.sleep(60)"], Path(".")), {{}}, lines))
    print(lines.get(timeout=20).text, flush=True)
    time.sleep(60)
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def eventually(condition) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


@unittest.skipUnless(os.path.isdir("/proc/self"), "needs /proc to see who is alive")
class Ending(unittest.TestCase):
    def test_takes_the_children_along(self):
        lines: "queue.Queue[Line]" = queue.Queue()
        with mock.patch("runner.processes.STOP_WITHIN", 0.3), contextlib.suppress(KeyError), services() as running:
            running.append(Service("stubborn", Command([sys.executable, "-c", STUBBORN], Path(".")), {}, lines))
            pids = [int(word) for word in lines.get(timeout=20).text.split()]
            self.assertTrue(all(alive(pid) for pid in pids))
            raise KeyError("whatever")
        self.assertFalse(any(alive(pid) for pid in pids))

    def test_follows_a_signal_to_the_runner(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name), subprocess.Popen(
                    [sys.executable, "-c", RUNNER], stdout=subprocess.PIPE, text=True) as runner:
                service = int(runner.stdout.readline())
                runner.send_signal(number)
                self.assertEqual(runner.wait(timeout=20), 128 + number)
                self.assertTrue(eventually(lambda pid=service: not alive(pid)))

    def test_works_where_a_shell_had_interrupts_ignored(self):
        with subprocess.Popen(["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c", RUNNER],
                              stdout=subprocess.PIPE, text=True) as runner:
            service = int(runner.stdout.readline())
            os.kill(service, signal.SIGINT)
            self.assertTrue(eventually(lambda: not alive(service)), "the service inherited the ignored interrupt")
            runner.terminate()

    def test_names_what_cannot_be_started(self):
        with self.assertRaisesRegex(Trouble, "checkout could not be started: .*no-such-program"):
            Service("checkout", Command(["no-such-program"], Path(".")), {}, queue.Queue())


if __name__ == "__main__":
    unittest.main()
