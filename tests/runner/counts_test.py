"""What each runner prints at its end, and what is read from it."""
import unittest

from counts import Counts, read

SAMPLES = {
    "ctest, with a skipped test": ("""
 8/22 Test  #8: abi.abidiff ......................***Skipped   0.10 sec
 9/22 Test  #9: abi.layout .......................   Passed    0.00 sec
95% tests passed, 1 tests failed out of 22

Total Test time (real) =   1.95 sec""", Counts(20, 1, 1)),
    "two runs of ctest": ("100% tests passed, 0 tests failed out of 5\n100% tests passed, 0 tests failed out of 7\n", Counts(12)),
    "GoogleTest": ("""[==========] 12 tests from 2 test suites ran. (3 ms total)
[  PASSED  ] 10 tests.
[  SKIPPED ] 1 test, listed below:
[  FAILED  ] 1 test, listed below:
[  FAILED  ] A.B
 1 FAILED TEST""", Counts(10, 1, 1)),
    "pytest": ("===== 2 failed, 310 passed, 4 skipped, 1 xfailed, 7 warnings, 1 error in 12.31s =====\n", Counts(311, 3, 4)),
    "pytest -q, over a minute": ("310 passed in 72.50s (0:01:12)\n", Counts(310)),
    "unittest": ("Ran 12 tests in 0.103s\n\nFAILED (failures=1, errors=1, skipped=2)\n", Counts(8, 2, 2)),
    "unittest, well": ("Ran 3 tests in 0.1s\n\nOK\n", Counts(3)),
    "node --test, TAP": ("# tests 9\n# suites 0\n# pass 6\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 0\n", Counts(6, 2, 1)),
    "node --test, spec": ("\x1b[34mℹ pass 6\x1b[39m\nℹ fail 0\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n", Counts(6)),
    "go test -v": ("""=== RUN   TestA
--- FAIL: TestA (0.00s)
    --- PASS: TestA/one (0.00s)
    --- SKIP: TestA/two (0.00s)
FAIL
FAIL	example.org/broken [build failed]""", Counts(1, 2, 1)),
    "Surefire": ("""[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in a.ATest
[INFO] Tests run: 5, Failures: 1, Errors: 0, Skipped: 1, Time elapsed: 0.1 s - in a.BTest
[ERROR] Tests run: 9, Failures: 1, Errors: 0, Skipped: 1
""", Counts(7, 1, 1)),
    "dotnet test": ("""Passed!  - Failed:     0, Passed:    12, Skipped:     1, Total:    13, Duration: 85 ms - A.Tests.dll (net8.0)
Failed!  - Failed:     2, Passed:     3, Skipped:     0, Total:     5, Duration: 1 s - B.Tests.dll (net10.0)
""", Counts(15, 2, 1)),
    "dotnet test, with a verbose logger": ("""Test Run Failed.
Total tests: 4
     Passed: 2
     Failed: 1
    Skipped: 1
 Total time: 1.0316 Seconds
""", Counts(2, 1, 1)),
    "dotnet test on Microsoft.Testing.Platform": ("""Test run summary: Failed!
  total: 6
  failed: 1
  succeeded: 4
  skipped: 1
  duration: 1s 203ms
""", Counts(4, 1, 1)),
    "a plain line": ("quickstart: 7 passed, 0 failed\n2 passed, 1 failed, 3 skipped\n", Counts(9, 1, 3)),
    "nothing": ("all is well\n", Counts()),
}


class Reading(unittest.TestCase):
    def test_samples(self):
        for name, (text, want) in SAMPLES.items():
            with self.subTest(name):
                self.assertEqual(read(text), want)

    def test_closing_line(self):
        self.assertEqual(str(Counts(3)), "3 passed, 0 failed")
        self.assertEqual(str(Counts(3, 1, 2)), "3 passed, 1 failed, 2 skipped")


if __name__ == "__main__":
    unittest.main()
