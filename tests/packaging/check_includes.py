#!/usr/bin/env python3
"""Dependencies point one way: bindings -> capi/include/resil.h <- capi/resil.cc -> core/config, core/report -> core/resil ->
the standard library. yaml-cpp and nlohmann/json are each included by one file."""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
STANDARD = re.compile(r"^[a-z_0-9]+$")  # <atomic>, <cstdint>: C++'s own headers have neither folder nor suffix
POSIX = re.compile(r"^(sys/)?[a-z_0-9]+\.h$")

# folder: the quoted includes it may have (its own first), and what else it may take from <...>
RULES = {
    "core/resil": (["resil/"], None),
    "core/config": (["config/", "resil/"], POSIX),
    "core/report": (["report/", "resil/"], None),
    "capi": (["resil.h", "answers.h", "pinned.h", "resil/", "config/", "report/"], None),
}
# Only POSIX tells that a process was forked; one file of the engine asks it.
ALSO = {"core/resil/base/forks.cc": {"pthread.h", "unistd.h"}}
ONE_FILE = {"yaml-cpp/": "core/config/", "nlohmann/": "core/report/"}
# Inside these folders, rooms from the lowest to the highest: a file includes its own room and those below.
ROOMS = {
    "core/resil": {"base": [], "trip": ["base"], "policy": ["base", "trip"], "breaker": ["base", "trip", "policy"],
                   "events": ["base"], "limits": ["base"],
                   "engine": ["base", "trip", "policy", "breaker", "events", "limits"]},
    "core/config": {"text": [], "yaml": ["text"], "trip": ["text"], "document": ["text", "yaml", "trip"]},
}
OURS = ("resil/", "config/", "report/", "../core", "core/")


def includes(root, folder, suffixes=(".h", ".cc", ".c", ".cpp", ".hpp")):
    for path in sorted((root / folder).rglob("*")):
        if path.suffix in suffixes and "node_modules" not in path.parts and "build" not in path.parts:
            for bracket, name in INCLUDE.findall(path.read_text(errors="replace")):
                yield path, bracket, name


def check_core(root):
    users = {library: set() for library in ONE_FILE}
    for folder, (quoted, angled) in RULES.items():
        for path, bracket, name in includes(root, folder):
            where = path.relative_to(root)
            library = next((known for known in ONE_FILE if name.startswith(known)), None)
            if library:
                users[library].add(str(where))
            elif bracket == '"' and not name.startswith(tuple(quoted)):
                yield f'{where}: includes "{name}"; {folder} may include {", ".join(quoted)} and nothing else of ours'
            elif bracket == "<" and not STANDARD.match(name) and not (angled and angled.match(name)) and (
                    name != "stdint.h" and name not in ALSO.get(str(where), ())):
                yield f"{where}: includes <{name}>; {folder} takes only the standard library's headers"
    for library, files in users.items():
        if len(files) > 1 or any(not name.startswith(ONE_FILE[library]) for name in files):
            yield f"{library} is included by {', '.join(sorted(files))}; one file of {ONE_FILE[library]} may"
        if not files:
            yield f"nobody includes {library}: this check looks in the wrong place"


def check_rooms(root):
    for folder, rooms in ROOMS.items():
        prefix = folder.removeprefix("core/") + "/"
        for path, bracket, name in includes(root, folder):
            where = path.relative_to(root / folder)
            room = where.parts[0] if len(where.parts) > 1 else None
            if room not in rooms:
                yield f"{folder}/{where}: stands in no room; the rooms are {', '.join(rooms)}"
            elif bracket == '"' and name.startswith(prefix):
                other = name.removeprefix(prefix).split("/")[0]
                if other != room and other not in rooms[room]:
                    allowed = ", ".join([room, *rooms[room]])
                    yield f'{folder}/{where}: includes "{name}"; {folder}/{room} may include {allowed}'


def check_bindings(root):
    for folder in ("bindings", "python", "examples"):
        for path, _, name in includes(root, folder):
            if name.startswith(OURS) and not (path.parent / name).exists():
                yield f"{path.relative_to(root)}: includes {name}; a binding knows resil.h only"


def main(root):
    root = pathlib.Path(root)
    wrong = [*check_core(root), *check_rooms(root), *check_bindings(root)]
    print("\n".join(wrong) or "every include points the right way")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
