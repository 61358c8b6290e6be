#!/usr/bin/env python3
"""Compares the library with the stored description of its ABI (resil-1.abi, made by update_baseline) with abidiff: a
function added is fine, anything removed, changed or renamed is not. Needs Debian's abigail-tools; says so and is skipped
without. The types are read from the debug information that a build with tests gives the C ABI's own object."""
import shutil
import subprocess
import sys


def main(library, baseline):
    if not shutil.which("abidiff"):
        print("skipped: abidiff is missing (Debian: abigail-tools)")
        return 77
    # "Harmless" to abidiff is, among others, two members of one type that changed places.
    result = subprocess.run(["abidiff", "--harmless", "--exported-interfaces-only", "--no-added-syms", baseline, library],
                            capture_output=True, text=True)
    print(result.stdout + result.stderr or "no change")
    return result.returncode != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
