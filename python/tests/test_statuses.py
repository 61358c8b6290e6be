"""Statuses and Retry-After hints of the HTTP clients people use, unasked."""

from __future__ import annotations

import asyncio
import email.utils
import http.server
import threading
import time
import urllib.error
import urllib.request
from types import SimpleNamespace
from typing import Any, Dict, Iterator, List

import pytest

import resil
from resil._outcome import parse_retry_after
from support import Flaky, VirtualClock, run


class Response:
    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)

    def __bool__(self) -> bool:
        return False  # requests' responses are false when they failed


class Failed(Exception):
    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


FAILING = [
    Response(status_code=503),
    SimpleNamespace(status_code=503),
    Response(status=503, headers={}),
    Failed(response=Response(status_code=503)),
    Failed(status=503, headers={}),
    Failed(code=lambda: SimpleNamespace(value=(14, "unavailable"))),
]
FINAL = [
    Response(status_code=404),
    Response(status=404, headers={}),
    Failed(response=Response(status_code=404)),
    Failed(code=lambda: SimpleNamespace(value=(5, "not found"))),
]
PLAIN = [
    Response(status_code=204),
    Response(status_code=302),
    Response(status=503),  # an order's status, say: no response without headers
    Response(status_code="503"),
    Response(status_code=True),
    Response(status_code=10**30),
    Response(status_code=7),
    503,
    {"status_code": 503},
]


@pytest.mark.parametrize("answer", FAILING, ids=repr)
def test_retried_statuses(engine: resil.Engine, answer: Any) -> None:
    flaky = Flaky(1, answer)
    assert engine.app("picky", "m").call(flaky) == ((), {})
    assert flaky.calls == 2


@pytest.mark.parametrize("answer", FINAL, ids=repr)
def test_final_statuses(engine: resil.Engine, answer: Any) -> None:
    flaky, picky = Flaky(1, answer), engine.app("picky", "m")
    if isinstance(answer, Exception):
        with pytest.raises(Failed):
            picky.call(flaky)
    else:
        assert picky.call(flaky) is answer
    assert flaky.calls == 1
    assert engine.snapshot()["endpoints"][0]["calls"]["failures"] == 1


@pytest.mark.parametrize("answer", PLAIN, ids=repr)
def test_other_results_are_successes(engine: resil.Engine, answer: Any) -> None:
    assert engine.app("picky", "m").call(lambda: answer) is answer
    assert engine.snapshot()["endpoints"][0]["calls"]["successes"] == 1


def test_asyncio_reads_the_same(engine: resil.Engine) -> None:
    for answer in FAILING:
        flaky = Flaky(1, answer)
        run(lambda flaky=flaky: engine.app("picky", "m").acall(flaky.acall))  # type: ignore[misc]
        assert flaky.calls == 2


def test_a_failing_response_is_returned_in_the_end(engine: resil.Engine) -> None:
    answer = Response(status_code=503)
    flaky = Flaky(9, answer)
    assert engine.app("picky", "m").call(flaky) is answer
    assert flaky.calls == 3


def test_an_attribute_that_raises_is_not_hidden(engine: resil.Engine) -> None:
    class Odd:
        @property
        def status_code(self) -> int:
            raise RuntimeError("odd")

    with pytest.raises(RuntimeError, match="odd"):
        engine.app("guarded", "m").call(Odd)
    assert engine.app("guarded", "m").state == "closed"


def test_retry_after(engine: resil.Engine, clock: VirtualClock) -> None:
    headers: List[Dict[str, str]] = [{"Retry-After": "7"}, {"retry-after": "8"}, {"Retry-After": "soon"}, {}]
    for each in headers:
        engine.app("picky", "m").call(Flaky(1, Response(status_code=503, headers=each)))
    error = Failed(response=Response(status_code=503, headers={"Retry-After": "9"}))
    engine.app("picky", "m").call(Flaky(1, error))
    assert clock.slept == [7.0, 8.0, 1.0, 1.0, 9.0]


def test_parse_retry_after(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_retry_after(" 120 ") == 120.0
    in_a_minute = email.utils.formatdate(time.time() + 60, usegmt=True)
    assert 57 < (parse_retry_after(in_a_minute) or 0) <= 60
    assert parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:  # HTTP's old forms have no zone, and mean GMT
        assert 57 < (parse_retry_after(time.asctime(time.gmtime(time.time() + 60))) or 0) <= 60
    finally:
        monkeypatch.undo()
        time.tzset()
    for nonsense in ("", "-1", "1.5", "soon", "٣", "Wed, 99 Oct 2015 07:28:00 GMT"):
        assert parse_retry_after(nonsense) is None


@pytest.fixture
def server() -> Iterator[str]:
    """Answers 503 once for each path, then 200."""
    seen: Dict[str, int] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen[self.path] = seen.get(self.path, 0) + 1
            self.send_response(503 if seen[self.path] == 1 else 200)
            self.send_header("Retry-After", "3")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


def test_urllib(engine: resil.Engine, clock: VirtualClock, server: str) -> None:
    def get() -> int:
        with urllib.request.urlopen(f"{server}/urllib") as response:
            return int(response.status)

    assert engine.app("picky", "m").call(get) == 200
    assert clock.slept == [3.0]


def test_requests(engine: resil.Engine, clock: VirtualClock, server: str) -> None:
    requests = pytest.importorskip("requests")
    with requests.Session() as session:
        assert engine.app("picky", "m").call(session.get, f"{server}/requests").status_code == 200

        @engine.app("picky", "m")
        def get() -> int:
            response = session.get(f"{server}/raising")
            response.raise_for_status()
            return int(response.status_code)

        assert get() == 200
        hurried = engine.app("leisurely", "m").options(timeout_arg="timeout")
        assert hurried.call(session.get, f"{server}/timeout").status_code == 200
    assert clock.slept == [3.0, 3.0, 3.0]


def test_requests_timeout_is_a_timeout(real: resil.Engine) -> None:
    requests = pytest.importorskip("requests")
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as silent:
        hurried = real.app("hurried", "m").options(timeout_arg="timeout")
        with pytest.raises(requests.exceptions.Timeout):  # of the answer, or of a slow machine's connect
            hurried.call(requests.get, f"http://127.0.0.1:{silent.server_port}/")
    assert [event.kind for event in real.events()] == ["timed-out"]


def test_httpx(engine: resil.Engine, clock: VirtualClock, server: str) -> None:
    httpx = pytest.importorskip("httpx")
    with httpx.Client() as client:
        assert engine.app("picky", "m").call(client.get, f"{server}/httpx").status_code == 200

    async def main() -> Any:
        async with httpx.AsyncClient() as client:
            return await engine.app("picky", "m").acall(client.get, f"{server}/async")

    assert asyncio.run(main()).status_code == 200
    assert clock.slept == [3.0, 3.0]


def test_aiohttp(engine: resil.Engine, clock: VirtualClock, server: str) -> None:
    aiohttp = pytest.importorskip("aiohttp")
    picky = engine.app("picky", "m")

    async def main() -> Any:
        async with aiohttp.ClientSession() as session:
            returned = await picky.acall(session.get, f"{server}/returned")

            @picky
            async def get() -> int:
                async with session.get(f"{server}/raised", raise_for_status=True) as response:
                    return int(response.status)

            return returned.status, await get()

    assert asyncio.run(main()) == (200, 200)
    assert clock.slept == [3.0, 3.0]
