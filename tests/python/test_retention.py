"""Retention limits on nights of the small shop: what is past its limit is nowhere, and stays so.

Days are those of Shanghai. The first night ends on 2 March 2026, the last day on which every row
of the shop is within its limit; the second on the 5th, when limits begin to bind; the third on the
6th.
"""

from __future__ import annotations

import copy
import csv
import datetime as dt
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from one360.publish.nights import Measure, limits_began, since_limits
from one360.raw_files.declared import retention_limits
from one360.raw_files.retention import retention_day
from tests.python.project import BEGUN, ROOT, SMALL_SHOP, UNCHECKED, Project, Result

pytestmark = pytest.mark.build

MODELS = (
    "build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test", "--select",
    "+customers", "+orders", "+order_lines", "+one_id_ledger", "+rejected_records",
    "+row_conservation", "retention", "arrivals", *UNCHECKED,
)  # fmt: skip

COLUMNS = ("source_table", "disposition", "keep_days", "counted_from", "reason")

#: Limits, and what of the shop is past them on 5 March and was not on the 2nd.
LIMITS = [
    ("call_centre.calls", "remove", 41, "started_at", "the contract; the call of 20 January"),
    ("crm.members", "remove", 274, "updated_at", "members of 1 June 2025"),
    ("web.events", "remove", 1, "", "visits loaded on 1 March"),
    ("pos.receipts", "blank", 51, "sold_at", "the receipt of 10 January isn't hers any more"),
    ("pos.receipts", "remove", 3650, "sold_at", "tax law; none"),
    ("marketplace.orders", "remove", 10, "ordered_at", "the order of 20 February"),
    ("crm.contacts", "remove", 59, "sent_at", "messages of 2 January, but for who unsubscribed"),
]

#: A member of whom nothing else is known.
CAROL = {
    "member_id": "m3", "full_name": "Carol Gone", "mobile": "13700137003",
    "email": "carol@example.com", "joined_at": "2025-06-01 00:00", "status": "active",
    "updated_at": "2025-06-01 00:00",
}  # fmt: skip

#: Values that only rows past their limit hold, by the night from which nothing may hold them.
GONE = {
    2: ("Carol Gone", "13700137003", "carol@example.com", "Bob Stone", "138****8001", "李**"),
    3: ("13611136111", "13511135111", "bob@example.com"),
}


@dataclass
class Nights:
    """The shop after each night, and what dbt said."""

    project: Project
    warehouses: dict[int, Path] = field(default_factory=dict)
    said: dict[int, Result] = field(default_factory=dict)

    def query(self, night: int, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouses[night]), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def edited_project(folder: Path) -> Path:
    """The dbt project with seeds of its own."""
    edited = folder / "dbt"
    edited.mkdir()
    for entry in ROOT.iterdir():
        is_project = entry.name == ".dbtignore" or not entry.name.startswith(".")
        if is_project and entry.name not in ("seeds", "target", "logs"):
            (edited / entry.name).symlink_to(entry)
    for path in (ROOT / "seeds").rglob("*"):
        if path.is_file():
            beside = edited / path.relative_to(ROOT)
            beside.parent.mkdir(parents=True, exist_ok=True)
            if path.name == "retention_limits.csv":
                beside.write_bytes(path.read_bytes())
            else:
                beside.symlink_to(path)
    return edited


def limit(project: Project, rows: list[tuple[Any, ...]]) -> None:
    path = project.project_dir / "seeds" / "rights" / "retention_limits.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def raw_views(project: Project) -> dict[str, str]:
    return dict(
        project.query("select view_name, sql from duckdb_views() where schema_name = 'raw'")
    )


def deliver(project: Project, shop: dict[str, list[dict[str, Any]]]) -> None:
    for table, rows in shop.items():
        types = {"started_at": "string"} if table == "call_centre.calls" else None
        project.write(table, rows, types=types)
    packed = project.path("crm.members")
    with gzip.open(f"{packed}.gz", "wb") as file:
        file.write(packed.read_bytes())
    packed.unlink()


def second_night(shop: dict[str, list[dict[str, Any]]]) -> None:
    """A visit and nothing else."""
    shop["web.events"].append(
        {"event_id": "e3", "anonymous_id": "a1", "event": "page_viewed", "page_path": "/",
         "device_type": "mobile", "occurred_at": "2026-03-05 02:00",
         "received_at": "2026-03-05 02:01"}
    )  # fmt: skip


