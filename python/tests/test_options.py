"""Endpoint.options: what counts as a failure, budgets, deadlines, hints."""

from __future__ import annotations

import asyncio
import contextvars
from datetime import timedelta
from typing import Any, Callable, Dict, List

import pytest

import resil
from support import Flaky, VirtualClock, run, trip


def test_unknown_option(engine: resil.Engine) -> None:
    with pytest.raises(TypeError, match="waits"):
        engine.app("plain", "m").options(waits=True)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("failures", 3),
        ("failures", (ValueError, 3)),
        ("status", "503"),
        ("result_failed", 1),
        ("retry_after", 5),
        ("timeout_arg", 5),
        ("deadline", "soon"),
    ],
)
def test_wrong_type(engine: resil.Engine, name: str, value: Any) -> None:
    with pytest.raises(TypeError):
        engine.app("plain", "m").options(**{name: value})


@pytest.mark.parametrize("deadline", [0, -1, float("nan"), timedelta(0)])
def test_deadline_must_be_positive(engine: resil.Engine, deadline: Any) -> None:
    with pytest.raises(ValueError, match=r"deadline|nan"):
        engine.app("plain", "m").options(deadline=deadline)


def test_options_make_a_copy(engine: resil.Engine) -> None:
    orders = engine.app("plain", "m")
    waiting = orders.options(wait=True).options(deadline=3)
    assert (waiting.id, str(waiting)) == (orders.id, str(orders))
    assert (waiting._options.wait, waiting._options.deadline, orders._options.wait) == (True, 3, False)


def test_failures_by_class(engine: resil.Engine) -> None:
    orders = engine.app("guarded", "m").options(failures=(ConnectionError, TimeoutError))
    with pytest.raises(ValueError, match="ours"):
        orders.call(Flaky(1, ValueError("ours")))
    assert orders.state == "closed"
    with pytest.raises(ConnectionError):
        orders.call(Flaky(1))
    assert orders.state == "open"


@pytest.mark.parametrize("failures", [BaseException, (OSError, BaseException), lambda error: True])
def test_wide_failures_do_not_keep_anybody_from_leaving(engine: resil.Engine, failures: Any) -> None:
    orders = engine.app("stubborn", "m").options(failures=failures)  # would retry for ever

    async def acall(flaky: Flaky) -> Any:
        return flaky()

    for error in (KeyboardInterrupt(), SystemExit(1), GeneratorExit(), asyncio.CancelledError()):
        with pytest.raises(type(error)):
            orders.call(Flaky(1, error))
        with pytest.raises(type(error)):
            orders.acall(acall, Flaky(1, error)).send(None)
    totals = engine.snapshot()["endpoints"][0]["calls"]
    assert (totals["cancelled"], totals["failures"]) == (8, 0)


def test_failures_by_a_class_that_is_no_exception(engine: resil.Engine) -> None:
    class Late(BaseException):
        """Like gevent.Timeout."""

    orders = engine.app("guarded", "m")
    for failures, state in ((Exception, "closed"), (lambda error: True, "closed"), (Late, "open")):
        with pytest.raises(Late):
            orders.options(failures=failures).call(Flaky(1, Late()))
        assert orders.state == state


def test_failures_by_function(engine: resil.Engine, clock: VirtualClock) -> None:
    flaky = Flaky(1, OSError(28, "disk full"))
    orders = engine.app("plain", "m").options(failures=lambda error: getattr(error, "errno", 0) != 28)
    with pytest.raises(OSError, match="disk full"):
        orders.call(flaky)
    assert (flaky.calls, clock.slept) == (1, [])


def test_result_failed(engine: resil.Engine, clock: VirtualClock) -> None:
    answers = iter([None, None, "found"])
    orders = engine.app("plain", "m").options(result_failed=lambda value: value is None)
    assert orders.call(lambda: next(answers)) == "found"
    assert clock.slept == [1.0, 1.0]
    assert orders.call(lambda: None) is None  # given up: the result as it is


def test_status_from_result_and_error(engine: resil.Engine) -> None:
    picky = engine.app("picky", "m").options(status=lambda thing: thing.get("code") if isinstance(thing, dict) else 404)
    bad_gateway = Flaky(1, {"code": 502})
    picky.call(bad_gateway)
    assert bad_gateway.calls == 2
    missing = Flaky(9, {"code": 404})
    assert picky.call(missing) == {"code": 404}
    assert missing.calls == 1
    error = Flaky(9)
    with pytest.raises(ConnectionError):
        picky.call(error)
    assert error.calls == 1


