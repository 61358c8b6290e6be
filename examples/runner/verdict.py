"""Judges a record: the closing line if the story went as the seed says, else one sentence on the first deviation.

A lost, doubled or reordered order is said first: it is what the whole story is about. The other checks run in the
order of the story, so that the sentence names the cause and not what followed from it.
"""
from typing import Sequence

from .pace import SEED, Pace
from .record import NEVER, Change, LogLine, Record
from .trouble import Deviation


def judge(record: Record, pace: Pace = SEED) -> str:
    """What was measured, as one line; raises Deviation."""
    no_order_harmed(record, pace)
    before_the_fault(record, pace)
    the_fault(record, pace)
    the_breaker(record, pace)
    the_recovery(record, pace)
    the_end(record, pace)
    the_stamps(record.log(), pace)
    probes = record.failed_probes()
    attempts = next(iter(record.recoveries().values()))
    closed = record.changes()[-1].at
    return (f"{len(record.passed())} orders passed in order, none lost, none doubled; "
            f"breaker opened after {attempts - 1 - probes} failures in "
            f"{opened(record).at - record.retries()[0].at:.0f} s, {probes} half-open probes failed and the next closed "
            f"it; recovered {closed - record.restarted:.0f} s after the restart, {record.ended - record.started:.0f} s "
            "in all")


def no_order_harmed(record: Record, pace: Pace) -> None:
    """As far as the story went, both services saw order 1, 2, 3 and so on, each once."""
    for verb, orders in (("received", record.received()), ("passed", record.passed())):
        seen = [order.number for order in orders]
        due = list(range(1, pace.orders + 1))
        for number in due:
            if seen.count(number) > 1:
                raise Deviation(f"order {number} was {verb} {seen.count(number)} times")
        for number, expected in zip(seen, due):
            if number == expected:
                continue
            if expected in seen:
                raise Deviation(f"order {number} was {verb} before order {expected}")
            raise Deviation(f"order {expected} was lost: order {number} was {verb} without it")
        if len(seen) > len(due):
            raise Deviation(f"order {seen[-1]} was {verb}, which is not one of {due[0]} to {due[-1]}")


def before_the_fault(record: Record, pace: Pace) -> None:
    # Only what passed: the line of an order received just before the fault may be read just after it.
    passed = sum(1 for order in record.passed() if order.at <= record.interrupted)
    if passed != pace.before_the_fault:
        raise Deviation(f"{passed} orders passed before the fault where {pace.before_the_fault} were due"
                        f"{_ending(record)}")
    told = [line.at for line in record.retries()] + [change.at for change in record.changes()]
    if told and min(told) < record.interrupted:
        raise Deviation("the engine retried or tripped before the fault, while order-processor was running")


def the_fault(record: Record, pace: Pace) -> None:
    if record.stopped == NEVER:
        raise Deviation("order-processor did not stop when it was interrupted")
    retries = record.retries()
    if not retries:
        raise Deviation(f"no line `Error processing operation ...` came after the fault{_ending(record)}")
    if len(retries) > 1:
        raise Deviation(f"the line `Error processing operation ...` came {len(retries)} times; it is due once per "
                        "operation")
    _within(retries[0].at - record.interrupted, 0, pace, "the first retry came {} after the fault")


def opened(record: Record) -> Change:
    return record.changes()[0]


def the_breaker(record: Record, pace: Pace) -> None:
    changes = record.changes()
    if not changes:
        raise Deviation(f"the breaker never opened{_ending(record)}")
    _expect(changes[0], "closed", "open")
    _within(changes[0].at - record.retries()[0].at, pace.to_open(), pace,
            "the breaker opened {} after the first failure")
    for before, after in zip(changes, changes[1:]):
        if before.after == "open":
            _expect(after, "open", "half-open")
            _within(after.at - before.at, pace.breaker, pace, "the breaker went half-open {} after it opened")
        elif before.after == "half-open":
            _expect(after, "half-open", "closed" if after.after == "closed" else "open")
            _within(after.at - before.at, 0, pace, "the probe was decided {} after the breaker went half-open")
        else:
            raise Deviation(f"the breaker changed {after} after it had closed again")
    if record.failed_probes() < pace.probes:
        raise Deviation(f"{record.failed_probes()} half-open probes failed where {pace.probes} were due"
                        f"{_ending(record)}")


def the_recovery(record: Record, pace: Pace) -> None:
    if record.restarted == NEVER:
        raise Deviation("order-processor was never restarted")
    last = record.changes()[-1]
    if last.after != "closed":
        raise Deviation(f"the breaker stayed {last.after} although order-processor was back{_ending(record)}")
    if last.at < record.restarted:
        raise Deviation("the breaker closed while order-processor was down")
    told = list(record.recoveries().values())
    if len(told) != 1:
        raise Deviation(f"the line `Recovered processing operation ...` came {len(told)} times; once is due")
    # Every attempt that was made is a failure that led to the opening, a failed probe, or the one that passed.
    failures = told[0] - 1 - record.failed_probes()
    if failures != pace.failures:
        raise Deviation(f"the operation recovered after {told[0]} attempts, so the breaker opened at failure "
                        f"{failures} instead of {pace.failures}")


def the_end(record: Record, pace: Pace) -> None:
    for verb, orders in (("received", record.received()), ("passed", record.passed())):
        if len(orders) < pace.orders:
            raise Deviation(f"order {len(orders) + 1} was never {verb}{_ending(record)}")
        first = orders[pace.before_the_fault]
        if first.at < record.restarted:
            raise Deviation(f"order {first.number} was {verb} before order-processor was back")
    if record.exit_code is None:
        raise Deviation("checkout did not end after its last order")
    if record.exit_code != 0:
        raise Deviation(f"checkout ended with exit code {record.exit_code}")


def the_stamps(log: Sequence[LogLine], pace: Pace) -> None:
    """The seconds in INFO[0025] count at the same rate as ours; where they start is the service's own business."""
    for line in log[1:]:
        off = (line.stamp - log[0].stamp) - (line.at - log[0].at)
        if abs(off) > 1 + pace.early:  # two roundings, and reading
            raise Deviation(f"the stamp {line.stamp} of `{line.text}` is {off:+.1f} s off the clock")


def _expect(change: Change, before: str, after: str) -> None:
    if (change.before, change.after) != (before, after):
        raise Deviation(f"the breaker changed {change} where from {before} to {after} was due")


def _within(took: float, due: float, pace: Pace, told: str) -> None:
    if not due - pace.early <= took <= due + pace.late:
        raise Deviation(f"{told.format(f'{took:.1f} s')}; due were {due:g} s, {pace.early:g} s early to "
                        f"{pace.late:g} s late at most")


def _ending(record: Record) -> str:
    if record.exit_code is None:
        return ""
    return f"; checkout had ended with exit code {record.exit_code}"
