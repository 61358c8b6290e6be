"""Engine: loaded policies and the state of their circuit breakers."""

from __future__ import annotations

import json
import os
from types import TracebackType
from typing import Any, Dict, List, Optional, Tuple, Type, Union

from . import _resil
from ._clock import Clock
from ._endpoint import Endpoint, LatestTimers
from ._events import EventLog, EventReader
from ._options import Options

Path = Union[str, "os.PathLike[str]"]
Text = Union[str, bytes]


class Engine:
    """Policies from `kind: Resiliency` YAML, and the circuit breakers that live under them.

    Make it with Engine.load(path) or Engine.from_text(yaml). Every method may be called from any thread. It can be
    closed while calls are in flight (they finish, and the last one out frees the native engine); what is asked of it
    afterwards raises EngineClosedError. After a fork each process goes on with its own copy of the state.
    """

    __slots__ = ("__weakref__", "_clock", "_core", "_log", "_path")

    def __init__(self, core: _resil.Engine, clock: Clock, path: Optional[str]) -> None:
        """Not for users: see load() and from_text()."""
        self._core = core
        self._clock = clock
        self._path = path
        self._log = EventLog(EventReader(core))
        self._log.drain()

    @classmethod
    def load(
        cls,
        path: Path,
        *,
        app_id: Optional[str] = None,
        config: Optional[Path] = None,
        lenient: bool = False,
        clock: Any = None,
        every_rejection: bool = False,
        jitter_seed: int = 0,
        max_endpoints: int = 0,
        event_capacity: int = 0,
        max_bytes: int = 0,
    ) -> Engine:
        """Loads a file, or all .yaml and .yml files of a folder. Raises ConfigError, which says where and what to write
        instead.

        app_id: who is calling, for the documents' `scopes`; None: every document applies.
        config: a kind: Configuration file that must enable the Resiliency feature; if not, every call passes through.
        lenient: what Dapr ignores is a warning in the log, not an error.
        clock: for tests: a function returning nanoseconds, or an object with monotonic_ns(), sleep(s) and asleep(s).
        every_rejection: an event for each rejected call, not only for the first since its breaker opened.
        jitter_seed: anything but 0 makes the delays of exponential policies repeatable.
        max_endpoints, event_capacity, max_bytes: limits; 0: 1,048,576 endpoints, 1,024 events, 262,144 bytes of YAML.
        """
        settings = _settings(
            app_id, config, lenient, every_rejection, jitter_seed, max_endpoints, event_capacity, max_bytes
        )
        return cls(_resil.Engine.open(settings, _native(path), b""), Clock(clock), os.fsdecode(path))

    @classmethod
    def from_text(
        cls,
        yaml: Text,
        *,
        app_id: Optional[str] = None,
        config: Optional[Path] = None,
        lenient: bool = False,
        clock: Any = None,
        every_rejection: bool = False,
        jitter_seed: int = 0,
        max_endpoints: int = 0,
        event_capacity: int = 0,
        max_bytes: int = 0,
    ) -> Engine:
        """Like load, from the YAML itself."""
        settings = _settings(
            app_id, config, lenient, every_rejection, jitter_seed, max_endpoints, event_capacity, max_bytes
        )
        return cls(_resil.Engine.open(settings, None, _utf8("YAML", yaml, (str, bytes))), Clock(clock), None)

    def app(self, name: str, method: str = "") -> Endpoint:
        """An app's method. Each method has a circuit breaker of its own."""
        return self._endpoint(_resil.APP, "app", name, method or None)

    def actor(self, type: str, id: str = "") -> Endpoint:
        """An actor. Whether it has a breaker of its own is for the policy's circuitBreakerScope to say. Without an id:
        the type, whose breaker its actors share under circuitBreakerScope: type; that breaker's events are of it."""
        _utf8("an actor's id", id)
        return self._endpoint(_resil.ACTOR, "actor", type, id or None)

    def component(self, name: str, direction: str = "outbound", *, type: Optional[str] = None) -> Endpoint:
        """A component, called (outbound) or calling (inbound). `type` (Statestore, Pubsub, ...) chooses default
        policies."""
        kinds = {"outbound": _resil.COMPONENT_OUT, "inbound": _resil.COMPONENT_IN}
        if direction not in kinds:
            raise ValueError(f"a component's direction is 'outbound' or 'inbound', not {direction!r}")
        return self._endpoint(kinds[direction], f"{direction} component", name, type)

    def builtin(self, name: str) -> Endpoint:
        """A reserved policy by its name, such as DaprBuiltInServiceRetries."""
        return self._endpoint(_resil.BUILTIN, "built-in", name, None)

    def _endpoint(self, number: int, kind: str, name: str, instance: Optional[str]) -> Endpoint:
        names = _utf8("a target's name", name), None if instance is None else _utf8("a method, id or type", instance)
        if not name:
            raise ValueError("a target has a name; this one is empty")
        return Endpoint(self, self._core.endpoint(number, *names), kind, name, instance, Options(), LatestTimers())

    def reload(self, path: Optional[Path] = None) -> None:
        """Replaces all policies by those of `path`, by default the one that was loaded; or none, if they are refused
        (ConfigError). Endpoints stay valid, breakers keep their state where their settings are equal, operations finish
        as they began."""
        source = self._path if path is None else os.fsdecode(path)
        if source is None:
            raise ValueError("this engine was made from a text: say which path to reload, or use reload_text()")
        self._core.reload(_native(source), b"")
        self._path = source
        self._log.drain()

    def reload_text(self, yaml: Text) -> None:
        """Like reload, from the YAML itself."""
        self._core.reload(None, _utf8("YAML", yaml, (str, bytes)))
        self._log.drain()

    def snapshot(self) -> Dict[str, Any]:
        """State and statistics of every endpoint, read without moving anything."""
        snapshot: Dict[str, Any] = json.loads(self._core.snapshot(self._clock.now()))
        return snapshot

    def events(self) -> EventReader:
        """A new reader of what happened (state changes, retries, rejections, ...), from the oldest event still
        there."""
        return EventReader(self._core)

    def close(self) -> None:
        """Ends the engine. Calls in flight finish. Closing twice is fine."""
        self._core.close()

    @property
    def closed(self) -> bool:
        return self._core.closed

    def _counts(self, endpoint: Endpoint) -> Optional[Dict[str, Optional[int]]]:
        for entry in self.snapshot()["endpoints"]:
            if entry["endpoint"] == endpoint.id:
                counts: Optional[Dict[str, Optional[int]]] = (entry.get("breaker") or {}).get("counts")
                return counts
        return None

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = " closed" if self.closed else ""
        return f"<resil.Engine{state} of {self._path or 'a text'}>"


