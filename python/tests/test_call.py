"""call, try_call and the decorator."""

from __future__ import annotations

import functools
import pickle
from typing import Any

import pytest

import resil
from support import Flaky, VirtualClock, run, trip


def test_passes_arguments_and_result(engine: resil.Engine) -> None:
    orders = engine.app("plain", "m")
    assert orders.call(Flaky(0), 1, 2, key=3) == ((1, 2), {"key": 3})
    assert orders.call(Flaky(1), 1, key=3) == ((1,), {"key": 3})


def test_retries_as_the_policy_says(engine: resil.Engine, clock: VirtualClock) -> None:
    orders, flaky = engine.app("plain", "m"), Flaky(2)
    orders.call(flaky)
    assert flaky.calls == 3
    assert clock.slept == [1.0, 1.0]


def test_exhausted_retries_chain_the_last_error(engine: resil.Engine) -> None:
    flaky = Flaky(9)
    with pytest.raises(
        resil.RetriesExhaustedError, match="all 3 attempts failed, the last with ConnectionError: down"
    ) as caught:
        engine.app("plain", "m").call(flaky)
    assert caught.value.__cause__ is flaky.error
    assert caught.value.attempts == flaky.calls == 3


def test_an_error_without_retries_stays_itself(engine: resil.Engine) -> None:
    flaky = Flaky(9)
    with pytest.raises(ConnectionError):
        engine.app("guarded", "m").call(flaky)
    assert flaky.calls == 1


def test_target_without_policy_passes_through(engine: resil.Engine) -> None:
    unknown = engine.app("nobody", "m")
    assert unknown.call(len, "four") == 4
    with pytest.raises(ConnectionError):
        unknown.call(Flaky(1))
    assert unknown.state is None
    assert unknown.counts is None


def test_open_breaker(engine: resil.Engine, clock: VirtualClock) -> None:
    orders, flaky = engine.app("guarded", "m"), Flaky(0)
    trip(orders)
    with pytest.raises(
        resil.CircuitOpenError, match=r"app guarded:m: circuit breaker is open, next attempt in 5 s"
    ) as caught:
        orders.call(flaky)
    assert caught.value.retry_after == pytest.approx(5)
    assert flaky.calls == 0
    clock.advance(caught.value.retry_after)
    orders.call(flaky)
    assert orders.state == "closed"


def test_half_open_breaker_is_full(engine: resil.Engine, clock: VirtualClock) -> None:
    orders = engine.app("guarded", "m")
    trip(orders)
    clock.advance(5.1)
    probe = orders.begin()
    with pytest.raises(resil.TooManyRequestsError):
        orders.call(Flaky(0))
    probe.end()
    assert orders.call(len, "ok") == 2


def test_rejection_after_a_failure_chains_it(engine: resil.Engine) -> None:
    flaky = Flaky(9)
    orders = engine.app("both", "m")
    orders.begin().end(resil.FAILURE)
    with pytest.raises(resil.CircuitOpenError) as caught:
        orders.call(flaky)  # the third failure in a row opens the breaker before the third attempt
    assert caught.value.__cause__ is flaky.error
    assert flaky.calls == 2


def test_wait_sleeps_until_a_probe_and_uses_no_retry(engine: resil.Engine, clock: VirtualClock) -> None:
    orders, flaky = engine.app("stubborn", "m"), Flaky(7)
    orders.options(wait=True).call(flaky)
    assert flaky.calls == 8
    assert orders.state == "closed"
    # three failures open it; after that a wait of 5 s (and the retry's own second) before each probe
    assert sum(clock.slept) == pytest.approx(2 + 5 * 5, abs=0.01)


def test_wait_at_the_first_begin(engine: resil.Engine, clock: VirtualClock) -> None:
    orders = engine.app("guarded", "m")
    trip(orders)
    assert orders.options(wait=True).call(len, "abc") == 3
    assert clock.slept == [pytest.approx(5)]
    trip(orders)
    assert orders.options(wait=True).try_call(len, "abc").value == 3


def test_try_call(engine: resil.Engine) -> None:
    orders = engine.app("guarded", "m")
    done = orders.try_call(len, "abc")
    assert (done.ok, done.value, done.error, done.reason, done.retry_after) == (True, 3, None, None, None)
    assert done.unwrap() == 3
    failed = orders.try_call(Flaky(9))
    assert not failed.ok
    assert isinstance(failed.error, ConnectionError)
    with pytest.raises(ConnectionError):
        failed.unwrap()
    rejected = orders.try_call(len, "abc")
    assert (rejected.ok, rejected.value, rejected.reason) == (False, None, "breaker-open")
    assert rejected.retry_after == pytest.approx(5)
    assert isinstance(rejected.error, resil.CircuitOpenError)
    with pytest.raises(resil.CircuitOpenError):
        rejected.unwrap()
    assert "breaker-open" in repr(rejected)


