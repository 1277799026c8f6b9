"""The memory of tags over random pasts: values that come, change and go, dates in any order.

The expectation is a second implementation in plain Python (history, migrations) and numpy
(stability index), from all that was ever seen: per tag and date the last build counts.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from tests.python.tag_project import TagProject

pytestmark = pytest.mark.build

START = date(2026, 1, 1)
TAGS = ("colour", "size", "mood")
VALUES = ("red", "green", "blue", "none")
MIGRATION_DAYS = (30, 90)

Holding = dict[str, str]  # one_id → value

TABLES = {
    "clock": "step integer",
    "builds": "step integer, as_of_date date",
    "catalogue": "step integer, tag_code varchar, family varchar, value_type varchar,"
    " status varchar, min_coverage double, max_psi double, has_history boolean",
    "tags": "step integer, one_id varchar, tag_code varchar, tag_value varchar",
    "people": "step integer, one_id varchar",
}


@dataclass
class Build:
    """One build: its date, the tags that are live, who has what."""

    as_of: date
    tags: dict[str, Holding]
    retired: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    types: dict[str, str] = field(default_factory=dict)

    def rows(self, step: int) -> dict[str, list[tuple]]:
        codes = [*self.tags, *self.retired]
        return {
            "builds": [(step, self.as_of)],
            "catalogue": [
                (
                    step, code, "test", self.types.get(code, "code"),
                    "retired" if code in self.retired else "live", 0.0, 0.25, True,
                )
                for code in codes
            ],
            "tags": [
                (step, one_id, code, value)
                for code, held in self.tags.items()
                for one_id, value in held.items()
            ],
            "people": [(step, one_id) for one_id in self.people],
        }  # fmt: skip


# --- the second implementation -------------------------------------------------------------


@dataclass
class Memory:
    """All that was seen: tag → date → who had what, by the last build of the date."""

    seen: dict[str, dict[date, Holding]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, build: Build) -> None:
        for code, held in build.tags.items():
            self.seen[code][build.as_of] = dict(held)

    def history(self, as_of: date, live: set[str]) -> set[tuple]:
        """(one_id, tag, value, from, to) as known on the date."""
        periods = set()
        any_dates = sorted({day for dates in self.seen.values() for day in dates if day <= as_of})
        for code, by_date in self.seen.items():
            dates = sorted(day for day in by_date if day <= as_of)
            open_periods: dict[str, tuple[str, date]] = {}
            for day in dates:
                held = by_date[day]
                for one_id, (value, since) in list(open_periods.items()):
                    if held.get(one_id) != value:
                        periods.add((one_id, code, value, since, day))
                        del open_periods[one_id]
                for one_id, value in held.items():
                    open_periods.setdefault(one_id, (value, day))
            ended = None
            if code not in live:
                ended = next((day for day in any_dates if dates and day > dates[-1]), None)
            for one_id, (value, since) in open_periods.items():
                periods.add((one_id, code, value, since, ended))
        return periods

    def migrations(self, as_of: date) -> dict[tuple, int]:
        """(tag, from, to, value then, value now) → customers."""
        cells: Counter[tuple] = Counter()
        for code, by_date in self.seen.items():
            if as_of not in by_date:
                continue
            starts = {
                max((day for day in by_date if day <= latest), default=None)
                for latest in [as_of - timedelta(days=n) for n in (1, *MIGRATION_DAYS)]
            }
            for start in starts - {None}:
                before, now = by_date[start], by_date[as_of]
                for one_id in before.keys() | now.keys():
                    cell = (before.get(one_id, "(none)"), now.get(one_id, "(none)"))
                    cells[(code, start, as_of, *cell)] += 1
        return dict(cells)


def random_past(rng: random.Random) -> list[Build]:
    """Builds in any order of dates; dates again, values that flip, ids that vanish."""
    dates = rng.sample([START + timedelta(days=n) for n in range(0, 200, 9)], rng.randint(2, 7))
    order = rng.sample(dates, len(dates)) + rng.choices(dates, k=rng.randint(0, 3))
    people = [f"p{n}" for n in range(rng.randint(1, 30))]
    stay = rng.random()
    states: dict[date, dict[str, Holding]] = {}
    past = []
    for day in order:
        nearest = max((other for other in states if other <= day), default=None)
        before = states.get(nearest, {}) if nearest else {}
        tags: dict[str, Holding] = {}
        # a tag that is a draft, or that was retired, has no rows
        absent = tuple(code for code in TAGS if rng.random() < 0.12)
        for code in TAGS:
            held = {}
            for one_id in people:
                if rng.random() < stay and one_id in before.get(code, {}):
                    held[one_id] = before[code][one_id]
                elif rng.random() < 0.7:
                    held[one_id] = rng.choice(VALUES)
            if code not in absent:
                tags[code] = held
        states[day] = tags
        past.append(Build(day, tags, retired=absent, people=tuple(people)))
    if rng.random() < 0.5:
        past.append(past[-1])
    return past


# --- the SQL under test --------------------------------------------------------------------


class Replay:
    """The compiled SQL of the models, run in memory without dbt: a build takes milliseconds."""

    LOGS = ("int_history__tag_changes", "int_history__tag_distributions")
    ORDER = (
        "int_history__tag_changes", "customer_tag_history", "tag_migrations",
        "int_history__tag_value_counts", "int_history__tag_distributions",
        "int_history__tag_stability", "tag_scores",
    )  # fmt: skip

    def __init__(self, compiled: dict[str, str], first: dict[str, str]) -> None:
        self.compiled = compiled
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as tiny_test")
        self.connection.execute("use tiny_test")
        for name, columns in TABLES.items():
            self.connection.execute(f"create table {name} ({columns})")
        for name in (
            "customers",
            "customer_tags",
            "int_registry__catalogue",
            "int_behaviour__as_of",
        ):
            self.connection.execute(f"create view {name} as {compiled[name]}")
        # the empty logs have the columns of a first build
        self.connection.execute("insert into clock values (-1)")
        for name in self.ORDER:
            self.connection.execute(f"create table {name} as {first[name]}")

    def build(self, step: int, build: Build, models: tuple[str, ...] = ORDER) -> None:
        for table, rows in build.rows(step).items():
            self.connection.execute(f"delete from {table}")
            if rows:
                given = pa.Table.from_pylist([dict(enumerate_names(row)) for row in rows])
                self.connection.register("given", given)
                self.connection.execute(f"insert into {table} select * from given")
        self.connection.execute(f"update clock set step = {step}")
        for name in models:
            sql = self.compiled[name]
            if name in self.LOGS:
                self.connection.execute(f"insert into {name} {sql}")
            else:
                self.connection.execute(f"delete from {name}")
                self.connection.execute(f"insert into {name} {sql}")

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()


def enumerate_names(row: tuple) -> Iterator[tuple[str, Any]]:
    return ((f"c{place}", value) for place, value in enumerate(row))


@pytest.fixture(scope="module")
def sql(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], dict[str, str]]:
    """The models compiled for a first build and for one that finds its logs there."""
    project = TagProject(tmp_path_factory.mktemp("compiled"))
    for name, columns in TABLES.items():
        project.write(name, columns, [])
    kept = []
    for command in (["compile"], ["run"], ["compile"]):
        project.run(command)
        kept.append(
            {
                path.stem: path.read_text()
                for path in (project.folder / "target" / "compiled").rglob("*.sql")
            }
        )
    return kept[2], kept[0]


@pytest.fixture
def replay(sql: tuple[dict[str, str], dict[str, str]]) -> Replay:
    return Replay(*sql)


def history_of(project: Replay | TagProject, table: str = "customer_tag_history") -> set[tuple]:
    rows = project.query(f"select one_id, tag_code, tag_value, valid_from, valid_to from {table}")
    assert len(set(rows)) == len(rows)
    return set(rows)


def migrations_of(project: Replay | TagProject, table: str = "tag_migrations") -> dict[tuple, int]:
    return {
        tuple(row[:5]): row[5]
        for row in project.query(
            f"select tag_code, from_date, to_date, from_value, to_value, customers from {table}"
        )
    }


MODELS_OF_HISTORY = ("int_history__tag_changes", "customer_tag_history", "tag_migrations")


# --- history and migrations ----------------------------------------------------------------


@pytest.mark.parametrize("block", range(4))
def test_history_and_migrations_follow_from_what_was_seen(
    sql: tuple[dict[str, str], dict[str, str]], block: int
) -> None:
    for seed in range(block * 10, block * 10 + 10):
        past = random_past(random.Random(seed))
        memory, replay = Memory(), Replay(*sql)
        for step, build in enumerate(past):
            memory.add(build)
            replay.build(step, build, MODELS_OF_HISTORY)
            expected = memory.history(build.as_of, set(build.tags))
            assert history_of(replay) == expected, f"seed {seed}, step {step}"
            cells = memory.migrations(build.as_of)
            assert migrations_of(replay) == cells, f"seed {seed}, step {step}"


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_builds_does_not_matter(
    sql: tuple[dict[str, str], dict[str, str]], seed: int
) -> None:
    rng = random.Random(seed)
    by_date = {build.as_of: build for build in random_past(rng)}
    last = max(by_date)
    every = tuple(by_date[last].tags)
    found = []
    for _ in range(3):
        replay = Replay(*sql)
        order = rng.sample(sorted(by_date), len(by_date))
        for step, day in enumerate([*order, last]):
            replay.build(step, by_date[day], MODELS_OF_HISTORY)
        found.append({row for row in history_of(replay) if row[1] in every})
    assert found[0] == found[1] == found[2]


def test_a_date_built_twice_writes_nothing(replay: Replay) -> None:
    past = random_past(random.Random(3))
    for step, build in enumerate([*past, past[-1], past[-1]]):
        replay.build(step, build)
        if step == len(past) - 1:
            once = {name: replay.query(f"from {name} order by all") for name in Replay.LOGS}
    for name, rows in once.items():
        assert replay.query(f"from {name} order by all") == rows
        assert rows


def test_only_changes_are_stored(replay: Replay) -> None:
    """A hundred customers, ten dates, one changes once: 101 entries and ten dates built."""
    people = [f"p{n}" for n in range(100)]
    for step in range(10):
        held = dict.fromkeys(people, "red") | ({"p7": "blue"} if step >= 5 else {})
        replay.build(step, Build(START + timedelta(days=step), {"colour": held}))
    assert replay.query(
        "select entry_kind, count(*) from int_history__tag_changes group by all order by all"
    ) == [("built", 10), ("changed", 101)]
    assert replay.query("select * from customer_tag_history where one_id = 'p7' order by 4") == [
        ("p7", "colour", "red", START, START + timedelta(days=5)),
        ("p7", "colour", "blue", START + timedelta(days=5), None),
    ]


def test_a_family_of_another_date_is_not_looked_at(replay: Replay) -> None:
    """A partial run left the tags of one family at yesterday's date: nothing is said of them."""
    replay.build(0, Build(START, {"colour": {"p1": "red"}, "size": {"p1": "blue"}}))
    replay.connection.execute(
        "create or replace view customer_tags as select one_id, tag_code, tag_value,"
        " case when tag_code = 'size' then date '2026-01-01' else as_of_date end as as_of_date"
        " from tags inner join builds using (step)"
    )
    later = START + timedelta(days=1)
    replay.build(1, Build(later, {"colour": {"p1": "green"}, "size": {"p1": "red"}}))
    assert history_of(replay) == {
        ("p1", "colour", "red", START, later),
        ("p1", "colour", "green", later, None),
        ("p1", "size", "blue", START, None),
    }
    assert replay.query("select tag_code, status, days_behind from tag_scores order by all") == [
        ("colour", "ok", 0),
        ("size", "fail", 1),
    ]


