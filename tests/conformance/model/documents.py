"""Random policies: as the model takes them, and as the two documents that say the same."""
from types import SimpleNamespace

from words import MS, S, seconds

STREAK = ["consecutiveFailures", "totalFailures", "requests"]
# (rule, its meaning, the names it reads)
RULES = [
    ("consecutiveFailures >= 3", lambda c: c["consecutiveFailures"] >= 3),
    ("totalFailures > 4", lambda c: c["totalFailures"] > 4),
    ("requests >= 6 && totalFailures * 2 >= requests", lambda c: c["requests"] >= 6 and c["totalFailures"] * 2 >= c["requests"]),
    ("calls >= 5 && failureRate >= 0.5", lambda c: c["calls"] >= 5 and c["failureRate"] >= 0.5),
    ("calls >= 8 && failureRate > 0.25", lambda c: c["calls"] >= 8 and c["failureRate"] > 0.25),
    ("failureRate == 1.0 && calls > 2", lambda c: c["failureRate"] == 1.0 and c["calls"] > 2),
    ("slowCalls >= 3", lambda c: c["slowCalls"] >= 3),
    ("calls >= 4 && slowRate >= 0.75", lambda c: c["calls"] >= 4 and c["slowRate"] >= 0.75),
    ("calls >= 6 && (failureRate >= 0.5 || slowRate > 0.6)",
     lambda c: c["calls"] >= 6 and (c["failureRate"] >= 0.5 or c["slowRate"] > 0.6)),
    ("totalSuccesses < totalFailures && calls >= 4", lambda c: c["totalSuccesses"] < c["totalFailures"] and c["calls"] >= 4),
]
NAMES = ["requests", "totalSuccesses", "totalFailures", "consecutiveSuccesses", "consecutiveFailures", "calls", "slowCalls",
         "failureRate", "slowRate"]
OF_DAPR = set(NAMES[:5])
LISTS = {"http": ["500-599", "503", "429,500-599"], "grpc": ["14", "4,8,14"]}


def codes(text):
    every = set()
    for part in text.split(","):
        low, _, high = part.partition("-")
        every |= set(range(int(low), int(high or low) + 1))
    return every


def matching(rng, document):
    """Lists for both kinds of status, or none. Puts what it chose into `document`."""
    chosen = {kind: rng.choice([None, *texts]) for kind, texts in LISTS.items()}
    given = {"http": "httpStatusCodes", "grpc": "gRPCStatusCodes"}
    if any(chosen.values()):
        document["matching"] = {given[kind]: text for kind, text in chosen.items() if text}
    return {kind: codes(text) if text else None for kind, text in chosen.items()}


def breaker(rng):
    rule, trip = rng.choice(RULES)
    reads = [name for name in NAMES if name in rule]
    slow = "slow" in rule or rng.random() < 0.2
    base, extra = {}, {"trip": rule}
    p = SimpleNamespace(max_requests=rng.choice([1, 1, 2, 3]), timeout=rng.choice([1, 5, 30]) * S, interval=0, window=0, buckets=10,
                        window_calls=0, slow_call=0, trip=trip, reads=reads, reads_slow="slow" in rule, multiplier=1, max_timeout=0,
                        jitter=0, shadow=False)
    base |= {"maxRequests": p.max_requests, "timeout": seconds(p.timeout)}
    kind = rng.choice(["none", "interval", "window", "window", "calls", "calls"])
    if kind == "interval":
        p.interval = rng.choice([2, 10]) * S
        base["interval"] = seconds(p.interval)
    elif kind == "window":
        p.window, p.buckets = rng.choice([2, 10, 30]) * S, rng.choice([10, 10, 1, 5, 64])
        extra |= {"window": seconds(p.window)} | ({"buckets": p.buckets} if p.buckets != 10 else {})
    elif kind == "calls":
        p.window_calls = rng.choice([5, 10, 20])
        extra["windowCalls"] = p.window_calls
    if slow:
        p.slow_call = rng.choice([100 * MS, 1 * S])
        extra["slowCall"] = seconds(p.slow_call)
    if rng.random() < 0.3:
        p.multiplier = rng.choice([2, 1.5, 3])
        extra["timeoutMultiplier"] = p.multiplier
    if rng.random() < 0.2:
        p.max_timeout = p.timeout * rng.choice([2, 4])
        if p.multiplier == 1 and p.max_timeout == 4 * p.timeout:  # the most of an open time that does not grow
            p.max_timeout = p.timeout // 2
        extra["maxTimeout"] = seconds(p.max_timeout)
    if rng.random() < 0.2:
        p.jitter = rng.choice([0.1, 0.5])
        extra["timeoutJitter"] = p.jitter
    if rng.random() < 0.15:
        p.shadow = True
        extra["mode"] = "shadow"
    p.max_timeout = p.max_timeout or 10 * p.timeout
    lists = matching(rng, extra) if rng.random() < 0.3 else {"http": None, "grpc": None}
    p.http, p.grpc = lists["http"], lists["grpc"]
    if set(reads) <= OF_DAPR:  # the original's own document can say it
        base["trip"] = extra.pop("trip")
    return p, base, extra


