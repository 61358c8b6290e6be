import contextlib
import io
import signal
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from runner import environment
from runner.languages import Command, Language, Need
from runner.trouble import Trouble, Unavailable


class Preparing(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.source = self.root / "source"
        self.source.mkdir()
        (self.source / "app").write_text("one")

    def prepare(self, *setup, needs=()):
        language = Language(name="fake", port=1, cache=self.root / "cache", needs=list(needs),
                            setup=[Command(["sh", "-c", line], self.root) for line in setup], sources=[self.source],
                            services={}, env={}, interrupt=signal.SIGINT, starts_within=1)
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            try:
                environment.prepare(language)
            finally:
                self.shown = shown.getvalue()

    def times(self):
        return (self.root / "log").read_text().count("x") if (self.root / "log").exists() else 0


class SettingUp(Preparing):
    def test_runs_once_until_a_source_changes(self):
        self.prepare("echo x >> log")
        self.prepare("echo x >> log")
        self.assertEqual(self.times(), 1)
        (self.source / "app").write_text("two")
        self.prepare("echo x >> log")
        self.assertEqual(self.times(), 2)

    def test_what_was_built_among_the_sources_is_no_change(self):
        self.prepare("echo x >> log")
        (self.source / "node_modules").mkdir()
        (self.source / "node_modules" / "fetched").write_text("")
        self.prepare("echo x >> log")
        self.assertEqual(self.times(), 1)

    def test_a_failure_shows_why_and_is_tried_again(self):
        with self.assertRaisesRegex(Trouble, "stopped at `sh -c .*run examples/quickstart fake again"):
            self.prepare("echo x >> log; echo because; exit 1")
        self.assertIn("because", self.shown)
        self.prepare("echo x >> log")
        self.assertEqual(self.times(), 2)

    def test_a_registry_that_cannot_be_reached_is_told_apart(self):
        refused = "echo 'npm error code ECONNREFUSED'; exit 1"
        with self.assertRaisesRegex(Unavailable, r"cannot be reached \(ECONNREFUSED\)"):
            self.prepare("echo x >> log", refused)

    def test_a_registry_that_answered_an_earlier_command_is_no_such(self):
        with self.assertRaises(Trouble) as caught:
            self.prepare("echo 'npm http fetch GET 200 https://npm.example/a 3ms (cache miss)'",
                         "echo 'npm error code ECONNREFUSED'; exit 1")
        self.assertNotIsInstance(caught.exception, Unavailable)

    def test_a_missing_source_is_named(self):
        self.source = self.root / "nowhere"
        with self.assertRaisesRegex(Trouble, "nowhere does not exist"):
            self.prepare()


class Needing(Preparing):
    ABSENT = Need("such thing", ["false"], ["thing"], "Fetch it.")

    def test_what_is_there_is_left_alone(self):
        with mock.patch.object(environment, "_run") as run:
            self.prepare(needs=[Need("a shell", ["true"], ["thing"])])
        run.assert_not_called()

    def test_without_apt_the_hint_is_told(self):
        with mock.patch("shutil.which", return_value=None), \
                self.assertRaisesRegex(Unavailable, "needs such thing. Fetch it."):
            self.prepare(needs=[self.ABSENT])

    def test_without_root_and_sudo_the_command_is_told(self):
        with mock.patch("os.geteuid", return_value=1000), \
                mock.patch("shutil.which", lambda name: None if name == "sudo" else name), \
                self.assertRaisesRegex(Unavailable, "As root, run `apt-get install thing`"):
            self.prepare(needs=[self.ABSENT])

    def test_an_install_that_does_not_help_is_told(self):
        with mock.patch("shutil.which", lambda name: name), mock.patch.object(environment, "_run") as run, \
                mock.patch("os.geteuid", return_value=1000), mock.patch("sys.stdin.isatty", return_value=False), \
                self.assertRaisesRegex(Trouble, "thing is installed, but there is still no such thing: `false` fails"):
            self.prepare(needs=[self.ABSENT])
        commands = [call.args[0] for call in run.call_args_list]
        self.assertEqual([command[:2] for command in commands], [["sudo", "-n"]] * 2)
        self.assertEqual([command[-1] for command in commands], ["update", "thing"])


if __name__ == "__main__":
    unittest.main()
