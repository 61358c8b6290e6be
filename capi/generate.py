#!/usr/bin/env python3
"""Writes what every language needs of capi/contract.toml: `python3 capi/generate.py`. With --check it writes nothing and says which
files differ. Python 3.11 or later (tomllib); the standard library only.

Whole files are marked as generated; in files that people edit too, the part between two lines with [contract NAME] and [/contract] is. Python's, Java's and Go's files are there to be adopted: nothing imports them, so they cannot break a binding that this change was
not compiled with; tests/packaging/check_contract.py compares those bindings' own numbers with the table."""
import pathlib
import re
import sys

try:
    import tomllib
except ModuleNotFoundError:
    sys.exit("capi/generate.py needs Python 3.11 or later (tomllib)")

ROOT = pathlib.Path(__file__).resolve().parent.parent
BY = "Generated from capi/contract.toml by capi/generate.py; edit the table."
# C# has no public name for what callers never see, and shorter ones for what is internal.
CS_INTERNAL = {
    "ABI": ("int", "Abi"), "LENIENT": ("uint", "Lenient"), "EVERY_REJECTION": ("uint", "EveryRejection"),
    "FAST": ("ulong", "Fast"), "COUNTED": ("ulong", "Counted"), "TALLY_MOST": ("ulong", "TallyMost"), "HAS_EVENTS": ("uint", "HasEvents"), "MAY_WAIT": ("uint", "MayWait"), "ALLOW": ("int", "Allow"),
    "ARG": ("int", "NoSuch"), "FULL": ("int", "Full"), "SUCCESS": ("int", "SuccessCode"), "FAILURE": ("int", "FailureCode"),
    "TIMEOUT": ("int", "TimeoutCode"), "CANCELLED": ("int", "CancelledCode"), "NO_RETRY": ("int", "NoRetry"),
    "SHADOW": ("ulong", "Shadow"), "HTTP_BIT": ("int", "HttpBit"), "GRPC_BIT": ("int", "GrpcBit"),
}


class Contract:
    def __init__(self, table):
        self.enums = {enum["name"]: enum for enum in table["enum"]}
        self.flags = {group["name"]: group for group in table["flags"]}
        self.by_hand = table["by_hand"]
        self.structs = table["struct"]

    def values(self, name):
        """(name, number, doc) of an enumeration, older names after the new ones."""
        for value in self.enums[name]["values"]:
            yield value["name"], value["number"], value["doc"]
            if "alias" in value:
                yield value["alias"], value["number"], "The older name of " + value["name"] + "."

    def constants(self):
        """Every constant as (name in C without RESIL_, number, doc)."""
        for enum in self.enums.values():
            for name, number, doc in self.values(enum["name"]):
                yield enum["prefix"] + name, number, doc
        for group in self.flags.values():
            for value in group["values"]:
                yield value["name"], value["number"], value["doc"]
        for name, number in self.by_hand.items():
            yield name, number, "See resil.h."


def header_blocks(contract):
    for enum in contract.enums.values():
        typedef = enum.get("typedef")
        lines = [f"/* {enum['doc']} */", "typedef enum {" if typedef else "enum {"]
        values = [(f"RESIL_{enum['prefix']}{name}", number, doc) for name, number, doc in contract.values(enum["name"])]
        for at, (name, number, doc) in enumerate(values):
            line = f"  {name} = {number}{',' if at + 1 < len(values) else ''}"
            lines += [f"{line} /* {doc} */"] if len(line) + len(doc) <= 93 else [f"  /* {doc} */", line]
        yield enum["name"], [*lines, f"}} {typedef};" if typedef else "};"]
    for name, group in contract.flags.items():
        lines = []
        for value in group["values"]:
            lines += [f"/* {value['doc']} */", f"#define RESIL_{value['name']} {value['c']}"]
        yield name, lines


def swig(contract):
    lines = [f"// {BY}"]
    for enum in contract.enums.values():
        names = [f"RESIL_{enum['prefix']}{name} = {number}" for name, number, _ in contract.values(enum["name"])]
        lines += ["enum {", *[f"  {name}," for name in names[:-1]], f"  {names[-1]}", "};"]
    for group in ("ticket_flag", "outcome_flag", "event_flag"):
        names = [f"RESIL_{value['name']} = {value['number']}" for value in contract.flags[group]["values"]]
        lines += ["enum { " + ", ".join(names) + " };"]
    return lines


NODE_NAMES = {"error": "ERROR", "kind": "KIND", "begin": "BEGIN", "end": "END", "reason": "WHY", "outcome": "OUTCOME",
              "state": "STATE", "event_kind": "EVENT_KIND", "option_flag": "OPTION_FLAG", "ticket_flag": "TICKET_FLAG",
              "outcome_flag": "OUTCOME_FLAG", "event_flag": "EVENT_FLAG"}


def node_groups(contract):
    for name in contract.enums:
        yield NODE_NAMES[name], contract.enums[name]["doc"], list(contract.values(name))
    for name, group in contract.flags.items():
        if name in NODE_NAMES:
            yield NODE_NAMES[name], None, [(v["name"], v["number"], v["doc"]) for v in group["values"]]


def node_js(contract):
    lines = ["'use strict';", f"// {BY}", ""]
    groups = list(node_groups(contract))
    for group, doc, values in groups:
        lines += [f"// {doc}"] if doc else []
        lines += [f"const {group} = {{", *[f"  {name}: {number}," for name, number, _ in values], "};", ""]
    lines += [f"const ABI = {contract.flags['abi']['values'][0]['number']};"]
    lines += [f"const {name} = {number:#x};" for name, number in contract.by_hand.items()]
    names = ["ABI", *contract.by_hand, *[group for group, _, _ in groups]]
    return [*lines, "", "module.exports = {", *[f"  {name}," for name in names], "};"]


