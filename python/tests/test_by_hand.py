"""begin and end, `with attempt()`, `for attempt in attempts()`."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

import resil
from support import Flaky, VirtualClock, run, trip


def test_begin_and_end(engine: resil.Engine) -> None:
    orders = engine.app("leisurely", "m")
    attempt = orders.begin()
    assert (attempt.allowed, attempt.in_flight, attempt.number, attempt.timeout) == (True, True, 1, 5.0)
    assert (attempt.verdict, attempt.reason, attempt.endpoint) == (None, None, orders)
    assert attempt.end(resil.FAILURE) == attempt.verdict == resil.RETRY
    assert (attempt.delay, attempt.in_flight) == (1.0, False)
    assert attempt.begin() is True
    assert attempt.number == 2
    assert attempt.end(resil.http(503), 9) == resil.RETRY
    assert attempt.delay == 9.0
    attempt.begin()
    assert attempt.end(resil.TIMEOUT) == resil.GIVE_UP
    assert attempt.reason == "retries-exhausted"


def test_an_attempt_is_reused_for_the_next_operation(engine: resil.Engine) -> None:
    attempt = resil.Attempt(engine.app("plain", "m"))
    assert attempt.number == 0
    for _ in range(3):
        assert attempt.begin() is True
        assert attempt.number == 1
        assert attempt.end() == resil.DONE


def test_rejected_begin(engine: resil.Engine) -> None:
    orders = engine.app("guarded", "m")
    trip(orders)
    attempt = orders.begin()
    assert (attempt.allowed, attempt.in_flight, attempt.reason, attempt.delay) == (
        False,
        False,
        "breaker-open",
        pytest.approx(5),
    )
    with pytest.raises(resil.ResilError, match="no attempt is in flight"):
        attempt.end()


def test_misuse(engine: resil.Engine) -> None:
    attempt = engine.app("plain", "m").begin()
    with pytest.raises(resil.ResilError, match="has begun already"):
        attempt.begin()
    for wrong in (-1, 99, 1 << 40):
        with pytest.raises(ValueError, match=r"no (such|outcome)"):
            attempt.end(wrong)
    with pytest.raises(TypeError):
        attempt.end("success")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        attempt.end(0, 0, 0)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="seconds"):
        attempt.end(resil.FAILURE, "soon")  # type: ignore[arg-type]
    assert attempt.end() == resil.DONE
    with pytest.raises(resil.ResilError):
        attempt.end()
    with pytest.raises(TypeError):
        resil.Attempt("orders")  # type: ignore[arg-type]


def test_a_forgotten_attempt_frees_its_permit(engine: resil.Engine, clock: VirtualClock) -> None:
    orders = engine.app("guarded", "m")
    trip(orders)
    clock.advance(5.1)
    probe: Any = orders.begin()
    assert not orders.begin().allowed
    del probe
    gc.collect()
    assert orders.begin().allowed


def test_with_attempt(engine: resil.Engine) -> None:
    orders = engine.app("guarded", "m")
    with orders.attempt() as attempt:
        assert (attempt.number, attempt.timeout, attempt.endpoint) == (1, None, orders)
    assert attempt.verdict == resil.DONE
    with pytest.raises(ConnectionError):
        with orders.attempt() as attempt:
            raise ConnectionError
    assert (attempt.verdict, orders.state) == (resil.GIVE_UP, "open")
    with pytest.raises(resil.CircuitOpenError):
        with orders.attempt():
            pytest.fail("not admitted")
    with orders.options(wait=True).attempt() as attempt:
        pass
    assert attempt.verdict == resil.DONE


def test_with_attempt_told_otherwise(engine: resil.Engine) -> None:
    orders = engine.app("picky", "m")
    with orders.attempt() as attempt:
        attempt.fail(retry_after=7)
    assert (attempt.verdict, attempt.delay) == (resil.RETRY, 7.0)
    with orders.attempt() as attempt:
        attempt.status(404)
    assert (attempt.verdict, attempt.reason) == (resil.GIVE_UP, "not-retriable")
    with orders.attempt() as attempt:
        attempt.status(resil.grpc(14))
    assert attempt.verdict == resil.RETRY
    with pytest.raises(ConnectionError):
        with orders.attempt() as attempt:
            attempt.succeed()
            raise ConnectionError
    assert attempt.verdict == resil.DONE
    with orders.attempt() as attempt:
        assert attempt.result("plain") == "plain"
    assert attempt.verdict == resil.DONE
    with orders.attempt() as attempt:
        assert attempt.end(resil.CANCELLED) == resil.GIVE_UP
    assert attempt.reason == "cancelled"


def test_with_attempt_and_an_option_that_raises(engine: resil.Engine) -> None:
    attempt = engine.app("guarded", "m").options(failures=lambda error: bool(1 // 0)).attempt()
    with pytest.raises(ZeroDivisionError):
        with attempt:
            raise ConnectionError
    assert (attempt.in_flight, attempt.reason) == (False, "cancelled")


def test_with_attempt_budget(engine: resil.Engine, clock: VirtualClock) -> None:
    with engine.app("leisurely", "m").attempt():
        clock.advance(2)
        assert resil.time_left() == 3.0
    assert resil.time_left() is None


def test_async_with_attempt(real: resil.Engine) -> None:
    async def main() -> None:
        with pytest.raises(resil.AttemptTimeoutError):
            async with real.app("hurried", "m").attempt() as attempt:
                await asyncio.Event().wait()
        assert attempt.verdict == resil.GIVE_UP
        async with real.app("hurried", "m").attempt() as attempt:
            await asyncio.sleep(0)
        assert attempt.verdict == resil.DONE
        with pytest.raises(ConnectionError):
            async with real.app("guarded", "m").attempt():
                raise ConnectionError
        with pytest.raises(resil.CircuitOpenError):
            async with real.app("guarded", "m").attempt():
                pytest.fail("not admitted")

    run(main)
    assert [event.kind for event in real.events()].count("timed-out") == 1


def test_attempts_loop(engine: resil.Engine, clock: VirtualClock) -> None:
    flaky, numbers = Flaky(2), []
    for attempt in engine.app("plain", "m").attempts():
        with attempt:
            numbers.append(attempt.number)
            flaky()
    assert (numbers, clock.slept) == ([1, 2, 3], [1.0, 1.0])


def test_attempts_loop_gives_up(engine: resil.Engine) -> None:
    flaky = Flaky(9)
    with pytest.raises(resil.RetriesExhaustedError) as caught:
        for attempt in engine.app("plain", "m").attempts():
            with attempt:
                flaky()
    assert caught.value.__cause__ is flaky.error
    with pytest.raises(ValueError, match="ours"):
        for attempt in engine.app("plain", "m").options(failures=ConnectionError).attempts():
            with attempt:
                raise ValueError("ours")


def test_attempts_loop_with_statuses(engine: resil.Engine) -> None:
    statuses = iter([503, 502, 200])
    for attempt in engine.app("picky", "m").attempts():
        with attempt:
            attempt.status(next(statuses))
    assert next(statuses, None) is None
    for attempt in engine.app("picky", "m").attempts():
        with attempt:
            attempt.status(404)
    assert (attempt.number, attempt.verdict) == (1, resil.GIVE_UP)


def test_attempts_loop_left_early(engine: resil.Engine, clock: VirtualClock) -> None:
    for attempt in engine.app("plain", "m").attempts():
        with attempt:
            break
    assert attempt.verdict == resil.DONE
    for attempt in engine.app("stubborn", "m").attempts():
        with attempt:
            raise ConnectionError
        break
    assert not attempt.in_flight


def test_attempts_loop_rejected(engine: resil.Engine, clock: VirtualClock) -> None:
    flaky = Flaky(9)
    with pytest.raises(resil.CircuitOpenError) as caught:
        for attempt in engine.app("stubborn", "m").attempts():
            with attempt:
                flaky()
    assert (caught.value.__cause__, flaky.calls) == (flaky.error, 3)
    clock.slept.clear()
    flaky = Flaky(2)
    for attempt in engine.app("stubborn", "m").options(wait=True).attempts():
        with attempt:
            flaky()
    assert clock.slept[0] > 3


def test_attempts_loop_without_with(engine: resil.Engine) -> None:
    with pytest.raises(resil.ResilError, match="the loop's body is `with attempt:`"):
        for _ in engine.app("plain", "m").attempts():
            pass


def test_async_attempts_loop(engine: resil.Engine, clock: VirtualClock) -> None:
    flaky = Flaky(1)

    async def main() -> int:
        async for attempt in engine.app("hurriedtwice", "m").attempts():
            async with attempt:
                if attempt.number == 2:
                    await asyncio.Event().wait()  # the budget of 50 ms ends it
                await flaky.acall()
        return attempt.number

    assert run(main) == 3
    assert clock.slept == [1.0, 1.0]
