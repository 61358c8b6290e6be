"""What of a failed part's log is shown: the places where it tells of failures, which are rarely its end, and its end."""
import re

# How the runners that counts.py reads begin a failure. What they say of it follows (TAP, unittest, Surefire) or comes before
# (GoogleTest, Go), so some lines on both sides are shown.
FAILED = re.compile(r"^\s*(?:not ok \d|✖ |\[  FAILED  \]|FAILED |FAIL: |ERROR: |--- FAIL: |FAIL\s|\[ERROR\] |Failed \S+ \[|\[FAIL\])"
                    r"|\.\.\.\*\*\*|\[FAIL\]|: Failure$|: error: |^E  ")
BEFORE, AFTER = 6, 24
MOST = 160  # lines of failures
TAIL = 60


def excerpt(text):
    """The lines to show, in their order, each gap told."""
    lines = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text).split("\n")
    tail = max(len(lines) - TAIL, 0)
    wanted = []
    for at in (at for at in range(tail) if FAILED.search(lines[at])):
        near = range(max(at - BEFORE, wanted[-1] + 1 if wanted else 0), min(at + AFTER, tail))
        wanted.extend(near[:MOST - len(wanted)])
    shown, previous = [], -1
    for at in [*wanted, *range(tail, len(lines))]:
        if at != previous + 1:
            shown.append(f"... {at - previous - 1} lines left out")
        shown.append(lines[at])
        previous = at
    return shown
