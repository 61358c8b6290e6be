"""One operation in Python: where call() goes on when an attempt failed, was rejected, or needs an option that C does
not know.

The engine decides; this waits, calls, and tells it how it went. The asyncio twin is _async.py, the loop by hand
_attempts.py.
"""

from __future__ import annotations

from types import CoroutineType
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional, Tuple

from ._errors import (
    CircuitOpenError,
    DeadlineExceededError,
    EngineClosedError,
    Misuse,
    RejectedError,
    ResilError,
    RetriesExhaustedError,
    TooManyRequestsError,
)
from ._outcome import of_error, of_value
from ._resil import CANCELLED, DEADLINE, DONE, EXHAUSTED, HALF_OPEN_FULL, OPEN, RETRY, Attempt, Result

if TYPE_CHECKING:
    from ._endpoint import Endpoint

Arguments = Dict[str, Any]


def call(
    endpoint: Endpoint,
    attempt: Attempt,
    made: bool,
    fn: Callable[..., Any],
    args: Tuple[Any, ...],
    kwargs: Arguments,
    value: Any,
    error: Optional[BaseException],
) -> Any:
    """`made`: this attempt has come back already, with value or error."""
    last: Optional[BaseException] = None
    try:
        while True:
            if attempt.allowed:
                if not made:
                    value, error = _make(endpoint, attempt, fn, args, kwargs)
                    if error is None and attempt._succeed(value):
                        return value
                made = False
                if type(value) is CoroutineType:
                    value, error = None, _not_awaited(fn, value)
                if finish(endpoint, attempt, value, error) != RETRY:
                    return answer(attempt, value, error)
                last = error
            else:
                wait_or_raise(endpoint, attempt, last)
            endpoint._clock.sleep(attempt.delay)
            begin_again(attempt, last)
    finally:
        del value, error, last  # an exception's traceback holds this frame: without this, they would keep each other


def _make(
    endpoint: Endpoint, attempt: Attempt, fn: Callable[..., Any], args: Tuple[Any, ...], kwargs: Arguments
) -> Tuple[Any, Optional[BaseException]]:
    token = attempt._enter()
    try:
        return fn(*args, **with_budget(endpoint, attempt, kwargs)), None
    except BaseException as error:
        return None, error
    finally:
        attempt._leave(token)


def with_budget(endpoint: Endpoint, attempt: Attempt, kwargs: Arguments) -> Arguments:
    """The keyword arguments with the attempt's budget under the name that the options give it."""
    name, budget = endpoint._options.timeout_arg, attempt.timeout
    if name is None or budget is None:
        return kwargs
    given = kwargs.get(name)
    if given is not None and not (isinstance(given, (int, float)) and given > budget):
        return kwargs  # the caller's own, shorter or of a kind that only the function understands
    return {**kwargs, name: budget}


def finish(endpoint: Endpoint, attempt: Attempt, value: Any, error: Optional[BaseException]) -> int:
    """Ends the attempt with what it returned or raised."""
    try:
        if error is None:
            outcome, hint = of_value(endpoint._options, value)
        else:
            outcome, hint = of_error(endpoint._options, error, attempt.timeout)
        return attempt.end(outcome, hint)
    except BaseException:  # a function of the options raised: a bug, not an answer of the target
        if attempt.in_flight:
            attempt.end(CANCELLED)
        raise


def begin_again(attempt: Attempt, last: Optional[BaseException]) -> None:
    try:
        attempt.begin()
    except EngineClosedError as closed:
        raise closed from last


def wait_or_raise(endpoint: Endpoint, attempt: Attempt, last: Optional[BaseException]) -> None:
    """After a rejection: returns if the endpoint waits it out."""
    if not (endpoint._options.wait and attempt._may_wait):
        raise rejection(endpoint, attempt.reason, attempt.delay) from last


def answer(attempt: Attempt, value: Any, error: Optional[BaseException]) -> Any:
    """What the operation comes to, once its last attempt ended: a result as it is, also one that counts as a failure,
    an error as it is unless it has been retried in vain."""
    if error is None:
        return value
    raise final_error(attempt, error)


def final_error(attempt: Attempt, error: BaseException) -> BaseException:
    if attempt.verdict == DONE or attempt.reason != EXHAUSTED or attempt.number < 2:
        return error
    exhausted = RetriesExhaustedError(
        f"{attempt.endpoint}: all {attempt.number} attempts failed, the last with {type(error).__name__}: {error}",
        attempt.number,
    )
    exhausted.__cause__ = error
    return exhausted


def rejection(endpoint: Endpoint, reason: Optional[str], delay: float) -> ResilError:
    """The exception for a rejection."""
    if reason == OPEN:
        return CircuitOpenError(f"{endpoint}: circuit breaker is open, next attempt in {delay:.3g} s", delay)
    if reason == HALF_OPEN_FULL:
        return TooManyRequestsError(f"{endpoint}: circuit breaker is half-open and its probes are under way", delay)
    if reason == DEADLINE:
        return DeadlineExceededError(f"{endpoint}: the deadline has passed")
    return RejectedError(f"{endpoint}: rejected: {reason}", delay)  # a limit of the target, or a reason of a newer engine


def as_result(attempt: Attempt, value: Any) -> Result[Any]:
    """The Result of an operation that returned: done, or given up with a result that counts as a failure."""
    done = attempt.verdict == DONE
    return Result(done, value, None, None if done else attempt.reason)


def as_failure(attempt: Attempt, error: Exception) -> Result[Any]:
    """The Result of an operation that raised."""
    return Result(False, None, error, attempt.reason, error.retry_after if isinstance(error, RejectedError) else None)


def _not_awaited(fn: Callable[..., Any], value: CoroutineType[Any, Any, Any]) -> Misuse:
    value.close()
    return Misuse(f"{fn!r} is a coroutine function: use `await endpoint.acall(...)`")
