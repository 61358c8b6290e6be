"""The table of planted faults (*.faults) and how they get into a copy of the sources, each behind a switch.

    == NAME FILE [| by: TESTS] [| equivalent: REASON]        (FILE: or a folder, for the one file in it that has the text)
    @ what stands once in the file; the text below is looked for behind it (left out where the text itself stands once)
    - what stands there; several lines are several `-` lines
    + what stands there instead

Text that ends with `;`, or with `}` and has a `;` in it, is a statement, or several; all else is an expression. A declaration can be neither: plant
the fault in what it is initialised with. Faults may lie within one another, but not overlap.
"""
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

HEAD = re.compile(r"== (\S+) (\S+)((?: \| (?:by|equivalent): [^|]+)*)$")
REMARK = re.compile(r"\| (by|equivalent): ([^|]+)")


class Wrong(Exception):
    """The table does not match the sources; the text says where."""


@dataclass
class Fault:
    name: str
    file: str
    by: str = ""  # a GoogleTest filter: what is likely to notice it, tried first
    equivalent: str = ""  # why no test can notice it
    anchor: list = field(default_factory=list)
    old: list = field(default_factory=list)
    new: list = field(default_factory=list)

    @property
    def number(self):  # of the name, so that a new fault leaves the other files as they were built
        return zlib.crc32(self.name.encode()) & 0x7FFFFFFF

    def place(self, text):
        """(from, to) in the text of the file."""
        start, anchor, old = 0, "\n".join(self.anchor), "\n".join(self.old)
        if anchor:
            if text.count(anchor) != 1:
                raise Wrong(f"{self.name}: `@ {anchor}` stands {text.count(anchor)} times in {self.file}")
            start = text.index(anchor)
        elif text.count(old) > 1:
            raise Wrong(f"{self.name}: its text stands {text.count(old)} times in {self.file}; say behind what with `@`")
        start = text.find(old, start)
        if not old or start < 0:
            raise Wrong(f"{self.name}: its text is no longer in {self.file}: {old}")
        return start, start + len(old)


def is_statement(text):
    return text.rstrip().endswith(";") or (text.rstrip().endswith("}") and ";" in text)


def check(fault):
    """What could not be planted, or would be planted as something else than it reads."""
    if is_statement("\n".join(fault.old)) and re.match(r"(const|auto|std::\w+) .*=", fault.old[0].strip()):
        raise Wrong(f"{fault.name}: a declaration; plant the fault in what it is initialised with")
    for text in ("\n".join(fault.old), "\n".join(fault.new)):
        depth, statement = 0, is_statement("\n".join(fault.old))
        for char in re.sub(r"""\"[^\"]*\"|'(?:\\.|[^'\\])'|//.*""", "", text):
            depth += (char in "([{") - (char in ")]}")
            if depth < 0 or (char == "," and depth == 0 and not statement):
                break
        else:
            if depth == 0 and not re.search(r"(&&|\|\||[-*/=?:]|[^+]\+)$", text.strip()) and text.strip():
                continue
        raise Wrong(f"{fault.name}: neither an expression nor statements: {text}")


def find(root, fault):
    """The file of a fault that names a folder: text that moves from one file of a room to another is found again."""
    if not (root / fault.file).is_dir():
        return fault.file
    found, wrong = [], Wrong(f"{fault.name}: its text is no longer in {fault.file}: {' / '.join(fault.anchor + fault.old)}")
    for path in sorted((root / fault.file).glob("*.*")):
        try:
            fault.place(path.read_text(encoding="utf-8"))
            found.append(path)
        except Wrong as no:
            wrong = wrong if "no longer" in str(no) or " 0 times" in str(no) else no
    if len(found) != 1:
        raise wrong if not found else Wrong(f"{fault.name}: its text is in {' and '.join(path.name for path in found)}")
    return str(found[0].relative_to(root))


def read(folder):
    faults, root = [], Path(folder).resolve().parents[1]
    for path in sorted(Path(folder).glob("*.faults")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            head = HEAD.match(line)
            if head:
                faults.append(Fault(head[1], head[2], **{key: text.strip() for key, text in REMARK.findall(head[3])}))
            elif faults and line[:2] in ("@ ", "- ", "+ "):
                getattr(faults[-1], {"@": "anchor", "-": "old", "+": "new"}[line[0]]).append(line[2:])
            elif line.strip() and not line.startswith("#"):
                raise Wrong(f"{path.name}:{number}: neither a head nor a line of text: {line}")
    for what in ("name", "number"):
        seen = [getattr(fault, what) for fault in faults]
        twice = sorted({fault.name for fault in faults if seen.count(getattr(fault, what)) > 1})
        if twice:
            raise Wrong(f"two of one {what}: {', '.join(twice)}")
    wrong = []
    for fault in faults:
        try:
            check(fault)
            fault.file = find(root, fault)
            fault.place((root / fault.file).read_text(encoding="utf-8"))
        except (Wrong, OSError) as one:
            wrong.append(str(one))
    if wrong:
        raise Wrong("\n".join(wrong))
    return faults


def switched(original, text, faults):
    """`text` (the original, perhaps with other faults in it) or, where one of `faults` is on, what that one puts there."""
    if is_statement(original):
        for fault in faults:
            text = f"if (::resil_mutants::on({fault.number})) {{ " + "\n".join(fault.new) + f" }} else {{ {text} }}"
        return f"{{ {text} }}"
    for fault in faults:
        text = f"::resil_mutants::on({fault.number}) ? (" + "\n".join(fault.new) + f") : ({text})"
    return f"({text})"


def plant(text, faults):
    """The text of a file with all its faults in it."""
    places = {}
    for fault in faults:
        places.setdefault(fault.place(text), []).append(fault)
    order = sorted(places, key=lambda place: (place[0], -place[1]))  # what holds others comes before them

    def rendered(start, end, inner):
        parts, at = [], start
        while inner:
            first, last = inner[0]
            if last > end:
                raise Wrong(f"{places[inner[0]][0].name} overlaps another fault in {faults[0].file}")
            within = [place for place in inner[1:] if place[0] < last]
            original = text[first:last]
            parts += [text[at:first], switched(original, rendered(first, last, within), places[inner[0]])]
            at, inner = last, inner[1 + len(within):]
        return "".join(parts) + text[at:end]

    return '#include "resil_mutants.h"\n' + rendered(0, len(text), order)


def by_file(faults):
    files = {}
    for fault in faults:
        files.setdefault(fault.file, []).append(fault)
    return files