def check(
    path: Optional[Path] = None,
    *,
    text: Optional[Text] = None,
    app_id: Optional[str] = None,
    config: Optional[Path] = None,
    lenient: bool = False,
    max_bytes: int = 0,
) -> List[str]:
    """All that loading a path or a text would complain about, a line for each error and warning, without making an
    engine."""
    if (path is None) == (text is None):
        raise TypeError("check() takes either a path or text=...")
    settings = _settings(app_id, config, lenient, False, 0, 0, 0, max_bytes)
    if path is not None:
        return _resil.check(settings, _native(path), b"").splitlines()
    return _resil.check(settings, None, _utf8("YAML", text, (str, bytes))).splitlines()


def _settings(
    app_id: Optional[str],
    config: Optional[Path],
    lenient: bool,
    every_rejection: bool,
    jitter_seed: int,
    max_endpoints: int,
    event_capacity: int,
    max_bytes: int,
) -> _resil.Settings:
    return _resil.Settings(
        lenient=bool(lenient),
        every_rejection=bool(every_rejection),
        app_id=None if app_id is None else _no_nul("app_id", _utf8("app_id", app_id)),
        config=None if config is None else _native(config),
        max_endpoints=_whole("max_endpoints", max_endpoints, 32),
        event_capacity=_whole("event_capacity", event_capacity, 32),
        jitter_seed=_whole("jitter_seed", jitter_seed, 64),
        max_bytes=_whole("max_bytes", max_bytes, 64),
    )


def _whole(what: str, number: int, bits: int) -> int:
    if not isinstance(number, int):
        raise TypeError(f"{what} is a whole number, not {number!r}")
    if not 0 <= number < 1 << bits:
        raise ValueError(f"{what} is from 0 to 2**{bits} - 1, not {number}")
    return number


def _native(path: Path) -> bytes:
    return _no_nul("a path", os.fsencode(path))


def _no_nul(what: str, text: bytes) -> bytes:
    """For what the engine reads as a C string: it would go on without the rest."""
    if b"\0" in text:
        raise ValueError(f"{what} has no NUL character, but {text!r} has")
    return text


def _utf8(what: str, text: object, types: Tuple[type, ...] = (str,)) -> bytes:
    """The bytes that the engine reads. What is no UTF-8 goes through, for the engine to say where it is."""
    if isinstance(text, types):
        if isinstance(text, str):
            return text.encode("utf-8", "surrogatepass")
        if isinstance(text, bytes):
            return text
    raise TypeError(f"{what} is a {' or '.join(each.__name__ for each in types)}, not {text!r}")