def node_dts(contract):
    lines = [f"// {BY}", ""]
    for group, doc, values in node_groups(contract):
        lines += [f"/** {doc} */"] if doc else []
        lines += [f"export declare const {group}: {{"]
        for name, number, value_doc in values:
            lines += [f"  /** {value_doc} */", f"  readonly {name}: {number};"]
        lines += ["};", ""]
    lines += [f"export declare const ABI: {contract.flags['abi']['values'][0]['number']};"]
    return [*lines, *[f"export declare const {name}: {number};" for name, number in contract.by_hand.items()]]


def cs_constants(contract):
    lines = [f"// {BY}", "namespace Resil.Interop;", "", "/// <summary>resil.h's numbers.</summary>",
             "internal static class Constants", "{", "    internal const long Now = long.MinValue;"]
    known = {}
    for name in ("error", "begin", "outcome"):
        known.update({value: number for value, number, _ in contract.values(name)})
    for group in contract.flags.values():
        known.update({value["name"]: value["number"] for value in group["values"]})
    known.update(contract.by_hand)
    for name, (kind, short) in CS_INTERNAL.items():
        number = known[name]
        lines.append(f"    internal const {kind} {short} = {hex(number) if number > 0xFFFF else number};")
    return [*lines, "}"]


def cs_reason(contract):
    lines = [f"// {BY}", "namespace Resil;", "", "/// <summary>",
             "/// Why an attempt was not admitted, or an operation was not retried. A newer engine may know reasons that have no name here: they",
             "/// are other numbers, and <see cref=\"ReasonText.Of\"/> has the engine's own name for each.", "/// </summary>",
             "public enum Reason", "{",
             "    /// <summary>There is none: the attempt was admitted, or the operation went well.</summary>", "    None = 0,"]
    for value in contract.enums["reason"]["values"]:
        lines += ["", f"    /// <summary>{value['doc']}</summary>", f"    {value['cs']} = {value['number']},"]
    return [*lines, "}"]


def python(contract):
    lines = [f"# {BY}", '"""resil.h\'s numbers."""', ""]
    return lines + [f"{name} = {number}" for name, number, _ in contract.constants()]


def java(contract):
    lines = [f"// {BY}", "package dev.resil.internal;", "", "/** resil.h's numbers. */", "public final class Contract {",
             "  private Contract() {}"]
    for name, number, doc in contract.constants():
        fits = number < 1 << 31
        lines += ["", f"  /** {doc} */", f"  public static final {'int' if fits else 'long'} {name} = {number}{'' if fits else 'L'};"]
    return [*lines, "}"]


def go(contract):
    lines = [f"// {BY.replace('Generated', 'Code generated', 1)} DO NOT EDIT.", "",
             "// Package contract has resil.h's numbers.", "package contract", "", "const ("]
    constants = [("".join(part.capitalize() for part in name.split("_")), number) for name, number, _ in contract.constants()]
    width = max(len(name) for name, _ in constants)
    return [*lines, *[f"\t{name.ljust(width)} = {number}" for name, number in constants], ")"]


def core_reason(contract):
    return ["enum class Reason : std::int32_t {", "  None = 0,",
            *[f"  {value['core']} = {value['number']}," for value in contract.enums["reason"]["values"]], "};"]


def names(contract):
    for enum in ("reason", "error"):
        for value in contract.enums[enum]["values"]:
            yield f"    case RESIL_{contract.enums[enum]['prefix']}{value['name']}: return \"{value['text']}\";"


def with_blocks(text, blocks, where):
    """`text` with what stands between the two lines of each block replaced."""
    for name, lines in blocks:
        begin = re.escape(f"[contract {name}]")
        pattern = re.compile(rf"(?P<first>^[^\n]*{begin}[^\n]*\n).*?(?P<last>^[^\n]*\[/contract\])", re.S | re.M)
        if len(pattern.findall(text)) != 1:
            sys.exit(f"{where}: there is not one part marked [contract {name}]")
        text = pattern.sub(lambda found: found["first"] + "\n".join(lines) + "\n" + found["last"], text)
    return text


def generated(root):
    """{path: text} of all files."""
    contract = Contract(tomllib.loads((root / "capi/contract.toml").read_text(encoding="utf-8")))
    whole = {
        "bindings/swig/constants.i": swig, "bindings/node/lib/contract.js": node_js, "bindings/node/lib/contract.d.ts": node_dts,
        "bindings/dotnet/src/Resil/Interop/Constants.g.cs": cs_constants, "bindings/dotnet/src/Resil/Reason.cs": cs_reason,
        "python/resil/_contract.py": python, "bindings/java/src/main/java/dev/resil/internal/Contract.java": java,
        "bindings/go/internal/contract/contract.go": go,
    }
    texts = {path: "\n".join(write(contract)) + "\n" for path, write in whole.items()}
    parts = {
        "capi/include/resil.h": header_blocks(contract),
        "core/resil/base/types.h": [("reason", core_reason(contract))],
        "capi/resil.cc": [("names", list(names(contract)))],
    }
    for path, blocks in parts.items():
        texts[path] = with_blocks((root / path).read_text(encoding="utf-8"), blocks, path)
    return texts


def main(check=""):
    wrong = []
    for path, text in generated(ROOT).items():
        file = ROOT / path
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        wrong.append(path)
        if check != "--check":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    if check == "--check":
        print("\n".join(f"{path} is not what capi/contract.toml says: run python3 capi/generate.py" for path in wrong)
              or "all as the table says")
        return bool(wrong)
    print("\n".join(f"wrote {path}" for path in wrong) or "nothing to write")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
