"""What happened: every line of both services with the moment it was read, and the story's own milestones.

The story writes a record and the verdict reads it; nothing here judges.
"""
import math
import re
from dataclasses import dataclass, field
from typing import Dict, List, Optional

CHECKOUT = "checkout"
ORDER_PROCESSOR = "order-processor"
NEVER = math.inf

# Exactly as the quickstart prints them: a language whose JSON has no blank must print one all the same.
ORDER_LINE = re.compile(r'Order (passed|received): \{"orderId": (\d+)\}')
LOG_LINE = re.compile(r"(?:INFO|WARN|ERRO)\[(\d{4,})\] (.*)")

RETRY = "Error processing operation endpoint[order-processor, order-processor:orders]. Retrying..."
BREAKER = re.compile(r'Circuit breaker "order-processor:orders" changed state from (\S+) to (\S+)')
RECOVERED = re.compile(
    r"Recovered processing operation endpoint\[order-processor, order-processor:orders\] after (\d+) attempts")


@dataclass(frozen=True)
class Line:
    at: float  # seconds on the runner's monotonic clock
    service: str
    text: str


@dataclass(frozen=True)
class Order:
    at: float
    number: int


@dataclass(frozen=True)
class LogLine:
    at: float
    stamp: int  # the seconds the service itself printed
    text: str


@dataclass(frozen=True)
class Change:
    at: float
    before: str
    after: str

    def __str__(self):
        return f"from {self.before} to {self.after}"


@dataclass
class Record:
    lines: List[Line] = field(default_factory=list)
    started: float = 0.0
    interrupted: float = NEVER  # order-processor was sent its signal
    stopped: float = NEVER  # order-processor was gone
    restarted: float = NEVER
    ended: float = NEVER  # checkout was gone
    exit_code: Optional[int] = None  # checkout's; None: it had to be stopped

    def _orders(self, service: str, verb: str) -> List[Order]:
        matches = ((line.at, ORDER_LINE.fullmatch(line.text)) for line in self.lines if line.service == service)
        return [Order(at, int(m[2])) for at, m in matches if m and m[1] == verb]

    def passed(self) -> List[Order]:
        return self._orders(CHECKOUT, "passed")

    def received(self) -> List[Order]:
        return self._orders(ORDER_PROCESSOR, "received")

    def log(self) -> List[LogLine]:
        matches = ((line.at, LOG_LINE.fullmatch(line.text)) for line in self.lines if line.service == CHECKOUT)
        return [LogLine(at, int(m[1]), m[2]) for at, m in matches if m]

    def retries(self) -> List[LogLine]:
        return [line for line in self.log() if line.text == RETRY]

    def recoveries(self) -> Dict[float, int]:
        """The moment of each `Recovered` line and the attempts it tells."""
        matches = ((line.at, RECOVERED.fullmatch(line.text)) for line in self.log())
        return {at: int(m[1]) for at, m in matches if m}

    def changes(self) -> List[Change]:
        matches = ((line.at, BREAKER.fullmatch(line.text)) for line in self.log())
        return [Change(at, m[1], m[2]) for at, m in matches if m]

    def failed_probes(self) -> int:
        return sum(1 for change in self.changes() if (change.before, change.after) == ("half-open", "open"))
