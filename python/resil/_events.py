"""What happened, for whoever asks and for the log."""

from __future__ import annotations

import logging
import os
import threading
import weakref
from typing import Iterator, NamedTuple, Union

from . import _resil
from ._errors import EngineClosedError

logger = logging.getLogger("resil")


class Event(NamedTuple):
    """One event. Numbers count from 1 and have no gaps; what a reader missed because it read too late is `lost`."""

    seq: int
    time_ns: int
    """On the engine's clock."""
    endpoint: int
    """Endpoint.id; -1 for a warning about none. If actors share a breaker, its changes are of engine.actor(type)."""
    kind: str
    """breaker, retry, recovered, rejected, timed-out, gave-up or warning."""
    before: Union[int, str]
    """breaker: the state left. Otherwise attempts made."""
    after: Union[int, str, None]
    """breaker: the state entered. retry: the outcome. rejected and gave-up: the reason."""
    value: Union[int, float]
    """retry: the delay. rejected: how long until an attempt could be admitted. timed-out: the budget (all in seconds).
    gave-up: the last outcome. warning: its number."""
    lost: int
    """How many events before this one the reader missed."""
    text: str
    """The line to log, or empty."""


def _event(raw: _resil._RawEvent) -> Event:
    seq, time_ns, endpoint, number, before, after, value, lost, text = raw
    kind = _resil.event_kinds[number] if number < len(_resil.event_kinds) else str(number)
    if kind == "breaker":
        states = _resil.states
        return Event(seq, time_ns, endpoint, kind, states[before], states[after], value, lost, text)
    reason = (_resil.name(after) if after else None) if kind in ("rejected", "gave-up") else after
    amount = value / 1e9 if kind in ("retry", "rejected", "timed-out") else value
    return Event(seq, time_ns, endpoint, kind, before, reason, amount, lost, text)


class EventReader:
    """An iterator over the events that this reader has not seen yet. It stops when there are none for now; iterate
    again for those that have come since. Any number of readers, each sees everything that the engine's ring still
    holds."""

    __slots__ = ("_reader", "lost")

    lost: int
    """How many events this reader missed so far because the ring was overwritten before it came."""

    def __init__(self, core: _resil.Engine) -> None:
        self._reader = _resil.Reader(core)
        self.lost = 0

    def __iter__(self) -> Iterator[Event]:
        while True:
            batch = self._reader.read()
            if not batch:
                return
            for raw in batch:
                event = _event(raw)
                self.lost += event.lost
                yield event


class EventLog:
    """Writes events to the logger "resil". Called by the engine's endpoints right after the call that caused an
    event."""

    __slots__ = ("__weakref__", "_busy", "_more", "_reader")

    def __init__(self, reader: EventReader) -> None:
        self._reader = reader
        self._busy = threading.Lock()
        self._more = False
        _logs.add(self)

    def drain(self) -> None:
        # Who finds another thread at it (or itself, when a log handler makes calls of its own) leaves the rest to that
        # one: lines stay in order and nobody waits.
        self._more = True
        while self._more and self._busy.acquire(blocking=False):
            try:
                self._more = False
                self._write()
            except EngineClosedError:
                pass  # closed, and the last attempt is over: whoever was in flight has logged its own
            finally:
                self._busy.release()

    def _write(self) -> None:
        for event in self._reader:
            if event.lost:
                logger.warning("%d events were lost: raise event_capacity", event.lost)
            level = logging.WARNING if event.kind == "warning" else logging.INFO
            if event.text and logger.isEnabledFor(level):
                logger.log(level, "%s", event.text, extra={"resil_event": event})

    def _after_fork(self) -> None:
        self._busy = threading.Lock()  # its holder stayed behind in the parent


_logs: "weakref.WeakSet[EventLog]" = weakref.WeakSet()


def _after_fork() -> None:
    for log in list(_logs):
        log._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
