"""Uses of the package that a type checker must accept, and the types it must find. Checked by test_typing.py, not
run."""

from __future__ import annotations

from datetime import timedelta
from typing import Dict, Optional, Tuple

from typing_extensions import assert_type

import resil


def fetch(order: int, *, gift: bool = False) -> str:
    return f"{order} {gift}"


async def afetch(order: int) -> bytes:
    return str(order).encode()


def ours(error: Exception) -> bool:
    return isinstance(error, OSError)


engine = resil.Engine.load("resiliency.yaml", app_id="checkout", lenient=True)
orders = engine.app("order-processor", "orders").options(
    wait=True,
    deadline=timedelta(seconds=30),
    timeout_arg="timeout",
    failures=(OSError, ValueError),
    status=lambda thing: None,
)

assert_type(orders.options(failures=ours), resil.Endpoint)
assert_type(orders.call(fetch, 1, gift=True), str)
assert_type(orders.try_call(fetch, 1), resil.Result[str])
assert_type(orders.try_call(fetch, 1).unwrap(), str)
assert_type(orders.state, Optional[str])
assert_type(orders.counts, Optional[Dict[str, Optional[int]]])
assert_type(resil.time_left(), Optional[float])


@orders
def decorated(order: int, gift: bool) -> Tuple[int, bool]:
    return order, gift


@orders
async def adecorated(order: int) -> bytes:
    return await afetch(order)


assert_type(decorated(1, gift=True), Tuple[int, bool])


async def main() -> None:
    assert_type(await orders.acall(afetch, 1), bytes)
    assert_type(await orders.try_acall(afetch, 1), resil.Result[bytes])
    assert_type(await adecorated(1), bytes)
    async with orders.attempt() as attempt:
        assert_type(attempt.timeout, Optional[float])
    async for attempt in orders.attempts():
        async with attempt:
            attempt.status(503)


with orders.attempt() as attempt:
    assert_type(attempt.number, int)
for attempt in orders.attempts():
    with attempt:
        assert_type(attempt.result(fetch(1)), str)
raw = orders.begin()
if raw.allowed:
    assert_type(raw.end(resil.http(503), 1.5), int)
for event in engine.events():
    assert_type(event.text, str)

orders.call(fetch, "one")  # type: ignore[arg-type]
decorated("one", False)  # type: ignore[arg-type]
orders.options(wiat=True)  # type: ignore[call-arg]