def retry(rng):
    p = SimpleNamespace(kind=rng.choice(["constant", "exponential"]), duration=5 * S, initial=500 * MS, multiplier=1.5,
                        max_interval=60 * S, max_retries=rng.choice([-1, 2, 5, 10]), spread=0.5, max_duration=0,
                        max_retry_after=3600 * S, budget=None)
    base, extra = {"policy": p.kind, "maxRetries": p.max_retries}, {}
    if p.kind == "constant":
        p.duration = rng.choice([100 * MS, 1 * S, 5 * S])
        base["duration"] = seconds(p.duration)
        kinds = ["none", "none", "spread", "full", "equal"]
    else:
        p.max_interval = rng.choice([1 * S, 10 * S, 60 * S])
        base["maxInterval"] = seconds(p.max_interval)
        kinds = ["spread", "none", "full", "equal", "decorrelated"]
        if rng.random() < 0.6:
            p.initial = rng.choice([10, 100, 250]) * MS
            extra["initialInterval"] = seconds(p.initial)
        if rng.random() < 0.6:
            p.multiplier = rng.choice([1, 2, 3, 1.25])
            extra["multiplier"] = p.multiplier
    p.jitter = rng.choice(kinds)
    if p.jitter != kinds[0] or rng.random() < 0.3:
        extra["jitter"] = p.jitter
    if p.jitter == "spread" and rng.random() < 0.5:
        p.spread = rng.choice([0.1, 0.25, 1])
        extra |= {"spread": p.spread, "jitter": "spread"}
    if rng.random() < 0.25:
        p.max_duration = rng.choice([3, 20, 60]) * S
        extra["maxDuration"] = seconds(p.max_duration)
    if rng.random() < 0.2:
        p.max_retry_after = rng.choice([2, 30]) * S
        extra["maxRetryAfter"] = seconds(p.max_retry_after)
    if rng.random() < 0.4:
        ratio, least, window = rng.choice([0.2, 0.5, 1]), rng.choice([0, 0.1, 0.5]), rng.choice([5, 10, 30]) * S
        p.budget = ratio, least, window
        extra["budget"] = {"ratio": ratio, "minPerSecond": least} | ({"window": seconds(window)} if window != 10 * S else {})
    lists = matching(rng, base) if rng.random() < 0.3 else {"http": None, "grpc": None}
    p.http, p.grpc = lists["http"], lists["grpc"]
    return p, base, extra


def target(rng):
    p = SimpleNamespace(timeout=0, retry=None, breaker=None, deadline=0, max_concurrent=0, rate_limit=None, hold=False)
    policies, extensions, base, extra = {}, {}, {}, {}
    if rng.random() < 0.7:
        p.breaker, one, two = breaker(rng)
        policies["circuitBreakers"], base["circuitBreaker"] = {"cb": one}, "cb"
        if two:
            extensions["circuitBreakers"] = {"cb": two}
    if rng.random() < 0.7:
        p.retry, one, two = retry(rng)
        policies["retries"], base["retry"] = {"r": one}, "r"
        if two:
            extensions["retries"] = {"r": two}
    if rng.random() < 0.4:
        p.timeout = rng.choice([1, 5]) * S
        policies["timeouts"], base["timeout"] = {"t": seconds(p.timeout)}, "t"
    if rng.random() < 0.25:
        p.deadline = rng.choice([2, 10, 30]) * S
        extra["deadline"] = seconds(p.deadline)
    if rng.random() < 0.3:
        p.max_concurrent = rng.choice([1, 2, 4])
        extra["maxConcurrent"] = p.max_concurrent
    if rng.random() < 0.35:
        rate, per, burst = rng.choice([(1, S), (3, S), (7, 2 * S), (100, S), (5, 60 * S)]) + (rng.choice([1, 1, 2, 5]),)
        p.rate_limit = rate, per, burst
        extra["rateLimit"] = {"rate": rate} | ({"per": seconds(per)} if per != S else {}) | ({"burst": burst} if burst != 1 else {})
    if rng.random() < 0.2:
        p.hold = extra["holdOnRetryAfter"] = True
    return p, policies, extensions, base, extra
