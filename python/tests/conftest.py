from __future__ import annotations

from typing import Any, Iterator

import pytest

import resil
from support import POLICIES, VirtualClock


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def engine(clock: VirtualClock) -> Iterator[resil.Engine]:
    """The tests' policies under virtual time."""
    with resil.Engine.from_text(POLICIES, clock=clock) as engine:
        yield engine


@pytest.fixture
def real() -> Iterator[resil.Engine]:
    """The tests' policies under real time."""
    with resil.Engine.from_text(POLICIES) as engine:
        yield engine


def pytest_report_header(config: Any) -> str:
    return f"resil {resil.__version__} from {resil.__file__}"
