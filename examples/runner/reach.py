"""Did a package client fail because its registry cannot be reached? Told by what the client printed.

A machine without a registry lacks something, and what needs the registry is skipped there. A registry that answers and
then breaks off is a failure. So the answer is yes only if some line says that no connection came about, or no answer,
and no line says that anything was answered.

As a program, for scripts:  python3 examples/runner/reach.py NAME LOG [--or-absent]
prints `NAME cannot be reached: why` and exits 0, or exits 1. With --or-absent, a registry's plain answer that it does
not have the thing is as good a reason; that is for what the tests can do without.
"""
import re
import sys
from pathlib import Path

# Only a client's own lines count: tests print such words too, and what they say is not about a registry.
SPEAKS = re.compile(
    r"^\s*(WARNING: |ERROR: |error: |× |╰─> )"  # pip
    r"|^\[(WARNING|ERROR|FATAL)\] .*(Could not transfer|Failed to transfer|Unable to download|Cannot access )"  # Maven
    r"|^npm (ERR!|error|warn|WARN|http) "
    r"|\bGet \"https?://|\bdial tcp\b|^go: "
    r"|\bNU1301\b|Unable to load the service index|^\s*Retrying 'FindPackagesById"  # NuGet
)
UNREACHABLE = re.compile(
    r"name or service not known|name resolution|NameResolutionError|no address associated|nodename nor servname"
    r"|no such host|unknown ?host|could not resolve host|server misbehaving|\bENOTFOUND\b|\bEAI_AGAIN\b"
    r"|connection refused|actively refused|\bECONNREFUSED\b"
    r"|network is unreachable|no route to host|\bENETUNREACH\b|\bEHOSTUNREACH\b|\bEADDRNOTAVAIL\b"
    r"|NewConnectionError|timed out|\bETIMEDOUT\b|i/o timeout|tls handshake timeout|awaiting headers"
    r"|network timeout at: |HttpClient\.Timeout|tunnel connection failed|cannot connect to proxy|proxyconnect tcp"
    r"|in offline mode|disabled by GOPROXY=off|\bENOTCACHED\b",  # somebody switched it off
    re.IGNORECASE,
)
ANSWERED = re.compile(
    r"^\s*Downloading \S+.* \([\d.]+ ?[kMG]?B\)|IncompleteRead|RemoteDisconnected|ConnectionResetError|HTTP error \d"
    r"|^(\[INFO\] )?Downloaded from "  # Maven; the line above is pip's
    r"|^\[(WARNING|ERROR|FATAL)\].*(status code|status: \d|Premature end|Connection reset)"
    r"|^npm (http|HTTP) fetch \w+ \d{3} (?!.*\(cache hit\))|^npm (ERR!|error) code (ECONNRESET|EINTEGRITY|E\d{3})"
    r"|^# get \S+: \d{3} |unexpected EOF|connection reset by peer|checksum mismatch"  # Go; the first with -x
    r"|ended prematurely|^\s*(OK|NotFound|InternalServerError) https?://",  # NuGet; the second with -v normal
)
ABSENT = re.compile(  # Go's words; the last two are those of a go that is too old
    r"^(?!# get ).*(\b404 Not Found\b|\b410 Gone\b|\b403 Forbidden\b|: not found: |unknown revision"
    r"|toolchain not available|requires go ?>?=? ?1\.\d+|invalid go version)", re.IGNORECASE | re.MULTILINE)
BROKEN = re.compile(r"unexpected EOF|connection reset|checksum mismatch|: 5\d\d ", re.IGNORECASE)


def unreachable(text: str) -> str:
    """Why, in the client's own words; empty if that is not what happened."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
    found = [line for line in lines if SPEAKS.search(line) and UNREACHABLE.search(line)]
    if not found or any(ANSWERED.search(line) for line in lines):
        return ""
    return list(UNREACHABLE.finditer(found[0]))[-1].group()  # the last words of a line are the nearest to the cause


def absent(text: str) -> str:
    """The registry's no, if nothing broke off."""
    said = ABSENT.search(text)
    return said.group(1) if said and not BROKEN.search(text) else ""


def main(name: str, log: str, *options: str) -> int:
    text = Path(log).read_text(encoding="utf-8", errors="replace")
    away, no = unreachable(text), absent(text) if "--or-absent" in options else ""
    if away:
        print(f"{name} cannot be reached: {away}")
    elif no:
        print(f"{name} cannot be had: {no}")
    return 0 if away or no else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
