"""What follows a failure: a delay's range, or the reason why not."""
from fractions import Fraction


def grown(policy, retry):
    """Before retry 1, 2, ...: what the jitter is about."""
    if policy.kind == "constant":
        return Fraction(policy.duration)
    return min(Fraction(policy.initial) * Fraction(str(policy.multiplier)) ** (retry - 1), Fraction(policy.max_interval))


def delay(policy, retry, before):
    """(low, high) of the delay, both allowed. `before`: the range of the delay before this one, None at the first."""
    d = grown(policy, retry)
    cap = Fraction(policy.max_interval)
    if policy.jitter == "none":
        low = high = d
    elif policy.jitter == "spread":
        spread = Fraction(str(policy.spread))
        low, high = d * (1 - spread), d * (1 + spread)
        if policy.kind == "exponential":
            high = min(high, cap)
    elif policy.jitter == "full":
        low, high = Fraction(0), d
    elif policy.jitter == "equal":
        low, high = d / 2, d
    else:  # decorrelated
        low = min(Fraction(policy.initial), cap)
        high = max(low, min(3 * (before[1] if before else Fraction(policy.initial)), cap))
    # Engines count whole nanoseconds and may carry half of one from step to step.
    slack = 0 if policy.jitter == "none" and policy.kind == "constant" else 1 + retry
    return max(0, int(low) - slack), int(high) + slack
