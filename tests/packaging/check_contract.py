#!/usr/bin/env python3
"""The committed files are what capi/generate.py makes of capi/contract.toml, and what is written by hand elsewhere has the same
numbers: the frozen ones of tests/abi/layout.c, and those of bindings that do not use a generated file."""
import importlib.util
import pathlib
import re
import sys


def generator(root):
    spec = importlib.util.spec_from_file_location("generate", root / "capi/generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stale(root, texts):
    for path, text in texts.items():
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text:
            yield f"{path} is not what capi/contract.toml says: run python3 capi/generate.py"


def differing(where, found, expected, least):
    """`found` and `expected` are {name: number}; names that only one of them has are no matter, too few are."""
    for name in found.keys() & expected.keys():
        if found[name] != expected[name]:
            yield f"{where}: {name} is {found[name]}, the table says {expected[name]}"
    if len(found.keys() & expected.keys()) < least:
        yield f"{where}: only {len(found.keys() & expected.keys())} numbers found, {least} expected: this check looks in the wrong place"


def squeezed(names):
    """HALF_OPEN_FULL -> halfopenfull: the languages differ in case and in underscores only."""
    return {name.replace("_", "").lower(): number for name, number in names}


def by_hand(root, contract):
    def text(path):
        return (root / path).read_text(encoding="utf-8")

    def numbers(pattern, path):
        return [(name, int(number, 0)) for name, number in re.findall(pattern, text(path), re.M)]

    constants = {name: number for name, number, _ in contract.constants()}
    layout = text("tests/abi/layout.c")
    frozen = {name: int(number, 0) for name, number in re.findall(r"NUMBER\(RESIL_(\w+), (-?\w+)\);", layout)}
    yield from differing("tests/abi/layout.c", frozen, constants, 45)
    missing = sorted(set(constants) - set(frozen) - {"HTTP_BIT", "GRPC_BIT"})
    yield from (f"tests/abi/layout.c does not pin RESIL_{name} = {constants[name]}" for name in missing)
    for struct in contract.structs:
        name = struct["name"]
        offsets = dict(re.findall(rf"AT\({name}, (\w+), (\d+)\)", layout))
        size = re.search(rf"SIZE\({name}, (\d+)\)", layout)
        if not size or int(size[1]) != struct["size"] or {k: int(v) for k, v in offsets.items()} != struct["offsets"]:
            yield f"tests/abi/layout.c and the table disagree about {name}"

    enums = {name: squeezed((value, number) for value, number, _ in contract.values(name)) for name in contract.enums}
    go = "bindings/go/"
    yield from differing(go + "state.go", squeezed(numbers(r"^\s*Reason(\w+) +Reason = (\d+)", go + "state.go")), enums["reason"], 6)
    yield from differing(go + "events.go", squeezed(numbers(r"^\s*Event(\w+) +EventKind = (\d+)", go + "events.go")),
                         enums["event_kind"], 7)
    dotnet = "bindings/dotnet/src/Resil/"
    for file, enum, least in (("BreakerState.cs", "state", 3), ("EndAnswer.cs", "end", 3), ("EndpointKind.cs", "kind", 3)):
        found = squeezed(numbers(r"^\s*(\w+) = (\d+),", dotnet + file))
        yield from differing(dotnet + file, found, enums[enum], least)
    ticket = next(struct for struct in contract.structs if struct["name"] == "resil_ticket")
    java = "bindings/java/src/main/java/dev/resil/Ticket.java"
    offsets = {name.removesuffix("_ns"): at for name, at in ticket["offsets"].items()}
    yield from differing(java, {name.lower(): at for name, at in numbers(r"int ([A-Z]+) = (\d+);", java)}, offsets, 5)
    python = text("python/src/module.cc")
    for label, enum, first in (("event_kinds", "event_kind", 0), ("states", "state", 0)):
        words = re.search(rf'"{label}"\) =\s*py::make_tuple\((.*?)\)', python, re.S)
        listed = {word.replace("-", ""): at for at, word in enumerate(re.findall(r'"(.*?)"', words[1]), first)} if words else {}
        yield from differing("python/src/module.cc " + label, listed, enums[enum], len(enums[enum]))


def main(root):
    if sys.version_info < (3, 11):
        print("skipped: capi/generate.py needs Python 3.11 or later (tomllib)")
        return 77
    root = pathlib.Path(root).resolve()
    sys.dont_write_bytecode = True
    generate = generator(root)
    texts = generate.generated(root)
    contract = generate.Contract(generate.tomllib.loads((root / "capi/contract.toml").read_text(encoding="utf-8")))
    wide = [f"capi/include/resil.h:{number}: over 100 columns" for number, line in
            enumerate((root / "capi/include/resil.h").read_text(encoding="utf-8").split("\n"), 1) if len(line) > 100]
    wrong = [*stale(root, texts), *wide, *by_hand(root, contract)]
    print("\n".join(wrong) or f"{len(texts)} files as the table says")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
