"""Time as the engine and the waits see it. By default the engine reads its own clock and the waits are real."""

from __future__ import annotations

import time
from typing import Any, Awaitable, Callable, Optional


async def _asyncio_sleep(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


class Clock:
    """A clock for tests, taken apart. It is a function that returns nanoseconds, or an object with `monotonic_ns()`
    and, so that no test has to wait, `sleep(seconds)` and the coroutine function `asleep(seconds)`."""

    __slots__ = ("asleep", "now_ns", "sleep")

    now_ns: Optional[Callable[[], int]]
    sleep: Callable[[float], None]
    asleep: Callable[[float], Awaitable[None]]

    def __init__(self, clock: Any) -> None:
        self.now_ns = getattr(clock, "monotonic_ns", clock)
        if self.now_ns is not None and not callable(self.now_ns):
            raise TypeError(f"a clock is a function returning nanoseconds, or has monotonic_ns(): {clock!r} is neither")
        self.sleep = getattr(clock, "sleep", None) or time.sleep
        self.asleep = getattr(clock, "asleep", None) or _asyncio_sleep

    def now(self) -> Optional[int]:
        """Now for a cold call: None lets the engine read its own clock."""
        return None if self.now_ns is None else self.now_ns()
