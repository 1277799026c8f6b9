"""The promises of the design that only a whole build can show, on the shop of every kind of row.

It is built as of a past moment: once from nothing, and once on the warehouse of later nights, from
raw files that say still more of what came later. Runs that are killed: test_faults.py.
"""

import csv
import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.python.every_kind import NIGHTS, EveryKind
from tests.python.independent import shop
from tests.python.independent.compare import differences, load_all, read_built
from tests.python.independent.world import TABLES, Rows, World
from tests.python.project import SALT, Project, raw_tables
from tests.python.test_independent import NOT_PUBLISHED, PUBLISHED, SHOWN

load_all()

pytestmark = pytest.mark.build

COMPARED = (
    "identity", "behaviour", "tags_internal", "core", "tags", "predictions_internal",
    "predictions", "campaigns", "quality", "pii"
)  # fmt: skip

#: Two warehouses side by side.
BUILDS = ("one_build", "other_build")

#: The past moment, in the time of the business and in UTC. Rows of most raw tables are of this
#: very instant, which is seen; both nights of the shop end later.
PAST = "2026-02-08 11:00"
CUT = datetime(2026, 2, 8, 3)
VARIABLES = {**shop.VARIABLES, "as_of": PAST}


def new_project(folder: Path) -> Project:
    """A home with the raw files of the last night."""
    project = Project(folder, dataset=shop.DATASET, variables=VARIABLES, logs=True)
    shop.write(project.raw, night=NIGHTS[-1])
    return project


def build_models(project: Project) -> None:
    """Seeds and models; their tests run elsewhere."""
    project.dbt(
        "build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"
    ).check()
    project.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The shop as of the past moment, built from nothing."""
    project = new_project(tmp_path_factory.mktemp("built"))
    build_models(project)
    return project


@pytest.fixture(scope="module")
def planted(every_kind: EveryKind, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The same moment after the two nights, with more of later rows in every raw table."""
    project = new_project(tmp_path_factory.mktemp("planted"))
    shutil.copy(every_kind.warehouse(NIGHTS[-1]), project.warehouse)
    plant_later(project)
    build_models(project)
    return project


@pytest.fixture(scope="module")
def expected() -> World:
    """What the moment should hold, from the raw rows of the last night alone."""
    return World(shop.nights()[-1], variables=VARIABLES, salt=SALT)


@pytest.mark.parametrize("name", [*NOT_PUBLISHED, *PUBLISHED])
def test_a_past_moment_gives_what_the_docs_say(built: Project, expected: World, name: str) -> None:
    found = differences(expected[name], rows_of(built, name), TABLES[name].key)
    assert not found, "\n".join([f"{len(found)} differences", *found[:SHOWN]])


def test_a_first_build_lacks_migrations_and_what_nobody_asked_for(built: Project) -> None:
    empty = {name for name in (*NOT_PUBLISHED, *PUBLISHED) if not rows_of(built, name)}
    assert empty == {"quality.erased_records", "quality.retention", "tags.tag_migrations"}


def rows_of(project: Project, name: str) -> Rows:
    """Rows of a table as it was built."""
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        rows = read_built(connection, name)
    assert rows is not None, f"{name} is not built"
    return rows


def tables_of(connection: duckdb.DuckDBPyConnection, build: str) -> list[str]:
    """What is built as a table; views only read these."""
    names = ", ".join(f"'{schema}'" for schema in COMPARED)
    return [
        f"{schema}.{name}"
        for schema, name in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            f" where database_name = '{build}' and schema_name in ({names}) order by all"
        ).fetchall()
    ]


#: What the project never forgets: table → the time of an entry, and the column that tells which
#: build wrote it or what came of it later.
REMEMBERED = {
    "core.customer_profile_history": ("valid_from", "valid_to"),
    "core.issued_one_ids": ("issued_at", None),
    "core.one_id_ledger": ("event_at", "ledger_event_id"),
    "identity.int_identity__assignments": ("assigned_at", "build_number"),
    "tags_internal.int_history__tag_changes": ("as_of_date", "build_number"),
    "tags_internal.int_history__tag_distributions": ("as_of_date", "build_number"),
}


