"""Raw files and tables: what is read, and what is said of those that cannot be."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from one360.raw_files.files import RawTable
from one360.raw_files.reports import raw_file_reports
from tests.python.project import ROOT, SMALL_SHOP, Project, Result, raw_tables

pytestmark = pytest.mark.build


@pytest.fixture(scope="module")
def sources_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The project without its models: dbt reads it in a second."""
    folder = tmp_path_factory.mktemp("sources")
    for name in ("dbt_project.yml", "profiles.yml", "macros", "dbt_packages", "models/_groups.yml"):
        (folder / "dbt" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "dbt" / name).symlink_to(ROOT / name)
    staging = ROOT / "models" / "staging"
    for path in (*staging.glob("*/_*__sources.yml"), *staging.glob("_*__docs.md")):
        link = folder / "dbt" / path.relative_to(ROOT)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)
    project = Project(folder, project_dir=folder / "dbt")
    yield project
    project.close()


@pytest.fixture
def shop(sources_alone: Project) -> Project:
    """The small shop, freshly written."""
    sources_alone.clear()
    sources_alone.write_small_shop()
    return sources_alone


def register(project: Project, **variables: object) -> Result:
    return project.dbt("run-operation", "register_sources", parse=False, **variables)


def faults(project: Project, **variables: object) -> list[str]:
    """The lines a failing registration prints, one a fault."""
    result = register(project, **variables)
    assert not result.success, "registration was expected to fail"
    lines = [line.strip() for line in result.output.splitlines()]
    start = lines.index("The raw data cannot be read:")
    found = []
    for line in lines[start + 1 :]:
        if not line or line.startswith(">"):
            break
        found.append(line)
    return found


def only_fault(project: Project, **variables: object) -> str:
    found = faults(project, **variables)
    assert len(found) == 1, found
    return found[0]


def assert_says(message: str, *parts: str) -> None:
    for part in parts:
        assert part in message, f"{part!r} is not in {message!r}"


# -- what is read ----------------------------------------------------------------------


def test_every_raw_table_becomes_a_view_of_its_declared_columns(shop: Project) -> None:
    register(shop).check()
    for table, declared in raw_tables().items():
        view = f"raw.{table.replace('.', '_')}"
        columns = [row[0] for row in shop.query(f"describe {view}")]
        assert columns == list(declared["columns"]), table
        assert shop.query(f"select count(*) from {view}") == [(len(SMALL_SHOP[table]),)], table


def test_columns_are_named_as_declared_whatever_their_case(shop: Project) -> None:
    path = shop.path("crm.members")
    header, *rows = path.read_text(encoding="utf-8").splitlines(True)
    path.write_text("".join([header.upper(), *rows]), encoding="utf-8")
    register(shop).check()
    assert [row[0] for row in shop.query("describe raw.crm_members")] == list(
        raw_tables()["crm.members"]["columns"]
    )


def test_parquet_keeps_types_and_text_formats_stay_text(shop: Project) -> None:
    register(shop).check()
    assert shop.query(
        "select sold_at, total_amount from raw.pos_receipts where receipt_id = 'r4'"
    ) == [(datetime(2026, 2, 12, 4), Decimal("-30.0000"))]
    assert shop.query("select list_price from raw.pos_products where product_id = 'p2'") == [
        ("12.0000",)
    ]
    assert shop.query("select rating, is_verified, review_text from raw.web_reviews") == [
        ("5", "true", "很好喝")
    ]


def test_absent_optional_tables_are_empty_views(shop: Project) -> None:
    shop.clear()
    for table in ("pos.receipts", "pos.receipt_lines"):
        shop.write(table, SMALL_SHOP[table])
    register(shop).check()
    assert shop.query("select count(*) from raw.pos_receipts") == [(4,)]
    for table, declared in raw_tables().items():
        view = f"raw.{table.replace('.', '_')}"
        found = shop.query(f"describe {view}")
        types = {row[0]: row[1].lower().replace("varchar", "string") for row in found}
        assert types == declared["columns"], table


def test_a_file_without_rows_is_an_empty_table(shop: Project) -> None:
    shop.write("crm.members", [])
    shop.write("crm.contacts", [])
    register(shop).check()
    assert shop.query("select count(*) from raw.crm_members") == [(0,)]
    assert shop.query("select count(*) from raw.crm_contacts") == [(0,)]


