"""Staging on raw files of either kind: text of CSV and JSON, typed columns of Parquet."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from tests.fixtures.rejected_rows import ACCEPTED
from tests.python.every_kind import EveryKind
from tests.python.project import Project, raw_tables

LOADED = "2026-01-02 00:00:00"


@pytest.fixture(scope="module")
def shared_project(shared_project: Project) -> Project:
    """A project with seeds and functions."""
    shared_project.begin()
    return shared_project


@pytest.fixture
def shop(shared_project: Project) -> Project:
    """The small shop, its raw files fresh."""
    shared_project.clear()
    shared_project.write_small_shop()
    return shared_project


def run(shop: Project, *names: str) -> None:
    shop.dbt("run", "--select", *names, parse=False).check()


def build(shop: Project, *models: str) -> None:
    names = [f"+{model}" for model in (*models, "rejected_records", "row_conservation")]
    run(shop, *names)
    assert not shop.query("select * from quality.row_conservation where difference <> 0")


def rejected(shop: Project) -> list[tuple[Any, ...]]:
    return shop.query(
        "select source_table, natural_key, reason_code from quality.rejected_records order by all"
    )


def test_what_cannot_be_read_is_rejected_where_it_matters(shop: Project) -> None:
    as_text = {"updated_at": "varchar", "joined_at": "varchar", "loaded_at": "varchar"}
    shop.write(
        "crm.members",
        [
            {"member_id": "m1", "updated_at": "昨天", "loaded_at": LOADED},
            {"member_id": "m2", "updated_at": "2026/1/1 8:00", "loaded_at": LOADED},
            {"member_id": "m3", "joined_at": "31/02/2025", "loaded_at": LOADED},
            {"member_id": "m4", "updated_at": "N/A", "loaded_at": LOADED},
        ],
        types=as_text,
    )
    amounts = {"total_amount": "varchar", "sold_at": "varchar", "loaded_at": "varchar"}
    shop.write(
        "pos.receipts",
        [
            {"receipt_id": "r1", "sold_at": "20260101", "total_amount": "¥1,234.50"},
            {"receipt_id": "r2", "sold_at": "2026-01-01", "total_amount": "a lot"},
            {"receipt_id": "r3", "sold_at": "soon", "total_amount": "1"},
            {"receipt_id": "r4", "total_amount": "1"},
        ],
        format="csv",
        types=amounts,
    )
    shop.write("pos.receipt_lines", [{"receipt_id": "r1", "line_no": 1, "net_amount": 1}])
    build(shop, "stg_crm__members", "stg_pos__receipts")
    assert rejected(shop) == [
        ("receipts", "r3", "unreadable_value"),
        ("receipts", "r4", "missing_key"),
    ]
    assert shop.query(
        "select member_id, joined_at, updated_at from staging.stg_crm__members "
        f"where {ACCEPTED} order by 1"
    ) == [
        # what only describes is NULL, and the row stays
        ("m1", None, None),
        ("m2", None, datetime(2026, 1, 1, 8)),
        ("m3", None, None),
        ("m4", None, None),
    ]
    assert shop.query(
        "select receipt_id, sold_at, total_amount * 100 from staging.stg_pos__receipts "
        f"where {ACCEPTED} order by 1"
    ) == [("r1", datetime(2026, 1, 1), 123450), ("r2", datetime(2026, 1, 1), None)]


def test_a_rejected_row_is_kept_as_it_arrived(shop: Project) -> None:
    shop.write(
        "web.accounts",
        [
            {"user_id": None, "full_name": ' Zoë "Z" \\ 王\n', "mobile": "１３８", "email": None,
             "updated_at": "2026-01-01 00:00"},
        ],
    )  # fmt: skip
    build(shop, "stg_web__accounts")
    [(key, record)] = shop.query("select natural_key, raw_record from quality.rejected_records")
    assert key == ""
    kept = json.loads(record)
    assert kept["full_name"] == ' Zoë "Z" \\ 王\n'
    assert kept["mobile"] == "１３８"
    assert kept["email"] is None
    assert "loaded_at" in kept


def test_of_many_versions_the_newest_counts_and_copies_are_counted(shop: Project) -> None:
    def version(city: str, updated: str | None, loaded: str) -> dict[str, Any]:
        return {"member_id": "m1", "city": city, "updated_at": updated, "loaded_at": loaded}

    shop.write(
        "crm.members",
        [
            version("A", None, "2026-01-09"),
            version("B", "2026-01-02", "2026-01-03"),
            version("B", "2026-01-02", "2026-01-04"),
            version("B", "2026-01-02", "2026-01-04"),
            version("C", "2026-01-01", "2026-01-08"),
            version("C", "2026-01-01", "2026-01-02"),
        ],
        types={"updated_at": "varchar", "loaded_at": "varchar"},
    )
    build(shop, "stg_crm__members")
    assert shop.query(f"select city, loaded_at from staging.stg_crm__members where {ACCEPTED}") == [
        ("B", datetime(2026, 1, 3))
    ]
    assert shop.query(
        "select raw_rows, staged_rows, rejected_rows, exact_duplicate_rows "
        "from quality.row_conservation where source_system = 'crm' and source_table = 'members'"
    ) == [(6, 1, 2, 3)]


def test_a_version_that_comes_back_is_the_newest_again(shop: Project) -> None:
    """Without updated_at, what was loaded last counts, even if it was said before."""
    shop.write(
        "pos.stores",
        [
            {"store_id": "S1", "city": "Shanghai", "loaded_at": "2026-01-01"},
            {"store_id": "S1", "city": "Beijing", "loaded_at": "2026-01-02"},
            {"store_id": "S1", "city": "Shanghai", "loaded_at": "2026-01-03"},
        ],
        types={"loaded_at": "varchar"},
    )
    build(shop, "stg_pos__stores")
    assert shop.query(f"select city from staging.stg_pos__stores where {ACCEPTED}") == [
        ("Shanghai",)
    ]


def test_typed_members_give_what_text_gives(shop: Project) -> None:
    build(shop, "stg_crm__members")
    columns = "* exclude (birth_date_issue, raw_record)"
    from_text = shop.query(f"select {columns} from staging.stg_crm__members order by all")
    assert len(from_text) == 2
    members = shop.query("select * from raw.crm_members")
    names = [name for name, *_ in shop.query("describe raw.crm_members")]
    rows = [dict(zip(names, row, strict=True)) for row in members]
    shop.write("crm.members", rows, format="parquet")
    build(shop, "stg_crm__members")
    assert shop.query(f"select {columns} from staging.stg_crm__members order by all") == from_text


def test_all_staging_works_on_no_rows(shop: Project, every_kind: EveryKind) -> None:
    shop.clear()
    shop.write("pos.receipts", [{"receipt_id": "r1", "sold_at": "2026-01-01 00:00"}])
    shop.write("pos.receipt_lines", [{"receipt_id": "r1", "line_no": 1, "net_amount": 1}])
    run(shop, "+path:models/staging", "+rejected_records", "+row_conservation")
    assert shop.query(
        "select source_table, raw_rows from quality.row_conservation "
        "where raw_rows > 0 order by all"
    ) == [("receipt_lines", 1), ("receipts", 1)]
    assert shop.query("select count(*) from quality.row_conservation") == [(len(raw_tables()),)]
    assert rejected(shop) == []
    # declared columns where there is no row, and those of the SQL where there are some
    columns = (
        "select table_name, column_index, column_name, data_type from duckdb_columns() "
        "where schema_name = 'staging' and not contains(table_name, '__changes') order by all"
    )
    assert shop.query(columns) == every_kind.query(1, columns)
