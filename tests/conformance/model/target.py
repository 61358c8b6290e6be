"""A target with its endpoints: which attempts may begin, and what follows their ends."""
from types import SimpleNamespace

import retry as retries
from breaker import CLOSED, Breaker
from limits import Budget, Places, RateLimiter
from words import S, Ambiguous

HTTP_OK, NEVER = range(200, 400), 1 << 62


class Target:
    """`policy` has timeout, retry, breaker (each may be None) and deadline, max_concurrent, rate_limit, hold."""

    def __init__(self, name, policy):
        self.name, self.p = name, policy
        self.grace = max(60 * S, 2 * policy.timeout)
        self.breakers, self.operations, self.held_until = {}, {}, 0
        self.rate = RateLimiter(*policy.rate_limit) if policy.rate_limit else None
        self.places = Places(policy.max_concurrent, policy.timeout) if policy.max_concurrent else None
        budget = policy.retry and policy.retry.budget
        self.budget = Budget(*budget) if budget else None

    def breaker(self, method):
        if self.p.breaker is None:
            return None
        return self.breakers.setdefault(method, Breaker(self.p.breaker, self.grace))

    def refuse(self, op, now):
        """(reason, low, high) of a rejection, or None and what the breaker gave: a permit, or None in its shadow."""
        if op.deadline is not None and now >= op.deadline:
            return ("deadline", 0, 0), None
        if self.p.hold and now < self.held_until:
            return ("held", self.held_until - now, self.held_until - now), None
        breaker, refused, before = self.breaker(op.method), None, None
        if breaker is not None:
            before = (breaker.state, breaker.generation, breaker.window_end)
            refused = breaker.refuses(now)
            if refused and not self.p.breaker.shadow:
                return refused, None
        if self.rate is not None and self.rate.wait(now) > 0:
            wait = self.rate.wait(now)
            other = "rate-limited", wait, wait
        elif self.places is not None and self.places.full(now):
            other = "busy", Places.LOOK_AGAIN, Places.LOOK_AGAIN
        else:
            return None, breaker.begin(now) if breaker is not None and not refused else None
        if breaker is not None and before != (breaker.state, breaker.generation, breaker.window_end):
            raise Ambiguous  # whether an attempt that a later policy refuses moves the breaker first is left open
        return other, None

    def begin(self, call, method, now, deadline):
        op = self.operations.get(call)
        if op is None:
            op = self.operations[call] = SimpleNamespace(method=method, attempt=0, deadline=deadline, began=now, delay=None)
            if self.p.deadline:
                op.deadline = min(now + self.p.deadline, NEVER if deadline is None else deadline)
        refused, permit = self.refuse(op, now)
        if refused:
            reason, low, high = refused
            expect = {"decision": "reject", "reason": reason}
            return op, expect if reason == "deadline" else {**expect, "wait_ns": [low, high]}
        if self.rate is not None:
            self.rate.take(now)
        if self.places is not None:
            self.places.enter((call, op.attempt), now)
        if op.attempt == 0 and self.budget is not None:
            self.budget.operations.append(now)
        op.attempt += 1
        op.permit, op.since = permit, now
        left = [ns for ns in (self.p.timeout or None, op.deadline and op.deadline - now) if ns is not None]
        return op, {"decision": "allow", "timeout_ns": min(left, default=0)}

    def end(self, call, now, outcome, status, kind, hint):
        op = self.operations[call]
        failed = outcome in ("failure", "timeout")
        if self.places is not None:
            self.places.leave((call, op.attempt - 1), now)
        self.count(op, now, outcome, status, kind)
        if failed and hint and self.p.hold:
            self.held_until = max(self.held_until, now + hint)
        if not failed and outcome != "cancelled":
            return op, {"verdict": "done"}
        return op, self.follow(op, now, outcome, status, kind, hint)

    def count(self, op, now, outcome, status, kind):
        breaker = self.breaker(op.method)
        if breaker is None or op.permit is None:
            return
        if outcome == "cancelled":
            return breaker.cancel(op.permit)
        failed = outcome != "success"
        listed = getattr(self.p.breaker, kind) if kind else None
        if failed and listed is not None and status not in listed:
            failed = False
        breaker.end(op.permit, now, failed, 0 < self.p.breaker.slow_call < now - op.since)

    def follow(self, op, now, outcome, status, kind, hint):
        """The retry policy's answer to a failure."""
        def fail(reason):
            return {"verdict": "fail", "reason": reason}

        policy = self.p.retry
        if outcome == "cancelled":
            return fail("cancelled")
        if policy is None:
            return fail("retries-exhausted")
        listed = getattr(policy, kind) if kind else None
        if listed is not None and status not in listed:
            return fail("not-retriable")
        if 0 <= policy.max_retries < op.attempt:
            return fail("retries-exhausted")
        if hint > policy.max_retry_after:
            return fail("not-retriable")
        low, high = (max(hint, ns) for ns in retries.delay(policy, op.attempt, op.delay))
        for latest, reason in ((policy.max_duration and op.began + policy.max_duration, "retries-exhausted"),
                               (op.deadline and op.deadline - 1, "deadline")):
            if latest and now + high > latest:
                if now + low <= latest:
                    raise Ambiguous
                return fail(reason)
        if self.budget is not None:
            if not self.budget.allows(now):
                return fail("retry-budget")
            self.budget.retries.append(now)
        op.delay = low, high
        return {"verdict": "retry", "delay_ns": [low, high]}

    def inspect(self, method, now):
        breaker = self.breaker(method)
        state = breaker.look(now)
        return {"state": state, "counts": breaker.seen(now) if state == breaker.state else {}}


__all__ = ["CLOSED", "HTTP_OK", "Target"]