@pytest.mark.parametrize("file_format", ["parquet", "csv", "jsonl"])
def test_a_table_may_come_in_any_format(shop: Project, file_format: str) -> None:
    shop.write("crm.members", SMALL_SHOP["crm.members"], format=file_format)
    register(shop).check()
    assert shop.query(
        "select full_name, cast(joined_at as varchar) from raw.crm_members order by member_id"
    ) == [("李梅", "2025-01-05 02:00:00"), ("Bob Stone", "2025-02-05 02:00:00")]


def test_a_folder_of_files_is_one_table_though_columns_differ_in_order(shop: Project) -> None:
    first, second = SMALL_SHOP["web.events"]
    shop.remove("web.events")
    folder = shop.raw / "web" / "events"
    shop.write("web.events", [first], to=folder / "1.parquet")
    shop.write("web.events", [second], drop=["anonymous_id"], to=folder / "2.parquet")
    assert_says(only_fault(shop), "events/2.parquet", "column anonymous_id is missing")
    table = pq.read_table(shop.write("web.events", [second], to=folder / "2.parquet"))
    pq.write_table(table.select(table.column_names[::-1]), folder / "2.parquet")
    register(shop).check()
    assert shop.query("select event_id, anonymous_id from raw.web_events order by event_id") == [
        ("e1", "a1"),
        ("e2", "a1"),
    ]


def test_csv_with_mark_quotes_and_line_breaks(shop: Project) -> None:
    path = shop.write(
        "pos.stores",
        [{"store_id": "S1", "store_name": 'The "big" one,\nupstairs', "city": "上海"}],
    )
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    register(shop).check()
    assert shop.query("select store_id, store_name, city, province from raw.pos_stores") == [
        ("S1", 'The "big" one,\nupstairs', "上海", None)
    ]


def test_json_with_mark_and_left_out_keys(shop: Project) -> None:
    path = shop.path("web.reviews")
    rows = [
        {"review_id": "v1", "rating": 5, "reviewed_at": "2026-03-02 02:00:00"},
        dict.fromkeys(raw_tables()["web.reviews"]["columns"]) | {"review_id": "v2"},
    ]
    text = "\n".join(json.dumps(row) for row in rows)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    register(shop).check()
    assert shop.query("select review_id, rating from raw.web_reviews order by 1") == [
        ("v1", "5"),
        ("v2", None),
    ]


def test_types_of_one_family_are_taken(shop: Project) -> None:
    shop.write(
        "crm.contacts",
        [{"contact_id": 7, "member_id": 12, "sent_at": "2026-01-02 10:00+08:00"}],
        types={"contact_id": "bigint", "member_id": "bigint", "sent_at": "timestamptz"},
    )
    shop.write(
        "pos.receipt_lines",
        [{**row, "net_amount": float("nan")} for row in SMALL_SHOP["pos.receipt_lines"]],
        types={"net_amount": "double", "line_no": "double"},
    )
    register(shop).check()
    assert shop.query("select contact_id, member_id, sent_at from raw.crm_contacts") == [
        ("7", "12", datetime(2026, 1, 2, 2))
    ]
    assert shop.query("select distinct net_amount from raw.pos_receipt_lines") == [(None,)]


def test_a_missing_optional_column_is_a_fault_that_names_the_way_on(shop: Project) -> None:
    shop.write("pos.receipts", SMALL_SHOP["pos.receipts"], drop=["till_id"])
    result = register(shop)
    assert not result.success
    assert "pos/receipts.parquet: column till_id is missing; expected string" in result.output
    assert "allow_missing_columns: true" in result.output


def test_columns_that_most_shops_lack_need_no_leave(shop: Project) -> None:
    for table, declared in raw_tables().items():
        shop.write(table, SMALL_SHOP[table], drop=declared["always_optional"])
    assert "currency" not in register(shop).check().output
    assert shop.query("select distinct currency, tax_amount from raw.web_orders") == [(None, None)]


def test_optional_columns_may_be_missing_where_allowed(shop: Project) -> None:
    for table, declared in raw_tables().items():
        shop.write(table, SMALL_SHOP[table], drop=declared["optional"])
    result = register(shop, allow_missing_columns=True).check()
    assert "column till_id is missing; it reads as NULL" in result.output
    assert shop.query("select distinct till_id, card_no from raw.pos_receipts order by 2") == [
        (None, "C1"),
        (None, None),
    ]


def test_nothing_optional_is_a_key_a_time_or_an_amount() -> None:
    for table, declared in raw_tables().items():
        for column in declared["optional"] - declared["always_optional"]:
            assert not column.endswith(("_at", "_amount", "quantity")), f"{table}.{column}"
            assert list(declared["columns"])[0] != column, f"{table}.{column}"


