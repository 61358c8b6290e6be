#!/usr/bin/env python3
"""clang-tidy 14 with the short list of .clang-tidy over core and capi, as the build compiles them."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys


def main(root, build):
    tool = shutil.which("clang-tidy-14")
    if not tool:
        print("skipped: clang-tidy-14 is missing (Debian: clang-tidy-14)")
        return 77
    root = pathlib.Path(root).resolve()
    commands = json.loads((pathlib.Path(build) / "compile_commands.json").read_text())
    files = sorted({command["file"] for command in commands
                    if pathlib.Path(command["file"]).parts[: len(root.parts) + 1] in
                    ((*root.parts, "core"), (*root.parts, "capi"))})

    def tidy(file):
        return subprocess.run([tool, "--quiet", "-p", build, "--extra-arg=-Wno-unknown-warning-option",
                               f"--header-filter={root}/(core|capi)/.*", file], capture_output=True, text=True)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(tidy, files))
    for result in results:
        if result.returncode:
            print(result.stdout + result.stderr)
    print(f"{len(files)} files, {sum(result.returncode != 0 for result in results)} with findings")
    return any(result.returncode for result in results) or not files


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
