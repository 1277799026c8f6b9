"""Nights, gates, retries and backfills of the schedule, run without its page."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from one360.datasets.simulate.run import simulate
from one360.errors import UsageError
from one360.paths import DatasetPaths
from one360.runs.alerts import Alert, Channels
from orchestration.settings import Settings, read_settings

from .project import ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    dg = pytest.importorskip("dagster", reason="dagster is not installed: make setup-dev")
    from orchestration import automation
    from orchestration.assets import PAST, PUBLISHED
    from orchestration.definitions import definitions

pytestmark = [pytest.mark.build, pytest.mark.filterwarnings("ignore")]

NOBODY = Channels(None, "generic", (), None, "one360")

#: Fails once, as dbt does when another process holds the file, then is dbt.
HELD_ONCE = """#!/bin/sh
if [ "$1" = build ] || [ "$3" = build ]; then
    if [ ! -e "{flag}" ]; then
        touch "{flag}"
        echo '{{"info": {{"level": "error", "msg": "IO Error: Could not set lock on file"}}}}'
        exit 2
    fi
fi
exec "{dbt}" "$@"
"""


def settings_of(home: Path, **changed: Any) -> Settings:
    environ = {
        "ONE360_HOME": str(home),
        "ONE360_DATASET": "shop",
        "ONE360_RETRY_SECONDS": "1",
        "ONE360_FIRST_MONTH": "2026-01",
        "ONE360_DAGSTER_URL": "http://localhost:3000/",
        "DBT_TARGET_PATH": str(home / "target"),
    }
    return replace(read_settings(ROOT, environ), **changed)


class Schedule:
    """The schedule of a small shop, with an instance of Dagster in memory."""

    def __init__(self, home: Path) -> None:
        self.home = home
        flag, program = home / "was_held", home / "dbt"
        dbt = Path(sys.executable).with_name("dbt")
        program.write_text(HELD_ONCE.format(flag=flag, dbt=dbt))
        program.chmod(0o755)
        self.settings = settings_of(home, dbt=program)
        self.paths = self.settings.paths
        self.definitions = definitions(self.settings)
        self.instance = dg.DagsterInstance.ephemeral()

    def run(self, job: str, **named: Any) -> Any:
        resolved = self.definitions.resolve_job_def(job)
        return resolved.execute_in_process(instance=self.instance, raise_on_error=False, **named)

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.paths.published), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def schedule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schedule]:
    home = tmp_path_factory.mktemp("schedule")
    (home / "warehouse").mkdir()
    simulate(DatasetPaths(home, "shop").raw, scale=0.02, seed=360)
    before = dict(os.environ)
    os.environ["DBT_LOG_PATH"] = str(home / "logs")
    os.environ["ONE360_SALT"] = "0123456789abcdef-test"
    yield Schedule(home)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def night(schedule: Schedule) -> Any:
    return schedule.run("nightly")


def events(result: Any, kind: str) -> list[Any]:
    return [event for event in result.all_events if event.event_type_value == kind]


@pytest.mark.nightly
def test_a_night_publishes_after_a_retry(schedule: Schedule, night: Any) -> None:
    """The first attempt finds the warehouse held; the second one builds all."""
    assert night.success
    retried = [event.step_key for event in events(night, "STEP_UP_FOR_RETRY")]
    assert retried == ["dbt_build"]
    made = {event.asset_key for event in events(night, "ASSET_MATERIALIZATION")}
    some = ("pos/receipts", "seeds/tag_catalogue", "core/customers", "quality/gx_raw_in")
    assert {PUBLISHED, *(dg.AssetKey(name.split("/")) for name in some)} <= made
    assert schedule.query("select count(*) > 0 from core.customers") == [(True,)]


@pytest.mark.nightly
def test_tests_and_expectations_are_checks_of_their_tables(night: Any) -> None:
    found = {
        (event.asset_check_evaluation_data.asset_key, event.asset_check_evaluation_data.check_name)
        for event in events(night, "ASSET_CHECK_EVALUATION")
    }
    customers, receipts = dg.AssetKey(["core", "customers"]), dg.AssetKey(["pos", "receipts"])
    assert (customers, "key_customers_one_id") in found
    assert (customers, "great_expectations") in found
    assert (receipts, "great_expectations") in found
    counted = [
        event.asset_check_evaluation_data.metadata["expectations"].value
        for event in events(night, "ASSET_CHECK_EVALUATION")
        if event.asset_check_evaluation_data.check_name == "great_expectations"
    ]
    assert sum(counted) > 150


@pytest.mark.nightly
def test_the_past_of_a_month_is_built(schedule: Schedule, night: Any) -> None:
    assert night.success
    ((last,),) = schedule.query("select max(as_of_date) from tags.tag_rfm")
    month = (last.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    result = schedule.run("backfill", partition_key=month.isoformat())
    assert result.success
    end = last.replace(day=1) - dt.timedelta(days=1)
    with duckdb.connect(str(schedule.paths.warehouse), read_only=True) as connection:
        built = connection.table("tags_internal.int_history__tag_distributions")
        dates = built.project("as_of_date").distinct().order("as_of_date").fetchall()
    assert dates == [(end,), (last,)]


@pytest.mark.nightly
def test_a_gate_that_fails_keeps_what_was_published(schedule: Schedule, night: Any) -> None:
    """The tills did not deliver: nothing is published, nothing is tried again, people hear."""
    assert night.success
    before = schedule.paths.published.read_bytes()
    delivered, kept = schedule.paths.raw / "pos", schedule.home / "kept"
    shutil.move(delivered, kept)
    try:
        result = schedule.run("nightly")
    finally:
        shutil.move(kept, delivered)
    assert not result.success
    assert events(result, "STEP_UP_FOR_RETRY") == []
    assert PUBLISHED not in {e.asset_key for e in events(result, "ASSET_MATERIALIZATION")}
    assert schedule.paths.published.read_bytes() == before

    told: list[Alert] = []

    def tell(alert: Alert, to: Channels) -> list[str]:
        told.append(alert)
        return ["webhook"]

    sensor = automation.on_failure(schedule.settings, NOBODY, tell)
    context = dg.build_run_status_sensor_context(
        sensor_name="tell_of_failures",
        dagster_event=result.get_run_failure_event(),
        dagster_instance=schedule.instance,
        dagster_run=result.dagster_run,
    ).for_run_failure()
    sensor(context)
    (alert,) = told
    assert (alert.dataset, alert.job) == ("shop", "nightly")
    assert alert.what.startswith("not everything arrived, so nothing is built: pos (")
    assert alert.url == f"http://localhost:3000/runs/{result.run_id}"


@pytest.mark.nightly
def test_files_that_arrived_start_one_build(schedule: Schedule) -> None:
    settled = replace(schedule.settings, settled_seconds=0)
    job = schedule.definitions.resolve_job_def("nightly")

    def asked(settings: Settings, cursor: str | None) -> Any:
        context = dg.build_sensor_context(instance=schedule.instance, cursor=cursor)
        return automation.files_arrived(settings, job)(context), context.cursor

    first, cursor = asked(settled, None)
    assert isinstance(first, dg.RunRequest) and first.run_key == cursor
    again, same = asked(settled, cursor)
    assert isinstance(again, dg.SkipReason) and same == cursor
    written = schedule.paths.raw / "pos" / "stores.tmp"
    written.write_text("half")
    try:
        waiting, _ = asked(replace(settled, settled_seconds=3600), cursor)
        assert "within 3600 seconds" in waiting.skip_message
        request, _ = asked(settled, cursor)
        assert isinstance(request, dg.RunRequest) and request.run_key != cursor
    finally:
        written.unlink()
    none, _ = asked(replace(settled, paths=DatasetPaths(schedule.home, "nothing")), None)
    assert "has no files" in none.skip_message


@pytest.mark.nightly
def test_what_is_scheduled(schedule: Schedule) -> None:
    schedules = {one.name: one for one in schedule.definitions.schedules}
    assert schedules["every_night"].cron_schedule == "0 2 * * *"
    assert schedules["every_night"].execution_timezone == "Asia/Shanghai"
    assert schedules["every_night"].default_status == dg.DefaultScheduleStatus.RUNNING
    assert schedules["in_the_day"].default_status == dg.DefaultScheduleStatus.STOPPED
    # two builds of one file at a time would fail
    tags = [
        schedule.definitions.resolve_job_def(n).tags for n in ("nightly", "intraday", "backfill")
    ]
    assert [tag["one360/warehouse"] for tag in tags] == ["in use"] * 3
    assert PAST in schedule.definitions.resolve_asset_graph().get_all_asset_keys()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ONE360_TARGET", "postgres", "ONE360_TARGET is 'postgres'; allowed: duckdb, spark"),
        ("ONE360_RETRY_SECONDS", "soon", "ONE360_RETRY_SECONDS is 'soon'; expected a number of"),
        ("ONE360_NIGHTLY", "at two", "ONE360_NIGHTLY is 'at two'; expected five fields of cron"),
        ("ONE360_FIRST_MONTH", "2026", "ONE360_FIRST_MONTH is '2026'; expected a month as 2026-01"),
    ],
)
def test_a_wrong_setting_is_one_line(name: str, value: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_settings(ROOT, {name: value})
