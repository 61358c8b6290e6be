"""Closing, threads, forks and memory."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
import weakref
from typing import Any, Callable, List

import pytest

import resil
from support import POLICIES, Flaky, VirtualClock, trip


def in_threads(count: int, work: Callable[[int], Any]) -> None:
    """Runs work(number) in so many threads and raises what one of them raised."""
    errors: List[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_use_after_close_raises() -> None:
    engine = resil.Engine.from_text(POLICIES)
    orders = engine.app("guarded", "m")
    reader = engine.events()
    assert not engine.closed
    engine.close()
    engine.close()
    assert engine.closed
    assert "closed" in repr(engine)
    uses: List[Callable[[], Any]] = [
        lambda: orders.call(len, "x"),
        lambda: orders.try_call(len, "x"),
        orders.begin,
        lambda: orders.state,
        lambda: orders.counts,
        engine.snapshot,
        lambda: list(reader),
        lambda: list(engine.events()),
        lambda: engine.app("a", "b"),
        lambda: engine.reload_text(POLICIES),
        lambda: orders.attempt().__enter__(),
    ]
    for use in uses:
        with pytest.raises(resil.EngineClosedError):
            use()


def test_context_manager_closes() -> None:
    with resil.Engine.from_text(POLICIES) as engine:
        assert not engine.closed
    assert engine.closed


def test_calls_in_flight_survive_the_close() -> None:
    engine = resil.Engine.from_text(POLICIES)
    orders, guarded = engine.app("plain", "m"), engine.app("guarded", "m")

    def closing() -> str:
        engine.close()
        return "done"

    attempt = guarded.begin()
    assert orders.call(closing) == "done"
    assert attempt.end(resil.FAILURE) == resil.GIVE_UP  # still counted: the engine waits for its last attempt
    with pytest.raises(resil.EngineClosedError):
        orders.begin()


def test_a_retry_after_the_close_is_refused() -> None:
    engine = resil.Engine.from_text(POLICIES, clock=VirtualClock())
    flaky = Flaky(9)

    def fail() -> Any:
        engine.close()
        return flaky()

    with pytest.raises(resil.EngineClosedError) as caught:
        engine.app("plain", "m").call(fail)
    assert (flaky.calls, caught.value.__cause__) == (1, flaky.error)


def test_close_while_threads_call() -> None:
    for _ in range(30):
        engine = resil.Engine.from_text(POLICIES)
        started = threading.Barrier(5)

        def work(number: int, engine: resil.Engine = engine, started: threading.Barrier = started) -> None:
            orders = engine.app("both", str(number))
            started.wait()
            if number == 0:
                engine.close()
                return
            with pytest.raises(resil.EngineClosedError):
                while True:
                    orders.call(len, "x")
                    engine.snapshot()

        in_threads(5, work)


def test_reload_while_threads_call() -> None:
    engine = resil.Engine.from_text(POLICIES)
    other = POLICIES.replace("maxRetries: 2", "maxRetries: 4")
    stop = threading.Event()

    def work(number: int) -> None:
        if number == 0:
            for index in range(60):
                engine.reload_text(other if index % 2 else POLICIES)
            stop.set()
            return
        orders = engine.app("both", "m")
        while not stop.is_set():
            assert orders.call(len, "x") == 1
            engine.app("both", f"{number}")

    in_threads(4, work)
    assert engine.app("both", "m").state == "closed"


def test_threads_lose_no_call_and_no_permit() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        engine = resil.Engine.from_text(POLICIES)
        orders = engine.app("plain", "m")
        in_threads(8, lambda number: [orders.call(len, "x") for _ in range(5_000)])
        assert engine.snapshot()["endpoints"][0]["calls"]["successes"] == 40_000

        clock = VirtualClock()
        guarded = resil.Engine.from_text(POLICIES, clock=clock).app("guarded", "m")
        for _ in range(50):
            trip(guarded)
            clock.advance(5.1)
            probes: List[resil.Attempt] = []

            def probe(number: int, probes: List[resil.Attempt] = probes) -> None:
                attempt = guarded.begin()
                if attempt.allowed:
                    probes.append(attempt)

            in_threads(4, probe)
            assert len(probes) == 1
            probes[0].end()
            assert guarded.state == "closed"
    finally:
        sys.setswitchinterval(interval)


def test_an_attempt_ended_by_two_threads_ends_once() -> None:
    def slow_clock() -> int:
        time.sleep(0.002)  # lets the other thread in between the check and the end
        return 1

    engine = resil.Engine.from_text(POLICIES, clock=slow_clock)
    for _ in range(10):
        attempt = engine.app("plain", "m").begin()
        verdicts: List[Any] = []

        def end(number: int, attempt: resil.Attempt = attempt, verdicts: List[Any] = verdicts) -> None:
            try:
                verdicts.append(attempt.end())
            except resil.ResilError as error:
                verdicts.append(str(error))

        in_threads(2, end)
        assert sorted(map(str, verdicts))[0] == str(resil.DONE)
        assert "thread" in verdicts[1] or "no attempt is in flight" in verdicts[1]
    engine.close()


def test_an_interrupt_while_logging_is_not_lost(real: resil.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: Any, **kwargs: Any) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(logging.getLogger("resil"), "isEnabledFor", interrupted)
    with pytest.raises(KeyboardInterrupt):
        real.app("stubborn", "m").call(Flaky(99))


def test_credit(real: resil.Engine) -> None:
    orders = real.app("plain", "m")
    real._core.credit(orders.id, 5)
    assert real.snapshot()["endpoints"][0]["calls"]["successes"] == 5
    with pytest.raises(ValueError, match="no such endpoint"):
        real._core.credit(99, 1)


def test_each_event_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    engine = resil.Engine.from_text(POLICIES, event_capacity=1 << 15, clock=VirtualClock())
    with caplog.at_level("INFO", "resil"):
        in_threads(6, lambda number: [engine.app("plain", str(number)).call(Flaky(1)) for _ in range(100)])
    assert len(caplog.records) == 1200
    numbers = [record.resil_event.seq for record in caplog.records]  # type: ignore[attr-defined]
    assert numbers == sorted(numbers)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_child_goes_on() -> None:
    program = f"""
