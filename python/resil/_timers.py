"""Budgets of asyncio attempts: the task is cancelled when its time is up.

The attempts of an endpoint usually all have the same budget, so they end in the order in which they began, and one
timer for the oldest of them does for all. An attempt that is in time costs a dict entry, where a timer of its own would
cost several microseconds.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Dict, Optional

from ._errors import AttemptTimeoutError

if TYPE_CHECKING:
    from ._endpoint import Endpoint


class Timers:
    """The attempts under way with one budget on one event loop."""

    __slots__ = ("_handle", "_replaced", "_under_way", "loop", "seconds")

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self.loop = loop
        self.seconds = seconds
        self._under_way: Dict[Budget, None] = {}  # oldest first
        self._handle: Optional[asyncio.TimerHandle] = None
        self._replaced = False

    def start(self) -> Budget:
        task = asyncio.current_task(self.loop)
        if task is None:
            raise RuntimeError("an attempt with a timeout runs in an asyncio task")
        budget = Budget(self, task, self.loop.time() + self.seconds)
        self._under_way[budget] = None
        if self._handle is None:
            self._arm(budget)
        return budget

    def _arm(self, budget: Budget) -> None:
        self._handle = self.loop.call_at(budget.until, self._fire)

    def _fire(self) -> None:
        self._handle = None
        now = self.loop.time()
        while self._under_way:
            budget = next(iter(self._under_way))
            if budget.until > now:
                self._arm(budget)
                return
            self.remove(budget)
            budget.fire()

    def remove(self, budget: Budget) -> None:
        self._under_way.pop(budget, None)
        if self._replaced:
            self._disarm()

    def replace(self, loop: asyncio.AbstractEventLoop) -> None:
        """No attempt will be added, so the timer need not outlive those under way. Matters where deadlines make every
        budget another."""
        self._replaced = True
        if self.loop is loop:  # another loop's timer is for its own thread to touch
            self._disarm()

    def _disarm(self) -> None:
        if self._handle is not None and not self._under_way:
            self._handle.cancel()
            self._handle = None


class Budget:
    """One attempt's time. Ends with stop()."""

    __slots__ = ("_before", "_fired", "_task", "_timers", "until")

    def __init__(self, timers: Timers, task: asyncio.Task[object], until: float) -> None:
        self.until = until
        self._timers = timers
        self._task = task
        self._before = 0
        if sys.version_info >= (3, 11):
            self._before = task.cancelling()
        self._fired = False

    def fire(self) -> None:
        self._fired = True
        self._task.cancel()

    def stop(self, error: Optional[BaseException]) -> Optional[BaseException]:
        """What the attempt really ended with: a time-out instead of the cancellation that was ours, if nobody else
        wanted one."""
        self._timers.remove(self)
        if not self._fired:
            return error
        ours = True
        if sys.version_info >= (3, 11):
            ours = self._task.uncancel() <= self._before
        if not ours or not isinstance(error, asyncio.CancelledError):
            return error
        seconds = self._timers.seconds
        timeout = AttemptTimeoutError(f"the attempt took longer than {seconds:.3g} s", seconds)
        timeout.__cause__ = error
        return timeout


def start_budget(endpoint: Endpoint, seconds: float) -> Budget:
    """A budget for an attempt of this endpoint, from now on."""
    loop = asyncio.get_running_loop()
    latest = endpoint._latest
    timers = latest.timers
    if timers is None or timers.loop is not loop or timers.seconds != seconds:
        if timers is not None:
            timers.replace(loop)
        timers = latest.timers = Timers(loop, seconds)  # those in use go on with the old ones
    return timers.start()
