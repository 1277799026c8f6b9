"""The promises of the design that only a whole build can show, on a small demo."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from one360.simulate import simulate
from tests.python.project import ROOT, SALT, Project

COMPARED = ("identity", "behaviour", "core", "tags", "campaigns", "ml", "quality", "pii")
#: A date well inside the demo's two years.
PAST = "2025-12-31"


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw files of 400 people."""
    folder = tmp_path_factory.mktemp("raw") / "demo"
    simulate(folder, scale=0.04, seed=7)
    return folder


def new_project(folder: Path, raw: Path) -> Project:
    project = Project(folder, dataset="demo")
    shutil.copytree(raw, project.raw, dirs_exist_ok=True)
    return project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, raw: Path) -> Iterator[Project]:
    """The demo built once as of a past date."""
    project = new_project(tmp_path_factory.mktemp("built"), raw)
    build_models(project, as_of=PAST)
    yield project
    project.close()


def build_models(project: Project, **variables: object) -> None:
    """Seeds and models; their tests run elsewhere."""
    project.dbt(
        "build",
        "--exclude-resource-type",
        "unit_test",
        "--exclude-resource-type",
        "test",
        parse=False,
        **variables,
    ).check()


def tables_of(project: Project) -> list[str]:
    """What is built as a table; views only read these."""
    names = ", ".join(f"'{schema}'" for schema in COMPARED)
    return [
        f"{schema}.{name}"
        for schema, name in project.query(
            "select schema_name, table_name from duckdb_tables()"
            f" where schema_name in ({names}) order by all"
        )
    ]


def differing_tables(one: Project, other: Project) -> list[str]:
    """Tables that differ in any row between two warehouses."""
    tables = tables_of(one)
    assert tables == tables_of(other)
    different = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one.warehouse}' as one_build (read_only)")
        connection.execute(f"attach '{other.warehouse}' as other_build (read_only)")
        for table in tables:
            rows = connection.execute(
                f"""
                select count(*) from (
                    (from one_build.{table} except all from other_build.{table})
                    union all
                    (from other_build.{table} except all from one_build.{table})
                )
                """
            ).fetchall()
            if rows != [(0,)]:
                different.append(table)
    return different


def test_building_a_date_twice_gives_the_same_rows(
    built: Project, raw: Path, tmp_path: Path
) -> None:
    again = new_project(tmp_path, raw)
    build_models(again, as_of=PAST)
    again.close()
    assert differing_tables(built, again) == []


def test_nothing_after_the_date_is_seen(built: Project, raw: Path, tmp_path: Path) -> None:
    """Planted future orders, events and members change no tag of the past."""
    planted = new_project(tmp_path, raw)
    cut = datetime(2025, 12, 31, 16)  # midnight in Shanghai
    for path, column, time_of in (
        (planted.raw / "pos" / "receipts.parquet", "receipt_id", "sold_at"),
        (planted.raw / "web" / "events.parquet", "event_id", "occurred_at"),
        (planted.raw / "wechat" / "orders.parquet", "order_id", "ordered_at"),
    ):
        table = pq.read_table(path)
        rows = table.slice(0, 200).to_pylist()
        for number, row in enumerate(rows):
            row[column] = f"FUTURE{number}"
            row[time_of] = cut + timedelta(days=number % 150)
            row["loaded_at"] = datetime(2026, 7, 1)
        pq.write_table(pa.concat_tables([table, pa.Table.from_pylist(rows, table.schema)]), path)
    build_models(planted, as_of=PAST)
    planted.close()
    # what was loaded and refused is counted whatever the date
    allowed = {"quality.row_conservation", "quality.rejected_records"}
    found = {
        table
        for table in differing_tables(built, planted)
        if not table.startswith("quality.gx_") and table != "quality.data_quality_results"
    }
    assert found <= allowed


def test_a_past_build_leaves_todays_ids_as_they_are(raw: Path, tmp_path: Path) -> None:
    project = new_project(tmp_path, raw)
    bridge = "select profile_id, one_id from core.customer_profiles order by all"
    identity = ("run", "--select", "+customer_profiles", "+one_id_ledger")
    project.dbt("seed").check()
    project.dbt(*identity).check()
    today = project.query(bridge)
    project.dbt(*identity, parse=False, as_of=PAST).check()
    past = project.query(bridge)
    assert 0 < len(past) < len(today)
    project.dbt(*identity, parse=False).check()
    project.close()
    assert project.query(bridge) == today


def test_the_salt_stands_in_no_artifact_and_no_log(built: Project) -> None:
    found = [
        path
        for folder in (built.target, built.target.parent / "logs")
        for path in folder.rglob("*")
        if path.is_file() and SALT.encode() in path.read_bytes()
    ]
    assert found == []


def test_a_killed_build_leaves_the_publication_and_the_next_one_succeeds(
    raw: Path, tmp_path: Path
) -> None:
    project = new_project(tmp_path, raw)
    with duckdb.connect(str(project.published)) as connection:
        connection.execute("create table yesterday as select 1 as kept")
    before = project.published.read_bytes()
    # each kill finds what the one before left behind
    for seconds in (5, 8, 11):
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("dbt")), "-q", "build"],
            cwd=ROOT,
            env=project.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(seconds)
        assert process.poll() is None, "the build ended before it could be killed"
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert project.published.read_bytes() == before
    build_models(project)
    project.close()
    assert project.query("select count(*) > 0 from tags.customer_360") == [(True,)]
