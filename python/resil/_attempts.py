"""Attempts by hand: `with endpoint.attempt()` for one, `for attempt in endpoint.attempts()` for all of an operation."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Optional, Type, TypeVar

from . import _operation
from ._errors import ResilError
from ._options import Duration
from ._outcome import Told, http, of_error, of_value
from ._resil import CANCELLED, FAILURE, RETRY, SUCCESS
from ._resil import Attempt as _Attempt

if TYPE_CHECKING:
    from ._endpoint import Endpoint
    from ._timers import Budget

T = TypeVar("T")


class AttemptScope(_Attempt):
    """One attempt, between entering and leaving. It succeeds if the block ends without an exception and nothing else
    was said with fail(), status() or result(). An exception is classified like one of call()'s function, and goes on
    its way."""

    __slots__ = ("_budget", "_error", "_many", "_token", "_told")

    endpoint: Endpoint

    def __new__(cls, endpoint: Endpoint, many: bool = False) -> AttemptScope:
        return super().__new__(cls, endpoint)

    def __init__(self, endpoint: Endpoint, many: bool = False) -> None:
        self._many = many
        self._told: Optional[Told] = None
        self._error: Optional[BaseException] = None
        self._budget: Optional[Budget] = None

    def succeed(self) -> None:
        """The attempt succeeded, also if an exception follows."""
        self._told = (SUCCESS, None)

    def fail(self, retry_after: Optional[Duration] = None) -> None:
        """The attempt failed, also without an exception."""
        self._told = (FAILURE, retry_after)

    def status(self, status: int, retry_after: Optional[Duration] = None) -> None:
        """An HTTP status answered the attempt, or the outcome that resil.grpc(code) makes."""
        self._told = (status if status >= http(0) else http(status), retry_after)

    def result(self, value: T) -> T:
        """Classifies a result as call() would, and returns it."""
        self._told = of_value(self.endpoint._options, value)
        return value

    def __enter__(self) -> AttemptScope:
        if not self._many:
            self.begin()
            while not self.allowed:
                _operation.wait_or_raise(self.endpoint, self, None)
                self.endpoint._clock.sleep(self.delay)
                self.begin()
        return self._open()

    async def __aenter__(self) -> AttemptScope:
        if not self._many:
            self.begin()
            while not self.allowed:
                _operation.wait_or_raise(self.endpoint, self, None)
                await self.endpoint._clock.asleep(self.delay)
                self.begin()
        if self.timeout is not None:
            from ._timers import start_budget

            self._budget = start_budget(self.endpoint, self.timeout)
        return self._open()

    def _open(self) -> AttemptScope:
        if not self.in_flight:
            raise ResilError("this attempt is over; each `with` needs an attempt of its own")
        self._told = None
        self._token = self._enter()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> bool:
        self._leave(self._token)
        return self._close(error)

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> bool:
        self._leave(self._token)
        real = error
        if self._budget is not None:
            real = self._budget.stop(error)
            self._budget = None
        suppressed = self._close(real)
        if suppressed or real is error or real is None:
            return suppressed
        raise real

    def _close(self, error: Optional[BaseException]) -> bool:
        """Ends the attempt. True: the exception is held back, since a retry follows."""
        if not self.in_flight:
            return False  # ended by hand
        self._error = None
        try:
            if self._told is None and error is not None:
                self._told = of_error(self.endpoint._options, error, self.timeout)
            verdict = self.end(*(self._told or (SUCCESS, None)))
        except BaseException:  # see _operation.finish
            if self.in_flight:
                self.end(CANCELLED)
            raise
        if not self._many or error is None:
            return False
        if verdict == RETRY:
            self._error = error
            return True
        final = _operation.final_error(self, error)
        if final is not error:
            raise final
        return False


class Attempts:
    """The attempts of one operation, waits between them included. A success, or an error that is not retried, ends
    it."""

    __slots__ = ("_attempt", "_endpoint")

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._attempt: Optional[AttemptScope] = None

    def __iter__(self) -> Attempts:
        return self

    def __aiter__(self) -> Attempts:
        return self

    def __next__(self) -> AttemptScope:
        attempt = self._turn()
        if attempt is None:
            raise StopIteration
        while not attempt.in_flight:
            self._endpoint._clock.sleep(attempt.delay)
            self._begin(attempt)
        return attempt

    async def __anext__(self) -> AttemptScope:
        attempt = self._turn()
        if attempt is None:
            raise StopAsyncIteration
        while not attempt.in_flight:
            await self._endpoint._clock.asleep(attempt.delay)
            self._begin(attempt)
        return attempt

    def _turn(self) -> Optional[AttemptScope]:
        """The operation's attempt, begun or with a delay to wait out first; None once the operation is over."""
        attempt = self._attempt
        if attempt is None:
            attempt = self._attempt = AttemptScope(self._endpoint, many=True)
            self._begin(attempt)
        elif attempt.in_flight:
            raise ResilError("the last attempt has not ended: the loop's body is `with attempt:`")
        elif attempt.verdict != RETRY:
            return None
        return attempt

    def _begin(self, attempt: AttemptScope) -> None:
        if not attempt.begin():
            _operation.wait_or_raise(self._endpoint, attempt, attempt._error)
