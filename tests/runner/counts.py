"""Reads how many tests passed, failed and were skipped off the output of the common test runners."""
import re
from typing import NamedTuple


class Counts(NamedTuple):
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Counts(*(a + b for a, b in zip(self, other)))

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + f", {self.skipped} skipped" if self.skipped else text


def number(pattern, text):
    return sum(int(found) for found in re.findall(pattern, text))


def plain(text):
    rows = re.findall(r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", text, re.M)
    return sum((Counts(*(int(n or 0) for n in row)) for row in rows), Counts())


def ctest(text):
    rows = re.findall(r"^\d+% tests passed, (\d+) tests? failed out of (\d+)", text, re.M)
    failed, total = sum(int(row[0]) for row in rows), sum(int(row[1]) for row in rows)
    skipped = len(re.findall(r"^\s*\d+/\d+ Test\s+#.*\*\*\*Skipped", text, re.M))
    return Counts(total - failed - skipped, failed, skipped)


def googletest(text):
    """Its own executables, run without ctest."""
    return Counts(number(r"(?m)^\[  PASSED  \] (\d+) tests?\.", text), number(r"(?m)^\[  FAILED  \] (\d+) tests?, listed", text),
                  number(r"(?m)^\[  SKIPPED \] (\d+) tests?, listed", text))


def pytest(text):
    closing = "\n".join(re.findall(r"^=* ?((?:\d+ \w+,? ?)+) in [\d.]+s.*$", text, re.M))
    return Counts(number(r"(\d+) (?:passed|xfailed)", closing), number(r"(\d+) (?:failed|errors?|xpassed)", closing),
                  number(r"(\d+) skipped", closing))


def unittest(text):
    ran = number(r"(?m)^Ran (\d+) tests? in ", text)
    closing = "\n".join(re.findall(r"^(?:OK|FAILED) \((.*)\)$", text, re.M))
    failed, skipped = number(r"(?:failures|errors)=(\d+)", closing), number(r"skipped=(\d+)", closing)
    return Counts(ran - failed - skipped, failed, skipped)


def node(text):
    def total(word):
        return number(rf"(?m)^(?:# |ℹ ){word} (\d+)$", text)
    return Counts(total("pass"), total("fail") + total("cancelled"), total("skipped") + total("todo"))


def go(text):
    """With -v. A failed build has no line of its own per test: the package counts as one."""
    def total(word):
        return len(re.findall(rf"^\s*--- {word}: ", text, re.M))
    broken = len(re.findall(r"^FAIL\s+\S+ \[(?:build|setup) failed\]", text, re.M))
    return Counts(total("PASS"), total("FAIL") + broken, total("SKIP"))


def surefire(text):
    """Maven's closing line per module; the lines per class, which say how long it took, are left out."""
    rows = re.findall(r"^(?:\[\w+\] )?Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)$", text, re.M)
    ran, failures, errors, skipped = (sum(int(row[i]) for row in rows) for i in range(4))
    return Counts(ran - failures - errors - skipped, failures + errors, skipped)


def dotnet(text):
    """`dotnet test`: VSTest's line per assembly, or its closing block where the logger is a verbose one, or the summary of
    Microsoft.Testing.Platform. A project has one of the first two."""
    rows = re.findall(r"^(?:Passed|Failed|Skipped)! +- Failed: +(\d+), Passed: +(\d+), Skipped: +(\d+), Total: ", text, re.M)
    found = sum((Counts(int(passed), int(failed), int(skipped)) for failed, passed, skipped in rows), Counts())
    for block in re.findall(r"^Total tests: \d+\n((?:^ +(?:Passed|Failed|Skipped): \d+\n)*)", text, re.M):
        found += Counts(number(r"Passed: (\d+)", block), number(r"Failed: (\d+)", block), number(r"Skipped: (\d+)", block))
    for block in re.findall(r"^Test run summary: .*\n((?:^ +\w+: \d+\n)+)", text, re.M):
        found += Counts(number(r"succeeded: (\d+)", block), number(r"failed: (\d+)", block), number(r"skipped: (\d+)", block))
    return found


def read(text):
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
    found = (reader(text) for reader in (plain, ctest, googletest, pytest, unittest, node, go, surefire, dotnet))
    return sum(found, Counts())
