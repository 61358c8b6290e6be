"""The telling itself, with real processes and real HTTP, between fakes at a faster pace."""
import contextlib
import io
import signal
import socket
import sys
import unittest
from pathlib import Path

from runner.languages import Command, Language
from runner.pace import Pace
from runner.processes import listening
from runner.story import Story
from runner.trouble import Deviation, Trouble
from runner.verdict import judge

FAKES = Path(__file__).parent / "fakes"
PACE = Pace(retry=0.3, breaker=0.3)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def fake_language(processor="order_processor.py", **env) -> Language:
    services = {"order-processor": Command([sys.executable, processor], FAKES),
                "checkout": Command([sys.executable, "checkout.py"], FAKES)}
    return Language(name="fake", port=free_port(), cache=FAKES, needs=[], setup=[], sources=[], services=services,
                    env={"PACE": str(PACE.retry), **env}, interrupt=signal.SIGINT, starts_within=10)


class Telling(unittest.TestCase):
    def tell(self, language):
        self.shown = io.StringIO()
        with contextlib.redirect_stdout(self.shown):
            record = Story(language, PACE).tell()
        self.assertFalse(listening(language.port), "order-processor outlived the story")
        return record

    def test_follows_the_seed(self):
        record = self.tell(fake_language())
        self.assertIn("10 orders passed in order", judge(record, PACE))
        self.assertGreaterEqual(record.failed_probes(), 2)
        shown = self.shown.getvalue().splitlines()
        self.assertIn('checkout         == APP == Order passed: {"orderId": 10}', shown)
        self.assertIn('order-processor  == APP == Order received: {"orderId": 10}', shown)
        self.assertTrue(any(line.startswith("checkout         INFO[0") for line in shown))
        titles = [line[:6] for line in shown if line.startswith("Step")]
        self.assertEqual(titles, ["Step 2", "Step 3", "Step 4", "Step 5", "Step 6"])

    def test_notices_a_lost_order(self):
        self.deviates("loses", "order 5 was lost: order 6 was received without it")

    def test_notices_a_doubled_order(self):
        self.deviates("doubles", "order 5 was received 2 times")

    def test_notices_a_checkout_that_gives_up(self):
        self.deviates("gives up", "the breaker never opened; checkout had ended with exit code 3")

    def deviates(self, how, words):
        record = self.tell(fake_language(DEVIATE=how))
        with self.assertRaisesRegex(Deviation, words):
            judge(record, PACE)

    def test_says_that_the_port_is_in_use(self):
        language = fake_language()
        with socket.create_server(("127.0.0.1", language.port)), \
                self.assertRaisesRegex(Trouble, f"Port {language.port} is in use.*--port"):
            Story(language, PACE).tell()

    def test_says_that_order_processor_did_not_start(self):
        with self.assertRaisesRegex(Trouble, "ended with exit code 2 instead of listening"):
            self.tell(fake_language(processor="no_such_file.py"))
        self.assertIn("No such file", self.shown.getvalue())


if __name__ == "__main__":
    unittest.main()
