"""A circuit breaker with everything that the extension adds, one call at a time."""
from fractions import Fraction

from words import Ambiguous, certain

CLOSED, OPEN, HALF_OPEN = "closed", "open", "half-open"


class Breaker:
    """`policy` has max_requests, timeout, interval | window, buckets | window_calls, slow_call, trip (a function of counts),
    reads_slow, multiplier, max_timeout, jitter, shadow. `grace`: when a permit counts as lost."""

    def __init__(self, policy, grace):
        self.p, self.grace = policy, grace
        self.state, self.generation, self.openings = CLOSED, 0, 0
        self.transitions, self.window_end = [], None
        self.clear()

    def clear(self):
        self.begun, self.ended = [], []  # moments; (moment, failed, slow)
        self.run_ok = self.run_bad = 0
        self.permits, self.good, self.youngest = 0, 0, 0

    def change(self, state, now):
        self.transitions.append((now, self.state, state))
        self.state = state
        self.generation += 1
        self.clear()
        self.window_end = None
        if state == OPEN:
            self.openings += 1
            base = min(Fraction(self.p.max_timeout), self.p.timeout * Fraction(self.p.multiplier) ** (self.openings - 1))
            self.due = int(base), int(base * (1 + Fraction(self.p.jitter)))
            self.due = now + self.due[0], now + self.due[1]
        elif state == CLOSED:
            self.openings = 0
            if self.p.interval:
                self.window_end = now + self.p.interval

    def settle(self, now, begins):
        """What is overdue happens with the call that notices."""
        if self.state == OPEN:
            low, high = self.due
            if low - 1 < now <= high + 1 and low != high:
                raise Ambiguous
            if now > high:
                self.change(HALF_OPEN, now)
        elif self.state == CLOSED and self.p.interval:
            if self.window_end is None:
                if begins:
                    self.window_end = now + self.p.interval
            elif now > self.window_end:
                self.generation += 1
                self.clear()
                self.window_end = now + self.p.interval

    def refuses(self, now):
        """(reason, low, high) of the rejection that begin would answer, or None. Moves the breaker as begin does."""
        self.settle(now, True)
        if self.state == OPEN:
            return "open", self.due[0] - now + 1, self.due[1] - now + 1
        if self.state == HALF_OPEN and self.permits >= self.p.max_requests:
            if now - self.youngest > self.grace // 2:
                raise Ambiguous  # lost permits are another test's
            return "too_many_requests", 1, self.grace
        return None

    def begin(self, now):
        """After refuses() said None: a permit."""
        if self.state == HALF_OPEN:
            self.permits += 1
            self.youngest = now
        else:
            self.begun.append(now)
        return self.generation

    def cancel(self, permit):
        if self.state == HALF_OPEN and permit == self.generation:
            self.permits -= 1

    def end(self, permit, now, failed, slow):
        self.settle(now, False)
        if permit != self.generation:
            return
        if self.state == HALF_OPEN:
            if failed:
                return self.change(OPEN, now)
            self.good += 1
            if self.good >= self.p.max_requests:
                self.change(CLOSED, now)
            return
        self.ended.append((now, failed, slow))
        self.run_ok, self.run_bad = (0, self.run_bad + 1) if failed else (self.run_ok + 1, 0)
        if failed or (slow and self.p.reads_slow):
            if certain([self.p.trip(counts) for counts in self.counts(now)]):
                self.change(OPEN, now)

    def ages(self, now):
        """Every age beyond which calls may count no more."""
        if not self.p.window:
            return [None]
        surely = self.p.window - self.p.window // self.p.buckets
        moments = [now - at for at in self.begun] + [now - at for at, _, _ in self.ended]
        return sorted({age for age in moments if surely <= age <= self.p.window} | {self.p.window}) + [surely - 1]

    def counts(self, now):
        """Every set of counts that the rules allow now."""
        for age in self.ages(now):
            ended = [call for call in self.ended if age is None or now - call[0] <= age]
            begun = len([at for at in self.begun if age is None or now - at <= age])
            if self.p.window_calls:
                ended = ended[-self.p.window_calls:]
                begun = len(ended)
            bad, slow = sum(f for _, f, _ in ended), sum(s for _, _, s in ended)
            yield {"requests": begun, "totalFailures": bad, "totalSuccesses": len(ended) - bad,
                   "consecutiveSuccesses": self.run_ok, "consecutiveFailures": self.run_bad, "calls": len(ended),
                   "slowCalls": slow, "failureRate": bad / len(ended) if ended else 0.0,
                   "slowRate": slow / len(ended) if ended else 0.0}

    def look(self, now):
        """The state as of now, moving nothing."""
        if self.state == OPEN:
            low, high = self.due
            if low != high and low - 1 < now <= high + 1:
                raise Ambiguous
            return HALF_OPEN if now > high else OPEN
        return self.state

    def seen(self, now):
        """Of the counts that inspect tells, those that are certain."""
        if self.state == OPEN or (self.state == CLOSED and self.window_end is not None and now > self.window_end):
            return {}
        if self.state == HALF_OPEN:
            return {"requests": self.permits, "totalSuccesses": self.good}
        every = list(self.counts(now))
        return {name: value for name, value in every[0].items()
                if name in self.p.reads and all(counts[name] == value for counts in every)}
