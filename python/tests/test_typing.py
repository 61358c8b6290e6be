"""The package, its stubs and a user's program under mypy --strict."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

import resil

pytest.importorskip("mypy")
SAMPLE = pathlib.Path(__file__).with_name("typing_sample.py")


def mypy(*arguments: str, cwd: pathlib.Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, timeout=300, check=False, cwd=cwd
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_users_program(tmp_path: pathlib.Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text(SAMPLE.read_text())
    mypy("mypy", "--strict", "--warn-unused-ignores", str(sample), cwd=tmp_path)


def test_the_package(tmp_path: pathlib.Path) -> None:
    mypy("mypy", "--strict", "-p", "resil", cwd=tmp_path)


def test_the_stubs_say_what_the_extension_has(tmp_path: pathlib.Path) -> None:
    # pybind11's classes have its metaclass; constructors in C take *args; @disjoint_base is younger than the mypy of
    # many users
    allowed = tmp_path / "allowed"
    allowed.write_text(r"resil\._resil\.(Attempt|Endpoint|Engine|Reader|Settings)(\.__init__)?")
    mypy("mypy.stubtest", "resil._resil", "--allowlist", str(allowed), cwd=tmp_path)


def test_the_package_is_typed() -> None:
    assert (pathlib.Path(resil.__file__).parent / "py.typed").exists()