#: Share by which sums of doubles may differ.
SUMMED = 1e-9


def differing_columns(one: Path, other: Path) -> dict[str, list[str]]:
    """Tables that differ in any row between two warehouses, with the columns that do.

    No column where rows are put together otherwise. Of what is remembered, the entries up to
    the moment. Doubles may differ by SUMMED: threads add them up in an order of their own.
    """
    different = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as one_build (read_only)")
        connection.execute(f"attach '{other}' as other_build (read_only)")
        tables, others = (tables_of(connection, build) for build in BUILDS)
        assert tables == others

        def differs(table: str, columns: dict[str, str]) -> bool:
            time = REMEMBERED[table][0] if table in REMEMBERED else None
            seen = f"where {time} <= timestamp '{CUT}'" if time else ""
            doubles = [f'"{name}"' for name, type_ in columns.items() if type_ == "DOUBLE"]
            others = [f'"{name}"' for name, type_ in columns.items() if type_ != "DOUBLE"]
            order = ", ".join(others + doubles)
            sides = [
                f"(select {order}, row_number() over (order by {order}) as place"
                f" from {build}.{table} {seen})"
                for build in BUILDS
            ]
            equal = ["one.place is not distinct from other.place"]
            equal += [f"one.{name} is not distinct from other.{name}" for name in others]
            equal += [
                f"(one.{name} is not distinct from other.{name} or abs(one.{name} - other.{name})"
                f" <= {SUMMED} * greatest(abs(one.{name}), abs(other.{name})))"
                for name in doubles
            ]
            (rows,) = connection.execute(
                f"select count(*) from {sides[0]} as one full join {sides[1]} as other"
                f" on one.place = other.place where ({' and '.join(equal)}) is not true"
            ).fetchall()
            return rows != (0,)

        # a log of changes tells of runs, and a table without a horizon goes on from the last one
        for table in [name for name in tables if not name.endswith("__changes")]:
            described = connection.execute(f"describe one_build.{table}").fetchall()
            columns = {name: type_ for name, type_, *_ in described}
            if table in REMEMBERED:
                columns.pop(REMEMBERED[table][1] or "", None)
            if differs(table, columns):
                different[table] = [
                    name for name, type_ in columns.items() if differs(table, {name: type_})
                ]
    return different


#: Records that come later: raw table → the column that gets new values, and the time that they
#: begin. Every time moves past the moment; who has no beginning was always there.
LATER_RECORDS = {
    "call_centre.calls": ("call_id", "started_at"),
    "community.members": ("user_id", "joined_at"),
    "community.posts": ("post_id", "posted_at"),
    "community.likes": ("like_id", "liked_at"),
    "crm.members": ("member_id", "joined_at"),
    "crm.member_consents": (None, "changed_at"),
    "crm.member_identifiers": ("identifier_value", "linked_at"),
    "crm.campaigns": ("campaign_id", "starts_at"),
    "crm.campaign_members": ("campaign_id", "assigned_at"),
    "crm.contacts": ("contact_id", "sent_at"),
    "crm.coupons": ("coupon_id", "loaded_at"),
    "crm.coupon_redemptions": ("redemption_id", "redeemed_at"),
    "crm.service_tickets": ("ticket_id", "opened_at"),
    "crm.referral_events": ("event_id", "occurred_at"),
    "pos.receipts": ("receipt_id", "sold_at"),
    "pos.receipt_lines": ("receipt_id", "loaded_at"),
    "web.accounts": ("user_id", "registered_at"),
    "web.events": ("event_id", "occurred_at"),
    "web.orders": ("order_id", "ordered_at"),
    "web.order_lines": ("order_id", "loaded_at"),
    "web.reviews": ("review_id", "reviewed_at"),
    "wechat.users": ("openid", "subscribed_at"),
    "wechat.messages": ("message_id", "sent_at"),
    "wechat.share_events": ("event_id", "occurred_at"),
    "wechat.orders": ("order_id", "ordered_at"),
    "wechat.order_lines": ("order_id", "loaded_at"),
    "marketplace.orders": ("order_id", "ordered_at"),
    "marketplace.order_lines": ("order_id", "loaded_at"),
}

