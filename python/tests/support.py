"""What the tests share: virtual time and a few policies."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any, Awaitable, Callable, List, Optional

import resil


class VirtualClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000_000_000
        self.slept: List[float] = []

    def monotonic_ns(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += round(seconds * 1e9)

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)
        await asyncio.sleep(0)


POLICIES = """
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: tests}
spec:
  policies:
    timeouts: {short: 50ms, long: 5s}
    retries:
      twice: {policy: constant, duration: 1s, maxRetries: 2}
      forever: {policy: constant, duration: 1s, maxRetries: -1}
      picky: {policy: constant, duration: 1s, maxRetries: 2, matching: {httpStatusCodes: "500-599", gRPCStatusCodes:
      "14"}}
    circuitBreakers:
      three: {maxRequests: 1, timeout: 5s, trip: consecutiveFailures >= 3}
      once: {maxRequests: 1, timeout: 5s, trip: consecutiveFailures >= 1}
      counting: {maxRequests: 1, timeout: 5s, trip: totalFailures > 100 || requests > 1000}
  targets:
    apps:
      plain: {retry: twice}
      picky: {retry: picky}
      guarded: {circuitBreaker: once}
      both: {retry: twice, circuitBreaker: three}
      stubborn: {retry: forever, circuitBreaker: three}
      hurried: {timeout: short}
      hurriedtwice: {timeout: short, retry: twice}
      leisurely: {timeout: long, retry: twice}
      counted: {circuitBreaker: counting}
    actors:
      T: {retry: twice, circuitBreaker: once, circuitBreakerScope: id}
      Shared: {circuitBreaker: once, circuitBreakerScope: type}
    components:
      store: {outbound: {retry: twice}, inbound: {circuitBreaker: once}}
"""


class Flaky:
    """Fails a number of times, then returns its arguments."""

    def __init__(self, failures: int, error: Any = None) -> None:
        self.failures = failures
        self.error = ConnectionError("down") if error is None else error
        self.calls = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        if self.calls > self.failures:
            return args, kwargs
        if isinstance(self.error, BaseException):
            raise self.error
        return self.error

    async def acall(self, *args: Any, **kwargs: Any) -> Any:
        await asyncio.sleep(0)
        return self(*args, **kwargs)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer as soon as nothing else is to be done, so that no test waits and
    none depends on how busy the machine is. For whoever waits for a socket its time passes too fast."""

    def __init__(self) -> None:
        self.now = 0.0

        class Selector(selectors.SelectSelector):
            def select(selector, timeout: Optional[float] = None) -> Any:  # noqa: N805
                ready = super().select(None if timeout is None else 0)
                if timeout is not None and not ready:
                    self.now += timeout
                return ready

        super().__init__(Selector())

    def time(self) -> float:
        return self.now


def run(make: Callable[[], Awaitable[Any]]) -> Any:
    """What a function's awaitable returns on a virtual loop, and a complaint if it leaves a task behind."""

    async def main() -> Any:
        answer = await make()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return answer

    loop = VirtualLoop()
    try:
        return loop.run_until_complete(main())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def trip(endpoint: resil.Endpoint, failures: int = 1) -> None:
    for _ in range(failures):
        attempt = endpoint.begin()
        attempt.end(resil.FAILURE)
    assert endpoint.state == "open"


async def forever() -> None:
    await asyncio.Event().wait()
