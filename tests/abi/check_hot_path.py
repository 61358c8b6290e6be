#!/usr/bin/env python3
"""The promise of resil_begin, resil_end and resil_adopt, read off the machine code: follows every call and jump from
them through the finished library. What they reach may not lock, allocate, throw, enter the kernel or call through a
pointer; of other libraries they may use only ALLOWED. x86-64 only: elsewhere the check says so and is skipped."""
import bisect
import re
import subprocess
import sys

ROOTS = ("resil_begin", "resil_end", "resil_adopt")
ALLOWED = {"clock_gettime", "memcpy", "memmove", "memset", "memcmp", "strlen", "__stack_chk_fail"}
BANNED = re.compile(r"^(malloc|calloc|realloc|free|_Zn[wa]|_Zd[la]|__cxa_|_Unwind_|__gxx_|pthread_|__pthread_|__tls_get_addr"
                    r"|futex|syscall|_ZSt9terminate|_ZSt\d+__throw|__gthread|fopen|fwrite|printf|puts|_ZNSo)")
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(?:(?:lock|rep[nz]?e?|notrack|bnd|data16|cs|ds|es) )*(\S+)\s*(.*)$")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Library:
    def __init__(self, path):
        self.functions = {}  # start -> (end, name)
        for line in run("readelf", "-sW", path).split("\n"):
            word = line.split()
            if len(word) == 8 and word[3] in ("FUNC", "IFUNC") and word[6] != "UND" and int(word[2], 0):
                start = int(word[1], 16)
                self.functions[start] = (start + int(word[2], 0), word[7].split("@")[0])
        self.starts = sorted(self.functions)
        self.slots = {}  # address in the global offset table -> name of another library's function, or address of our own
        for line in run("readelf", "-rW", path).split("\n"):
            word = line.split()
            if len(word) >= 5 and word[2] in ("R_X86_64_GLOB_DAT", "R_X86_64_JUMP_SLOT"):
                self.slots[int(word[0], 16)] = word[4].split("@")[0]
            elif len(word) == 4 and word[2] == "R_X86_64_RELATIVE":
                self.slots[int(word[0], 16)] = int(word[3], 16)
        self.code = {}  # address -> (mnemonic, operands), and the addresses in order
        for line in run("objdump", "-d", "--no-show-raw-insn", path).split("\n"):
            found = INSTRUCTION.match(line)
            if found:
                self.code[int(found[1], 16)] = (found[2], found[3])
        self.addresses = sorted(self.code)
        self.names = {name: start for start, (_, name) in self.functions.items()}

    def function_at(self, address):
        at = bisect.bisect_right(self.starts, address) - 1
        if at >= 0 and address < self.functions[self.starts[at]][0]:
            return self.starts[at]
        return None

    def body(self, start):
        end = self.functions[start][0]
        low, high = bisect.bisect_left(self.addresses, start), bisect.bisect_left(self.addresses, end)
        return [(address, *self.code[address]) for address in self.addresses[low:high]]


def leaves(library, start):
    """(where to: an address of ours or a name of another library's, what is wrong) for all that leaves a function."""
    end, window = library.functions[start][0], []
    for _, mnemonic, operands in library.body(start):
        window = window[-5:] + [mnemonic]
        if mnemonic in ("syscall", "sysenter", "int"):
            yield None, f"executes {mnemonic}"
        if not mnemonic.startswith(("call", "j")):
            continue
        direct = re.match(r"([0-9a-f]+) <(.+?)>", operands)
        slot = re.search(r"^\*0x[0-9a-f]+\(%rip\).*# ([0-9a-f]+)", operands)
        if direct and direct[2].endswith("@plt"):
            yield direct[2][:-4].split("@")[0], None
        elif direct:
            if not start <= int(direct[1], 16) < end:
                yield int(direct[1], 16), None
        elif slot and int(slot[1], 16) in library.slots:
            yield library.slots[int(slot[1], 16)], None
        elif not (mnemonic == "jmp" and "movslq" in window):  # a switch: an offset from a table, sign-extended
            yield None, f"goes through a pointer: {mnemonic} {operands}"


def walk(library, root):
    """(functions reached, others' functions reached, mistakes) from a root, each with the way to it."""
    if root not in library.names:
        return {}, {}, [f"{root}: not in the library's symbol table (is it stripped?)"]
    paths, outside, wrong, todo = {library.names[root]: root}, {}, [], [library.names[root]]
    while todo:
        start = todo.pop()
        for target, mistake in leaves(library, start):
            if mistake:
                wrong.append(f"{paths[start]} {mistake}")
                continue
            name = target
            if isinstance(target, int):
                inside = library.function_at(target)
                name = library.functions[inside][1] if inside is not None else f"unknown code at {target:#x}"
                if inside is not None and not BANNED.match(name):
                    if inside not in paths:
                        paths[inside] = f"{paths[start]} > {name}"
                        todo.append(inside)
                    continue
            else:
                outside[name] = paths[start]
            if name not in ALLOWED:
                wrong.append(f"{paths[start]} reaches {name}")
    return paths, outside, sorted(set(wrong))


def main(path):
    if "X86-64" not in run("readelf", "-hW", path):
        print("skipped: this check reads x86-64 machine code")
        return 77
    library, failed = Library(path), False
    for root in ROOTS:
        paths, outside, wrong = walk(library, root)
        failed |= bool(wrong)
        print(f"{root}: {len(paths)} functions, of other libraries: {', '.join(sorted(outside)) or 'nothing'}", *wrong, sep="\n  ")
    if not walk(library, "resil_open")[2]:  # it allocates and throws
        print("resil_open passed too: this check sees nothing")
        failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