#: Raw tables of which a row is of the very moment.
AT_THE_MOMENT = {
    "call_centre.calls",
    "community.likes",
    "community.posts",
    "crm.referral_events",
    "crm.campaign_members",
    "crm.contacts",
    "crm.coupon_redemptions",
    "crm.member_consents",
    "crm.service_tickets",
    "pos.receipts",
    "web.events",
    "wechat.messages",
    "wechat.share_events",
    "wechat.users",
}

#: What is said otherwise of a known record later: raw table → columns of the newer version.
LATER_VERSIONS: dict[str, dict[str, Any]] = {
    "community.members": {"nickname": "later", "mobile": "13712345677"},
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
    "community.posts": ("posted_at", {"deleted_at": True}),
    "wechat.messages": ("sent_at", {"opened_at": True, "clicked_at": True}),
}

#: Tables without a time of their own: master data, and what third parties say as of a day.
TIMELESS = {"pos.stores", "pos.products", "third_party.attributes"}

#: Until the first later record.
NEXT = timedelta(seconds=1)


def plant_later(project: Project) -> None:
    """Add to every raw table what is only known after the moment, from the next second on."""
    assert set(LATER_RECORDS) | TIMELESS == set(raw_tables())
    for table, (key, begins_at) in LATER_RECORDS.items():
        known = read_raw(project, table)
        planted = []
        for number, row in enumerate(known):
            moment = CUT + NEXT + timedelta(days=number % 150)
            later = moved_past(table, {**row, begins_at: row[begins_at] or moment}, moment)
            if key:
                later[key] = f"FUTURE{number}"
            if table == "crm.member_consents":
                later["is_granted"] = not row["is_granted"]
            planted.append(later)
        for row in known if table in LATER_VERSIONS else ():
            if row["updated_at"] and not time_of(row["updated_at"]):
                # a row that cannot be read is no version: its record would be new
                continue
            version = {**row, "updated_at": CUT + timedelta(days=30)}
            version["loaded_at"] = CUT + timedelta(days=31)
            for column, value in LATER_VERSIONS[table].items():
                version[column] = CUT + timedelta(days=30) if value is True else value
            planted.append(version)
        assert planted, table
        if table in LATER_FOLLOW_UPS:
            follow_up(table, known)
        write_raw(project, table, known + planted)


def follow_up(table: str, known: list[dict[str, Any]]) -> None:
    """Let something happen later to rows of before to which it had not happened yet."""
    started_at, follow_ups = LATER_FOLLOW_UPS[table]
    times = [column for column, value in follow_ups.items() if value is True]
    waiting = [
        row
        for row in known
        if is_seen(row[started_at])
        and all(not is_seen(row[time]) for time in times)
        and (any(row[time] for time in times) or not any(row[column] for column in follow_ups))
    ]
    assert waiting, table
    for row in waiting:
        for column, value in follow_ups.items():
            row[column] = CUT + NEXT if value is True else value


def is_seen(value: datetime | str | None) -> bool:
    """Whether a time of a raw file lies before the moment or is it."""
    time = time_of(value)
    return time is not None and time <= CUT


def time_of(value: datetime | str | None) -> datetime | None:
    """A time of a raw file, None where there is none or it cannot be read."""
    try:
        return as_time(value) if value else None
    except ValueError:
        return None


