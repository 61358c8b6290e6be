#!/usr/bin/env python3
"""Every public C function is called by every binding there is, or is listed here with the reason why not. A reason for
a function that is called after all is a mistake too."""
import pathlib
import re
import sys

BINDINGS = {  # where each one's crossing lies; Java takes its cold calls through SWIG
    "python": ["python/src"],
    "node": ["bindings/node/src"],
    "java": ["bindings/java/native", "bindings/swig"],
    "go": ["bindings/go"],
    "dotnet": ["bindings/dotnet/src/Resil"],
    "swig": ["bindings/swig"],
}
SOURCES = {".c", ".cc", ".cpp", ".h", ".i", ".go", ".java", ".cs"}
DECLARES = {"Native.cs", "resil.h"}  # the header again, in C# and beside Go's archive: who is declared is not yet called
COSTS_MORE = "what CPython or a generated proxy spends on a call is many times what reading the breaker's word would save"
LATER = "adopts it when it can be built again; until then it computes the same thing itself"
ADDED_IN_1_1 = {name: LATER for name in ("resil_now", "resil_failed", "resil_retry_after", "resil_endpoint_text",
                                        "resil_transitions")}
COUNTED = {"resil_tally": "its counted calls cross, which costs what a call into the library costs; later as with the word"}
NOT_BOUND = {
    "python": {"resil_word": COSTS_MORE, "resil_adopt": COSTS_MORE, "resil_tally": COSTS_MORE, **ADDED_IN_1_1},
    "go": {**COUNTED, **ADDED_IN_1_1},
    "dotnet": {"resil_transitions": "reads them from the snapshot, with all else of the same moment"},
    "swig": {"resil_word": COSTS_MORE, "resil_adopt": COSTS_MORE, "resil_tally": COSTS_MORE},
    "java": COUNTED,
}


def bound(root, folders, functions):
    """The functions that the sources name; None where there are no sources."""
    paths = [path for folder in folders for path in sorted((root / folder).rglob("*"))
             if path.suffix in SOURCES and path.name not in DECLARES
             and not {"node_modules", "build", "target", "test", "bin", "obj"} & set(path.parts)]
    if not paths:
        return None
    # Of Go only the lines' comments go: C code for cgo stands between /* and */.
    text = "\n".join(re.sub(r"//[^\n]*" if path.suffix == ".go" else r"/\*.*?\*/|//[^\n]*", "", path.read_text(errors="replace"),
                            flags=re.S) for path in paths)
    if re.search(r'%include\s+[<"](\S*/)?resil\.h[>"]', text):  # SWIG wraps what the header declares
        ignored = set(re.findall(r"%ignore\s+(resil_\w+)", text))
        return functions - ignored
    return {name for name in functions if re.search(rf"(?<![A-Za-z0-9_]){name}(?![A-Za-z0-9_])", text)}


def main(root):
    root = pathlib.Path(root)
    listed = (root / "tests/abi/symbols.txt").read_text().split("\n")
    functions = {line for line in listed if line.startswith("resil_")}
    wrong, seen = [], []
    for binding, folders in BINDINGS.items():
        calls = bound(root, folders, functions)
        if calls is None:
            continue
        seen.append(f"{binding} {len(calls)}/{len(functions)}")
        excused = NOT_BOUND.get(binding, {})
        wrong += [f"{binding} does not call {name}" for name in sorted(functions - calls - set(excused))]
        wrong += [f"{binding} calls {name}, yet its absence is excused" for name in sorted(calls & set(excused))]
    print(", ".join(seen), *wrong, sep="\n")
    return bool(wrong) or not functions or not seen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
