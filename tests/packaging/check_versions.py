#!/usr/bin/env python3
"""CMakeLists.txt says the version; whatever else names one must name the same."""
import json
import pathlib
import re
import sys


def find(pattern, text):
    found = re.search(pattern, text, re.M | re.S)
    return found and found[1]


def package_json(text):
    return json.loads(text)["version"]


def lock_json(text):
    return json.loads(text)["packages"][""]["version"]


# file (a pattern): how to find the version in it
PLACES = {
    "pyproject.toml": lambda text: "dynamic" if 'dynamic = ["version"]' in text else find(r'^version = "(.+?)"', text),
    "bindings/*/package.json": package_json,
    "bindings/*/package-lock.json": lock_json,
    "bindings/*/pom.xml": lambda text: find(r"<artifactId>resil[^<]*</artifactId>\s*<version>(.+?)</version>", text),
    "bindings/go/*.go": lambda text: find(r'\b[Vv]ersion\w* *= *"(\d+\.\d+\.\d+)"', text) or "none",
    "bindings/*/Cargo.toml": lambda text: find(r'^version = "(.+?)"', text),
    "bindings/*/Directory.Build.props": lambda text: find(r"<Version>(.+?)</Version>", text),
    "CHANGELOG.md": lambda text: find(r"^## \[?(\d+\.\d+\.\d+)", text),
    "capi/include/resil.h": lambda text: find(r'resil_version\(void\);\s*/\* "(.+?)"', text),
}
MAY_BE_SILENT = {"dynamic", "none"}


def main(root):
    root = pathlib.Path(root)
    version = find(r"project\(resil VERSION ([0-9.]+)", (root / "CMakeLists.txt").read_text())
    seen, wrong = 0, []
    for pattern, read in PLACES.items():
        for path in sorted(root.glob(pattern)):
            found = read(path.read_text())
            seen += found == version
            if found != version and found not in MAY_BE_SILENT:
                wrong.append(f"{path.relative_to(root)} says {found}, CMakeLists.txt {version}")
    print("\n".join(wrong) or f"{version} in {seen} other places")
    return bool(wrong) or version is None or seen == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
