#!/usr/bin/env python3
"""Files stay small enough to be read in one go, the top level stays short, and nothing names a particular machine's
folders or a package registry's host: where to get packages is each user's own set-up."""
import pathlib
import re
import subprocess
import sys

TOP = {
    "CMakeLists.txt", "core", "capi", "bindings", "python", "tests", "examples", "pyproject.toml", "README.md",
    "CMakePresets.json", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", ".ci", ".github", ".gitignore", ".gitattributes",
    ".clang-format", ".clang-tidy", ".editorconfig",
}
CODE = {".h", ".cc", ".c", ".cpp", ".py", ".pyi", ".js", ".mjs", ".cjs", ".ts", ".java", ".go", ".cs", ".cmake", ".sh", ".i", ""}
LONGEST = 400
BUILT = "bindings/go/lib/"  # `go get` takes a module as it lies in the repository: its archive has to be there
NAMES_A_PLACE = re.compile(
    r"(?<![\w.])/(work|root|home/\w+)/|\b(deb|security)\.debian\.org|\b(files\.)?pypi\.org|pythonhosted\.org"
    r"|registry\.npmjs\.org|(api|www)\.nuget\.org|\brepo1?\.maven|proxy\.golang\.org|static\.crates\.io|index\.crates\.io")


def files(root):
    out = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True)
    if out.returncode == 0 and out.stdout:
        return [root / name for name in out.stdout.decode().split("\0") if name and (root / name).is_file()]
    return [path for path in sorted(root.rglob("*")) if path.is_file() and not {"build", ".git"} & set(path.parts)]


def check(path, name):
    if path == pathlib.Path(__file__).resolve() or path.suffix in {".jsonl", ".abi"} or "corpus" in path.parts:
        return
    content = path.read_bytes()
    if b"\0" in content and str(name).startswith(BUILT):
        return
    if b"\0" in content:
        yield f"{name}: a binary file; what is built does not belong into the tree"
        return
    lines = content.decode(errors="replace").split("\n")
    code = path.suffix in CODE and path.name != "LICENSE"
    if code and len(lines) - 1 > LONGEST:
        yield f"{name}: {len(lines) - 1} lines; split it, {LONGEST} is the most"
    for number, line in enumerate(lines, 1):
        if NAMES_A_PLACE.search(line):
            yield f"{name}:{number}: names a place that other machines do not have: {line.strip()[:80]}"


def main(root):
    root = pathlib.Path(root).resolve()
    found = files(root)
    wrong = [f"{name}: not a name for the top level" for name in
             sorted({path.relative_to(root).parts[0] for path in found} - TOP)]
    for path in found:
        wrong += check(path, path.relative_to(root))
    print("\n".join(wrong) or f"{len(found)} files")
    return bool(wrong) or not found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
