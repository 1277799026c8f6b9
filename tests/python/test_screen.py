"""A long command shows life: a bar on a terminal, a plain line now and then in a log."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from rich.console import Console

from one360.cli import screen
from one360.engines.dbt import node_progress


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_log_has_a_line_after_five_seconds_and_then_every_thirty() -> None:
    clock = Clock()
    lines = screen.PlainLines("publishing", clock)
    said = []
    for second in range(0, 80):
        clock.now = 100 + second
        said.append(lines.line(f"t{second}", second, 80))
    assert [second for second, line in enumerate(said) if line] == [5, 35, 65]
    assert said[5] == "· publishing: t5 (5 of 80 done, about 75 s left)"
    assert said[65] == "· publishing: t65 (65 of 80 done, about 15 s left)"


def test_a_share_is_told_in_percent_and_nothing_is_guessed_before_anything_is_done() -> None:
    clock = Clock()
    lines = screen.PlainLines("simulating", clock)
    clock.now += 10
    # what came before the first count says nothing of how long a step takes
    assert lines.line("people", 0, 1) == "· simulating: people (0 % done)"
    clock.now += 30
    assert lines.line("orders", 0.25, 1) == "· simulating: orders (25 % done, about 90 s left)"
    clock.now += 30
    assert lines.line("", 0, 0) == "· simulating"


def test_a_build_that_reads_before_it_counts_says_how_long_the_rest_takes() -> None:
    clock = Clock()
    lines = screen.PlainLines("building", clock)
    lines.line("reading the project", 0, 0)
    clock.now += 100
    lines.line("seeds", 0, 800)
    clock.now += 50
    assert lines.line("core", 400, 800) == "· building: core (400 of 800 done, about 50 s left)"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is written where no terminal is."""
    written = io.StringIO()
    monkeypatch.setattr(screen, "errors", Console(file=written, width=200, markup=False))
    return written


def test_what_lasts_is_told_in_a_log_and_what_is_quick_is_not(log: io.StringIO) -> None:
    with screen.busy("[b]erasing", first=0.02, again=0.02):
        wait_until(lambda: log.getvalue().count("erasing") >= 2)
    assert re.fullmatch(r"(· \[b\]erasing \(0 s\)\n){2,}", log.getvalue())
    log.truncate(0)
    with screen.busy("erasing", first=60):
        pass
    assert "erasing" not in log.getvalue()


def wait_until(is_true: Callable[[], bool]) -> None:
    for _ in range(500):
        if is_true():
            return
        time.sleep(0.01)
    raise AssertionError("nothing was said")


def test_a_log_holds_no_bar(log: io.StringIO) -> None:
    with screen.bar("building", each=True) as report:
        report("2026-01-31", 0, 2)
        report("2026-02-28", 1, 2)
    first, second = log.getvalue().splitlines()
    assert first == "· building: 2026-01-31 (1 of 2)"
    assert second.startswith("· building: 2026-02-28 (2 of 2, about ")
    assert "\x1b" not in log.getvalue()


def test_a_terminal_shows_count_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    terminal = Console(file=written, width=120, force_terminal=True, markup=False)
    monkeypatch.setattr(screen, "errors", terminal)
    with screen.bar("publishing") as report:
        report("core.orders", 3, 80)
    assert "3 of 80 core.orders" in written.getvalue() and "left:" in written.getvalue()


def test_a_build_is_told_by_layer() -> None:
    """Tests stand between the models of a layer, and dbt says much before the first node."""
    told: list[tuple[str, float, float]] = []
    hear = node_progress(lambda *what: told.append(what))

    def event(name: str, kind: str = "", path: str = "", index: int = 0) -> SimpleNamespace:
        node = SimpleNamespace(resource_type=kind, node_path=path)
        data = SimpleNamespace(node_info=node, index=index, total=4)
        return SimpleNamespace(info=SimpleNamespace(name=name), data=data)

    hear(event("MainReportVersion"))
    hear(event("LogStartLine", "seed", "identity/link_rules.csv", 1))
    hear(event("LogStartLine", "model", "staging/crm/stg_crm__members.sql", 2))
    hear(event("NodeFinished"))
    hear(event("LogStartLine", "test", "unique_x.sql", 3))
    hear(event("LogStartLine", "model", "core/customers.sql", 4))
    assert told == [
        ("reading the project", 0, 0), ("seeds", 0, 4), ("staging", 1, 4), ("staging", 2, 4),
        ("core", 3, 4),
    ]  # fmt: skip
