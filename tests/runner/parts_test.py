"""A part's head, and what becomes of its exit code and output."""
import pathlib
import tempfile
import unittest

import parts
from counts import Counts


class Judging(unittest.TestCase):
    def judge(self, code, text, counts=None, late=""):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "counts"
            if counts:
                path.write_text(counts)
            return parts.judge(parts.Part("p", path), code, late, text, path, 1.0)

    def test_passed(self):
        result = self.judge(0, "3 passed in 1.0s\n")
        self.assertEqual((result.state, result.counts), ("passed", Counts(3)))

    def test_counts_of_its_own(self):
        self.assertEqual(self.judge(0, "3 passed in 1.0s\n", counts="5 0 1\n").counts, Counts(5, 0, 1))

    def test_failed_test(self):
        result = self.judge(1, "1 failed, 3 passed in 1.0s\n")
        self.assertEqual((result.state, result.counts), ("failed", Counts(3, 1)))

    def test_failed_outside_its_tests(self):
        result = self.judge(2, "3 passed in 1.0s\nmake: *** no rule\n")
        self.assertEqual((result.state, result.counts, result.reason), ("failed", Counts(3, 1), "make: *** no rule"))

    def test_failed_test_but_exit_0(self):
        self.assertEqual(self.judge(0, "1 failed, 3 passed in 1.0s\n").state, "failed")

    def test_ran_nothing(self):
        result = self.judge(0, "built\n")
        self.assertEqual((result.state, result.counts, result.reason), ("failed", Counts(0, 1), "it ran no test"))

    def test_skipped(self):
        result = self.judge(77, "looking\nno registry\n")
        self.assertEqual((result.state, result.counts, result.reason), ("skipped", Counts(0, 0, 1), "no registry"))

    def test_skipped_after_a_failure(self):
        self.assertEqual(self.judge(77, "1 failed, 3 passed in 1.0s\nno registry\n").state, "failed")

    def test_passed_but_for_something_left_out(self):
        result = self.judge(0, "3 passed in 1.0s\n0 passed, 0 failed, 1 skipped\nskipped: no registry\n")
        self.assertEqual((result.state, result.counts, result.reason), ("passed", Counts(3, 0, 1), "skipped: no registry"))

    def test_too_late(self):
        result = self.judge(-9, "3 passed in 1.0s\n", late="ended after 5 minutes, its limit")
        self.assertEqual((result.state, result.counts), ("failed", Counts(3, 1)))
        self.assertIn("5 minutes", result.reason)


class Processors(unittest.TestCase):
    def test_what_the_script_waited_for(self):
        self.assertEqual(parts.processor_seconds("0m0.002s 0m0.001s\n2m1.500s 0m3.250s\n"), 124.75)

    def test_a_script_that_was_ended(self):
        self.assertEqual(parts.processor_seconds(""), 0)


class Head(unittest.TestCase):
    def test_every_part_says_what_it_is(self):
        for part in parts.all_parts():
            with self.subTest(part.name):
                self.assertTrue(part.about)
                self.assertIn(part.build, ("release", "none"))

    def test_reads_the_head(self):
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder) / "x.sh"
            script.write_text("#!/bin/sh\n# What it is.\n# needs: a=b /c=d\n# needs: e=f\n# build: none\n# minutes: 2\n"
                              "# on-demand: yes\ntrue\n# build: release\n")
            part = parts.load(script)
        self.assertEqual(part, parts.Part("x", script, "What it is.", {"a": "b", "/c": "d", "e": "f"}, "none", True, 2.0))


if __name__ == "__main__":
    unittest.main()
