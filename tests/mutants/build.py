"""The mutants' build: a copy of the sources with all faults of the table in them, compiled once."""
import shutil
import subprocess

import table


def copy(root, tree, faults):
    """What did not change keeps its time, so that it is not compiled again."""
    planted = {root / name: table.plant((root / name).read_text(encoding="utf-8"), here)
               for name, here in table.by_file(faults).items()}
    names = ["CMakeLists.txt", "LICENSE", "README.md"]
    for top in ("core", "capi", "tests"):
        names += [str(path.relative_to(root)) for path in (root / top).rglob("*")
                  if path.is_file() and not {"corpus", "bench", "__pycache__"} & set(path.parts)]
    for name in names:
        target, data = tree / name, planted.get(root / name, "").encode() or (root / name).read_bytes()
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != data:
            target.write_bytes(data)
            shutil.copymode(root / name, target)
    for path in list(tree.rglob("*")):
        if path.is_file() and str(path.relative_to(tree)) not in set(names):
            path.unlink()


def build(root, faults, jobs):
    """Returns the folder it was built in."""
    tree, out = root / "build/mutants/tree", root / "build/mutants/out"
    copy(root, tree, faults)
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    # -O1: quick to compile, and what the tests run is not ten times slower than as it is shipped.
    subprocess.run(["cmake", "-S", tree, "-B", out, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DRESIL_TESTS=ON",
                    "-DRESIL_INSTALL=OFF", "-DCMAKE_CXX_FLAGS_RELEASE=-O1",
                    f"-DCMAKE_CXX_FLAGS=-w -I{tree / 'tests/mutants'}", *launcher], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", out, "-j", str(jobs), "--target", "unit", "stress", "replay", "host_replay",
                    "resil_archive"], check=True)
    return out


def lua(out):
    """Builds the Lua binding on the faulty library, as `tests/run swig` does. False: something for it is missing."""
    if not (shutil.which("swig4.0") or shutil.which("swig")) or not shutil.which("lua5.4"):
        print("the Lua binding is not among the tests: swig4.0 and lua5.4 are missing")
        return False
    root = out.parents[2]
    subprocess.run([root / "bindings/swig/build.sh", "lua", out / "lua", root / "capi/include", out / "capi"], check=True,
                   stdout=subprocess.DEVNULL)
    return True