# -- GBK -------------------------------------------------------------------------------


def test_gbk_text_comes_through_and_follows_the_file(shop: Project) -> None:
    text = "包裹还没到,“急”!中文标点——€ 㐀"  # the last one is in GB 18030 alone
    ticket = {"ticket_id": "s1", "description": text, "opened_at": "2026-01-15 04:00"}
    path = shop.write("crm.service_tickets", [ticket], encoding="gb18030")
    with pytest.raises(UnicodeDecodeError):
        path.read_text(encoding="utf-8")
    register(shop).check()
    assert shop.query("select description from raw.crm_service_tickets") == [(text,)]

    changed = {**ticket, "description": "已经收到,谢谢"}
    shop.write("crm.service_tickets", [ticket, changed], encoding="gb18030")
    register(shop).check()
    assert shop.query("select description from raw.crm_service_tickets") == [
        (text,),
        ("已经收到,谢谢",),
    ]
    shop.remove("crm.service_tickets")
    register(shop).check()
    copies = shop.warehouse.parent / ".raw" / shop.dataset
    assert [path.name for path in copies.iterdir()] == ["checked.json"], "a copy was left behind"


def test_a_file_declared_gbk_may_be_utf8(shop: Project) -> None:
    rows = SMALL_SHOP["crm.service_tickets"]
    shop.write("crm.service_tickets", rows, encoding="utf-8")
    register(shop).check()
    assert shop.query("select description from raw.crm_service_tickets") == [
        (rows[0]["description"],)
    ]


def test_a_broken_byte_is_replaced_and_told(shop: Project) -> None:
    rows = [{"ticket_id": f"s{n}", "description": "包裹"} for n in range(300)]
    path = shop.write("crm.service_tickets", rows)
    lines = path.read_bytes().split(b"\n")
    lines[7] = lines[7].replace("包裹".encode("gbk"), b"\xff\xff")
    path.write_bytes(b"\n".join(lines))
    result = register(shop).check()
    assert_says(result.output, "service_tickets.csv line 8", "1 of 301 lines")
    assert shop.query("select count(*) from raw.crm_service_tickets") == [(300,)]
    assert shop.query(
        "select count(*) from raw.crm_service_tickets where contains(description, '\ufffd')"
    ) == [(1,)]


def test_a_file_in_another_encoding_than_declared(shop: Project) -> None:
    rows = [{"ticket_id": f"s{n}", "description": "naïve café"} for n in range(100)]
    shop.write("crm.service_tickets", rows, encoding="latin-1")
    assert_says(
        only_fault(shop), "service_tickets.csv line 2", "not gbk", "100 of 101 lines", "encoding"
    )


def test_not_utf8_names_file_line_and_remedy(shop: Project) -> None:
    shop.write("crm.members", SMALL_SHOP["crm.members"], encoding="gbk")
    assert_says(
        only_fault(shop),
        "crm/members.csv line 2",
        "not UTF-8",
        "`encoding: gbk`",
        "models/staging/crm/_crm__sources.yml",
    )


# -- faults ----------------------------------------------------------------------------


def test_missing_column(shop: Project) -> None:
    for table, column, expected in [
        ("crm.members", "mobile", "string"),
        ("pos.receipts", "sold_at", "timestamp"),
        ("web.accounts", "registered_at", "timestamp"),
    ]:
        shop.write(table, SMALL_SHOP[table], drop=[column])
        assert_says(
            only_fault(shop), shop.path(table).name, f"column {column} is missing", expected
        )
        shop.write(table, SMALL_SHOP[table])


def test_extra_column(shop: Project) -> None:
    for table in ("crm.members", "pos.receipts", "web.accounts"):
        rows = [{**row, "shoe_size": "42"} for row in SMALL_SHOP[table]]
        shop.write(table, rows, types={"shoe_size": "string"})
        assert_says(
            only_fault(shop),
            shop.path(table).name,
            "column shoe_size is not declared",
            table,
            "allow_extra_columns",
        )
        register(shop, allow_extra_columns=True).check()
        shop.write(table, SMALL_SHOP[table])


