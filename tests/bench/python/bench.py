"""Python: resil beside pybreaker, tenacity, stamina and aiobreaker, on the same no-op.  usage: bench.py [--quick]

Prints one JSON line a subject, like the native benchmarks. `ns` is over the bare call (or await) of the same round,
except for the bare rows themselves.
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


def noop():
    return 1


async def async_noop():
    return 1


def fail():
    raise ValueError


def sync_subjects():
    engine = resil.Engine.from_text(SPEC)
    endpoint, retried = engine.app("a", "m"), engine.app("retried", "m")
    pyb = pybreaker.CircuitBreaker(fail_max=5, reset_timeout=60)
    decorated = tenacity.retry(stop=tenacity.stop_after_attempt(3))(noop)
    stamina_retry = stamina.retry(on=ValueError, attempts=3)(noop)

    def by_hand():
        endpoint.begin().end(resil.SUCCESS)

    call, retried_call, pyb_call = endpoint.call, retried.call, pyb.call
    return {
        "bare": noop, "resil begin+end": by_hand, "resil call": lambda: call(noop),
        "resil call, with a retry policy": lambda: retried_call(noop), "pybreaker call": lambda: pyb_call(noop),
        "tenacity @retry": decorated, "stamina @retry": stamina_retry,
    }


def rejecting_subjects():
    engine = resil.Engine.from_text(SPEC)
    down = engine.app("down", "m")
    pyb = pybreaker.CircuitBreaker(fail_max=1, reset_timeout=3600)
    for call in (down.call, pyb.call):
        try:
            call(fail)
        except Exception:  # noqa: BLE001  (whichever error each has for it)
            pass

    def thrown(call, error):
        def run():
            try:
                call(noop)
            except error:
                return
            raise AssertionError("not rejected")
        return run

    return {
        "bare": noop, "resil try_call, a value": lambda: down.try_call(noop),
        "resil call, an exception": thrown(down.call, resil.CircuitOpenError),
        "pybreaker call, an exception": thrown(pyb.call, pybreaker.CircuitBreakerError),
    }


def time_sync(function, times):
    loop = range(times)
    start = time.perf_counter_ns()
    for _ in loop:
        function()
    return (time.perf_counter_ns() - start) / times


def async_subjects():
    engine = resil.Engine.from_text(SPEC)
    endpoint = engine.app("a", "m")
    aio = aiobreaker.CircuitBreaker(fail_max=5, timeout_duration=datetime.timedelta(seconds=60))
    retry = tenacity.retry(stop=tenacity.stop_after_attempt(3))(async_noop)
    return {
        "bare": async_noop, "resil acall": lambda: endpoint.acall(async_noop),
        "aiobreaker call_async": lambda: aio.call_async(async_noop), "tenacity @retry": retry,
        "stamina @retry": stamina.retry(on=ValueError, attempts=3)(async_noop),
    }


def time_async(function, times):
    async def run():
        start = time.perf_counter_ns()
        for _ in range(times):
            await function()
        return (time.perf_counter_ns() - start) / times
    return asyncio.run(run())


def table(what, subjects, timer):
    samples = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name, function in subjects.items():
            slow = name.startswith(("tenacity", "stamina")) or "exception" in name
            gc.collect()
            samples[name].append(timer(function, 3_000 if slow else 100_000))
    bare = statistics.median(samples["bare"])
    for name, values in samples.items():
        base = 0 if name == "bare" else bare
        print(json.dumps({"table": "Python: over the bare call", "row": what, "threads": 1, "subject": name,
                          "ns": max(0.1, statistics.median(values) - base), "low": max(0.1, min(values) - base),
                          "high": max(values) - base, "rounds": ROUNDS}), flush=True)


table("healthy no-op", sync_subjects(), time_sync)
table("healthy no-op, asyncio", async_subjects(), time_async)
table("breaker open", rejecting_subjects(), time_sync)
