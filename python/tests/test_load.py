"""Loading, checking and reloading policies."""

from __future__ import annotations

import logging
import pathlib
from typing import Any, Callable, List

import pytest

import resil
from support import POLICIES, trip

WRONG = POLICIES.replace("retry: forever", "retry: forevr")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_from_a_file_and_a_folder(tmp_path: pathlib.Path) -> None:
    (tmp_path / "policies.yaml").write_text(POLICIES)
    (tmp_path / "other.yml").write_text("kind: Component\n")
    for path in (tmp_path, str(tmp_path), tmp_path / "policies.yaml"):
        with resil.Engine.load(path) as engine:
            assert engine.app("guarded", "m").state == "closed"
            assert str(tmp_path) in repr(engine)


def test_a_mistake_has_its_place_and_remedy() -> None:
    with pytest.raises(resil.ConfigError, match=r"forevr.*did you mean.*forever") as caught:
        resil.Engine.from_text(WRONG)
    assert caught.value.line == line_of(WRONG, "forevr")
    assert caught.value.column > 1
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "text",
    ["", "a: [", "\x00", "{" * 100_000, "kind: Resiliency\nspec: 3\n", "\udcff", b"\xff"],
    ids=["empty", "cut", "nul", "deep", "shape", "surrogate", "bytes"],
)
def test_bad_texts_are_refused(text: Any) -> None:
    with pytest.raises(resil.ConfigError):
        resil.Engine.from_text(text)
    assert resil.check(text=text)


def test_a_text_is_text() -> None:
    assert resil.Engine.from_text(POLICIES.encode()).app("guarded", "m").state == "closed"
    with pytest.raises(TypeError, match="YAML is a str or bytes, not None"):
        resil.Engine.from_text(None)  # type: ignore[arg-type]


def test_a_missing_file(tmp_path: pathlib.Path) -> None:
    with pytest.raises(resil.ResilError, match=r"nowhere\.yaml"):
        resil.Engine.load(tmp_path / "nowhere.yaml")


def test_scopes_and_app_id() -> None:
    scoped = POLICIES + "scopes: [checkout]\n"
    for app_id, state in (("checkout", "closed"), ("other", None), (None, "closed")):
        assert resil.Engine.from_text(scoped, app_id=app_id).app("guarded", "m").state == state


def test_configuration_switches_the_feature(tmp_path: pathlib.Path) -> None:
    config = tmp_path / "config.yaml"
    for enabled, state in (("true", "closed"), ("false", None)):
        config.write_text(f"kind: Configuration\nspec: {{features: [{{name: Resiliency, enabled: {enabled}}}]}}\n")
        assert resil.Engine.from_text(POLICIES, config=config).app("guarded", "m").state == state


def test_lenient_warns_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    unknown = POLICIES + "  colour: blue\n"
    with pytest.raises(resil.ConfigError, match="colour"):
        resil.Engine.from_text(unknown)
    with caplog.at_level(logging.INFO, "resil"):
        resil.Engine.from_text(unknown, lenient=True)
    assert [(record.name, record.levelname) for record in caplog.records] == [("resil", "WARNING")]
    assert "colour" in caplog.text


def test_check(tmp_path: pathlib.Path) -> None:
    assert resil.check(text=POLICIES) == []
    twice = WRONG.replace("timeout: short", "timeout: shrt")
    problems = resil.check(text=twice)
    assert len(problems) >= 2
    assert any("forevr" in line for line in problems)
    assert any("shrt" in line for line in problems)
    (tmp_path / "p.yaml").write_text(WRONG)
    assert "p.yaml" in resil.check(tmp_path)[0]
    with pytest.raises(TypeError):
        resil.check()
    with pytest.raises(TypeError):
        resil.check(tmp_path, text="")