@pytest.mark.parametrize(("code", "calls"), [(14, 2), (5, 1)])
def test_grpc_code_from_status(engine: resil.Engine, code: int, calls: int) -> None:
    flaky = Flaky(1, "no")
    engine.app("picky", "m").options(status=lambda value: resil.grpc(code) if value == "no" else None).call(flaky)
    assert flaky.calls == calls


def test_retry_after_only_lengthens(engine: resil.Engine, clock: VirtualClock) -> None:
    for hint in (7, timedelta(seconds=8), 0.5, None):
        engine.app("plain", "m").options(retry_after=lambda thing, hint=hint: hint).call(Flaky(1))
    assert clock.slept == [7.0, 8.0, 1.0, 1.0]


def test_an_option_that_raises_ends_the_attempt(engine: resil.Engine) -> None:
    orders = engine.app("guarded", "m")
    for name in ("status", "retry_after"):
        with pytest.raises(ZeroDivisionError):
            orders.options(**{name: lambda thing: 1 // 0}).call(Flaky(1))
    with pytest.raises(ZeroDivisionError):
        orders.options(result_failed=lambda thing: 1 // 0).call(len, "x")
    assert orders.state == "closed"
    assert engine.snapshot()["endpoints"][0]["calls"]["cancelled"] == 3


def test_timeout_arg(engine: resil.Engine) -> None:
    seen: List[Dict[str, Any]] = []
    record = lambda **kwargs: seen.append(kwargs)  # noqa: E731
    leisurely = engine.app("leisurely", "m").options(timeout_arg="timeout")
    leisurely.call(record)
    leisurely.call(record, timeout=2)
    leisurely.call(record, timeout=9)
    leisurely.call(record, timeout=(3, 27))
    engine.app("plain", "m").options(timeout_arg="timeout").call(record)
    assert seen == [{"timeout": 5.0}, {"timeout": 2}, {"timeout": 5.0}, {"timeout": (3, 27)}, {}]


def test_time_left(engine: resil.Engine, clock: VirtualClock) -> None:
    leisurely, hurried = engine.app("leisurely", "m"), engine.app("hurried", "m")

    def inner() -> Any:
        clock.advance(0.01)
        return resil.time_left()

    def outer() -> Any:
        before = resil.time_left()
        return before, hurried.call(inner), engine.app("plain", "m").call(resil.time_left)

    assert resil.time_left() is None
    assert leisurely.call(outer) == (5.0, pytest.approx(0.04), pytest.approx(4.99))
    clock.advance(100)
    assert resil.time_left() is None

    def late() -> Any:
        clock.advance(4.97)
        return hurried.call(resil.time_left)  # no more than the outer attempt has

    assert leisurely.call(late) == pytest.approx(0.03)


def test_time_left_after_an_attempt_in_its_context(engine: resil.Engine) -> None:
    leisurely, hurried = engine.app("leisurely", "m"), engine.app("hurried", "m")
    context = leisurely.call(contextvars.copy_context)  # as a task gets that an attempt starts and leaves behind
    assert context.run(resil.time_left) is None
    assert context.run(leisurely.call, resil.time_left) == 5.0
    for _ in range(200_000):  # each in the context of the one before: none may hold on to all of them
        context = context.run(hurried.call, contextvars.copy_context)
    del context


def test_time_left_in_retries(engine: resil.Engine, clock: VirtualClock) -> None:
    seen = []

    def attempt() -> None:
        clock.advance(1)
        seen.append(resil.time_left())
        raise ConnectionError

    with pytest.raises(resil.RetriesExhaustedError):
        engine.app("leisurely", "m").call(attempt)
    assert seen == [4.0, 4.0, 4.0]
    assert resil.time_left() is None


@pytest.mark.parametrize(
    "error", [TimeoutError("late"), type("Timeout", (OSError,), {"__module__": "requests.exceptions"})()]
)
def test_sync_timeouts_are_events_where_there_is_a_budget(engine: resil.Engine, error: Exception) -> None:
    with pytest.raises(type(error)):
        engine.app("hurried", "m").call(Flaky(9, error))
    with pytest.raises(type(error)):
        engine.app("guarded", "m").call(Flaky(9, error))
    assert [event.value for event in engine.events() if event.kind == "timed-out"] == [0.05]


def test_deadline_cuts_budgets_and_retries(engine: resil.Engine, clock: VirtualClock) -> None:
    budgets = []

    def slow(timeout: float) -> None:
        budgets.append(timeout)
        clock.advance(timeout)
        raise TimeoutError("slow")

    orders = engine.app("leisurely", "m").options(deadline=timedelta(seconds=8), timeout_arg="timeout")
    with pytest.raises(TimeoutError, match="slow"):  # the real error: a third attempt would begin after the deadline
        orders.call(slow)
    assert budgets == [5.0, 2.0]
    assert resil.time_left() is None


def with_attempt(orders: resil.Endpoint) -> int:
    with orders.attempt():
        return 1


def with_attempts(orders: resil.Endpoint) -> int:
    for attempt in orders.attempts():
        with attempt:
            return 1
    pytest.fail("no attempt")


async def async_with_attempt(orders: resil.Endpoint) -> int:
    async with orders.attempt():
        return 1


async def async_with_attempts(orders: resil.Endpoint) -> int:
    async for attempt in orders.attempts():
        async with attempt:
            return 1
    pytest.fail("no attempt")


async def one() -> int:
    return 1


async def try_acall(orders: resil.Endpoint) -> int:
    return (await orders.try_acall(one)).unwrap()


# Every way to make an operation that waits for a breaker.
WAYS: Dict[str, Callable[[resil.Endpoint], int]] = {
    "call": lambda orders: orders.call(len, "x"),
    "call with options for Python": lambda orders: orders.options(result_failed=lambda _: False).call(len, "x"),
    "try_call": lambda orders: orders.try_call(len, "x").unwrap(),
    "attempt": with_attempt,
    "attempts": with_attempts,
    "acall": lambda orders: run(lambda: orders.acall(one)),
    "try_acall": lambda orders: run(lambda: try_acall(orders)),
    "async attempt": lambda orders: run(lambda: async_with_attempt(orders)),
    "async attempts": lambda orders: run(lambda: async_with_attempts(orders)),
}


@pytest.mark.parametrize("way", WAYS)
def test_deadline_ends_waiting_at_once(engine: resil.Engine, clock: VirtualClock, way: str) -> None:
    orders = engine.app("guarded", "m").options(wait=True)
    trip(orders)
    opens_again = orders.begin().delay
    for deadline in (3, opens_again):  # a probe would be admitted after the deadline, or with it
        with pytest.raises(resil.CircuitOpenError) as caught:
            WAYS[way](orders.options(deadline=deadline))
        assert (clock.slept, caught.value.retry_after) == ([], pytest.approx(opens_again))
    assert WAYS[way](orders.options(deadline=opens_again + 0.001)) == 1
    assert clock.slept == [pytest.approx(opens_again)]


@pytest.mark.parametrize("way", WAYS)
def test_deadline_ends_waiting_for_a_probe_at_once(engine: resil.Engine, clock: VirtualClock, way: str) -> None:
    orders = engine.app("guarded", "m").options(wait=True)
    trip(orders)
    clock.advance(6)
    probe = orders.begin()
    look_again = orders.begin().delay
    with pytest.raises(resil.TooManyRequestsError):
        WAYS[way](orders.options(deadline=look_again))
    assert clock.slept == []
    probe.end(resil.SUCCESS)


def test_deadline_ends_waiting_between_attempts_at_once(engine: resil.Engine, clock: VirtualClock) -> None:
    orders = engine.app("stubborn", "m").options(wait=True, deadline=5)
    flaky = Flaky(9)
    with pytest.raises(resil.CircuitOpenError) as caught:  # open from 2 s, the next attempt at 3 s, a probe at 7 s
        orders.call(flaky)
    assert (flaky.calls, clock.slept, caught.value.__cause__) == (3, [1, 1, 1], flaky.error)
    orders, flaky, clock.slept = engine.app("stubborn", "async").options(wait=True, deadline=5), Flaky(9), []
    with pytest.raises(resil.CircuitOpenError) as caught:
        run(lambda: orders.acall(flaky.acall))
    assert (flaky.calls, clock.slept, caught.value.__cause__) == (3, [1, 1, 1], flaky.error)


def test_deadline_starts_with_each_operation(engine: resil.Engine, clock: VirtualClock) -> None:
    orders = engine.app("plain", "m").options(deadline=10)
    for _ in range(3):
        assert orders.call(len, "x") == 1
        clock.advance(20)
