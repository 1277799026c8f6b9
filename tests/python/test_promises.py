"""The promises of the design that only a whole build can show, on a small demo.

Runs that are killed: test_faults.py.
"""

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from one360.simulate import simulate
from tests.python.project import SALT, Project, raw_tables

COMPARED = ("identity", "behaviour", "core", "tags", "campaigns", "ml", "quality", "pii")
#: A date well inside the demo's two years.
PAST = "2025-12-31"


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw files of 400 people."""
    folder = tmp_path_factory.mktemp("raw") / "demo"
    simulate(folder, scale=0.04, seed=7)
    # every tenth ticket is open, so that something can happen to it after a past date
    tickets = folder / "crm" / "service_tickets.csv"
    encoding = raw_tables()["crm.service_tickets"]["encoding"]
    with tickets.open(encoding=encoding, newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[::10]:
        row |= {"closed_at": "", "satisfaction": ""}
    with tickets.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
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


#: Records that come later: raw table → the column that gets new values. Every time moves
#: past the date.
LATER_RECORDS = {
    "crm.members": "member_id",
    "crm.member_consents": None,
    "crm.campaigns": "campaign_id",
    "crm.campaign_members": "campaign_id",
    "crm.contacts": "contact_id",
    "crm.coupons": "coupon_id",
    "crm.coupon_redemptions": "redemption_id",
    "crm.service_tickets": "ticket_id",
    "pos.receipts": "receipt_id",
    "pos.receipt_lines": "receipt_id",
    "web.accounts": "user_id",
    "web.events": "event_id",
    "web.orders": "order_id",
    "web.order_lines": "order_id",
    "web.reviews": "review_id",
    "wechat.users": "openid",
    "wechat.messages": "message_id",
    "wechat.orders": "order_id",
    "wechat.order_lines": "order_id",
}

#: What is said otherwise of a known record later: raw table → columns of the newer version.
LATER_VERSIONS: dict[str, dict[str, Any]] = {
    "crm.members": {"city": "Later Town", "card_level": "later", "mobile": "13712345678"},
    "web.accounts": {"city": "Later Town", "mobile": "13712345679"},
    "wechat.users": {"city": "Later Town", "nickname": "later", "unsubscribed_at": True},
}

#: What happens later to a record of before: raw table → the time it began, and the columns
#: that get a time or a value.
LATER_FOLLOW_UPS: dict[str, tuple[str, dict[str, Any]]] = {
    "crm.contacts": (
        "sent_at",
        {"opened_at": True, "clicked_at": True, "unsubscribed_at": True},
    ),
    "crm.service_tickets": ("opened_at", {"closed_at": True, "satisfaction": 1}),
    "wechat.messages": ("sent_at", {"opened_at": True, "clicked_at": True}),
}

#: Master data without a time of their own.
TIMELESS = {"pos.stores", "pos.products"}


def plant_later(project: Project, cut: datetime, rows_each: int = 80) -> None:
    """Add to every raw table what is only known after the date."""
    assert set(LATER_RECORDS) | TIMELESS == set(raw_tables())
    for table, key in LATER_RECORDS.items():
        known = read_raw(project, table)
        planted = []
        for number, row in enumerate(known[:rows_each]):
            later = moved_past(table, row, cut + timedelta(days=1 + number % 150))
            if key:
                later[key] = f"FUTURE{number}"
            if table == "crm.member_consents":
                later["is_granted"] = not row["is_granted"]
            planted.append(later)
        for row in known[-rows_each:] if table in LATER_VERSIONS else ():
            version = {**row, "updated_at": cut + timedelta(days=20)}
            version["loaded_at"] = cut + timedelta(days=21)
            for column, value in LATER_VERSIONS[table].items():
                version[column] = cut + timedelta(days=20) if value is True else value
            planted.append(version)
        if table in LATER_FOLLOW_UPS:
            follow_up(table, known, cut, rows_each)
        write_raw(project, table, known + planted)


def follow_up(table: str, known: list[dict[str, Any]], cut: datetime, rows_each: int) -> None:
    """Let something happen later to rows of before to which it had not happened yet."""
    started_at, follow_ups = LATER_FOLLOW_UPS[table]
    times = [column for column, value in follow_ups.items() if value is True]
    waiting = [
        row
        for row in known
        if as_time(row[started_at]) < cut
        and all(not row[time] or as_time(row[time]) > cut for time in times)
    ]
    assert waiting, table
    for row in waiting[-rows_each:]:
        for column, value in follow_ups.items():
            row[column] = cut + timedelta(days=5) if value is True else value


def as_time(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def moved_past(table: str, row: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """The row with every time it has after the date."""
    times = [name for name, type_ in raw_tables()[table]["columns"].items() if type_ == "timestamp"]
    return {**row, **{name: moment for name in times if row[name]}}


def read_raw(project: Project, table: str) -> list[dict[str, Any]]:
    path = project.path(table)
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    encoding = raw_tables()[table]["encoding"]
    with path.open(encoding=encoding, newline="") as file:
        if path.suffix == ".csv":
            return list(csv.DictReader(file))
        return [json.loads(line) for line in file]


def write_raw(project: Project, table: str, rows: list[dict[str, Any]]) -> None:
    path = project.path(table)
    if path.suffix == ".parquet":
        schema = pq.read_schema(path)
        pq.write_table(pa.Table.from_pylist(rows, schema), path)
        return
    encoding = raw_tables()[table]["encoding"]
    with path.open("w", encoding=encoding, newline="") as file:
        if path.suffix == ".csv":
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        else:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


def test_nothing_after_the_date_is_seen(built: Project, raw: Path, tmp_path: Path) -> None:
    """Later records, later versions of known ones and what followed them change no table.

    Planted into every raw table that has a time.
    """
    planted = new_project(tmp_path, raw)
    plant_later(planted, datetime(2025, 12, 31, 16))  # midnight in Shanghai
    build_models(planted, as_of=PAST)
    planted.close()
    # what was loaded and refused is counted whatever the date
    allowed = {"quality.row_conservation", "quality.rejected_records"}
    found = {
        table: differing_columns(built, planted, table)
        for table in differing_tables(built, planted)
        if not table.startswith("quality.gx_")
        and table not in allowed | {"quality.data_quality_results"}
    }
    assert found == {}


def differing_columns(one: Project, other: Project, table: str) -> list[str]:
    """Columns that differ between two builds, so that a failure names where it leaks."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one.warehouse}' as one_build (read_only)")
        connection.execute(f"attach '{other.warehouse}' as other_build (read_only)")
        names = [name for name, *_ in connection.execute(f"describe one_build.{table}").fetchall()]
        return [
            name
            for name in names
            if connection.execute(
                f'select count(*) from (select "{name}" from one_build.{table}'
                f' except all select "{name}" from other_build.{table})'
            ).fetchall()
            != [(0,)]
        ]


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
