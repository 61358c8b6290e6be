#!/usr/bin/env python3
"""Installs a build, moves the installed tree somewhere else, and builds the programs of smoke/ against it as an outside
project would: check_installed.py WAY CMAKE BUILD WORK VERSION, where WAY is how the project finds resil."""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

SMOKE = pathlib.Path(__file__).resolve().parent / "smoke"
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def run(*command, env=None):
    print("+", shlex.join(map(str, command)), flush=True)
    subprocess.run(command, check=True, env={**os.environ, **(env or {})})


def capture(*command, env):
    return shlex.split(subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **env}).stdout)


def install(cmake, build, work):
    shutil.rmtree(work, ignore_errors=True)
    run(cmake, "--install", build, "--prefix", work / "first", "--component", "capi")
    (work / "first").rename(work / "moved")
    return work / "moved"


def main(way, cmake, build, work, version):
    work = pathlib.Path(work)
    if way.startswith("pkg_config") and not shutil.which("pkg-config"):
        print("skipped: pkg-config is missing")
        return 77
    prefix = install(cmake, build, work)
    lib = next(path.parent for path in prefix.rglob("libresil.so"))
    pc = {"PKG_CONFIG_PATH": str(lib / "pkgconfig")}
    here = {"LD_LIBRARY_PATH": str(lib)}
    out, cc = work / "smoke", os.environ.get("CC", "cc")

    if way == "find_package":
        run(cmake, "-S", SMOKE, "-B", work / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
        run(cmake, "--build", work / "build")
        run(work / "build/smoke_shared", version)
        run(work / "build/smoke_static", version)
    elif way == "pkg_config":
        assert capture("pkg-config", "--modversion", "resil", env=pc) == [version]
        run(cc, *STRICT, SMOKE / "smoke.c", "-o", out, *capture("pkg-config", "--cflags", "--libs", "resil", env=pc))
        run(out, version, env=here)
    elif way == "pkg_config_static":
        flags = capture("pkg-config", "--cflags", "--libs", "--static", "resil", env=pc)
        run(cc, *STRICT, "-static", SMOKE / "smoke.c", "-o", out, *flags)
        run(out, version)
        run(cc, *STRICT, SMOKE / "smoke.c", "-o", out, f"-I{prefix}/include", lib / "libresil.a", "-lm")
        run(out, version)
    elif way == "cxx_host":
        for extra in ([], ["-static"]):
            run(os.environ.get("CXX", "c++"), *extra, SMOKE / "host.cc", "-o", out, f"-I{prefix}/include", lib / "libresil.a")
            run(out)
    else:
        sys.exit(f"unknown way {way}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
