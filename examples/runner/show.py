"""What the reader sees: the seed's step titles, and both services' lines as they come."""
import os
import sys

from .record import LOG_LINE, ORDER_PROCESSOR, Line


def _coloured() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _paint(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m" if _coloured() else text


def title(text: str) -> None:
    print("\n" + _paint(text, "1"), flush=True)


def tell(text: str) -> None:
    print("  " + text, flush=True)


def line(read: Line) -> None:
    """As two `dapr run` terminals would show it: the app's own lines marked, the engine's bare."""
    text = read.text if LOG_LINE.fullmatch(read.text) else "== APP == " + read.text
    print(_paint(f"{read.service:<{len(ORDER_PROCESSOR)}}  ", "2") + text, flush=True)


def good(text: str) -> None:
    print("\n" + _paint(text, "32"), flush=True)


def bad(text: str) -> None:
    sys.stdout.flush()
    print("\n" + _paint(text, "31"), file=sys.stderr, flush=True)
