"""Every line of tests/conformance through the public API, under virtual time."""

from __future__ import annotations

import json
import os
import pathlib
import re
from typing import Any, Dict, List

import pytest

import resil

FOLDER = pathlib.Path(os.environ.get("RESIL_VECTORS") or pathlib.Path(__file__).parents[2] / "tests" / "conformance")
REASONS = {"open": "breaker-open", "too_many_requests": "breaker-half-open-full"}
VERDICTS = {"done": resil.DONE, "retry": resil.RETRY, "fail": resil.GIVE_UP}
OUTCOMES = {"success": resil.SUCCESS, "failure": resil.FAILURE, "timeout": resil.TIMEOUT}


def lines(pattern: str) -> List[Any]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob(pattern))]
    found = [json.loads(line) for text in texts for line in text.splitlines()]
    assert found, f"no {pattern} in {FOLDER}"
    return found


class Replay:
    def __init__(self, vector: Dict[str, Any]) -> None:
        self.now = 0
        self.engine = resil.Engine.from_text(
            vector["spec"], app_id=vector["app_id"], clock=lambda: self.now, event_capacity=1 << 16
        )
        self.endpoints: Dict[str, resil.Endpoint] = {}
        self.attempts: Dict[int, resil.Attempt] = {}

    def endpoint(self, target: Dict[str, str]) -> resil.Endpoint:
        key = json.dumps(target, sort_keys=True)
        if key not in self.endpoints:
            self.endpoints[key] = self.make(**target)
        return self.endpoints[key]

    def make(self, kind: str, name: str, **more: str) -> resil.Endpoint:
        if kind == "app":
            return self.engine.app(name, more["method"])
        if kind == "actor":
            return self.engine.actor(name, more["id"])
        return self.engine.component(name, more.get("direction", "outbound"), type=more.get("type"))

    def step(self, at: int, op: str, expect: Dict[str, Any], **step: Any) -> None:
        self.now = at
        getattr(self, op)(expect, **step)

    def begin(self, expect: Dict[str, Any], call: int, attempt: int, target: Dict[str, str]) -> None:
        ticket = self.attempts.setdefault(call, resil.Attempt(self.endpoint(target)))
        if expect["decision"] == "allow":
            assert ticket.begin()
            assert ticket.number == attempt
            assert round((ticket.timeout or 0) * 1e9) == expect["timeout_ns"]
        else:
            assert not ticket.begin()
            assert ticket.reason == REASONS[expect["reason"]]

    def end(self, expect: Dict[str, Any], call: int, outcome: str, http_status: int = 0) -> None:
        ticket = self.attempts[call]
        verdict = ticket.end(resil.http(http_status) if http_status else OUTCOMES[outcome])
        assert verdict == VERDICTS[expect["verdict"]]
        if verdict == resil.RETRY:
            low, high = expect["delay_ns"]
            assert low <= round(ticket.delay * 1e9) <= high

    def inspect(self, expect: Dict[str, Any], target: Dict[str, str]) -> None:
        endpoint = self.endpoint(target)
        assert endpoint.state == expect["state"]
        counts = endpoint.counts or {}
        assert {name: counts[name] for name in expect["counts"]} == expect["counts"]

    def transitions(self) -> List[Any]:
        found = []
        for event in self.engine.events():
            assert not event.lost
            if event.kind == "breaker":
                said = re.fullmatch(r'Circuit breaker "(.+)" changed state from (\S+) to (\S+)', event.text)
                assert said
                assert said.group(2, 3) == (event.before, event.after)
                found.append({"at": event.time_ns, "breaker": said[1], "from": event.before, "to": event.after})
        return found


@pytest.mark.parametrize("vector", lines("operations*.jsonl"), ids=lambda vector: vector["name"])
def test_operations(vector: Dict[str, Any]) -> None:
    replay = Replay(vector)
    for step in vector["steps"]:
        replay.step(**step)
    assert replay.transitions() == vector["expect_transitions"]


@pytest.mark.parametrize("case", lines("cel.jsonl"), ids=lambda case: f"{case['file']}-{case['name']}")
def test_trip_expressions(case: Dict[str, Any]) -> None:
    other = case["expr"] if case.get("error") else case["equals"]
    rule = f"({case['expr']}) == ({other})".replace("'", "''")
    yaml = f"""
kind: Resiliency
spec:
  policies: {{circuitBreakers: {{cb: {{trip: '{rule}'}}}}}}
  targets: {{apps: {{a: {{circuitBreaker: cb}}}}}}
"""
    try:
        endpoint = resil.Engine.from_text(yaml).app("a", "m")
    except resil.ConfigError:
        assert case.get("error"), "refused"
        return
    endpoint.begin().end(resil.FAILURE)
    assert endpoint.state == ("closed" if case.get("error") else "open")
