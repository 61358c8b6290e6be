"""acall, try_acall and decorated coroutine functions."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any, List

import pytest

import resil
from support import Flaky, VirtualClock, forever, run, trip


def test_result_and_retries(engine: resil.Engine, clock: VirtualClock) -> None:
    orders, flaky = engine.app("plain", "m"), Flaky(2)
    assert run(lambda: orders.acall(flaky.acall, 1, key=2)) == ((1,), {"key": 2})
    assert (flaky.calls, clock.slept) == (3, [1.0, 1.0])


def test_errors(engine: resil.Engine) -> None:
    flaky = Flaky(99)
    with pytest.raises(resil.RetriesExhaustedError) as caught:
        run(lambda: engine.app("plain", "m").acall(flaky.acall))
    assert caught.value.__cause__ is flaky.error
    orders = engine.app("guarded", "m")
    trip(orders)
    with pytest.raises(resil.CircuitOpenError):
        run(lambda: orders.acall(flaky.acall))


def test_any_awaitable(engine: resil.Engine) -> None:
    async def main() -> Any:
        future = asyncio.get_running_loop().create_future()
        future.set_result(7)
        return await engine.app("plain", "m").acall(lambda: future)

    assert run(main) == 7


def test_what_cannot_be_awaited_is_not_retried(engine: resil.Engine, clock: VirtualClock) -> None:
    for name in ("stubborn", "leisurely"):
        with pytest.raises(TypeError, match="await"):
            run(lambda name=name: engine.app(name, "m").acall(len, "x"))  # type: ignore[misc]
    assert clock.slept == []


def test_decorated_coroutine_function(engine: resil.Engine) -> None:
    orders, flaky = engine.app("plain", "m"), Flaky(1)

    @orders
    async def place(order: int) -> Any:
        """Places an order."""
        return await flaky.acall(order)

    assert inspect.iscoroutinefunction(place)
    assert place.__doc__ == "Places an order."
    assert run(lambda: place(5)) == ((5,), {})
    assert flaky.calls == 2


def test_options_are_heeded(engine: resil.Engine) -> None:
    for name in ("plain", "leisurely"):  # without a budget and with one
        empty, odd, busy = Flaky(2, ()), Flaky(2, "odd"), Flaky(2, {"code": 503})
        orders = engine.app(name, "options")
        run(lambda: orders.options(result_failed=lambda value: not value).acall(empty.acall, 1))  # noqa: B023
        run(lambda: orders.options(status=lambda value: 503 if value == "odd" else 200).acall(odd.acall))  # noqa: B023

        @orders.options(status=lambda value: value.get("code") if isinstance(value, dict) else None)
        async def decorated() -> Any:
            return await busy.acall()  # noqa: B023

        assert run(decorated) == ((), {})
        assert (empty.calls, odd.calls, busy.calls) == (3, 3, 3)
    seen = run(lambda: engine.app("leisurely", "m").options(timeout_arg="timeout").acall(Flaky(0).acall))
    assert seen == ((), {"timeout": 5.0})


def test_waiting_is_asynchronous(engine: resil.Engine, clock: VirtualClock) -> None:
    orders = engine.app("guarded", "m")
    trip(orders)
    assert run(lambda: orders.options(wait=True).acall(Flaky(0).acall)) == ((), {})
    assert clock.slept == [pytest.approx(5)]


def test_try_acall(engine: resil.Engine) -> None:
    orders = engine.app("guarded", "m")
    assert run(lambda: orders.try_acall(Flaky(0).acall)).ok
    failed = run(lambda: orders.try_acall(Flaky(1).acall))
    assert (failed.ok, failed.reason) == (False, "retries-exhausted")
    assert isinstance(failed.error, ConnectionError)
    rejected = run(lambda: orders.try_acall(Flaky(0).acall))
    assert (rejected.ok, rejected.reason, rejected.retry_after) == (False, "breaker-open", pytest.approx(5))
    assert isinstance(rejected.error, resil.CircuitOpenError)


def test_timeout_cancels_the_attempt(real: resil.Engine) -> None:
    left: List[float] = []

    async def slow() -> None:
        began = asyncio.get_running_loop().time()
        try:
            await forever()
        finally:
            left.append(asyncio.get_running_loop().time() - began)

    with pytest.raises(resil.AttemptTimeoutError, match=r"longer than 0\.05 s") as caught:
        run(lambda: real.app("hurried", "m").acall(slow))
    assert (caught.value.timeout, left) == (0.05, [pytest.approx(0.05)])
    assert isinstance(caught.value, asyncio.TimeoutError)
    assert [event.value for event in real.events() if event.kind == "timed-out"] == [0.05]


def test_timeouts_are_retried(clock: VirtualClock, engine: resil.Engine) -> None:
    with pytest.raises(resil.RetriesExhaustedError) as caught:
        run(lambda: engine.app("hurriedtwice", "m").acall(forever))
    assert isinstance(caught.value.__cause__, resil.AttemptTimeoutError)
    assert clock.slept == [1.0, 1.0]


def test_in_time_is_untouched(real: resil.Engine) -> None:
    hurried = real.app("hurried", "m")

    async def main() -> List[Any]:
        found = [await hurried.acall(asyncio.sleep, 0.001, value) for value in range(20)]
        await asyncio.sleep(0.1)  # no timer is left that would cancel us
        return found

    assert run(main) == list(range(20))


def test_many_budgets_at_once(real: resil.Engine) -> None:
    hurried = real.app("hurried", "m")

    async def one(number: int) -> bool:
        await asyncio.sleep(number / 1000)
        result = await hurried.try_acall(asyncio.sleep, 30 if number % 2 else 0.001)
        return bool(result.ok)

    async def main() -> List[bool]:
        return list(await asyncio.gather(*(one(number) for number in range(100))))

    assert run(main) == [number % 2 == 0 for number in range(100)]
    assert real.snapshot()["endpoints"][0]["calls"]["timeouts"] == 50


def test_the_same_endpoint_on_two_loops(real: resil.Engine) -> None:
    for _ in range(2):
        with pytest.raises(resil.AttemptTimeoutError):
            run(lambda: real.app("hurried", "m").acall(forever))
    hurried = real.app("hurried", "m")
    for _ in range(2):
        assert run(lambda: hurried.acall(asyncio.sleep, 0, "x")) == "x"


def test_cancelling_the_task_counts_for_nothing(real: resil.Engine) -> None:
    for name in ("guarded", "hurriedtwice"):
        orders = real.app(name, "cancelled")

        async def main(orders: resil.Endpoint = orders) -> None:
            task = asyncio.create_task(orders.acall(forever))
            await asyncio.sleep(0.005)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        run(main)
        assert orders.state in ("closed", None)
    for entry in real.snapshot()["endpoints"]:
        assert (entry["calls"]["cancelled"], entry["calls"]["failures"], entry["calls"]["retries"]) == (1, 0, 0)


def test_cancelled_half_open_probe_frees_its_permit(engine: resil.Engine, clock: VirtualClock) -> None:
    orders = engine.app("guarded", "m")
    trip(orders)
    clock.advance(5.1)

    async def main() -> Any:
        task = asyncio.create_task(orders.acall(forever))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return await orders.acall(Flaky(0).acall)

    assert run(main) == ((), {})
    assert orders.state == "closed"


def test_cancelled_while_waiting_for_a_retry(real: resil.Engine) -> None:
    flaky = Flaky(99)

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(real.app("plain", "m").acall(flaky.acall), 0.05)

    run(main)
    assert flaky.calls == 1


@pytest.mark.skipif(not hasattr(asyncio, "timeout"), reason="Python before 3.11")
def test_an_outer_timeout_is_not_ours(real: resil.Engine) -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.02):
                await real.app("hurriedtwice", "m").acall(forever)
        assert not isinstance(caught.value, resil.AttemptTimeoutError)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        with pytest.raises(resil.AttemptTimeoutError):
            async with asyncio.timeout(5):
                await real.app("hurried", "m").acall(forever)
        assert task.cancelling() == 0

    run(main)


def test_a_swallowed_cancellation_keeps_its_result(real: resil.Engine) -> None:
    async def stubborn() -> str:
        try:
            await forever()
        except asyncio.CancelledError:
            return "partial"
        return "never"

    assert run(lambda: real.app("hurried", "m").acall(stubborn)) == "partial"


def test_budget_is_known_inside(engine: resil.Engine) -> None:
    async def inside() -> Any:
        await asyncio.sleep(0)
        return resil.time_left()

    async def main() -> List[Any]:
        leisurely, plain = engine.app("leisurely", "m"), engine.app("plain", "m")
        return list(await asyncio.gather(leisurely.acall(inside), plain.acall(inside)))

    assert run(main) == [5.0, None]


def test_deadline(real: resil.Engine) -> None:
    orders = real.app("stubborn", "m").options(deadline=0.9)  # less than the delay of a retry
    with pytest.raises(resil.AttemptTimeoutError):
        run(lambda: orders.acall(forever))
    with pytest.raises(ConnectionError):
        run(lambda: orders.acall(Flaky(9).acall))


def test_many_tasks_share_a_breaker(engine: resil.Engine) -> None:
    orders = engine.app("both", "m")

    async def main() -> List[Any]:
        return list(await asyncio.gather(*(orders.try_acall(Flaky(9).acall) for _ in range(20))))

    results = run(main)
    assert not any(result.ok for result in results)
    assert orders.state == "open"


def test_budgets_that_differ_leave_no_timers(engine: resil.Engine) -> None:
    orders = engine.app("leisurely", "m")

    async def main() -> int:
        for seconds in range(1, 50):
            await orders.options(deadline=seconds / 10).acall(asyncio.sleep, 0)
        handles = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]
        return sum(not handle.cancelled() for handle in handles)

    assert run(main) == 1


def test_a_replaced_timer_still_ends_its_attempts(engine: resil.Engine) -> None:
    orders = engine.app("hurried", "m")

    async def main() -> None:
        first = asyncio.create_task(orders.try_acall(forever))
        await asyncio.sleep(0.01)
        second = await orders.options(deadline=0.02).try_acall(forever)
        for result in (second, await first):
            assert isinstance(result.error, resil.AttemptTimeoutError)
        assert asyncio.get_running_loop().time() == pytest.approx(0.05)

    run(main)
