"""The seed's timings and how far a real machine may stray from them."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Seconds. The resource file sets the first two; the tests of the runner tell the story faster."""
    retry: float = 5.0  # retryForever: constant, 5s
    breaker: float = 5.0  # simpleCB: timeout 5s
    failures: int = 5  # simpleCB: consecutiveFailures >= 5
    early: float = 1.0  # a line may be read that much before it was due (reading its predecessor took longer)
    late: float = 3.0  # and that much after
    orders: int = 10
    before_the_fault: int = 4
    probes: int = 2  # half-open/open rounds to see before the fault is removed

    def to_open(self) -> float:
        return (self.failures - 1) * self.retry

    def patience(self) -> float:
        """For one step of the story: past that it no longer follows the seed."""
        return self.to_open() + (self.probes + 1) * (self.breaker + self.late) + 10 * self.late


SEED = Pace()
