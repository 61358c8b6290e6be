"""Python: resil beside pybreaker, tenacity, stamina and aiobreaker, on the same no-op.  usage: bench.py [--quick]

Prints one JSON line a subject, like the native benchmarks. Every row, the bare one too, is the loop body
`function(noop)`, or `await function(noop)`: the library's own bound method or decorated function, with no wrapper of ours
around any. A no-op that takes an argument and ignores it makes that one call fit all. `ns` is over the bare call (or
await) of the same round. As measured, loop and all, are the bare rows themselves, begin+end by hand (its loop body is
that and nothing else) and what an open breaker rejects: the no-op does not run there, so there is no bare call to take
off.
"""
import asyncio
import datetime
import gc
import json
import statistics
import sys
import time

import aiobreaker
import pybreaker
import stamina
import tenacity

import resil

ROUNDS = 3 if "--quick" in sys.argv else 9
SPEC = """
apiVersion: dapr.io/v1alpha1
kind: Resiliency
spec:
  policies:
    retries: {r: {policy: constant, duration: 1ms, maxRetries: 3}}
    circuitBreakers:
      cb: {timeout: 1h}
      opens: {timeout: 1h, trip: consecutiveFailures >= 1}
  targets:
    apps: {a: {circuitBreaker: cb}, retried: {circuitBreaker: cb, retry: r}, down: {circuitBreaker: opens}}
"""


def noop(_=None):
    return 1


async def async_noop(_=None):
    return 1


def fail():
    raise ValueError


def time_call(function, times):
    loop = range(times)
    start = time.perf_counter_ns()
    for _ in loop:
        function(noop)
    return (time.perf_counter_ns() - start) / times


def time_begin_end(begin, times):
    loop, success = range(times), resil.SUCCESS
    start = time.perf_counter_ns()
    for _ in loop:
        begin().end(success)
    return (time.perf_counter_ns() - start) / times


def time_rejection(error):
    def timer(function, times):
        loop = range(times)
        start = time.perf_counter_ns()
        for _ in loop:
            try:
                function(noop)
            except error:
                pass
            else:
                raise AssertionError("not rejected")
        return (time.perf_counter_ns() - start) / times
    return timer


def time_await(function, times):
    async def run():
        loop = range(times)
        start = time.perf_counter_ns()
        for _ in loop:
            await function(async_noop)
        return (time.perf_counter_ns() - start) / times
    return asyncio.run(run())


def sync_subjects():
    engine = resil.Engine.from_text(SPEC)
    pyb = pybreaker.CircuitBreaker(fail_max=5, reset_timeout=60)
    return {
        "bare": (time_call, noop),
        "resil call": (time_call, engine.app("a", "m").call),
        "resil call, with a retry policy": (time_call, engine.app("retried", "m").call),
        "pybreaker call": (time_call, pyb.call),
        "tenacity @retry": (time_call, tenacity.retry(stop=tenacity.stop_after_attempt(3))(noop)),
        "stamina @retry": (time_call, stamina.retry(on=ValueError, attempts=3)(noop)),
    }


def raw_subjects():
    return {"resil begin+end": (time_begin_end, resil.Engine.from_text(SPEC).app("a", "m").begin)}


def async_subjects():
    aio = aiobreaker.CircuitBreaker(fail_max=5, timeout_duration=datetime.timedelta(seconds=60))
    return {
        "bare": (time_await, async_noop),
        "resil acall": (time_await, resil.Engine.from_text(SPEC).app("a", "m").acall),
        "aiobreaker call_async": (time_await, aio.call_async),
        "tenacity @retry": (time_await, tenacity.retry(stop=tenacity.stop_after_attempt(3))(async_noop)),
        "stamina @retry": (time_await, stamina.retry(on=ValueError, attempts=3)(async_noop)),
    }


def rejecting_subjects():
    down = resil.Engine.from_text(SPEC).app("down", "m")
    pyb = pybreaker.CircuitBreaker(fail_max=1, reset_timeout=3600)
    for call in (down.call, pyb.call):
        try:
            call(fail)
        except Exception:  # noqa: BLE001  (whichever error each has for it)
            pass
    return {
        "resil try_call, a value": (time_call, down.try_call),
        "resil call, an exception": (time_rejection(resil.CircuitOpenError), down.call),
        "pybreaker call, an exception": (time_rejection(pybreaker.CircuitBreakerError), pyb.call),
    }


def table(what, subjects):
    samples = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name, (timer, function) in subjects.items():
            slow = name.startswith(("tenacity", "stamina")) or "exception" in name
            gc.collect()
            samples[name].append(timer(function, 3_000 if slow else 100_000))
    bare = statistics.median(samples["bare"]) if "bare" in samples else 0
    for name, values in samples.items():
        base = 0 if name == "bare" else bare
        print(json.dumps({"table": "Python: over the bare call", "row": what, "threads": 1, "subject": name,
                          "ns": max(0.1, statistics.median(values) - base), "low": max(0.1, min(values) - base),
                          "high": max(values) - base, "rounds": ROUNDS}), flush=True)


table("healthy no-op", sync_subjects())
table("healthy, by hand, as measured", raw_subjects())
table("healthy no-op, asyncio", async_subjects())
table("breaker open, as measured", rejecting_subjects())
