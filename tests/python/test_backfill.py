"""Past dates from the command line: which dates, what is refused, what a build of them leaves."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pytest

from one360.cli.program import run
from one360.datasets.simulate import simulate
from one360.errors import UsageError
from one360.paths import DatasetPaths, dataset_paths
from one360.runs.backfill import PAST_MODELS, backfill, chosen_dates, data_days, dates_between
from tests.python.project import ROOT, Project


def days(*texts: str) -> list[dt.date]:
    return [dt.date.fromisoformat(text) for text in texts]


# --- which dates -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "every", "expected"),
    [
        ("2026-01-31", "2026-03-31", "month", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("2025-12-01", "2026-01-30", "month", ["2025-12-31"]),
        ("2024-02-01", "2024-02-29", "month", ["2024-02-29"]),
        ("2026-01-01", "2026-01-15", "week", ["2026-01-01", "2026-01-08", "2026-01-15"]),
        ("2026-01-03", "2026-01-15", "week", ["2026-01-08", "2026-01-15"]),
        ("2026-01-30", "2026-02-01", "day", ["2026-01-30", "2026-01-31", "2026-02-01"]),
        ("2026-01-30", "2026-01-30", "day", ["2026-01-30"]),
    ],
)
def test_dates_between(first: str, last: str, every: str, expected: list[str]) -> None:
    found = dates_between(*days(first, last), every)
    assert found == days(*expected)


def test_single_dates_and_a_range_go_together_each_once() -> None:
    found = chosen_dates("2026-01-01", "2026-02-28", "month", " 2026-02-28, 2025-11-11 ")
    assert found == days("2025-11-11", "2026-01-31", "2026-02-28")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, None, "month", None), "--from DATE --to DATE"),
        (("", "", "month", None), "--from DATE --to DATE"),
        (("2026-01-01", None, "month", None), "--from DATE --to DATE"),
        (("2026-01-01", None, "month", "2026-01-05"), "go together"),
        (("2026-02-01", "2026-01-01", "day", None), "lies after"),
        (("2026-01-01", "2026-01-30", "month", None), "no month ends"),
        (("2026-01-01", "2026-01-30", "year", None), "month, week, day"),
        (("2026-13-01", "2026-01-30", "day", None), "'2026-13-01' is no date"),
        ((None, None, "month", " , "), "names no date"),
        (("2000-01-01", "2026-01-01", "day", None), "more than 1,000"),
    ],
)
def test_dates_that_cannot_be_are_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        chosen_dates(*arguments)


# --- what is built ---------------------------------------------------------------------------


def test_nothing_built_yet_is_said(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONE360_HOME", str(project.home))
    monkeypatch.setenv("DBT_PROJECT_DIR", str(ROOT))
    command = ["backfill", "--dataset", project.dataset, "--dates", "2026-01-01"]
    assert run(command) == 2
    assert f"make build DATASET={project.dataset}" in capsys.readouterr().err


@pytest.fixture
def shop(tmp_path: Path) -> DatasetPaths:
    """A warehouse with a first order and a last event, both near midnight in Shanghai."""
    paths = dataset_paths("shop", tmp_path)
    paths.warehouse.parent.mkdir()
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute("create schema input")
        for table, column, times in (
            ("input_orders", "ordered_at", ["2026-01-31 15:59:59", "2026-02-28 12:00:00"]),
            ("input_events", "occurred_at", ["2026-03-31 16:00:00"]),
        ):
            connection.execute(
                f"create table input.{table} as select unnest({times}::timestamp[]) as {column}"
            )
    return paths


def test_first_and_last_day_are_those_of_the_shop(shop: DatasetPaths) -> None:
    assert data_days(shop, "Asia/Shanghai") == tuple(days("2026-01-31", "2026-04-01"))
    assert data_days(shop, "UTC") == tuple(days("2026-01-31", "2026-03-31"))
    assert data_days(shop, "Asia/Tokyo") == tuple(days("2026-02-01", "2026-04-01"))


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What dbt was asked to build, and nothing was."""
    asked: list[tuple[str, ...]] = []

    class Dbt:
        def __init__(self, target: str | None = None) -> None:
            pass

        def build(self, what: str, *options: str) -> None:
            asked.append(options)

    monkeypatch.setattr("one360.runs.backfill.Dbt", Dbt)
    return asked


