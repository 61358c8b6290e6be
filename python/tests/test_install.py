"""The installed distribution by itself: its files, moved to an environment that has nothing else."""

from __future__ import annotations

import importlib.metadata
import pathlib
import shutil
import subprocess
import sys
import venv

import pytest

import resil
from support import POLICIES

try:
    FILES = importlib.metadata.files("resil")
except importlib.metadata.PackageNotFoundError:
    FILES = None

PROGRAM = f"""
import sys
import resil
for needless in ("typing_extensions", "pybind11") + (("asyncio",) if sys.version_info >= (3, 11) else ()):
    assert needless not in sys.modules, needless
engine = resil.Engine.from_text({POLICIES!r})
orders = engine.app("plain", "m")
assert orders.call(len, "abc") == 3
import asyncio
assert asyncio.run(orders.acall(asyncio.sleep, 0, 5)) == 5
print(resil.__version__, resil.__file__)
"""


@pytest.mark.skipif(FILES is None, reason="resil is not installed, only on the path")
def test_a_clean_environment(tmp_path: pathlib.Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    where = ["-I", "-c", "import sysconfig; print(sysconfig.get_path('platlib'))"]
    site = pathlib.Path(subprocess.check_output([python, *where], text=True).strip())
    for file in FILES or ():
        assert ".." not in file.parts, f"{file} is outside the package"
        target = site / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(str(file.locate()), target)
    ran = subprocess.run(
        [python, "-I", "-W", "error", "-c", PROGRAM], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [importlib.metadata.version("resil"), str(site / "resil" / "__init__.py")]


@pytest.mark.skipif(FILES is None, reason="resil is not installed, only on the path")
def test_only_what_belongs_is_installed() -> None:
    names = {str(file) for file in FILES or () if "__pycache__" not in file.parts and ".dist-info" not in str(file)}
    sources = {f"resil/{file.name}" for file in pathlib.Path(__file__).parents[1].joinpath("resil").glob("*.*")}
    assert {name for name in names if not name.endswith(".so")} == sources
    assert len([name for name in names if name.endswith(".so")]) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux") or shutil.which("nm") is None, reason="needs Linux and nm")
def test_the_extension_shows_its_entry_only() -> None:
    [extension] = pathlib.Path(resil.__file__).parent.glob("_resil*.so")
    symbols = subprocess.check_output(["nm", "-D", "--defined-only", extension], text=True).split()[2::3]
    assert [name for name in symbols if not name.startswith("_Z")] == ["PyInit__resil"]
    assert not [name for name in symbols if "resil_" in name or "YAML" in name]
    libraries = subprocess.check_output(["ldd", extension], text=True)
    assert "libresil" not in libraries
    assert "libyaml" not in libraries


def test_version_is_the_projects() -> None:
    cmake = pathlib.Path(__file__).parents[2] / "CMakeLists.txt"
    assert f"project(resil VERSION {resil.__version__} " in cmake.read_text()
