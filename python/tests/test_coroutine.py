"""What acall returns, as the coroutine that it is."""

from __future__ import annotations

import asyncio
import gc
import types
from typing import Any, List

import pytest

import resil
from support import Flaky, VirtualClock, forever, run, trip


def test_it_is_a_coroutine(engine: resil.Engine) -> None:
    orders, flaky = engine.app("plain", "m"), Flaky(1)

    @types.coroutine
    def old_style() -> Any:
        yield from asyncio.sleep(0).__await__()
        return "old"

    async def main() -> Any:
        tasks = [asyncio.create_task(orders.acall(asyncio.sleep, 0, number)) for number in range(3)]
        found = list(await asyncio.gather(*tasks, orders.acall(flaky.acall, key=1), orders.acall(old_style)))
        return [*found, await asyncio.wait_for(orders.acall(asyncio.sleep, 0, "waited"), 5)]

    assert run(main) == [0, 1, 2, ((), {"key": 1}), "old", "waited"]
    with pytest.raises(TypeError, match="needs the function"):
        orders.acall()  # type: ignore[call-arg]


def test_driving_it_by_hand(engine: resil.Engine) -> None:
    orders = engine.app("guarded", "m")

    @types.coroutine
    def ask(question: str) -> Any:
        try:
            return (yield question)
        except LookupError as error:
            return (yield f"no {error}")

    async def talk() -> Any:
        return await ask("first"), await ask("second")

    coroutine = orders.acall(talk)
    assert coroutine.send(None) == "first"
    assert coroutine.throw(LookupError("idea")) == "no idea"
    assert coroutine.send(1) == "second"
    with pytest.raises(StopIteration) as stopped:
        coroutine.send((2, 3))
    assert stopped.value.value == (1, (2, 3))
    with pytest.raises(RuntimeError, match="already awaited"):
        coroutine.send(None)
    coroutine = orders.acall(talk)
    assert next(iter(coroutine)) == "first"
    coroutine.close()
    coroutine = orders.acall(talk)
    coroutine.send(None)
    with pytest.raises(ValueError, match="failure"):
        coroutine.throw(ValueError("failure"))
    assert orders.state == "open"
    totals = engine.snapshot()["endpoints"][0]["calls"]
    assert (totals["successes"], totals["cancelled"], totals["failures"]) == (1, 1, 1)


def test_driven_from_within(engine: resil.Engine) -> None:
    uses: List[Any] = [
        lambda: coroutine.send(None),
        lambda: next(iter(coroutine)),
        lambda: coroutine.throw(KeyError()),
        lambda: coroutine.close(),
    ]

    async def later(use: Any) -> Any:
        return use()

    async def itself() -> Any:
        return await coroutine

    calls: List[Any] = [(use,) for use in uses] + [(later, use) for use in uses] + [(itself,)]
    for number, call in enumerate(calls):
        orders = engine.app("guarded", str(number))
        coroutine = orders.acall(*call)
        with pytest.raises(ValueError, match="already executing"):
            coroutine.send(None)
        assert orders.state == "open"  # a failure like any other of fn's


def test_what_a_task_shows(engine: resil.Engine) -> None:
    async def place() -> None:
        await forever()

    async def main() -> None:
        for name in ("plain", "leisurely"):
            coroutine = engine.app(name, "m").acall(place)
            assert (coroutine.__name__, coroutine.__qualname__) == ("place", place.__qualname__)  # type: ignore[attr-defined]
            task = asyncio.create_task(coroutine)
            assert "place()" in repr(task)
            assert task.get_stack() == []
            await asyncio.sleep(0)
            assert len(task.get_stack()) == 1
            task.cancel()
            await asyncio.wait([task])
            assert task.get_stack() == []

    run(main)


def test_never_begun(engine: resil.Engine) -> None:
    orders = engine.app("plain", "m")
    with pytest.warns(RuntimeWarning, match="never awaited"):
        orders.acall(forever)
    unused = orders.acall(forever)
    with pytest.raises(KeyError):
        unused.throw(KeyError("early"))
    orders.acall(forever).close()
    del unused
    gc.collect()
    assert engine.snapshot()["endpoints"][0]["calls"]["cancelled"] == 0


def test_dropped_under_way(engine: resil.Engine, clock: VirtualClock) -> None:
    orders = engine.app("guarded", "m")
    trip(orders)
    clock.advance(5.1)

    @types.coroutine
    def pause() -> Any:
        yield

    async def probe() -> None:
        await pause()

    coroutine = orders.acall(probe)
    coroutine.send(None)
    assert not orders.begin().allowed
    del coroutine
    gc.collect()
    assert orders.begin().allowed