def test_reload(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "policies.yaml"
    path.write_text(POLICIES)
    engine = resil.Engine.load(path)
    plain, guarded = engine.app("plain", "m"), engine.app("guarded", "m")
    trip(guarded)
    path.write_text(POLICIES.replace("plain: {retry: twice}", "plain: {circuitBreaker: three}"))
    engine.reload()
    assert (plain.state, guarded.state) == ("closed", "open")
    engine.reload_text(POLICIES)
    assert plain.state is None
    path.write_text(WRONG)
    with pytest.raises(resil.ConfigError, match="forevr"):
        engine.reload()
    with pytest.raises(resil.ConfigError):
        engine.reload_text("kind: [")
    assert (plain.state, guarded.state) == (None, "open")
    with pytest.raises(ValueError, match="which path"):
        resil.Engine.from_text(POLICIES).reload()


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda engine: engine.app("plain", "orders"), "app plain:orders"),
        (lambda engine: engine.app("plain"), "app plain"),
        (lambda engine: engine.actor("T", "1"), "actor T:1"),
        (lambda engine: engine.component("store"), "outbound component store"),
        (lambda engine: engine.component("store", "inbound", type="Statestore"), "inbound component store:Statestore"),
        (lambda engine: engine.builtin("DaprBuiltInServiceRetries"), "built-in DaprBuiltInServiceRetries"),
    ],
)
def test_targets(engine: resil.Engine, make: Callable[[resil.Engine], resil.Endpoint], name: str) -> None:
    endpoint = make(engine)
    assert (str(endpoint), repr(endpoint)) == (name, f"<resil.Endpoint {name}>")
    assert make(engine).id == endpoint.id
    assert endpoint.call(len, "abc") == 3


def test_targets_that_are_none(engine: resil.Engine) -> None:
    with pytest.raises(ValueError, match="direction"):
        engine.component("store", "sideways")
    with pytest.raises(TypeError, match="name is a str"):
        engine.app(b"plain", "m")  # type: ignore[arg-type]
    full = resil.Engine.from_text(POLICIES, max_endpoints=1)
    full.app("plain", "1")
    with pytest.raises(resil.ResilError, match="max_endpoints"):
        full.app("plain", "2")


def test_names_and_numbers_that_are_none(engine: resil.Engine, tmp_path: pathlib.Path) -> None:
    with pytest.raises(ValueError, match="has a name"):
        engine.app("")
    with pytest.raises(TypeError, match="actor's id is a str"):
        engine.actor("T", None)  # type: ignore[arg-type]
    path = tmp_path / "policies.yaml"
    path.write_text(POLICIES)
    cut: List[Callable[[], Any]] = [  # C would read a string up to its NUL, and find the file
        lambda: resil.Engine.load(f"{path}\0.old"),
        lambda: resil.Engine.from_text(POLICIES, app_id="checkout\0"),
        lambda: resil.Engine.from_text(POLICIES, config=f"{path}\0"),
        lambda: resil.check(f"{path}\0"),
        lambda: resil.Engine.load(path).reload(f"{path}\0"),
    ]
    for each in cut:
        with pytest.raises(ValueError, match="NUL"):
            each()
    for name, number in (
        ("max_endpoints", -1),
        ("event_capacity", 1 << 32),
        ("jitter_seed", 1 << 64),
        ("max_bytes", -5),
    ):
        with pytest.raises(ValueError, match=f"{name} is from 0 to"):
            resil.Engine.from_text(POLICIES, **{name: number})  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=f"{name} is a whole number, not 'many'"):
            resil.Engine.from_text(POLICIES, **{name: "many"})  # type: ignore[arg-type]


@pytest.mark.parametrize("clock", [3, "now", object()])
def test_a_clock_must_tell_the_time(clock: Any) -> None:
    with pytest.raises(TypeError, match="nanoseconds"):
        resil.Engine.from_text(POLICIES, clock=clock)


def test_a_clock_that_raises_or_lies(caplog: pytest.LogCaptureFixture) -> None:
    times: Any = iter([1, "late"])
    orders = resil.Engine.from_text(POLICIES, clock=lambda: next(times)).app("plain", "m")
    attempt = orders.begin()
    with pytest.raises(TypeError):
        attempt.end()
    with pytest.raises(StopIteration):
        orders.call(len, "x")
    times = iter([5, 6, 7])
    assert attempt.end() == resil.DONE


def test_jitter_seed_repeats_delays() -> None:
    yaml = POLICIES.replace("policy: constant, duration: 1s, maxRetries: -1", "policy: exponential, maxRetries: -1")

    def delays(seed: int) -> Any:
        attempt = resil.Engine.from_text(yaml, jitter_seed=seed).app("stubborn", "m").begin()
        found = []
        for _ in range(2):
            attempt.end(resil.FAILURE)
            found.append(attempt.delay)
            attempt.begin()
        return found

    assert delays(7) == delays(7)
    assert delays(7) != delays(8)
