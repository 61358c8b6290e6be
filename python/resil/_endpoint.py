"""Endpoint: one target as it is called."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Awaitable, Callable, Dict, Optional, Tuple, TypeVar

from . import _operation
from ._attempts import Attempts, AttemptScope
from ._errors import Misuse
from ._options import Duration, Failures, Options
from ._resil import Acall, Attempt, Result
from ._resil import Endpoint as _Endpoint

if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    from ._clock import Clock
    from ._engine import Engine
    from ._timers import Timers

    P = ParamSpec("P")

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
_UNSET: Any = object()


@functools.cache
def _async_call() -> Callable[..., Coroutine[Any, Any, Any]]:
    """Imported when first needed, so that a program without asyncio does not load it."""
    from ._async import call

    return call


Coroutine.register(Acall)


class LatestTimers:
    """The asyncio timers last used by an endpoint and its copies with other options."""

    __slots__ = ("timers",)

    def __init__(self) -> None:
        self.timers: Optional[Timers] = None


class Endpoint(_Endpoint):
    """A target of the engine's policies: an app's method, an actor, a component. Make it once and keep it; it is
    immutable, and any thread may use it.

    `call(fn, ...)`, `await acall(fn, ...)` and the decorator form run a function under the policies; `try_call` and
    `try_acall` return a Result instead of raising; `attempt()`, `attempts()` and `begin()` do the same by hand.
    """

    __slots__ = ("__weakref__", "_clock", "_engine", "_latest", "_options", "instance", "kind", "name")

    kind: str
    name: str
    instance: Optional[str]
    _engine: Engine
    _clock: Clock
    _options: Options
    _latest: LatestTimers

    def __new__(
        cls,
        engine: Engine,
        id: int,
        kind: str,
        name: str,
        instance: Optional[str],
        options: Options,
        latest: LatestTimers,
    ) -> Endpoint:
        clock = engine._clock
        self = super().__new__(
            cls,
            engine._core,
            id,
            plain=options.plain,
            wait=options.wait,
            deadline=options.deadline,
            clock=clock.now_ns,
            on_events=engine._log.drain,
        )
        self._engine, self._clock, self._options = engine, clock, options
        self._latest = latest
        self.kind, self.name, self.instance = kind, name, instance
        return self

    def options(
        self,
        *,
        wait: bool = _UNSET,
        deadline: Optional[Duration] = _UNSET,
        timeout_arg: Optional[str] = _UNSET,
        failures: Failures = _UNSET,
        result_failed: Optional[Callable[[Any], bool]] = _UNSET,
        status: Optional[Callable[[Any], Optional[int]]] = _UNSET,
        retry_after: Optional[Callable[[Any], Optional[Duration]]] = _UNSET,
    ) -> Endpoint:
        """The same endpoint, called differently. What is not given stays as it is.

        wait: on a rejection wait until an attempt can be admitted, instead of raising. No retry is used up by it.
        deadline: the whole operation, waits included, must be over by then; seconds or a timedelta.
        timeout_arg: the keyword argument of the function that takes an attempt's budget in seconds; for requests
            "timeout".
        failures: which exceptions count as failures of the target: classes, or a function of the exception. Others are
            raised as they are, and the target counts as healthy. By default every Exception. Cancellation, Ctrl+C and
            the program's end never do.
        result_failed: a function that says of a result whether it counts as a failure.
        status: a function that reads an HTTP status from a result or an exception, or returns what resil.grpc(code)
            makes, or None.
        retry_after: a function that reads the server's hint from a failing result or an exception: seconds, a
            timedelta or None.
        """
        given: Dict[str, Any] = {
            "wait": wait,
            "deadline": deadline,
            "timeout_arg": timeout_arg,
            "failures": failures,
            "result_failed": result_failed,
            "status": status,
            "retry_after": retry_after,
        }
        options = replace(self._options, **{name: value for name, value in given.items() if value is not _UNSET})
        return type(self)(self._engine, self.id, self.kind, self.name, self.instance, options, self._latest)

    async def try_acall(self, fn: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> Result[T]:
        """Like acall, but what went wrong is a value. Cancellation is still raised."""
        attempt = self.begin()
        try:
            return _operation.as_result(attempt, await self._acall(attempt, False, fn, args, kwargs, None, None))
        except Misuse:
            raise
        except Exception as error:
            return _operation.as_failure(attempt, error)

    def __call__(self, fn: F) -> F:
        """Decorates a function or a coroutine function: every call of it goes through call or acall."""
        if inspect.isasyncgenfunction(fn) or inspect.isgeneratorfunction(fn):
            raise TypeError(
                f"{fn!r} is a generator function: its call does nothing that could fail; use attempts() inside it"
            )
        if not callable(fn):
            raise TypeError(f"an endpoint decorates a function, not {fn!r}; to call one, use call()")
        if inspect.iscoroutinefunction(fn) or inspect.iscoroutinefunction(getattr(fn, "__call__", None)):  # noqa: B004
            acall = self.acall

            @functools.wraps(fn)
            async def awaiting(*args: Any, **kwargs: Any) -> Any:
                return await acall(fn, *args, **kwargs)

            return awaiting  # type: ignore[return-value]
        call = self.call

        @functools.wraps(fn)
        def calling(*args: Any, **kwargs: Any) -> Any:
            return call(fn, *args, **kwargs)

        return calling  # type: ignore[return-value]

    def attempt(self) -> AttemptScope:
        """`with` (or `async with`) it, for one attempt by hand."""
        return AttemptScope(self)

    def attempts(self) -> Attempts:
        """`for attempt in endpoint.attempts():` and in the loop `with attempt:`, for all attempts of an operation by
        hand. In asyncio `async for` and `async with`."""
        return Attempts(self)

    @property
    def state(self) -> Optional[str]:
        """The circuit breaker's state: closed, open or half-open; None without a breaker."""
        return self._engine._core.state(self.id, self._clock.now())

    @property
    def counts(self) -> Optional[Dict[str, Optional[int]]]:
        """The circuit breaker's counts, by the names that trip rules use; None without a breaker. A count that the trip
        rule does not read is None while closed. Reads a whole snapshot: not for the hot path."""
        return self._engine._counts(self)

    def _acall(
        self,
        attempt: Attempt,
        made: bool,
        fn: Callable[..., Awaitable[T]],
        args: Tuple[Any, ...],
        kwargs: Dict[str, Any],
        value: Any,
        error: Optional[BaseException],
    ) -> Coroutine[Any, Any, T]:
        return _async_call()(self, attempt, made, fn, args, kwargs, value, error)

    async def _await(self, awaitable: Awaitable[T]) -> T:
        return await awaitable

    # Where the C functions go on. Without an attempt nothing has begun; one that is `made` has value or error.

    def _call(
        self,
        attempt: Optional[Attempt],
        made: bool,
        fn: Callable[..., Any],
        args: Tuple[Any, ...],
        kwargs: Dict[str, Any],
        value: Any,
        error: Optional[BaseException],
    ) -> Any:
        attempt = self.begin() if attempt is None else attempt
        return _operation.call(self, attempt, made, fn, args, kwargs, value, error)

    def _try_call(
        self,
        attempt: Optional[Attempt],
        made: bool,
        fn: Callable[..., Any],
        args: Tuple[Any, ...],
        kwargs: Dict[str, Any],
        value: Any,
        error: Optional[BaseException],
    ) -> Result[Any]:
        attempt = self.begin() if attempt is None else attempt
        try:
            return _operation.as_result(attempt, _operation.call(self, attempt, made, fn, args, kwargs, value, error))
        except Misuse:
            raise
        except Exception as failure:
            return _operation.as_failure(attempt, failure)
        finally:
            del error  # see _operation.call

    def _rejection(self, reason: Optional[str], delay: float) -> Exception:
        return _operation.rejection(self, reason, delay)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" if self.instance is None else f"{self.kind} {self.name}:{self.instance}"

    def __repr__(self) -> str:
        return f"<resil.Endpoint {self}>"
