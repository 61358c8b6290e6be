"""Words that all parts of the model share."""
from fractions import Fraction

US, MS, S = 1_000, 1_000_000, 1_000_000_000


class Ambiguous(Exception):
    """The rules allow more than one answer here."""


def certain(answers):
    """The one answer that all of them are."""
    first, *others = answers
    if any(other != first for other in others):
        raise Ambiguous
    return first


def ceil(fraction):
    return -((-Fraction(fraction)) // 1)


def seconds(ns):
    """A duration as documents write it."""
    for unit, name in ((S, "s"), (MS, "ms"), (US, "us")):
        if ns % unit == 0:
            return f"{ns // unit}{name}"
    return f"{ns}ns"