import logging, os, sys, resil
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
engine = resil.Engine.from_text({POLICIES!r})
orders = engine.app("guarded", "m")
engine._log._busy.acquire()  # as another thread of the parent would hold it
child = os.fork()
if child == 0:
    orders.try_call(int, "x")
    assert orders.state == "open"
    engine.close()
    sys.stdout.flush()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert orders.state == "closed"
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == 'Circuit breaker "guarded:m" changed state from closed to open\n'


def test_interrupted_waits_end() -> None:
    class Interrupting(VirtualClock):
        def sleep(self, seconds: float) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(60)

    flaky = Flaky(99)
    with pytest.raises(KeyboardInterrupt):
        resil.Engine.from_text(POLICIES, clock=Interrupting()).app("stubborn", "m").call(flaky)
    assert flaky.calls == 1


def test_nothing_keeps_an_engine_alive() -> None:
    engine = resil.Engine.from_text(POLICIES)
    orders = engine.app("leisurely", "m").options(wait=True)
    wrapped = orders(Flaky(1).__call__)
    assert orders.try_call(len, "x").ok
    gone = weakref.ref(engine)
    del engine, orders, wrapped
    gc.collect()
    assert gone() is None


def resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="no /proc")
def test_a_million_operations_need_no_memory() -> None:
    engine = resil.Engine.from_text(POLICIES, clock=VirtualClock())
    plain, budget, guarded = engine.app("nobody", "m"), engine.app("leisurely", "m"), engine.app("guarded", "m")
    trip(guarded)
    failing = engine.app("nobody", "fails")

    def fail() -> None:
        raise ValueError

    def some(count: int) -> None:
        for _ in range(count):
            plain.call(len, "x")
            plain.begin().end()
            budget.call(len, "x")
            budget.try_call(len, "x")
            guarded.try_call(len, "x")
        for _ in range(count // 20):
            for refused in (
                lambda: failing.call(fail),
                lambda: guarded.call(len, "x"),
                lambda: budget.attempt().fail(1 // 0),
            ):
                with pytest.raises((ValueError, resil.CircuitOpenError, ZeroDivisionError)):
                    refused()

    async def none() -> None:
        pass

    async def some_awaited(count: int) -> None:
        for _ in range(count):
            await plain.acall(none)
            await budget.acall(asyncio.sleep, 0)

    def some_of_all(count: int) -> None:
        some(count)
        asyncio.run(some_awaited(count // 10))

    some_of_all(2_000)
    gc.collect()
    tracemalloc.start()
    some_of_all(2_000)
    gc.collect()
    before = tracemalloc.take_snapshot()
    some_of_all(20_000)
    gc.collect()
    grown = sum(
        each.size_diff
        for each in tracemalloc.take_snapshot().compare_to(before, "filename")
        if "tracemalloc" not in str(each.traceback)
    )
    tracemalloc.stop()
    assert grown < 20_000, "Python objects leak"
    start = resident()
    some_of_all(200_000)
    assert resident() - start < 4 << 20, "memory leaks"


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="no /proc")
def test_engines_come_and_go() -> None:
    def some(count: int) -> None:
        for _ in range(count):
            engine = resil.Engine.from_text(POLICIES)
            engine.app("plain", "m").call(len, "x")
            engine.close()
            resil.Engine.from_text(POLICIES)

    some(50)
    start = resident()
    some(400)
    assert resident() - start < 8 << 20
