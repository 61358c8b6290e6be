"""What a target bounds over all of its endpoints: how many attempts begin, how many are in flight, how many are retries."""
from fractions import Fraction

from words import MS, S, Ambiguous, ceil


class RateLimiter:
    """The generic cell rate algorithm in exact fractions."""

    def __init__(self, rate, per, burst):
        self.interval = Fraction(per, rate)
        self.slack = self.interval * (burst - 1)
        self.due = Fraction(0)  # the theoretical arrival time of the next attempt
        self.started = False

    def wait(self, now):
        """0: one would be admitted now."""
        if not self.started:
            return 0
        return max(0, ceil(self.due - self.slack - now))

    def take(self, now):
        self.due = (max(self.due, Fraction(now)) if self.started else Fraction(now)) + self.interval
        self.started = True


class Places:
    """Who is in flight. One that never leaves gives its place back after `grace`."""
    LOOK_AGAIN = 10 * MS

    def __init__(self, limit, timeout):
        self.limit, self.grace = limit, max(60 * S, 2 * timeout)
        self.taken = {}  # who -> since when

    def full(self, now):
        # When exactly a place comes back after its grace is the engine's affair; a schedule does not look while it may.
        ages = [now - since for since in self.taken.values()]
        surely = sum(age <= self.grace for age in ages)
        if surely >= self.limit:
            return True
        if surely + sum(self.grace < age <= 2 * self.grace for age in ages) >= self.limit:
            raise Ambiguous
        return False

    def enter(self, who, now):
        self.taken[who] = now

    def leave(self, who, now):
        since = self.taken.pop(who, None)
        if since is not None and now - since > self.grace:
            raise Ambiguous  # its place may be somebody else's by now


class Budget:
    """Retries of the last window, against the operations begun in it."""

    def __init__(self, ratio, per_second, window, buckets=10):
        self.ratio, self.least, self.window = Fraction(str(ratio)), Fraction(str(per_second)) * window / S, window
        self.surely = window - window // buckets
        self.operations, self.retries = [], []

    def allows(self, now):
        answers = set()
        edges = {now - at for at in self.operations + self.retries if self.surely <= now - at <= self.window}
        for age in edges | {self.window, self.surely - 1}:
            begun = sum(now - at <= age for at in self.operations)
            tried = sum(now - at <= age for at in self.retries)
            answers.add(tried < self.least + self.ratio * begun)
        if len(answers) > 1:
            raise Ambiguous
        return answers.pop()