def test_history_survives_dbt_and_a_full_refresh(tmp_path: Path) -> None:
    """The same through dbt itself, with back-fills, a correction and --full-refresh."""
    past = random_past(random.Random(11))
    project = TagProject(tmp_path)
    rows: dict[str, list[tuple]] = defaultdict(list)
    for step, build in enumerate(past):
        for table, some in build.rows(step).items():
            rows[table] += some
    for table, columns in TABLES.items():
        project.write(table, columns, [(0,)] if table == "clock" else rows[table])
    steps = len(past)
    again = [["run", "--full-refresh"], project.keep(steps, steps - 1)]
    project.build(steps, last=again)
    memory = Memory()
    for step, build in enumerate(past):
        memory.add(build)
        found = history_of(project, f"kept_customer_tag_history_{step}")
        assert found == memory.history(build.as_of, set(build.tags))
    assert history_of(project) == found
    for log in Replay.LOGS:
        last = project.query(f"from kept_{log}_{steps - 1} order by all")
        assert project.query(f"from kept_{log}_{steps} order by all") == last


# --- stability -----------------------------------------------------------------------------


def log_bin(value: float) -> int:
    size = min(abs(value), 1e15)
    if size < 1e-6:
        return 0
    return int(np.sign(value) * (1 + np.floor(20 * (np.log10(size) + 6) + 1e-9)))


