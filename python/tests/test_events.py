"""Events, the log, state, counts and the snapshot."""

from __future__ import annotations

import logging
import re
import sys
from typing import List

import pytest

import resil
from support import POLICIES, Flaky, VirtualClock, trip

QUICKSTART = """
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata:
  name: myresiliency
scopes:
  - checkout

spec:
  policies:
    retries:
      retryForever:
        policy: constant
        maxInterval: 5s
        maxRetries: -1 

    circuitBreakers:
      simpleCB:
        maxRequests: 1
        timeout: 5s 
        trip: consecutiveFailures >= 5

  targets:
    apps:
      order-processor:
        retry: retryForever
        circuitBreaker: simpleCB
"""


def test_the_quickstarts_words(clock: VirtualClock, caplog: pytest.LogCaptureFixture) -> None:
    engine = resil.Engine.from_text(QUICKSTART, app_id="checkout", clock=clock)
    orders = engine.app("order-processor", "orders").options(wait=True)
    began = clock.now
    with caplog.at_level(logging.INFO, "resil"):
        orders.call(Flaky(7))
    assert {record.levelname for record in caplog.records} == {"INFO"}
    breaker = 'Circuit breaker "order-processor:orders" changed state from'
    assert [record.getMessage() for record in caplog.records] == [
        "Error processing operation endpoint[order-processor, order-processor:orders]. Retrying...",
        f"{breaker} closed to open",
        f"{breaker} open to half-open",
        f"{breaker} half-open to open",
        f"{breaker} open to half-open",
        f"{breaker} half-open to open",
        f"{breaker} open to half-open",
        f"{breaker} half-open to closed",
        "Recovered processing operation endpoint[order-processor, order-processor:orders] after 8 attempts",
    ]
    seconds = [(record.resil_event.time_ns - began) / 1e9 for record in caplog.records]  # type: ignore[attr-defined]
    assert seconds[:3] == [0, 20, pytest.approx(25, abs=0.01)]


def test_a_silent_logger_costs_no_events(clock: VirtualClock, caplog: pytest.LogCaptureFixture) -> None:
    engine = resil.Engine.from_text(QUICKSTART, clock=clock)
    with caplog.at_level(logging.ERROR, "resil"):
        engine.app("order-processor", "orders").call(Flaky(1))
    assert caplog.records == []
    assert [event.kind for event in engine.events()] == ["retry", "recovered"]


def test_events(engine: resil.Engine, clock: VirtualClock) -> None:
    orders = engine.app("both", "m")
    with pytest.raises(resil.RetriesExhaustedError):
        orders.call(Flaky(9))
    clock.advance(1)
    orders.try_call(len, "x")
    found = [(event.kind, event.before, event.after, event.value) for event in engine.events()]
    assert found == [
        ("retry", 1, resil.FAILURE, 1.0),
        ("retry", 2, resil.FAILURE, 1.0),
        ("breaker", "closed", "open", 0),
        ("gave-up", 3, "retries-exhausted", resil.FAILURE),
        ("rejected", 0, "breaker-open", pytest.approx(4)),
    ]
    events = list(engine.events())
    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    assert {event.endpoint for event in events} == {orders.id}
    assert events[-1].time_ns == clock.now
    assert events[0].text.startswith("Error processing operation endpoint[both, both:m]")


def test_a_breaker_that_actors_share_is_told_with_the_endpoint_of_their_type(clock: VirtualClock) -> None:
    engine = resil.Engine.from_text(POLICIES, clock=clock)
    first, second = engine.actor("Shared", "1"), engine.actor("Shared", "2")
    first.begin().end(resil.FAILURE)
    assert not second.begin().allowed
    found = [(event.kind, event.endpoint) for event in engine.events()]
    shared = engine.actor("Shared")
    assert found == [("breaker", shared.id), ("rejected", second.id)]
    assert (str(shared), shared.kind, shared.name, shared.instance) == ("actor Shared", "actor", "Shared", None)
    assert shared.state == first.state == "open"
    clock.advance(6)
    assert shared.call(len, "x") == 1
    assert second.state == "closed"
    assert {event.endpoint for event in engine.events() if event.kind == "breaker"} == {shared.id}


