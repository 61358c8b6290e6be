"""How an endpoint is called: what Endpoint.options() sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Callable, Optional, Tuple, Type, Union

Duration = Union[float, timedelta]
"""Seconds, or a timedelta."""

Failures = Union[Type[BaseException], Tuple[Type[BaseException], ...], Callable[[Exception], bool]]


@dataclass(frozen=True)
class Options:
    """See Endpoint.options() for what each means."""

    wait: bool = False
    deadline: Optional[Duration] = None
    timeout_arg: Optional[str] = None
    failures: Failures = Exception
    result_failed: Optional[Callable[[Any], bool]] = None
    status: Optional[Callable[[Any], Optional[int]]] = None
    retry_after: Optional[Callable[[Any], Optional[Duration]]] = None

    def __post_init__(self) -> None:
        if self.timeout_arg is not None and not isinstance(self.timeout_arg, str):
            raise TypeError(f"timeout_arg is the name of a keyword argument, not {self.timeout_arg!r}")
        if not (_is_exceptions(self.failures) or callable(self.failures)):
            raise TypeError(
                f"failures is an exception class, a tuple of them or a function of an exception, not {self.failures!r}"
            )
        for name in ("result_failed", "status", "retry_after"):
            value = getattr(self, name)
            if value is not None and not callable(value):
                raise TypeError(f"{name} is a function, not {value!r}")

    @property
    def plain(self) -> bool:
        """Whether a successful attempt needs nothing of these."""
        return self.timeout_arg is None and self.result_failed is None and self.status is None

    def failed(self, error: BaseException) -> bool:
        """Whether an exception of the function counts as a failure of what it called."""
        if _is_exceptions(self.failures):
            return isinstance(error, self.failures)  # type: ignore[arg-type]
        return isinstance(error, Exception) and bool(self.failures(error))  # type: ignore[operator]


def _is_exceptions(failures: object) -> bool:
    if isinstance(failures, tuple):
        return all(_is_exceptions(each) for each in failures)
    return isinstance(failures, type) and issubclass(failures, BaseException)