def stability(groups_then: list, groups_now: list) -> float:
    """PSI over labels, half a customer added to each group."""
    labels = sorted(set(groups_then) | set(groups_now), key=str)
    then = np.array([groups_then.count(label) + 0.5 for label in labels])
    now = np.array([groups_now.count(label) + 0.5 for label in labels])
    then, now = then / then.sum(), now / now.sum()
    return float(np.sum((now - then) * np.log(now / then)))


def groups_of(kind: str, then: list[Any], now: list[Any]) -> tuple[list, list]:
    if kind == "code":
        return then, now
    if kind == "text":
        popular = sorted(Counter(then).items(), key=lambda item: (-item[1], item[0]))[:20]
        kept = {value for value, _ in popular}
        return [[v if v in kept else None for v in values] for values in (then, now)]
    bins_then, bins_now = ([log_bin(float(v)) for v in values] for values in (then, now))
    counts = Counter(bins_then)
    below, first_of = 0, {}
    for place in sorted(counts):
        tenth = int(10 * (below + counts[place] / 2) / len(bins_then))
        first_of.setdefault(tenth, place)
        below += counts[place]
    edges = np.array(sorted(first_of.values())[1:])
    return tuple(np.searchsorted(edges, bins, side="right").tolist() for bins in
                 (bins_then, bins_now))  # fmt: skip


