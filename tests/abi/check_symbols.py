#!/usr/bin/env python3
"""The exported symbols are exactly those of symbols.txt, each under its version, in both libraries and in the header."""
import argparse
import pathlib
import re
import subprocess
import sys


def listed(path):
    """{symbol: version} of symbols.txt."""
    version, symbols = None, {}
    for line in pathlib.Path(path).read_text().split("\n"):
        if line.startswith("RESIL_"):
            version = line
        elif line and not line.startswith("#"):
            symbols[line] = version
    return symbols


def declared(path):
    """The functions that the header declares with RESIL_API."""
    text = re.sub(r"/\*.*?\*/", "", pathlib.Path(path).read_text(), flags=re.S)
    text = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
    return set(re.findall(r"\bRESIL_API\b[^;(]*?\b(\w+)\s*\(", text))


def nm(*args):
    out = subprocess.run(["nm", *args], check=True, capture_output=True, text=True).stdout
    return [line.split() for line in out.split("\n") if len(line.split()) == 3]


def exported(path):
    """{symbol: version} of a shared library; the version nodes themselves (type A) are not symbols."""
    names = (name for _, kind, name in nm("-D", "--defined-only", "--with-symbol-versions", path) if kind != "A")
    return {name.split("@")[0]: name.split("@")[-1] if "@" in name else None for name in names}


def globals_of(archive):
    """The defined symbols of a static library that a linker sees: capital letters, and u, v, w for unique and weak ones."""
    return {name for _, kind, name in nm("--defined-only", archive) if kind.isupper() or kind in "uvw"}


def main():
    parser = argparse.ArgumentParser()
    for name in ("header", "list", "shared", "static"):
        parser.add_argument("--" + name, required=True)
    args = parser.parse_args()
    want, wrong = listed(args.list), []

    def same(what, got, expected):
        for item in sorted(set(got) - set(expected)):
            wrong.append(f"{what}: {item} is not in {args.list}")
        for item in sorted(set(expected) - set(got)):
            wrong.append(f"{what}: {item} is missing")

    same(args.header, declared(args.header), want)
    found = exported(args.shared)
    same(args.shared, found, want)
    wrong += [f"{args.shared}: {name} is under {found[name]}, not {version}"
              for name, version in want.items() if name in found and found[name] != version]
    if args.static != "-":
        same(args.static, globals_of(args.static), want)
    print("\n".join(wrong) or f"{len(want)} symbols, as listed")
    return bool(wrong) or not want


if __name__ == "__main__":
    sys.exit(main())
