"""From what a function returned or raised to what the engine wants to hear: an outcome, and the server's hint."""

from __future__ import annotations

import time
from datetime import timezone
from typing import Any, Optional, Set, Tuple

from ._errors import Misuse
from ._options import Duration, Options
from ._resil import CANCELLED, FAILURE, GRPC, HTTP, SUCCESS, TIMEOUT, status_of

Told = Tuple[int, Optional[Duration]]

# The time-outs of HTTP clients that are no TimeoutError, by module and name, so that none has to be imported.
_TIMEOUTS = {
    ("requests.exceptions", "Timeout"),
    ("httpx", "TimeoutException"),
    ("urllib3.exceptions", "TimeoutError"),
    ("asyncio.exceptions", "TimeoutError"),  # before Python 3.11
    ("socket", "timeout"),  # before Python 3.10
    ("concurrent.futures._base", "TimeoutError"),  # before Python 3.11
}

# What comes from the caller's side, not from the target, however wide the options' `failures` are: Ctrl+C is not
# retried.
_CANCELLATIONS = {
    ("asyncio.exceptions", "CancelledError"),
    ("builtins", "KeyboardInterrupt"),
    ("builtins", "SystemExit"),
    ("builtins", "GeneratorExit"),
}


def http(status: int) -> int:
    """The outcome of an attempt that an HTTP status answered."""
    return HTTP | status


def grpc(code: int) -> int:
    """The outcome of an attempt that a gRPC status code answered."""
    return GRPC | code


def of_value(options: Options, value: Any) -> Told:
    """What a result says: its status, if it has one, else success."""
    if options.result_failed is None:
        outcome = _outcome(options, value)
        return (SUCCESS, None) if outcome is None else (outcome, _hint(options, value))
    if not options.result_failed(value):
        return SUCCESS, None
    outcome = _outcome(options, value)
    return FAILURE if outcome is None or succeeded(outcome) else outcome, _hint(options, value)


def of_error(options: Options, error: BaseException, budget: Optional[float]) -> Told:
    """What an exception says. One that is no failure says success: the target did answer."""
    if isinstance(error, Misuse) or (options.failures is Exception and _never_ran(error)):
        return CANCELLED, None
    if not isinstance(error, Exception) and _is_one_of(_CANCELLATIONS, error):
        return CANCELLED, None
    if not options.failed(error):
        return (SUCCESS if isinstance(error, Exception) else CANCELLED), None
    outcome = _outcome(options, error)
    if outcome is not None and not succeeded(outcome):
        return outcome, _hint(options, error)
    timed_out = budget is not None and is_timeout(error)
    return TIMEOUT if timed_out else FAILURE, _hint(options, error)


def _never_ran(error: BaseException) -> bool:
    """Whether this is the TypeError of the call or the await itself: wrong arguments, nothing to await. No retry mends
    that."""
    if type(error) is not TypeError:
        return False
    at = error.__traceback__
    while at is not None and at.tb_frame.f_globals.get("__package__") == __package__:
        at = at.tb_next
    return at is None


def succeeded(outcome: int) -> bool:
    """Whether an outcome with a status is surely none of a failure, however an exception or result_failed calls it."""
    return outcome == GRPC or HTTP + 200 <= outcome < HTTP + 400


def is_timeout(error: BaseException) -> bool:
    return isinstance(error, TimeoutError) or _is_one_of(_TIMEOUTS, error)


def _is_one_of(names: Set[Tuple[str, str]], error: BaseException) -> bool:
    return any((base.__module__, base.__name__) in names for base in type(error).__mro__)


def _outcome(options: Options, thing: Any) -> Optional[int]:
    """The outcome by status, or None where there is no status to read."""
    if options.status is not None:
        status = options.status(thing)
        if status is None:
            return None
        return int(status) if status >= HTTP else http(int(status))
    response = getattr(thing, "response", None) if isinstance(thing, BaseException) else None
    number = status_of(response) if response is not None else None  # requests, httpx
    if number is None:
        number = status_of(thing)  # a response; aiohttp's and urllib's errors
    if number is not None:
        return http(number)
    code = _grpc_code(thing) if isinstance(thing, BaseException) else None
    return None if code is None else grpc(code)


def _grpc_code(error: BaseException) -> Optional[int]:
    """`code()` of a grpc.RpcError is an enum member whose value is (number, words)."""
    code = getattr(error, "code", None)
    if not callable(code):
        return None
    try:
        number = code().value[0]
    except Exception:
        return None
    return number if isinstance(number, int) and 0 <= number <= 16 else None


def _hint(options: Options, thing: Any) -> Optional[Duration]:
    """How long the server asks to wait: its Retry-After, seconds or a date."""
    if options.retry_after is not None:
        return options.retry_after(thing)
    response = getattr(thing, "response", None) if isinstance(thing, BaseException) else None
    headers = getattr(thing if response is None else response, "headers", None)
    get = getattr(headers, "get", None)
    if get is None:
        return None
    text = get("Retry-After") or get("retry-after")
    return parse_retry_after(text) if isinstance(text, str) else None


def parse_retry_after(text: str) -> Optional[float]:
    """Seconds from the two forms of the header; None for anything else. A date that has passed asks for no wait."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

    try:
        date = parsedate_to_datetime(text)
        if date.tzinfo is None:  # HTTP's old form of dates has no zone, and means GMT
            date = date.replace(tzinfo=timezone.utc)
        until = date.timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return max(0.0, until - time.time())
