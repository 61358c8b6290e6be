"""The ratios that the native and Python tables are made for, each with what was aimed at."""

LOADS, CLOCK, TWIN = "floor: two calls, one load each", "floor: one clock reading", "mutex twin"
RUN, TOTALS, WINDOW = "trip on consecutive failures", "trip on totals", "with an interval"
SHARED = ", one endpoint"


def native(ns):
    """`ns(table, row, threads, subject)`; yields (what, measured, aim)."""
    def healthy(row, threads=1, subject="resil"):
        return ns("C: healthy pair", row + (SHARED if threads > 1 else ""), threads, subject)

    def call(table, row, threads, subject):
        return ns(f"C: {table}", row + (SHARED if threads > 1 else ""), threads, subject)

    yield "healthy pair / two calls that load", healthy(RUN) / healthy(RUN, 1, LOADS), "at most 1.5"
    yield "mutex twin / healthy pair", healthy(RUN, 1, TWIN) / healthy(RUN), "at least 2.5"
    yield "mutex twin / healthy pair, 2 threads", healthy(RUN, 2, TWIN) / healthy(RUN, 2), "at least 15"
    yield "healthy pair, 2 threads / 1 thread", healthy(RUN, 2) / healthy(RUN), "at most 1.2"
    def inlined(subject):
        return ns("C: inlined healthy pair", "word read twice", 1, subject)

    run, totals = inlined("resil_inline.h"), inlined("resil_inline.h, trip on totals")
    yield "inlined healthy pair / two bare loads", run / inlined("floor: two bare loads"), "at most 3"
    yield "inlined healthy pair, trip on totals / on consecutive failures", totals / run, "at most 3"
    yield ("one add without a lock / inlined healthy pair, on consecutive failures",
           inlined("floor: an own add without a lock") / run, "what a count with one writer would add")
    yield ("inlined healthy pair, trip on totals / one compare-and-swap",
           totals / inlined("floor: an own compare-and-swap"), "what a count with several takes at least")
    yield ("a trip rule over a rate, asked with two counts, ns",
           ns("C: trip rule", "enough requests, and half of them failed", 1, "resil: two counts"), "at most 5")
    for row in ("healthy pair", "failing pair"):
        yield (f"a window of time / an interval, {row}",
               ns("C: windows", row, 1, "resil: a window of time") / ns("C: windows", row, 1, "resil: an interval"), "at most 1.5")
    def bound(subject, row, threads):
        return ns("C: what bounds a target", row + (SHARED if threads > 1 else ""), threads, subject)

    for row in ("at a moment that is given", "on the engine's clock"):
        for what, aim in (("a rate limit", "at most 15"), ("maxConcurrent", "at most 20")):
            yield (f"{what} on top of a pair that counts, {row}, ns",
                   bound(f"resil: and {what}", row, 1) - bound("resil: a pair that counts", row, 1), aim)
        for what in ("a rate limit", "maxConcurrent"):
            yield (f"{what}, {row}, 2 threads / 1 thread",
                   bound(f"resil: and {what}", row, 2) / bound(f"resil: and {what}", row, 1), "at most 2")
        for what in ("one add", "two adds"):
            floor = f"floor: and {what} to a shared word"
            yield (f"{what} to a shared word, {row}, 2 threads / 1 thread", bound(floor, row, 2) / bound(floor, row, 1),
                   "the floor of the rows above")
    yield "trip on totals, 2 threads / 1 thread", healthy(TOTALS, 2) / healthy(TOTALS), "at most 1.5"
    clock = call("rejected begin", RUN, 1, CLOCK)
    yield ("with an interval - on totals, in clock readings",
           (healthy(WINDOW) - healthy(TOTALS)) / clock, "at most 1")
    for threads in (1, 2):
        for row in (RUN, TOTALS, WINDOW):
            for table in ("failing pair", "one failure in 16"):
                yield (f"mutex twin / {table}, {row}, threads: {threads}",
                       call(table, row, threads, TWIN) / call(table, row, threads, "resil"), "over 1")
    for row in (RUN, TOTALS, WINDOW):
        table = "C: failing pair and retry decision"
        yield (f"failing pair and retry decision, {row}, an endpoint each, 2 threads / 1 thread",
               ns(table, row + ", an endpoint each", 2, "resil") / ns(table, row, 1, "resil"), "at most 1.2")
    for threads in (1, 2, 8):
        yield (f"rejected begin - a clock reading, ns, threads: {threads}",
               call("rejected begin", RUN, threads, "resil") - call("rejected begin", RUN, threads, CLOCK), "at most 10")


def python(ns):
    call = ns("Python: over the bare call", "healthy no-op", 1, "pybreaker call")
    yield ("pybreaker's call / begin+end",
           call / ns("Python: over the bare call", "healthy, by hand, as measured", 1, "resil begin+end"), "at least 20")
    yield ("pybreaker's call / resil's call",
           call / ns("Python: over the bare call", "healthy no-op", 1, "resil call"), "at least 5")
    yield ("aiobreaker's call / resil's acall",
           ns("Python: over the bare call", "healthy no-op, asyncio", 1, "aiobreaker call_async")
           / ns("Python: over the bare call", "healthy no-op, asyncio", 1, "resil acall"), "at least 3")
    yield ("pybreaker's exception / a rejection as a value",
           ns("Python: over the bare call", "breaker open, as measured", 1, "pybreaker call, an exception")
           / ns("Python: over the bare call", "breaker open, as measured", 1, "resil try_call, a value"), "at least 10")


def table(rows, ratios):
    known = {(r["table"], r["row"], r["threads"], r["subject"]): r["ns"] for r in rows if "ns" in r}
    lines = ["| ratio | measured | aim |", "|---|---:|---|"]
    lines += [f"| {what} | {measured:.2f} | {aim} |" for what, measured, aim in ratios(lambda *key: known[key])]
    return lines