def test_readers_are_independent_and_go_on(engine: resil.Engine) -> None:
    first, second = engine.events(), engine.events()
    engine.app("plain", "m").call(Flaky(1))
    assert [event.kind for event in first] == ["retry", "recovered"]
    assert list(first) == []
    engine.app("plain", "m").call(Flaky(1))
    assert [event.seq for event in first] == [3, 4]
    assert [event.seq for event in second] == [1, 2, 3, 4]
    assert (first.lost, second.lost) == (0, 0)


def test_lost_events_are_counted(clock: VirtualClock, caplog: pytest.LogCaptureFixture) -> None:
    engine = resil.Engine.from_text(POLICIES, clock=clock, event_capacity=16)
    reader = engine.events()
    for _ in range(50):
        engine.app("plain", "m").call(Flaky(1))
    events = list(reader)
    assert events[-1].seq == 100
    assert reader.lost == events[0].lost == events[0].seq - 1 > 0
    assert all(event.lost == 0 for event in events[1:])
    assert len(events) + reader.lost == 100


def test_every_rejection() -> None:
    for every, expected in ((False, 1), (True, 5)):
        engine = resil.Engine.from_text(POLICIES, every_rejection=every)
        orders = engine.app("guarded", "m")
        trip(orders)
        for _ in range(5):
            orders.try_call(len, "x")
        assert [event.kind for event in engine.events()].count("rejected") == expected


def test_a_log_handler_that_makes_calls_does_not_deadlock(engine: resil.Engine) -> None:
    seen: List[str] = []
    other = engine.app("plain", "log")

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())
            if len(seen) == 1:
                other.call(Flaky(1))

    logger, handler = logging.getLogger("resil"), Handler()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        engine.app("plain", "m").call(Flaky(1))
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    assert [re.findall(r"plain:(\w+)", line)[0] for line in seen] == ["m", "log", "log", "m"]


def test_a_log_handler_that_raises_loses_no_result(engine: resil.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    complaints: List[object] = []

    def broken(record: logging.LogRecord) -> bool:
        raise RuntimeError("broken filter")

    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    logger = logging.getLogger("resil")
    monkeypatch.setattr(logger, "level", logging.INFO)
    monkeypatch.setattr(logger, "filters", [broken])
    logger.manager._clear_cache()  # type: ignore[attr-defined]
    try:
        assert engine.app("plain", "m").call(Flaky(1), 5) == ((5,), {})
    finally:
        logger.manager._clear_cache()  # type: ignore[attr-defined]
    assert len(complaints) == 2


def test_state_and_counts(engine: resil.Engine, clock: VirtualClock) -> None:
    orders = engine.app("counted", "m")
    orders.call(len, "x")
    assert orders.state == "closed"
    counts = orders.counts
    assert counts is not None
    assert set(counts) == {"requests", "totalSuccesses", "totalFailures", "consecutiveSuccesses", "consecutiveFailures"}
    assert (counts["requests"], counts["totalFailures"]) == (1, 0)
    guarded = engine.app("guarded", "m")
    trip(guarded)
    clock.advance(5.1)
    assert guarded.state == "half-open"
    assert engine.app("plain", "m").counts is None


def test_snapshot(engine: resil.Engine) -> None:
    engine.app("both", "m").call(Flaky(1))
    [entry] = engine.snapshot()["endpoints"]
    assert (entry["kind"], entry["name"], entry["method"]) == ("app", "both", "m")
    assert entry["breaker"]["name"] == "both:m"
    assert (entry["calls"]["successes"], entry["calls"]["failures"], entry["calls"]["retries"]) == (1, 1, 1)


def test_a_large_snapshot(engine: resil.Engine) -> None:
    for number in range(500):
        engine.app("both", f"méthode-{number}")
    assert len(engine.snapshot()["endpoints"]) == 500