@pytest.mark.parametrize(
    ("table", "column", "value", "type_", "expected"),
    [
        ("pos.receipts", "sold_at", "2026-01-01 10:00", "string", "timestamp"),
        ("pos.receipts", "total_amount", "12.00", "string", "decimal(18,4)"),
        ("pos.receipts", "total_amount", True, "boolean", "decimal(18,4)"),
        ("pos.receipts", "card_no", 12.0, "double", "string"),
        ("pos.receipts", "sold_at", 1767225600, "bigint", "timestamp"),
        ("crm.member_consents", "is_granted", 1, "bigint", "boolean"),
    ],
)
def test_retyped_parquet_column(
    shop: Project, table: str, column: str, value: object, type_: str, expected: str
) -> None:
    rows = [{**row, column: value} for row in SMALL_SHOP[table]]
    shop.write(table, rows, types={column: type_})
    engine_type = "varchar" if type_ == "string" else type_
    assert_says(
        only_fault(shop), shop.path(table).name, f"column {column} is {engine_type}", expected
    )


@pytest.mark.parametrize(
    ("table", "column", "value", "expected"),
    [
        ("crm.members", "joined_at", "05.01.2025", "timestamp"),
        ("crm.members", "joined_at", "1767225600", "timestamp"),
        ("pos.products", "list_price", "cheap", "decimal(18,4)"),
        ("pos.products", "list_price", "2026-01-01", "decimal(18,4)"),
        ("web.reviews", "rating", "good", "bigint"),
        ("web.reviews", "is_verified", "perhaps", "boolean"),
    ],
)
def test_retyped_text_column(
    shop: Project, table: str, column: str, value: str, expected: str
) -> None:
    shop.write(
        table,
        [{**SMALL_SHOP[table][0], column: value} for _ in range(5)],
        types={column: "string"},
    )
    message = only_fault(shop)
    assert_says(message, shop.path(table).name, f"column {column} is text", "5 values", expected)
    assert value not in message, "a raw value may be personal and stays out of the log"


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("joined_at", ["2025/1/5", "2025年1月5日", "20250105", "2025-01-05T02:00:00Z"]),
        ("updated_at", ["２０２５-01-05 02:00", "2025.1.5 2:00", "2025-01-05 02:00+08:00", "x"]),
    ],
)
def test_text_that_staging_reads_is_no_fault(shop: Project, column: str, values: list[str]) -> None:
    rows = [{"member_id": f"m{n}", column: value} for n, value in enumerate(values)]
    shop.write("crm.members", rows, types={column: "string"})
    register(shop).check()


def test_single_bad_values_are_left_to_staging(shop: Project) -> None:
    rows = [
        {"product_id": "p1", "list_price": "cheap"},
        {"product_id": "p2", "list_price": "￥1,200"},
    ]
    shop.write("pos.products", rows, types={"list_price": "string"})
    register(shop).check()
    prices = "select list_price from raw.pos_products order by product_id"
    assert shop.query(prices) == [("cheap",), ("￥1,200",)]
    # two that nobody can read are single ones, three of three are another type
    for values in (["cheap", "dear"], ["cheap", "dear", "free"]):
        rows = [{"product_id": f"p{n}", "list_price": v} for n, v in enumerate(values)]
        shop.write("pos.products", rows, types={"list_price": "string"})
        if len(values) == 2:
            register(shop).check()
            assert shop.query(prices) == [("cheap",), ("dear",)]
        else:
            assert_says(only_fault(shop), "list_price is text", "none of its 3 values", "expected")


def test_cut_parquet(shop: Project) -> None:
    path = shop.path("pos.receipts")
    path.write_bytes(path.read_bytes()[:-20])
    assert_says(only_fault(shop), "pos/receipts.parquet", "cannot be read as Parquet", "expected")


@pytest.mark.parametrize("table", ["pos.receipts", "crm.members", "web.accounts"])
def test_empty_file(shop: Project, table: str) -> None:
    shop.path(table).write_bytes(b"")
    assert_says(only_fault(shop), shop.path(table).name, "is empty (0 bytes)", "expected")


def test_csv_without_header(shop: Project) -> None:
    path = shop.path("crm.members")
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(True)[1:]), "utf-8")
    message = only_fault(shop)
    assert_says(message, "members.csv line 1: no header", "member_id, card_no, full_name")
    assert "13800138001" not in message


def test_csv_with_another_separator(shop: Project) -> None:
    path = shop.path("pos.stores")
    path.write_text(path.read_text("utf-8").replace(",", ";"), "utf-8")
    assert_says(only_fault(shop), "stores.csv line 1", "separated by ','", "delimiter")
    register(shop, raw_files={"pos.stores": {"path": str(path), "delimiter": ";"}}).check()


