"""A failure in the middle of a long log is shown, whatever runner told of it."""
import unittest

from excerpt import MOST, TAIL, excerpt

TELLING = {
    "node --test, TAP": ["not ok 17 - memory does not grow: signals", "  ---", "  error: 'expected 1'"],
    "node --test, spec": ["✖ memory does not grow (3 ms)", "  AssertionError: expected 1"],
    "GoogleTest": ["a_test.cc:12: Failure", "Value of: x", "[  FAILED  ] A.B (0 ms)"],
    "ctest": [" 9/22 Test  #9: packaging.tidy ..................***Failed    1.25 sec", "core/x.cc:3 reads twice"],
    "pytest": ["E   assert 1 == 2", "FAILED tests/test_a.py::test_b"],
    "unittest": ["FAIL: test_a (a_test.A)", "AssertionError: 1 != 2"],
    "go test": ["    a_test.go:9: got 1, want 2", "--- FAIL: TestA (0.00s)"],
    "Surefire": ["[ERROR] ATest.b:12 expected: <1> but was: <2>"],
    "xUnit": ["    Resil.Tests.A.B [FAIL]", "      Assert.Equal() Failure"],
    "a compiler": ["core/a.cc:3:1: error: expected ';'"],
}


class Excerpt(unittest.TestCase):
    def test_a_failure_before_the_end_is_shown_with_what_was_said_of_it(self):
        for runner, lines in TELLING.items():
            with self.subTest(runner):
                log = [f"ok {n} - before" for n in range(500)] + lines + [f"ok {n} - after" for n in range(500)]
                shown = excerpt("\n".join(log))
                self.assertEqual([line for line in shown if line in lines], lines)
                self.assertEqual(shown[-TAIL:], log[-TAIL:])
                self.assertLess(len(shown), TAIL + 60)
                self.assertRegex(shown[0], r"^\.\.\. 4\d\d lines left out$")

    def test_a_short_log_is_shown_whole_and_once(self):
        log = ["not ok 1 - a", "  error: b", "1..1"]
        self.assertEqual(excerpt("\n".join(log)), log)

    def test_failures_side_by_side_are_shown_once(self):
        log = [f"not ok {n} - x" for n in range(20)] + ["ok"] * 200
        shown = excerpt("\n".join(log))
        self.assertEqual([line for line in shown if line.startswith("not")], log[:20])

    def test_a_log_full_of_failures_is_cut(self):
        self.assertLessEqual(len(excerpt("\n".join(f"not ok {n} - x" for n in range(5000)))), MOST + TAIL + 1)

    def test_colours_do_not_hide_a_failure(self):
        log = ["ok"] * 200 + ["\x1b[31m✖ red\x1b[39m"] + ["ok"] * 200
        self.assertIn("✖ red", excerpt("\n".join(log)))


if __name__ == "__main__":
    unittest.main()