def as_time(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def moved_past(table: str, row: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """The row with every time it has after the moment."""
    times = [name for name, type_ in raw_tables()[table]["columns"].items() if type_ == "timestamp"]
    return {**row, **{name: moment for name in times if row[name]}}


def delivered_tables(project: Project) -> list[str]:
    """The raw tables that have a file."""
    return [table for table in raw_tables() if project.path(table).exists()]


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


def test_rows_lie_on_both_sides_of_the_moment_and_on_it() -> None:
    on_it = set()
    for table, (_, begins_at) in LATER_RECORDS.items():
        if begins_at != "loaded_at":
            times = {time_of(row[begins_at]) for row in shop.nights()[-1][table]} - {None}
            assert min(times) < CUT < max(times), table
            on_it |= {table} if CUT in times else set()
    assert on_it == AT_THE_MOMENT


#: Counts of what was loaded, whatever the moment: the later rows are in them.
COUNTED = (
    "behaviour.int_behaviour__source_days",
    "quality.arrivals",
    "quality.data_quality_results",
    "quality.gx_raw_in",
    "quality.rejected_records",
    "quality.row_conservation",
)


def test_nothing_after_the_moment_is_seen(built: Project, planted: Project) -> None:
    """The moment built again gives the same rows, whatever came later.

    Neither later records, later versions of known ones and what followed them change a table,
    nor what the warehouse remembers of later nights.
    """
    found = differing_columns(built.warehouse, planted.warehouse)
    assert {table: found[table] for table in found if table not in COUNTED} == {}
    assert set(COUNTED) <= set(found)


@pytest.fixture(scope="module")
def expected_of_planted(planted: Project) -> World:
    """What the moment should hold after the two nights, from the rows with what came later."""
    before = None
    for raw in shop.nights():
        before = World(raw, variables=shop.VARIABLES, salt=SALT, before=before)
    raw = {table: read_raw(planted, table) for table in raw_tables()}
    for table, rows in raw.items():
        if raw_tables()[table]["format"] == "csv":
            # an empty cell of a CSV is NULL
            raw[table] = [{name: cell or None for name, cell in row.items()} for row in rows]
    return World(raw, variables=VARIABLES, salt=SALT, before=before)


@pytest.mark.parametrize("name", [*NOT_PUBLISHED, *PUBLISHED])
def test_what_came_later_is_staged_and_counted_as_the_docs_say(
    planted: Project, expected_of_planted: World, name: str
) -> None:
    found = differences(expected_of_planted[name], rows_of(planted, name), TABLES[name].key)
    assert not found, "\n".join([f"{len(found)} differences", *found[:SHOWN]])


def test_a_past_build_leaves_todays_ids_as_they_are(
    every_kind: EveryKind, planted: Project, tmp_path: Path
) -> None:
    bridge = "select profile_id, one_id from core.customer_profiles order by all"
    today = every_kind.query(NIGHTS[-1], bridge)
    assert 0 < len(planted.query(bridge)) < len(today)
    project = new_project(tmp_path)
    shutil.copy(planted.warehouse, project.warehouse)
    project.variables = shop.VARIABLES
    project.dbt("run", "--select", "+customer_profiles", "+one_id_ledger").check()
    project.close()
    assert project.query(bridge) == today


@pytest.mark.nightly
def test_a_night_is_built_again_from_the_files_of_a_later_one(
    every_kind: EveryKind, tmp_path: Path
) -> None:
    """Variable known_by: the first night, from files to which the second has been added."""
    in_shanghai = shop.CUT + timedelta(hours=8)
    variables = {**shop.VARIABLES, "known_by": str(in_shanghai)}
    project = Project(tmp_path, dataset=shop.DATASET, variables=variables)
    shop.write(project.raw, night=2, appends=True)
    build_models(project)
    found = differing_columns(project.warehouse, every_kind.warehouse(1))
    # what was delivered is counted, whatever is known
    assert set(found) == {"quality.arrivals"}


def test_the_salt_stands_in_no_artifact_and_no_log(built: Project, planted: Project) -> None:
    files = [
        path
        for project in (built, planted)
        for folder in (project.target, project.target.parent / "logs")
        for path in folder.rglob("*")
        if path.is_file()
    ]
    names = {path.name for path in files}
    assert {"manifest.json", "run_results.json", "dbt.log"} <= names
    assert [path for path in files if SALT.encode() in path.read_bytes()] == []