def random_values(rng: np.random.Generator, kind: str, shift: float, size: int) -> list[str]:
    if kind == "code":
        return [f"v{n}" for n in rng.poisson(1 + shift, size)]
    if kind == "text":
        return [f"t{n:03d}" for n in rng.geometric(0.03 + 0.02 * shift, size)]
    if rng.random() < 0.5:
        return [str(n) for n in rng.poisson(3 + 3 * shift, size)]
    return [f"{n:.3f}" for n in rng.normal(1 + shift, 5, size) * rng.lognormal(0, 2)]


@pytest.mark.parametrize("seed", range(15))
def test_the_stability_index_is_that_of_numpy(replay: Replay, seed: int) -> None:
    rng = np.random.default_rng(seed)
    kinds = {"a_code": "code", "a_text": "text", "a_number": "number", "an_amount": "amount"}
    values: list[dict[str, list[str]]] = []
    totals = []
    for step in range(2):
        total = int(rng.integers(60, 300))
        held = {
            code: random_values(rng, kind, step * rng.random(), int(rng.integers(1, total)))
            for code, kind in kinds.items()
        }
        values.append(held)
        totals.append(total)
        build = Build(
            START + timedelta(days=31 * step),
            {code: {f"p{n}": value for n, value in enumerate(some)} for code, some in held.items()},
            people=tuple(f"p{n}" for n in range(total)),
            types=kinds,
        )
        replay.build(step, build)
    for code, psi, of_values, coverage, distinct in replay.query(
        "select tag_code, psi, psi_of_values, coverage, distinct_values from tag_scores"
    ):
        now = values[1][code]
        assert coverage == pytest.approx(len(now) / totals[1])
        assert distinct == len(set(now))
        groups = groups_of(kinds[code], values[0][code], now)
        lacking = [
            [*some, *["(none)"] * (total - len(some))]
            for some, total in zip(groups, totals, strict=True)
        ]
        assert of_values == pytest.approx(stability(*groups), abs=1e-12)
        assert psi == pytest.approx(stability(*lacking), abs=1e-12)


def test_chance_alone_seldom_warns_and_a_shift_does(replay: Replay) -> None:
    """150 customers redrawn from the same ten codes each month, 200 tags: about one in 100."""
    rng = np.random.default_rng(1)
    people = tuple(f"p{n}" for n in range(150))
    for step, shift in enumerate((0, 0, 4)):
        tags = {
            f"tag{n}": dict(
                zip(people, (f"v{v}" for v in (rng.integers(0, 10, 150) + 0) // (1 + shift)),
                    strict=True)
            )
            for n in range(200)
        }  # fmt: skip
        replay.build(step, Build(START + timedelta(days=31 * step), tags, people=people))
        warned = replay.query("select count(*) from tag_scores where status = 'warn'")[0][0]
        assert warned <= 6 if step < 2 else warned == 200
