#!/usr/bin/env python3
"""Compares the library with the stored description of its ABI (resil-1.abi, made by update_baseline) with abidiff: a
function added is fine, anything removed or changed is not. Needs Debian's abigail-tools; says so and is skipped without."""
import shutil
import subprocess
import sys
import tempfile

REMOVED_OR_CHANGED = 4 | 8  # abidiff's exit code is a set of bits: 1 error, 2 usage, 4 change, 8 incompatible change


def main(library, header, baseline):
    if not shutil.which("abidiff"):
        print("skipped: abidiff is missing (Debian: abigail-tools)")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(header, folder)
        result = subprocess.run(["abidiff", "--headers-dir2", folder, "--no-added-syms", "--drop-private-types",
                                 baseline, library], capture_output=True, text=True)
    print(result.stdout + result.stderr or "no change")
    return result.returncode != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
