"""The table of planted faults (*.faults) and how a fault gets into a copy of the sources.

    == NAME FILE [| equivalent: REASON]
    - what stands there, exactly once in the file; several lines are several `-` lines
    + what stands there instead

Text that ends with `;` or `}` is a statement and becomes `if (on) {fault} else {original}`; all else is an expression.
"""
import re
from dataclasses import dataclass, field
from pathlib import Path

HEAD = re.compile(r"== (\S+) (\S+)(?: \| equivalent: (.+))?$")


class Wrong(Exception):
    """The table does not match the sources; the text says where."""


@dataclass
class Fault:
    name: str
    file: str
    equivalent: str
    number: int
    old: list = field(default_factory=list)
    new: list = field(default_factory=list)

    def texts(self):
        return "\n".join(self.old), "\n".join(self.new)


def read(folder):
    faults = []
    for path in sorted(Path(folder).glob("*.faults")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            head = HEAD.match(line)
            if head:
                faults.append(Fault(head[1], head[2], head[3] or "", len(faults) + 1))
            elif line.startswith("- ") and faults:
                faults[-1].old.append(line[2:])
            elif line.startswith("+ ") and faults:
                faults[-1].new.append(line[2:])
            elif line.strip() and not line.startswith("#"):
                raise Wrong(f"{path.name}:{number}: neither a head nor a line of text: {line}")
    names = [fault.name for fault in faults]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Wrong(f"named twice: {', '.join(twice)}")
    return faults


def plant(text, faults):
    """The text of a file with all its faults in it, each behind its switch."""
    places = {}
    for fault in faults:
        old, _ = fault.texts()
        if not old or text.count(old) != 1:
            raise Wrong(f"{fault.name}: its text is {text.count(old) if old else 0} times in {fault.file}: {old}")
        places.setdefault((text.index(old), len(old)), []).append(fault)
    end = 0
    for start, length in sorted(places):
        if start < end:
            raise Wrong(f"{places[(start, length)][0].name} overlaps another fault")
        end = start + length
    for (start, length), here in sorted(places.items(), reverse=True):
        original = text[start:start + length]
        statement = original.rstrip()[-1] in ";}"
        planted = f"{{ {original} }}" if statement else f"({original})"
        for fault in here:
            new = fault.texts()[1]
            planted = (f"if (::resil_mutants::on({fault.number})) {{ {new} }} else {planted}" if statement
                       else f"(::resil_mutants::on({fault.number}) ? ({new}) : {planted})")
        text = text[:start] + planted + text[start + length:]
    return text


def by_file(faults):
    files = {}
    for fault in faults:
        files.setdefault(fault.file, []).append(fault)
    return files
