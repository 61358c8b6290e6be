#!/usr/bin/env python3
"""libresil.so needs libc, libm and the loader, nothing else: it can be copied to any machine with a C library."""
import re
import subprocess
import sys

ALLOWED = re.compile(r"^(libc|libm|ld-linux[-a-z0-9_]*|ld64|libpthread|libdl|librt|libc\.musl-\w+)\.so(\.\d+)*$")
LOADED = re.compile(r"^(linux-vdso|linux-gate)\.so\.1$")  # by the kernel, for every program


def main(library):
    out = subprocess.run(["readelf", "-dW", library], check=True, capture_output=True, text=True).stdout
    needed = re.findall(r"\(NEEDED\).*\[(.+?)\]", out)
    wrong = [name for name in needed if not ALLOWED.match(name)]
    if "(TEXTREL)" in out:
        wrong.append("text relocations")
    if re.search(r"\((RPATH|RUNPATH)\)", out):
        wrong.append("a search path of its own")
    out = subprocess.run(["ldd", library], check=True, capture_output=True, text=True).stdout
    loaded = [line.split()[0].rsplit("/", 1)[-1] for line in out.split("\n") if line.strip()]
    wrong += [name for name in loaded if not ALLOWED.match(name) and not LOADED.match(name)]
    print(f"needs {', '.join(needed)}; ldd: {', '.join(loaded)}" + "".join(f"\n{name} must not be needed" for name in wrong))
    return bool(wrong) or not needed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
