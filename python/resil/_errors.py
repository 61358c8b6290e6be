"""Everything that resil raises by itself. Errors of the called function keep their own type."""

from __future__ import annotations

import sys
from typing import Optional

if sys.version_info >= (3, 11):
    _Timeout = TimeoutError
else:  # there asyncio's is another class, and who awaits expects it
    from asyncio import TimeoutError as _AsyncioTimeout

    class _Timeout(_AsyncioTimeout, TimeoutError):
        pass


class ResilError(Exception):
    """The base of all of them."""


class ConfigError(ResilError, ValueError):
    """A policy file was refused. The message says where it is wrong and what to write instead; nothing of it was
    applied.

    `line` and `column` count from 1; 0 where the mistake is not about a place in a text.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class EngineClosedError(ResilError, RuntimeError):
    """The engine was closed before this was asked of it."""


class RejectedError(ResilError):
    """The circuit breaker did not admit an attempt, so the function was not called (or, after a retry, not called
    again).

    `retry_after` is how many seconds it takes until an attempt could be admitted. If attempts came before the
    rejection, the error of the last one is the `__cause__`.
    """

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class CircuitOpenError(RejectedError):
    """The circuit breaker is open."""


class TooManyRequestsError(RejectedError):
    """The circuit breaker is half-open and its probes are under way."""


class DeadlineExceededError(ResilError, _Timeout):
    """The operation's deadline had passed before an attempt could begin."""


class AttemptTimeoutError(ResilError, _Timeout):
    """An attempt took longer than its budget, `timeout` in seconds, and was cancelled (asyncio only: a sync function
    gets its budget and raises what it likes)."""

    def __init__(self, message: str, timeout: Optional[float] = None) -> None:
        super().__init__(message)
        self.timeout = timeout


class RetriesExhaustedError(ResilError):
    """All retries failed. The last attempt's error is the `__cause__`; `attempts` is how many were made."""

    def __init__(self, message: str, attempts: int = 0) -> None:
        super().__init__(message)
        self.attempts = attempts


class Misuse(TypeError):
    """A mistake of the program, such as call() with a coroutine function: it ends the operation, counts for nothing and
    is not retried. To its user a TypeError."""
