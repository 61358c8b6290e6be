"""resil: Dapr's Resiliency policies (timeouts, retries, circuit breakers), in-process.

engine = resil.Engine.load("resiliency.yaml", app_id="checkout")
orders = engine.app("order-processor", "orders").options(timeout_arg="timeout")
response = orders.call(requests.post, url, json=order)
"""

from ._attempts import Attempts, AttemptScope
from ._endpoint import Endpoint
from ._engine import Engine, check
from ._errors import (
    AttemptTimeoutError,
    CircuitOpenError,
    ConfigError,
    DeadlineExceededError,
    EngineClosedError,
    RejectedError,
    ResilError,
    RetriesExhaustedError,
    TooManyRequestsError,
)
from ._events import Event, EventReader
from ._options import Options
from ._outcome import grpc, http
from ._resil import CANCELLED, DONE, FAILURE, GIVE_UP, RETRY, SUCCESS, TIMEOUT, Attempt, Result, time_left
from ._resil import version as __version__

__all__ = [
    "CANCELLED",
    "DONE",
    "FAILURE",
    "GIVE_UP",
    "RETRY",
    "SUCCESS",
    "TIMEOUT",
    "Attempt",
    "AttemptScope",
    "AttemptTimeoutError",
    "Attempts",
    "CircuitOpenError",
    "ConfigError",
    "DeadlineExceededError",
    "Endpoint",
    "Engine",
    "EngineClosedError",
    "Event",
    "EventReader",
    "Options",
    "RejectedError",
    "ResilError",
    "Result",
    "RetriesExhaustedError",
    "TooManyRequestsError",
    "__version__",
    "check",
    "grpc",
    "http",
    "time_left",
]