def test_dates_are_built_oldest_first_and_today_with_all_models_last(
    shop: DatasetPaths, builds: list[tuple[str, ...]]
) -> None:
    wanted = days("2026-03-31", "2026-01-31", "2026-02-28", "2026-02-28")
    done = backfill(shop, ROOT, wanted)
    assert list(done.dates) == days("2026-01-31", "2026-02-28", "2026-03-31")
    assert [done.current] == days("2026-04-01")
    models = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    assert builds == [
        *(
            (*models, "--select", *PAST_MODELS, "--vars", f'{{"as_of": "{day}"}}')
            for day in done.dates
        ),
        models,
    ]


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("2026-01-30", "before the first day of the data, 2026-01-31"),
        ("2026-04-01", "2026-04-01 is the current date of the data"),
        ("2026-04-02", "2026-04-02 lies after the last day of the data"),
    ],
)
def test_a_date_outside_the_data_is_refused_before_anything_is_built(
    shop: DatasetPaths, builds: list[tuple[str, ...]], day: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        backfill(shop, ROOT, days("2026-02-28", day))
    assert builds == []


@pytest.mark.build
@pytest.mark.nightly
@pytest.mark.usefixtures("quick_dbt")
def test_a_backfill_adds_the_past_and_leaves_today_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project(tmp_path, dataset="demo")
    simulate(tmp_path / "demo", scale=0.02, seed=7)
    shutil.copytree(tmp_path / "demo", project.raw, dirs_exist_ok=True)
    models = ("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    project.dbt(*models).check()
    project.close()
    kept = {
        table: project.query(f"select * from {table} order by all")
        for table in ("core.customer_profiles", "tags.customer_360", "tags.customer_tags")
    }
    for name, value in project.environment.items():
        monkeypatch.setenv(name, value)
    command = ["backfill", "--dataset", "demo"]

    # what lies outside the data is refused before anything is built
    for dates, message in (
        ("2026-04-30,2026-06-30", "2026-06-30 is the current date"),
        ("2026-04-30,2027-01-01", "2027-01-01 lies after the last day"),
        ("2020-01-01,2026-04-30", "2020-01-01 lies before the first day"),
    ):
        assert run([*command, "--dates", dates]) == 2
        assert message in capsys.readouterr().err

    assert run([*command, "--from", "2026-04-01", "--to", "2026-05-31"]) == 0
    said = capsys.readouterr()
    assert "2 past dates built, 2026-04-30 to 2026-05-31" in said.out
    assert "as of 2026-04-30 (1 of 3)" in said.err

    for table, rows in kept.items():
        assert project.query(f"select * from {table} order by all") == rows, table
    built = project.query(
        "select distinct as_of_date from tags_internal.int_history__tag_changes"
        " where entry_kind = 'built' order by 1"
    )
    assert [day for (day,) in built] == days("2026-04-30", "2026-05-31", "2026-06-30")
    # most who were known then are known under the same id today
    ((then, still),) = project.query(
        """
        select count(*), count(*) filter (where to_value <> '(none)') from (
            select unnest(range(customers)), to_value from tags.tag_migrations
            where tag_code = 'nes_status' and from_value <> '(none)' and from_date = '2026-05-31'
        )
        """
    )
    assert then > 50
    assert still > 0.95 * then
    assert project.query(
        "select count(*) from quality.tag_scores where psi_reference_date <> '2026-05-31'"
    ) == [(0,)]
    # a customer is created once, however late its past is built
    assert project.query(
        "select max(events) from (select count(*) as events from core.one_id_ledger"
        " where event = 'created' group by one_id)"
    ) == [(1,)]