def test_csv_with_a_short_line(shop: Project) -> None:
    path = shop.path("crm.members")
    path.write_text(path.read_text("utf-8") + "m9,secret\n", "utf-8")
    message = only_fault(shop)
    values = f"expected {len(raw_tables()['crm.members']['columns'])} values"
    assert_says(message, "members.csv line 4", "cannot be read as CSV", values)
    assert "secret" not in message


def test_broken_json(shop: Project) -> None:
    path = shop.path("web.accounts")
    path.write_text(path.read_text("utf-8") + '{"user_id": "w2", \n', "utf-8")
    assert_says(only_fault(shop), "accounts.jsonl line 2: not JSON", "expected")


def test_two_formats_of_one_table(shop: Project) -> None:
    shop.write("crm.members", [], format="parquet", to=shop.path("crm.members", "parquet"))
    assert_says(only_fault(shop), "members.csv and", "members.parquet", "crm.members", "one of")
    folder = shop.path("crm.members").with_suffix("")
    folder.mkdir()
    for suffix in ("csv", "parquet"):
        shop.path("crm.members", suffix).rename(folder / f"2026.{suffix}")
    assert_says(only_fault(shop), "members: holds csv and parquet files", "expected one format")


@pytest.mark.parametrize(
    ("headers", "lines"),
    [
        ("pos.receipts", "pos.receipt_lines"),
        ("web.orders", "web.order_lines"),
        ("wechat.orders", "wechat.order_lines"),
        ("marketplace.orders", "marketplace.order_lines"),
    ],
)
def test_headers_and_lines_come_together(shop: Project, headers: str, lines: str) -> None:
    shop.remove(lines)
    assert_says(only_fault(shop), f"has {headers} without {lines}")
    shop.remove(headers)
    register(shop).check()
    shop.write(lines, SMALL_SHOP[lines])
    assert_says(only_fault(shop), f"has {lines} without {headers}")
    shop.write(headers, [])
    assert_says(only_fault(shop), shop.path(headers).name, "has no row", lines)


def test_no_orders_at_all(shop: Project) -> None:
    for table in SMALL_SHOP:
        if "order" in table or "receipt" in table:
            shop.remove(table)
    tables = "marketplace.orders, pos.receipts, web.orders, wechat.orders"
    said = f"raw/{shop.dataset} has no order ({tables})"
    assert_says(register(shop).check().output, said, "comes out empty")
    shop.write("pos.receipts", [])
    shop.write("pos.receipt_lines", [])
    assert_says(register(shop).check().output, said, "comes out empty")


def test_no_row_at_all(shop: Project) -> None:
    shop.clear()
    shop.write("pos.receipts", [])
    shop.write("pos.receipt_lines", [])
    assert_says(
        only_fault(shop),
        f"raw/{shop.dataset} has no row in any raw table",
        "make build",
        "one360 import orders FILE",
    )


def test_an_unknown_name_in_the_variables(shop: Project) -> None:
    found = faults(shop, raw_tables={"crm.customers": "x.y"}, raw_files={"pos.bills": "a.csv"})
    assert len(found) == 2
    assert_says(found[0], "raw_tables: crm.customers is not a source table", "crm.members")
    assert_says(found[1], "raw_files: pos.bills is not a source table", "pos.receipts")


def test_all_faults_are_said_at_once_and_no_view_changes(shop: Project) -> None:
    views = "select view_name, sql from duckdb_views() where schema_name = 'raw' order by 1"
    register(shop).check()
    before = shop.query(views)
    shop.path("crm.members").write_bytes(b"")
    shop.remove("pos.receipt_lines")
    shop.write("web.orders", SMALL_SHOP["web.orders"], types={"weight": "double"})
    shop.write("crm.coupons", SMALL_SHOP["crm.coupons"], format="csv")
    assert len(faults(shop)) == 3
    assert shop.query(views) == before


def test_a_misnamed_file_is_told(shop: Project) -> None:
    shutil.copy(shop.path("crm.members"), shop.raw / "crm" / "member.csv")
    result = register(shop).check()
    assert_says(result.output, "crm/member.csv: no source reads it", "members")


# -- own tables and files: docs/bring_your_own_tables.md -------------------------------


