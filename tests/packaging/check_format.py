#!/usr/bin/env python3
"""C++ is laid out by clang-format 14 (other versions lay out differently). C files are tables laid out by hand.
`check_format.py ROOT --fix` lays out what is not."""
import pathlib
import shutil
import subprocess
import sys

FOLDERS = ["core", "capi", "tests", "python/src", "bindings"]


def main(root, fix=""):
    tool = shutil.which("clang-format-14")
    if not tool:
        print("skipped: clang-format-14 is missing (Debian: clang-format-14)")
        return 77
    root = pathlib.Path(root)
    files = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*"))
             if path.suffix in {".cc", ".h"} and path.parent != root / "capi/include"
             and not {"node_modules", "build", "target", "go", "swig"} & set(path.relative_to(root).parts)]
    if fix == "--fix":
        return subprocess.run([tool, "-i", *files]).returncode
    result = subprocess.run([tool, "--dry-run", "-Werror", *files], capture_output=True, text=True)
    wrong = sorted({line.split(":")[0] for line in result.stderr.split("\n") if "error:" in line})
    for name in wrong:
        print(f"{pathlib.Path(name).relative_to(root)}: run clang-format-14 -i on it (or this script with --fix)")
    if not wrong:
        print(result.stderr or f"{len(files)} files")
    return result.returncode != 0 or not files


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
