"""The asyncio twin of _operation.call: awaits, and cancels an attempt when its budget is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional, Tuple

from ._operation import Arguments, answer, begin_again, finish, wait_or_raise, with_budget
from ._resil import RETRY, Attempt
from ._timers import start_budget

if TYPE_CHECKING:
    from ._endpoint import Endpoint


async def call(
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
                    value, error = await _make(endpoint, attempt, fn, args, kwargs)
                    if error is None and attempt._succeed(value):
                        return value
                made = False
                if finish(endpoint, attempt, value, error) != RETRY:
                    return answer(attempt, value, error)
                last = error
            else:
                wait_or_raise(endpoint, attempt, last)
            await endpoint._clock.asleep(attempt.delay)
            begin_again(attempt, last)
    finally:
        del value, error, last  # see _operation.call


async def _make(
    endpoint: Endpoint, attempt: Attempt, fn: Callable[..., Any], args: Tuple[Any, ...], kwargs: Arguments
) -> Tuple[Any, Optional[BaseException]]:
    seconds = attempt.timeout
    budget = None if seconds is None else start_budget(endpoint, seconds)
    token = attempt._enter()
    value: Any = None
    error: Optional[BaseException] = None
    try:
        value = await fn(*args, **with_budget(endpoint, attempt, kwargs))
    except BaseException as raised:
        error = raised
    finally:
        attempt._leave(token)
        if budget is not None:
            error = budget.stop(error)
    return value, error