def test_try_call_gives_up_with_a_value(engine: resil.Engine) -> None:
    result = engine.app("plain", "m").options(result_failed=lambda value: value == "no").try_call(lambda: "no")
    assert (result.ok, result.value, result.error, result.reason) == (False, "no", None, "retries-exhausted")
    assert result.unwrap() == "no"


def test_try_call_takes_retry_after_from_rejections_only(engine: resil.Engine) -> None:
    error = ConnectionError("busy")
    error.retry_after = "soon"  # type: ignore[attr-defined]
    result = engine.app("guarded", "m").try_call(Flaky(1, error))
    assert (result.error, result.retry_after) == (error, None)
    stubborn = engine.app("stubborn", "m").try_call(Flaky(9))  # its third failure opens the breaker
    assert (result.reason, stubborn.reason, stubborn.retry_after) == (
        "retries-exhausted",
        "breaker-open",
        pytest.approx(4),
    )


def test_try_call_lets_the_keyboard_through(engine: resil.Engine) -> None:
    with pytest.raises(KeyboardInterrupt):
        engine.app("plain", "m").try_call(Flaky(1, KeyboardInterrupt()))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1), GeneratorExit()])
def test_leaving_the_program_counts_for_nothing(
    engine: resil.Engine, clock: VirtualClock, error: BaseException
) -> None:
    orders, flaky = engine.app("guarded", "m"), Flaky(1, error)
    with pytest.raises(type(error)):
        orders.call(flaky)
    assert (flaky.calls, clock.slept, orders.state) == (1, [], "closed")
    assert engine.snapshot()["endpoints"][0]["calls"]["cancelled"] == 1


def test_decorator(engine: resil.Engine) -> None:
    orders, flaky = engine.app("plain", "m"), Flaky(2)

    @orders
    def place(order: int, *, gift: bool = False) -> Any:
        """Places an order."""
        return flaky(order, gift)

    assert place(7, gift=True) == ((7, True), {})
    assert (place.__name__, place.__doc__, flaky.calls) == ("place", "Places an order.", 3)


def test_decorated_method(engine: resil.Engine) -> None:
    orders = engine.app("plain", "m")

    class Shop:
        stock = 3

        @orders
        def left(self, sold: int) -> int:
            return self.stock - sold

    assert Shop().left(1) == 2


def test_decorated_objects(engine: resil.Engine) -> None:
    orders = engine.app("plain", "m")

    class Place:
        async def __call__(self, order: int) -> int:
            return order

    assert run(lambda: orders(Place())(7)) == 7
    assert run(lambda: orders(functools.partial(Flaky.acall, Flaky(1)))(8)) == ((8,), {})
    assert orders(Flaky(1))(9) == ((9,), {})


def test_decorator_refuses_what_it_cannot_protect(engine: resil.Engine) -> None:
    orders = engine.app("plain", "m")

    def numbers() -> Any:
        yield 1

    with pytest.raises(TypeError, match="generator"):
        orders(numbers)
    with pytest.raises(TypeError, match="use call"):
        orders(42)  # type: ignore[type-var]


def test_mistaken_calls_are_not_retried(engine: resil.Engine, clock: VirtualClock) -> None:
    orders = engine.app("stubborn", "m")  # would retry for ever

    async def coroutine_function() -> None: ...

    with pytest.raises(TypeError, match="acall"):
        orders.call(coroutine_function)
    with pytest.raises(TypeError, match="acall"):
        orders.try_call(coroutine_function)
    with pytest.raises(TypeError, match="positional argument"):
        orders.call(lambda: None, "unexpected")
    with pytest.raises(TypeError, match="needs the function"):
        orders.call()  # type: ignore[call-arg]
    assert clock.slept == []
    calls = engine.snapshot()["endpoints"][0]["calls"]
    assert (calls["failures"], calls["cancelled"]) == (0, 3)


def test_a_type_error_inside_the_function_is_a_failure(engine: resil.Engine, clock: VirtualClock) -> None:
    def broken() -> Any:
        raise TypeError("inside")

    with pytest.raises(resil.RetriesExhaustedError):
        engine.app("plain", "m").call(broken)
    assert clock.slept == [1.0, 1.0]


def test_nested_calls(engine: resil.Engine) -> None:
    outer, inner, flaky = engine.app("plain", "outer"), engine.app("plain", "inner"), Flaky(3)
    assert outer.call(inner.call, flaky, 5) == ((5,), {})  # three failures inside are one outside
    totals = {each["method"]: each["calls"] for each in engine.snapshot()["endpoints"]}
    assert (totals["inner"]["failures"], totals["outer"]["failures"]) == (3, 1)


def test_errors_survive_pickling() -> None:
    for error in (
        resil.CircuitOpenError("open", 2.5),
        resil.RetriesExhaustedError("all", 3),
        resil.ConfigError("bad", 3, 4),
        resil.AttemptTimeoutError("late", 1.5),
        resil.DeadlineExceededError("late"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