def test_own_files_elsewhere(shop: Project, tmp_path: Path) -> None:
    shop.clear()
    for table in ("pos.receipts", "pos.receipt_lines"):
        for number, row in enumerate(SMALL_SHOP[table]):
            shop.write(table, [row], to=tmp_path / "export" / f"{table}-{number}.parquet")
    shop.write("crm.members", SMALL_SHOP["crm.members"], to=tmp_path / "members.txt", format="csv")
    own = {
        "pos.receipts": f"{tmp_path}/export/pos.receipts-*.parquet",
        "pos.receipt_lines": f"{tmp_path}/export/pos.receipt_lines-*.parquet",
        "crm.members": {"path": f"{tmp_path}/members.txt", "format": "csv", "encoding": "utf-8"},
    }
    register(shop, raw_files=own).check()
    assert shop.query("select count(*) from raw.pos_receipts") == [(4,)]
    assert shop.query("select count(*) from raw.crm_members") == [(2,)]
    nowhere = {**own, "pos.stores": f"{tmp_path}/nowhere/*.csv"}
    assert_says(only_fault(shop, raw_files=nowhere), "raw_files pos.stores", "nowhere/*.csv")


def test_own_tables(shop: Project) -> None:
    shop.clear()
    shop.execute("create schema if not exists till")
    for name in ("receipts", "receipt_lines"):
        source = shop.write(f"pos.{name}", SMALL_SHOP[f"pos.{name}"])
        shop.execute(f"create or replace table till.{name} as from '{source}'")
    shop.clear()
    own = {
        "pos.receipts": "till.receipts",
        "pos.receipt_lines": f"{shop.dataset}.till.receipt_lines",
    }
    register(shop, raw_tables=own).check()
    assert shop.query("select count(*), sum(total_amount) from raw.pos_receipts") == [(4, 67)]
    wrong = {**own, "crm.members": "crm.people", "pos.stores": "till.receipts"}
    found = faults(shop, raw_tables=wrong)
    assert_says(found[0], "raw_tables crm.members: there is no table crm.people")
    assert any("till.receipts: column till_id is not declared" in line for line in found)


@pytest.mark.nightly
def test_following_the_guide_with_the_whole_project(project: Project, tmp_path: Path) -> None:
    """Own files by variable become staged receipts; without one of them nothing runs."""
    own = {}
    for table in ("pos.receipts", "pos.receipt_lines"):
        path = tmp_path / "export" / f"{table}.parquet"
        own[table] = str(project.write(table, SMALL_SHOP[table], to=path))
    project.variables["raw_files"] = own
    build = ("build", "--exclude-resource-type", "test", "--select", "+stg_pos__receipts")
    project.dbt(*build).check()
    receipts = "select receipt_id, total_amount from staging.stg_pos__receipts order by 1"
    before = project.query(receipts)
    assert before == [("r1", 55), ("r2", 12), ("r3", 30), ("r4", -30)]
    Path(own["pos.receipt_lines"]).write_bytes(b"")
    result = project.cli(*build)
    assert result.exit_code != 0
    assert_says(result.output, "pos.receipt_lines.parquet: is empty (0 bytes)")
    assert "OK created" not in result.output
    assert project.query(receipts) == before


def test_the_guide_names_what_exists() -> None:
    guide = (ROOT / "docs" / "bring_your_own_tables.md").read_text(encoding="utf-8")
    for name in ("raw_tables", "raw_files", "allow_extra_columns", "one360 import orders"):
        assert name in guide
    for table in raw_tables():
        assert table in guide, f"the guide does not name {table}"


# -- the look at the files alone -------------------------------------------------------


def test_files_are_checked_once_until_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONE360_HOME", str(tmp_path))
    monkeypatch.setenv("ONE360_DATASET", "once")
    path = tmp_path / "raw" / "once" / "pos" / "stores.csv"
    path.parent.mkdir(parents=True)
    path.write_text("store_id,city\nS1,x\n")
    request = json.dumps([RawTable("pos.stores", {"store_id": "string"}).__dict__])
    first = json.loads(raw_file_reports(request))["tables"]["pos.stores"]
    assert first["parts"][0]["columns"] == {"store_id": "VARCHAR", "city": "VARCHAR"}
    time = path.stat().st_mtime_ns
    path.write_text("store_id,mall\nS1,x\n")
    os.utime(path, ns=(time, time))
    assert json.loads(raw_file_reports(request))["tables"]["pos.stores"] == first
    os.utime(path, ns=(time + 1, time + 1))
    changed = json.loads(raw_file_reports(request))["tables"]["pos.stores"]
    assert list(changed["parts"][0]["columns"]) == ["store_id", "mall"]