def third_night(shop: dict[str, list[dict[str, Any]]]) -> None:
    """Late rows that are past their limit, and an address that its source has emptied."""
    shop["call_centre.calls"] += [
        {"call_id": "late", "phone_number": "13611136111", "direction": "inbound",
         "started_at": "2026/1/5 12:00", "loaded_at": "2026-03-06 04:00"},
        {"call_id": "unreadable and loaded long ago", "phone_number": "13611136111",
         "direction": "inbound", "started_at": "long ago", "loaded_at": "2026-01-01 04:00"},
        {"call_id": "of no day", "direction": "inbound", "started_at": "", "loaded_at": None},
    ]  # fmt: skip
    shop["pos.receipts"].append(
        {"receipt_id": "r9", "store_id": "S1", "mobile": "13511135111", "payment_method": "cash",
         "sold_at": "2026-01-02 04:00", "total_amount": 7, "loaded_at": "2026-03-06 04:00"}
    )  # fmt: skip
    shop["pos.receipt_lines"].append(
        {"receipt_id": "r9", "line_no": 1, "product_id": "p2", "quantity": 1, "list_amount": 7,
         "net_amount": 7, "loaded_at": "2026-03-06 04:00"}
    )  # fmt: skip
    shop["community.members"][1]["email"] = None


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    folder = tmp_path_factory.mktemp("retention")
    project = Project(folder, project_dir=edited_project(folder))
    found = Nights(project)
    shop = copy.deepcopy(SMALL_SHOP)
    shop["crm.members"].append(CAROL)
    shop["crm.contacts"].append(
        {"contact_id": "t2", "campaign_id": "k1", "member_id": "m2", "channel": "email",
         "sent_at": "2026-01-02 02:00", "status": "delivered",
         "unsubscribed_at": "2026-01-03 02:00"}
    )  # fmt: skip
    limit(project, LIMITS)
    for night, changed in enumerate((None, second_night, third_night), start=1):
        if changed:
            changed(shop)
        deliver(project, shop)
        found.said[night] = project.dbt(*MODELS, *(BEGUN if changed else ())).check()
        found.warehouses[night] = folder / f"night{night}.duckdb"
        found.warehouses[night].write_bytes(project.warehouse.read_bytes())
    yield found
    project.close()


