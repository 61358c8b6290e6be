"""The command line of examples/quickstart."""
import argparse
import os
import sys
from typing import List

from . import environment, languages, show
from .processes import signals_end_the_story
from .story import Story
from .trouble import Deviation, Trouble, Unavailable
from .verdict import judge

DESCRIPTION = """Tells the story of the resiliency quickstart unattended, with real processes and real HTTP, in about a
minute: checkout sends orders to order-processor, order-processor is interrupted, checkout's calls are retried until
the circuit breaker opens, order-processor comes back, and no order is lost. Ends with a one-line verdict; exits with
0 if the story went as told in examples/README.md, 1 if it deviated, 2 if it could not be told, 3 if this machine lacks
what the language needs."""


def main(arguments: List[str]) -> int:
    parser = argparse.ArgumentParser(prog="examples/quickstart", description=DESCRIPTION)
    parser.add_argument("language", nargs="?", default="python", help="one of --list; python if left out")
    parser.add_argument("--list", action="store_true", help="list the languages that have a quickstart, and end")
    parser.add_argument("--port", type=_port, default=0, help="let order-processor listen there (default: its own)")
    parser.add_argument("--setup-only", action="store_true", help="install and build what the language needs, and end")
    chosen = parser.parse_args(arguments)
    if chosen.list:
        print("\n".join(languages.names()))
        return 0
    try:
        with signals_end_the_story():
            return _tell(chosen)
    except Trouble as trouble:
        show.bad(f"quickstart {chosen.language}: {trouble}")
        return 3 if isinstance(trouble, Unavailable) else 2
    except BrokenPipeError:  # whoever read us has left; there is nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except SystemExit as end:
        show.bad(f"quickstart {chosen.language}: stopped by a signal; both services are stopped too")
        return int(end.code or 0)


def _tell(chosen: argparse.Namespace) -> int:
    language = languages.load(chosen.language, chosen.port)
    show.title("Step 1: Set up the environment")
    environment.prepare(language)
    if chosen.setup_only:
        return 0
    record = Story(language).tell()
    try:
        verdict = judge(record)
    except Deviation as deviation:
        show.bad(f"quickstart {language.name}: the story deviated: {deviation}")
        return 1
    show.good(f"quickstart {language.name}: {verdict}")
    return 0


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port; ports are 1 to 65535")
    return int(text)