def texts_of(warehouse: Path) -> dict[str, str]:
    """Table → all its rows as text; logs of changes are tables too."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {
            f"{schema}.{name}": repr(connection.execute(f'from "{schema}"."{name}"').fetchall())
            for schema, name in connection.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall()
        }


def holding(warehouse: Path, values: tuple[str, ...]) -> dict[str, list[str]]:
    found = {name: [v for v in values if v in text] for name, text in texts_of(warehouse).items()}
    return {name: held for name, held in found.items() if held}


def test_what_is_past_its_limit_is_in_no_table_and_no_log(nights: Nights):
    assert set(GONE[2]) == {
        value for held in holding(nights.warehouses[1], GONE[2]).values() for value in held
    }, "what is looked for is there before"
    assert holding(nights.warehouses[2], GONE[2]) == {}
    assert holding(nights.warehouses[3], GONE[2] + GONE[3]) == {}


def test_no_copy_of_a_raw_file_is_left(nights: Nights):
    copies = nights.project.warehouse.parent / ".raw" / nights.project.dataset
    assert [path.name for path in copies.iterdir()] == ["checked.json"]


def test_rows_and_lines_go_on_the_day_after_their_last(nights: Nights):
    tables = {
        "stg_call_centre__calls": ("call_id", ["c1"], []),
        "stg_crm__members": ("member_id", ["m1", "m2", "m3"], []),
        # the word of who unsubscribed outlives the message
        "stg_crm__contacts": ("contact_id", ["t1", "t2"], ["t2"]),
        "stg_web__events": ("event_id", ["e1", "e2"], ["e3"]),
        "stg_marketplace__orders": ("order_id", ["t1"], []),
        "stg_marketplace__order_lines": ("order_id", ["t1"], []),
        "stg_pos__receipts": ("receipt_id", ["r1", "r2", "r3", "r4"], ["r1", "r2", "r3", "r4"]),
    }
    for table, (key, *expected) in tables.items():
        for night, ids in enumerate(expected, start=1):
            rows = nights.query(night, f"select {key} from staging.{table} order by all")
            assert [each for (each,) in rows] == ids, (table, night)


def test_orders_that_are_blanked_keep_their_takings_and_lose_their_customer(nights: Nights):
    takings = "select source_order_id, net_amount, one_id is not null from core.orders " \
        "where source_system = 'pos' order by all"  # fmt: skip
    first, second, third = (nights.query(night, takings) for night in (1, 2, 3))
    assert [row[2] for row in first] == [True, True, False, True]
    assert [row[2] for row in second] == [False, True, False, True]
    assert [row[:2] for row in first] == [row[:2] for row in second]
    assert third == [*second, ("r9", 7, False)]
    assert nights.query(2, "select card_no, phone from staging.stg_pos__receipts "
                           "where receipt_id = 'r1'") == [(None, None)]  # fmt: skip


def test_a_customer_of_whom_nothing_is_left_is_retired(nights: Nights):
    ((one_id,),) = nights.query(
        1,
        "select one_id from identity.int_identity__one_ids inner join "
        "identity.int_identity__profiles using (profile_id) where natural_key = 'm3'",
    )
    assert nights.query(
        2, f"select event from core.one_id_ledger where one_id = '{one_id}' order by event"
    ) == [("created",), ("retired",)]
    assert nights.query(2, f"select * from core.customers where one_id = '{one_id}'") == []


def test_every_run_logs_what_was_past_its_limit(nights: Nights):
    def logged(night: int) -> list[tuple[Any, ...]]:
        return nights.query(
            night,
            "select source_system || '.' || source_table, disposition, past_rows, undated_rows, "
            "cast(oldest_kept as varchar) from quality.retention where build_id = "
            "(select max_by(build_id, recorded_at) from quality.retention) order by all",
        )

    assert [row[2] for row in logged(1)] == [0] * 9
    assert logged(2) == [
        ("call_centre.calls", "remove", 1, 0, None),
        ("crm.contacts", "remove", 1, 0, None),
        ("crm.members", "remove", 3, 0, None),
        ("marketplace.order_lines", "remove", 1, 0, None),
        ("marketplace.orders", "remove", 1, 0, None),
        ("pos.receipt_lines", "remove", 0, 0, None),
        ("pos.receipts", "blank", 1, 0, "2026-02-10"),
        ("pos.receipts", "remove", 0, 0, "2026-01-10"),
        ("web.events", "remove", 2, 0, "2026-03-05"),
    ]
    # what is past its limit is counted every night, as it lies in the raw files still
    assert ("call_centre.calls", "remove", 3, 1, None) in logged(3)
    assert nights.query(
        3,
        "select limit_of, counted_from, reason, keep_days, cast(counted_to as varchar), "
        "cast(kept_from as varchar) from quality.retention "
        "where source_table = 'order_lines' order by recorded_at desc limit 1",
    ) == [
        ("marketplace.orders", "ordered_at", "the order of 20 February", 10, "2026-03-06",
         "2026-02-24"),
    ]  # fmt: skip


def test_a_row_of_no_day_is_kept_and_said(nights: Nights):
    said = (
        "call_centre.calls: 1 rows have neither a readable started_at nor loaded_at, so their "
        "age is not known and they are kept (seed retention_limits)"
    )
    assert said in " ".join(nights.said[3].output.split())
    assert "so their age is not known" not in nights.said[2].output
    assert nights.query(3, "select call_id from staging.stg_call_centre__calls") == [("of no day",)]


def test_every_row_that_is_read_is_accounted_for(nights: Nights):
    for night in (1, 2, 3):
        assert nights.query(
            night, "select count(*) from quality.row_conservation where difference <> 0"
        ) == [(0,)]


def test_the_gate_of_arrivals_counts_what_was_delivered(nights: Nights):
    counts = nights.query(
        3,
        "select source_system || '.' || source_table, raw_rows from quality.arrivals "
        "where source_table in ('calls', 'members', 'order_lines') "
        "and source_system in ('call_centre', 'crm', 'marketplace') order by night_number, 1",
    )
    assert [rows for name, rows in counts if name == "call_centre.calls"] == [1, 1, 4]
    assert [rows for name, rows in counts if name == "crm.members"] == [3, 3, 3]
    assert [rows for name, rows in counts if name == "marketplace.order_lines"] == [1, 1, 1]


def test_a_build_of_a_past_date_brings_nothing_back(nights: Nights):
    nights.project.dbt(
        "run", "--select", "stg_crm__members", parse=False, as_of="2026-03-02"
    ).check()
    assert nights.project.query("select count(*) from staging.stg_crm__members") == [(0,)]


def test_without_a_limit_the_raw_views_are_as_they_were(nights: Nights):
    nights.project.dbt("seed", "--select", "retention_limits", parse=False).check()
    limited = raw_views(nights.project)
    limit(nights.project, [])
    nights.project.dbt("seed", "--select", "retention_limits", parse=False).check()
    plain = raw_views(nights.project)
    assert not any("delivered" in sql for sql in plain.values())
    of_limits = {each[0].replace(".", "_") for each in LIMITS}
    of_limits |= {"marketplace_order_lines", "pos_receipt_lines"}
    assert {name for name, sql in plain.items() if limited[name] != sql} == of_limits


# --- without a build -----------------------------------------------------------------------


def test_the_seed_that_comes_along_limits_nothing():
    assert retention_limits(ROOT) == []


def test_a_row_of_the_seed_is_read_before_dbt_loads_it(tmp_path: Path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "retention_limits.csv").write_text(
        "source_table,disposition,keep_days,counted_from,reason\n"
        "web.events, remove ,30,,GDPR 5(1)(e)\n"
        "crm.members,remove,many,,\n",
        encoding="utf-8",
    )
    assert retention_limits(tmp_path) == [
        {"source_table": "web.events", "disposition": "remove", "keep_days": 30,
         "counted_from": "loaded_at", "reason": "GDPR 5(1)(e)"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({}, ""),
        ({"2026-03-02": 5, "2026-03-01": 900}, "2026-03-02"),
        # a year that was mistyped, and a day that is alone for months
        ({"2026-03-02": 5, "2999-03-02": 900}, "2026-03-02"),
        ({"2026-03-02": 900, "2026-09-02": 1}, "2026-03-02"),
    ],
)
def test_the_day_that_ages_are_counted_to(days: dict[str, int], expected: str):
    assert retention_day(json.dumps({"timezone": "Asia/Shanghai", "days": days})) == expected


def test_the_nights_before_a_limit_began_say_nothing_of_those_since():
    """The second limit of pos began on the 3rd; that of crm, as it is now, never did."""
    with duckdb.connect() as connection:
        connection.execute("create schema quality")
        connection.execute(
            """
            create table quality.retention as
            select
                build_id, limit_of, disposition, 'sold_at' as counted_from, keep_days, past_rows,
                cast('2026-06-' || day as timestamp) as recorded_at
            from (values
                ('b1', 'pos.receipts', 'blank', 90, 0, '01'),
                ('b1', 'web.events', 'remove', 90, 7, '01'),
                ('b2', 'pos.receipts', 'blank', 90, 5, '02'),
                ('b2', 'crm.members', 'remove', 50, 9, '02'),
                ('b3', 'pos.receipts', 'blank', 90, 6, '03'),
                ('b3', 'pos.receipts', 'remove', 100, 1, '03'),
                ('b3', 'crm.members', 'remove', 60, 0, '03')
            ) as log(build_id, limit_of, disposition, keep_days, past_rows, day)
            """
        )
        began = limits_began(connection, "memory")
        assert began == {"pos": dt.datetime(2026, 6, 3)}
        assert limits_began(connection, "memory.nothing") == {}
    past = {
        (system, "orders"): [
            Measure(system, "orders", value, published_at=dt.datetime(2026, 6, day, 1))
            for day, value in ((1, 500), (2, 490), (3, 300))
        ]
        for system in ("pos", "web", "*")
    }
    kept = {
        system: [night.value for night in nights]
        for (system, _), nights in since_limits(past, began).items()
    }
    assert kept == {"pos": [300], "web": [500, 490, 300], "*": [300]}
    assert since_limits(past, {}) == past
