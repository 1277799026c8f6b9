"""The gates of data quality: good data passes, each planted fault is caught, nothing is silent."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import great_expectations.expectations as gxe
import pandas as pd
import pytest
from great_expectations.expectations.expectation import Expectation

from one360.lookups.contacts import HINT_OF_CONTACT
from one360.quality import docs
from one360.quality.frames import count_matches, read_sample, read_samples, text_columns
from one360.quality.marts_out import (
    PERSONAL_PATTERNS,
    mart_facts,
    marts_out_suites,
    published_text,
)
from one360.quality.order_facts import order_facts
from one360.quality.raw_in import raw_in_suites
from one360.quality.run import (
    RESULT_SCHEMA,
    QualityError,
    describe,
    report_failures,
    run_suites,
    to_arrow,
)
from one360.quality.suite import Suite, columns_of, mostly_of
from one360.raw_files.declared import DeclaredTable, declared_tables
from tests.python.project import BEGUN, ROOT, SMALL_SHOP, Project, raw_tables

AS_OF = pd.Timestamp("2026-03-01")
HIGH_SHARE = 0.3
ROWS = 1_000
NOON = pd.Timestamp("2026-02-01 12:00")

SUITES = {suite.name: suite for suite in (*raw_in_suites(), *marts_out_suites(AS_OF, HIGH_SHARE))}
FACTS = ("order_facts", "mart_facts")


def fixture(name: str) -> list[dict[str, str]]:
    """Rows of a table that stands outside the code it judges."""
    with (ROOT / "tests" / "fixtures" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_value(text: str, number: int = 0) -> object:
    """A cell of good_rows.csv or planted_faults.csv.

    {n} is the number of the row; what begins with ' is text, even where it looks like a number.
    """
    if text.startswith("'"):
        return text[1:]
    text = text.replace("{n}", str(number))
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?", text):
        return pd.Timestamp(text)
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text or None


def good_frame(name: str, rows: int = ROWS) -> pd.DataFrame:
    """Rows that meet all that a suite expects, as good_rows.csv has them."""
    columns = {row["column"]: row["values"].split("|") for row in GOOD_ROWS if row["suite"] == name}
    numbers = range(1 if SUITES[name].table in FACTS else rows)
    return pd.DataFrame(
        {
            column: [read_value(values[number % len(values)], number) for number in numbers]
            for column, values in columns.items()
        }
    )


def planted_values(row: Mapping[str, str], good: pd.DataFrame) -> dict[str, list[object]]:
    """Columns of good rows, the first of which hold what planted_faults.csv plants instead."""
    count = int(row["rows"])
    return {
        column: [read_value(text, n) for n in range(count)] + list(good[column][count:])
        for column, text in zip(row["columns"].split(" "), row["planted"].split(" + "), strict=True)
    }


def run_one(suite: Suite, frame: pd.DataFrame) -> pd.DataFrame:
    return run_suites("raw_in", {suite.table: frame}, [suite])


def as_text(value: object) -> str:
    """A bound or a value of an expectation, as expectations.csv has it."""
    if isinstance(value, float):
        return f"{value:.10g}"
    text = "" if value is None else str(value)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def expected_of(checkpoint: str, suite: Suite, item: Expectation) -> dict[str, str]:
    """An expectation as a row of expectations.csv."""
    values = [as_text(value) for value in getattr(item, "value_set", None) or []]
    if "regex" in item.__fields__:
        values = [as_text(item.regex)]
    if "or_equal" in item.__fields__:
        values = ["or equal"] if item.or_equal else []
    return {
        "checkpoint": checkpoint,
        "suite": suite.name,
        "expectation": item.expectation_type.removeprefix("expect_"),
        "columns": " ".join(columns_of(item)),
        "low": as_text(getattr(item, "min_value", None)),
        "high": as_text(getattr(item, "max_value", None)),
        "values": " | ".join(values),
        "mostly": as_text(float(getattr(item, "mostly", 1))),
        "severity": item.severity.value,
    }


GOOD_ROWS = fixture("good_rows")
EXPECTATIONS = fixture("expectations")
PLANTED = fixture("planted_faults")
CHECKPOINTS = {"raw_in": raw_in_suites(), "marts_out": marts_out_suites(AS_OF, HIGH_SHARE)}
#: Columns by which a row of planted_faults.csv names its expectation.
NAMED_BY = ("suite", "expectation", "columns", "severity")


def name_of(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row[column] for column in NAMED_BY)


# --- the suites themselves ---------------------------------------------------------------


def test_the_suites_expect_what_is_listed_and_nothing_else():
    """A change of an expectation is made in tests/fixtures/expectations.csv too, on purpose."""
    built = [
        expected_of(checkpoint, suite, item)
        for checkpoint, suites in CHECKPOINTS.items()
        for suite in suites
        for item in suite.expectations
    ]
    assert [row for row in EXPECTATIONS if row not in built] == [], "listed, but not in a suite"
    assert [row for row in built if row not in EXPECTATIONS] == [], "in a suite, but not listed"
    assert len(built) == len(EXPECTATIONS) == len({tuple(row.values()) for row in built})


def test_the_suites_look_at_tables_in_the_way_that_is_listed():
    built = [
        {
            "checkpoint": checkpoint,
            "suite": suite.name,
            "table": suite.table,
            "needs_rows": str(suite.needs_rows).lower(),
            "types": " ".join(f"{column}={kind}" for column, kind in sorted(suite.types.items())),
            "derived": "; ".join(f"{column} = {sql}" for column, sql in suite.derived.items()),
            "sample_by": " ".join(suite.sample_by),
            "sampled_with": suite.sampled_with or "",
            "row_label": suite.row_label or "",
        }
        for checkpoint, suites in CHECKPOINTS.items()
        for suite in suites
    ]
    assert built == fixture("suites")


def test_good_data_passes_every_expectation():
    frames = {suite.table: good_frame(suite.name) for suite in SUITES.values()}
    results = run_suites("raw_in", frames, SUITES.values())
    assert len(results) == len(EXPECTATIONS)
    assert results[results["status"] != "passed"].empty, results[results["status"] != "passed"]
    assert list(results.columns) == RESULT_SCHEMA.names


def test_faults_are_planted_on_both_sides_of_every_bound():
    """A value beyond each bound that fails, the bound itself that passes, for each expectation."""
    planted = Counter((*name_of(row), row["side"], row["verdict"]) for row in PLANTED)
    lacking = []
    for row in EXPECTATIONS:
        sides = [("below", "failed"), ("low", "passed")] if row["low"] else []
        sides += [("above", "failed"), ("high", "passed")] if row["high"] else []
        if not sides:
            seen = {verdict for (*name, _, verdict) in planted if tuple(name) == name_of(row)}
            lacking += [(name_of(row), v) for v in ("failed", "passed") if v not in seen]
        lacking += [(name_of(row), side) for side in sides if not planted[(*name_of(row), *side)]]
    assert lacking == []
    assert {name_of(row) for row in PLANTED} == {name_of(row) for row in EXPECTATIONS}


@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)
def test_planted_faults_fail_and_values_at_the_bound_pass(suite: Suite):
    """Each fault is planted in columns of its own, so that one run judges them all."""
    good = good_frame(suite.name)
    expectations = {name_of(expected_of("", suite, item)): item for item in suite.expectations}
    cases = [row for row in PLANTED if row["suite"] == suite.name]
    columns: dict[str, list[object]] = {}
    items = []
    for number, row in enumerate(cases):
        values = planted_values(row, good)
        columns |= {f"{column}_{number}": cells for column, cells in values.items()}
        items.append(with_suffix(expectations[name_of(row)], f"_{number}"))
    results = run_one(Suite(suite.name, suite.table, tuple(items)), pd.DataFrame(columns))
    assert results["severity"].tolist() == [row["severity"] for row in cases]
    assert results["is_success"].tolist() == [row["verdict"] == "passed" for row in cases]
    assert results["status"].tolist() == [row["verdict"] for row in cases]


def with_suffix(item: Expectation, suffix: str) -> Expectation:
    """An expectation that looks at columns of other names."""
    renamed = {
        name: [column + suffix for column in value] if isinstance(value, list) else value + suffix
        for name in ("column", "column_A", "column_B", "column_list")
        if (value := getattr(item, name, None))
    }
    return item.copy(update=renamed, deep=True)


@pytest.mark.parametrize(
    "rows, mostly, asked",
    [
        (4, 0.9, 0.516),
        (50, 0.9, 0.7),
        (99, 0.9, 0.896),
        (100, 0.9, 0.9),
        (4, 1, 1),
        (4, 0.5, 0.5),
        (4, 0.01, 0.01),
    ],
)
def test_of_few_rows_a_smaller_share_is_asked(rows: int, mostly: float, asked: float):
    assert mostly_of(rows, mostly) == pytest.approx(asked)


@pytest.mark.parametrize("odd, status", [(4, "passed"), (5, "failed")])
def test_few_rows_are_judged_by_the_share_asked_of_them(odd: int, status: str):
    """Of 10 rows 54.5 % must have a key, where 95 % of a hundred must."""
    frame = good_frame("pos_stores", rows=10)
    frame.loc[: odd - 1, "store_id"] = None
    results = run_one(SUITES["pos_stores"], frame).set_index("expectation")
    assert results.loc["expect_column_values_to_not_be_null", "status"] == status
    assert results["rule"].iloc[0] == "store_id has a value, for at least 54.5 % of rows"


def test_every_suite_says_what_it_judges_and_every_rule_is_told_once():
    for suite in SUITES.values():
        assert suite.title, suite.name
        rules = [describe(item) for item in suite.expectations]
        assert len(set(rules)) == len(rules), suite.name
        # what is personal in a text is withheld by publishing
        severities = {item.severity.value for item in suite.expectations}
        assert "critical" in severities or suite.name == "published_text", suite.name


def test_every_raw_table_has_a_suite_on_columns_it_declares():
    suites = {suite.table: suite for suite in raw_in_suites() if suite.table not in FACTS}
    # a table without a suite of its own has one made of its declaration
    of_all = {suite.table for suite in raw_in_suites(declared_tables())}
    assert of_all - set(FACTS) == set(raw_tables())
    for table, suite in suites.items():
        declared = raw_tables()[table]["columns"]
        wanted = {*suite.columns, *suite.sample_by} - set(suite.derived)
        assert wanted <= set(declared), table
        for column, sql_type in suite.types.items():
            if column not in suite.derived:
                loose = {"double": ("decimal(18,4)", "bigint", "double")}
                assert declared[column] in loose.get(sql_type, (sql_type,)), (table, column)


# --- nothing passes in silence -----------------------------------------------------------


def test_misspelt_expectation_is_an_error():
    with pytest.raises(AttributeError):
        gxe.ExpectColumnValuesToBeUniqe(column="one_id")  # noqa: B018


def test_misspelt_argument_is_an_error():
    with pytest.raises(ValueError, match="extra fields"):
        gxe.ExpectColumnValuesToBeUnique(column="one_id", most=0.9)


def test_unknown_column_is_an_error_that_names_it():
    suite = Suite("shop", "core.shop", (gxe.ExpectColumnValuesToBeUnique(column="shop_id"),))
    with pytest.raises(QualityError, match=r"core\.shop has no column shop_id; it has store_id"):
        run_one(suite, pd.DataFrame({"store_id": ["a"]}))


def test_unknown_table_is_an_error_that_names_it():
    with pytest.raises(QualityError, match=r"no table pos\.receipts"):
        run_suites("raw_in", {}, [SUITES["pos_receipts"]])


def test_expectation_that_cannot_be_evaluated_is_an_error():
    suite = Suite("t", "t", (gxe.ExpectColumnMeanToBeBetween(column="a", min_value=0),))
    with pytest.raises(QualityError, match="expect_column_mean_to_be_between on a cannot be"):
        run_one(suite, pd.DataFrame({"a": ["x", "y"]}))


def test_suite_without_expectations_is_an_error():
    with pytest.raises(ValueError, match="always pass"):
        Suite("empty", "t", ())


def test_form_without_an_expression_is_an_error():
    with pytest.raises(ValueError, match="no regex"):
        Suite("t", "t", (gxe.ExpectColumnValuesToMatchRegex(column="a"),))


def test_two_suites_of_one_name_are_an_error():
    suite = SUITES["pos_stores"]
    with pytest.raises(QualityError, match="two suites"):
        run_suites("raw_in", {suite.table: good_frame(suite.name)}, [suite, suite])


# --- empty tables ------------------------------------------------------------------------


@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)
def test_empty_table_is_not_applicable_and_fails_where_rows_are_needed(suite: Suite):
    results = run_one(suite, good_frame(suite.name).head(0))
    assert len(results) == len(suite.expectations)
    assert set(results["evaluated_rows"]) == {0}
    if suite.needs_rows:
        assert set(results["status"]) == {"failed"}
        assert set(results["is_success"]) == {False}
        assert set(results["observed_value"]) == {"no row"}
    else:
        assert set(results["status"]) == {"not_applicable"}
        assert results["is_success"].isna().all()


def test_the_report_says_that_a_table_has_no_row():
    text = io.StringIO()
    report_failures(run_one(SUITES["customer_360"], good_frame("customer_360").head(0)), text)
    assert text.getvalue() == (
        "raw_in critical: customer_360: one_id has a value; found no row\n"
        "raw_in critical: customer_360: one_id occurs once; found no row\n"
    )


def test_rows_without_a_value_are_not_among_those_looked_at():
    frame = good_frame("pos_receipts", rows=200)
    frame.loc[:49, "mobile"] = None
    frame.loc[50:59, "mobile"] = "none"
    results = run_one(SUITES["pos_receipts"], frame).set_index("rule")
    looks = results.loc["mobile looks like a phone number, for at least 90 % of rows"]
    assert (looks["evaluated_rows"], looks["unexpected_count"]) == (150, 10)
    assert results.loc["receipt_id has a value, for at least 95 % of rows", "evaluated_rows"] == 200


def test_column_without_any_value_is_not_applicable_but_its_absence_is_judged():
    suite = SUITES["pos_receipts"]
    frame = good_frame(suite.name).assign(mobile=None, sold_at=pd.NaT)
    results = run_one(suite, frame).set_index("rule")["status"]
    assert (
        results["mobile looks like a phone number, for at least 90 % of rows"] == "not_applicable"
    )
    assert results["sold_at has a value, for at least 95 % of rows"] == "failed"


@pytest.mark.parametrize(
    ("has_products", "named", "status"),
    [
        (False, 0, "not_applicable"),
        (False, 1, "failed"),
        (False, ROWS, "passed"),
        (True, 0, "failed"),
    ],
)
def test_of_a_shop_without_products_none_are_expected_unless_a_line_names_one(
    has_products: bool, named: int, status: str
):
    suites = {suite.name: suite for suite in raw_in_suites(has_products=has_products)}
    for name in ("pos_receipt_lines", "web_order_lines"):
        frame = good_frame(name).assign(product_id=["p"] * named + [None] * (ROWS - named))
        results = run_one(suites[name], frame)
        of_product = results[results["column_name"] == "product_id"]
        assert of_product["status"].tolist() == [status]
        assert set(results[results["column_name"] == "net_amount"]["status"]) == {"passed"}


@pytest.mark.parametrize("name", sorted(set(SUITES) - {"order_volume", "customer_base"}))
def test_the_only_row_of_a_table_is_not_shown(name: str):
    suite = SUITES[name]
    results = run_one(suite, good_frame(name).head(1))
    assert not set(results["observed_value"].dropna()) & set(map(str, good_frame(name).iloc[0]))


def test_no_order_at_all_is_critical():
    frames, counts = empty_order_frames()
    results = run_one(SUITES["order_volume"], order_facts(frames, counts))
    failed = results[results["status"] == "failed"]
    assert failed["rule"].tolist() == ["orders is at least 1"]
    assert failed["observed_value"].tolist() == ["0"]


def empty_order_frames() -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    tables = [
        suite for suite in raw_in_suites() if "order" in suite.name or "receipt" in suite.name
    ]
    frames = {
        suite.table: good_frame(suite.name).head(0) for suite in tables if suite.table not in FACTS
    }
    return frames, dict.fromkeys(frames, 0)


# --- order facts -------------------------------------------------------------------------


def receipts(count: int, lines_of: range) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    frames, counts = empty_order_frames()
    frames["pos.receipts"] = pd.DataFrame(
        {
            "receipt_id": [f"r{i}" for i in range(count)],
            "sold_at": NOON,
            "loaded_at": NOON + pd.Timedelta(hours=1),
        }
    )
    frames["pos.receipt_lines"] = pd.DataFrame({"receipt_id": [f"r{i}" for i in lines_of]})
    counts |= {table: len(frames[table]) for table in ("pos.receipts", "pos.receipt_lines")}
    return frames, counts


def test_headers_without_lines_and_lines_without_headers_are_shares():
    facts = order_facts(*receipts(200, range(150, 250))).iloc[0]
    assert facts["pos_orders_without_lines"] == 0.75
    assert facts["pos_lines_without_order"] == 0.5
    assert facts["pos_lines_per_order"] == 0.5
    assert pd.isna(facts["web_orders_without_lines"])


def test_one_orphan_among_few_rows_says_nothing_but_all_of_them_do():
    assert pd.isna(order_facts(*receipts(4, range(1, 5))).iloc[0]["pos_lines_without_order"])
    assert order_facts(*receipts(4, range(4, 8))).iloc[0]["pos_lines_without_order"] == 1


def test_silent_channel_is_counted_in_days_and_future_orders_are_no_sign_of_life():
    frames, counts = receipts(3, range(3))
    frames["web.orders"] = pd.DataFrame(
        {
            "order_id": ["o1", "o2"],
            "ordered_at": [NOON - pd.Timedelta(days=60), NOON + pd.Timedelta(days=900)],
            "loaded_at": NOON + pd.Timedelta(hours=1),
        }
    )
    facts = order_facts(frames, counts | {"web.orders": 2}).iloc[0]
    assert facts["web_silent_days"] == 60
    assert facts["pos_silent_days"] == 0


def test_shares_of_few_keys_are_told_from_half_of_them_on_and_of_many_always():
    """Of 50 keys 30 % may lack the other side (5 % of none to 10 % of a hundred); 16 are more."""
    few = [order_facts(*receipts(50, range(odd, 50))).iloc[0] for odd in (15, 16)]
    assert pd.isna(few[0]["pos_orders_without_lines"])
    assert few[1]["pos_orders_without_lines"] == 0.32
    many = order_facts(*receipts(100, range(1, 100))).iloc[0]
    assert many["pos_orders_without_lines"] == 0.01


def test_orders_of_all_channels_are_counted_and_lines_per_order_are_an_average():
    frames, counts = receipts(40, range(40))
    counts |= {"pos.receipt_lines": 100, "web.orders": 3, "wechat.orders": 2}
    facts = order_facts(frames, counts).iloc[0]
    assert (facts["orders"], facts["pos_lines_per_order"]) == (45, 2.5)


@pytest.mark.parametrize(
    "list_amount, net_amount, discount",
    [
        ("10", "8.5", 0.15),
        ("-10", "-8.5", 0.15),
        ("10", "12", -0.2),
        ("10", "", None),
        ("0", "1", None),
    ],
)
def test_discount_is_what_sale_and_return_alike_cost_less_than_on_the_shelf(
    list_amount: str, net_amount: str, discount: float | None
):
    relation = duckdb.sql(
        "select 'o' as order_id, '1' as line_no, 'p' as product_id, '1' as quantity,"
        " ? as list_amount, ? as net_amount, '2026-01-01' as loaded_at",
        params=[list_amount, net_amount],
    )
    for name in ("pos_receipt_lines", "web_order_lines", "wechat_order_lines"):
        suite = SUITES[name]
        columns = relation.project("*, order_id as receipt_id")
        value = read_sample(columns, suite, 1, 10)["discount_share"].iloc[0]
        assert pd.isna(value) if discount is None else value == pytest.approx(discount)


@pytest.mark.parametrize(
    ("lines_of", "status"),
    [
        # fuel by the gram is always so many
        ({"tea": [1] * 900, "fuel": [20_000] * 100}, "passed"),
        ({"tea": [1] * 995, "fuel": [20_000] * 5}, "passed"),
        # on four lines a product is not known to be
        ({"tea": [1] * 996, "fuel": [20_000] * 4}, "failed"),
        # nor one that others buy by the piece
        ({"tea": [1] * 995 + [20_000] * 5}, "failed"),
        ({"tea": [1] * 900, "fuel": [20_000] * 95 + [200_010_000] * 5}, "failed"),
        ({"tea": [1] * 900, "fuel": [20_000] * 95 + [200_000_000] * 5}, "passed"),
        # what is usual of a product does not make few of it many
        ({"tea": [100] * 900, "rice": [0.001] * 90 + [100] * 10}, "passed"),
    ],
)
def test_a_quantity_is_held_against_the_usual_one_of_its_product(
    lines_of: dict[str, list[float]], status: str
):
    sold = [(product, str(n)) for product, counts in lines_of.items() for n in counts]
    lines = pd.DataFrame(sold, columns=["product_id", "quantity"], dtype="string")
    lines["line_no"] = [str(number) for number in range(len(lines))]
    relation = duckdb.sql(
        "select *, 'o' || line_no as receipt_id, '1' as list_amount, '1' as net_amount,"
        " '2026-01-01' as loaded_at from lines"
    )
    suite = SUITES["pos_receipt_lines"]
    results = run_one(suite, read_sample(relation, suite, len(lines), len(lines)))
    of_quantity = results[results["column_name"] == "quantity_multiple"]
    assert of_quantity["status"].tolist() == [status]


def test_visitor_of_an_event_is_its_browser_or_its_login():
    relation = duckdb.sql(
        "select * from (values ('a', 'w'), ('a', null), (null, 'w'), (null, null))"
        " as events(anonymous_id, user_id), (select 'e' as event_id, 'signed_in' as event,"
        " timestamp '2026-01-01' as occurred_at, occurred_at as loaded_at, 1 as engaged_seconds)"
    )
    visitors = read_sample(relation, SUITES["web_events"], 4, 10)["visitor"]
    assert sorted(visitors.dropna()) == ["a", "a", "w"]


def test_clocks_of_a_declared_zone_are_read_in_it():
    """Tokyo's orders are of the evening, at 20:00; its loader writes UTC, 11:30 the same day."""
    orders = duckdb.sql(
        "select 'o' || i as order_id, '2026-02-01 20:00:00' as ordered_at, null as mobile,"
        " 'paid' as status, '2026-02-01 11:30:00' as loaded_at from range(100) as n(i)"
    )
    tables = declared_tables(ROOT)
    table = tables["web.orders"]
    columns = tuple(
        replace(column, timezone="Asia/Tokyo" if column.name == "ordered_at" else None)
        for column in table.columns
    )

    def critical(table: DeclaredTable) -> set[str]:
        suites = raw_in_suites(tables | {"web.orders": table})
        suite = next(suite for suite in suites if suite.table == "web.orders")
        results = run_one(suite, read_sample(orders, suite, 100, 100))
        failed = (results["status"] == "failed") & (results["severity"] == "critical")
        return set(results.loc[failed, "column_name"])

    assert critical(replace(table, columns=columns)) == set()
    assert critical(table) == {"loaded_at, ordered_at"}


@pytest.mark.parametrize(
    ("zone", "written", "utc"),
    [
        ("America/New_York", "2025-03-09 01:59:59", "2025-03-09 06:59:59"),
        ("America/New_York", "2025-03-09 02:30:00", "2025-03-09 07:30:00"),
        ("America/New_York", "2025-11-02 01:30:00", "2025-11-02 05:30:00"),
        ("America/New_York", "2025-11-02 02:00:00", "2025-11-02 07:00:00"),
        ("America/New_York", "2025-03-09 12:00:00 +08:00", "2025-03-09 04:00:00"),
        ("America/New_York", "2025-03-09T12:00:00Z", "2025-03-09 12:00:00"),
        ("America/New_York", "2025-03-09", "2025-03-09 05:00:00"),
        ("America/New_York", "294247-01-10 04:00:54", None),
        ("America/New_York", "soon", None),
        (None, "2025-03-09 12:00:00+0800", "2025-03-09 04:00:00"),
        (None, "2025-03-09 12:00:00", "2025-03-09 12:00:00"),
    ],
)
def test_a_time_is_read_in_its_zone_unless_it_names_its_offset(
    zone: str | None, written: str, utc: str | None
):
    expectation = gxe.ExpectColumnValuesToNotBeNull(column="sold_at")
    zones = {"sold_at": zone} if zone else {}
    suite = Suite("t", "t", (expectation,), types={"sold_at": "timestamp"}, zones=zones)
    relation = duckdb.sql("select ? as sold_at", params=[written])
    (value,) = read_sample(relation, suite, 1, 1)["sold_at"]
    assert pd.isna(value) if utc is None else value == pd.Timestamp(utc)


# --- mart facts --------------------------------------------------------------------------

MARTS = {
    "core.customers": (
        "select 'c' || i as one_id, 1 + (i % 2) as profile_count from range({customers}) as n(i)"
    ),
    "core.customer_profiles": (
        "select 'p' || i as profile_id, 'c' || i % {customers} as one_id from range(150) as n(i)"
    ),
    "core.orders": "select timestamp '2026-03-01 15:59:59' as ordered_at from range(9)",
    "tags.customer_360": "select 1 from range({customers})",
    "tags.tag_rfm": (
        "select case when i < 60 then 'lost' else 'new' end as segment_code from range(100) as n(i)"
    ),
    "tags.tag_nes": (
        "select case when i < 70 then 'S3' else 'N' end as nes_status from range(100) as n(i)"
    ),
    "tags.tag_activity": (
        "select case when i < 31 then 'high' else 'low' end as activity_level"
        " from range(100) as n(i)"
    ),
}


def facts_of_marts(**changed: str) -> pd.Series:
    """mart_facts of a hundred customers, with some marts changed (core_orders=SQL)."""
    queries = MARTS | {name.replace("_", ".", 1): sql for name, sql in changed.items()}
    relations = {name: duckdb.sql(sql.format(customers=100)) for name, sql in queries.items()}
    return mart_facts(relations, pd.Timestamp("2026-03-01 15:59:59")).iloc[0]


def test_facts_of_marts_are_counted_over_whole_tables():
    assert facts_of_marts().to_dict() == {
        "customers": 100,
        "customers_beyond_profiles": -50,
        "customers_without_profile": 0,
        "profiles_without_customer": 0,
        "customer_360_difference": 0,
        "largest_profile_count": 2,
        "orders_after_as_of": 0,
        "rfm_largest_segment_share": 0.6,
        "rfm_segments": 2,
        "nes_largest_state_share": 0.7,
        "activity_high_share": 0.31,
    }


@pytest.mark.parametrize(
    "mart, sql, fact, value",
    [
        ("core_orders", "select timestamp '2026-03-01 16:00:00' as ordered_at",
         "orders_after_as_of", 1),
        ("core_customers", MARTS["core.customers"].replace("{customers}", "160"),
         "customers_beyond_profiles", 10),
        ("core_customers", MARTS["core.customers"].replace("{customers}", "101"),
         "customers_without_profile", 1),
        ("core_customers", "select 'c0' as one_id, 201 as profile_count",
         "largest_profile_count", 201),
        ("core_customer_profiles", MARTS["core.customer_profiles"] + " union all select 'p', null",
         "profiles_without_customer", 1),
        ("tags_customer_360", "select 1 from range(99)", "customer_360_difference", -1),
        ("tags_customer_360", "select 1 from range(101)", "customer_360_difference", 1),
        ("tags_tag_activity", "select 'low' as activity_level from range(100)",
         "activity_high_share", 0),
        ("tags_tag_activity", "select 'high' as activity_level from range(99)",
         "activity_high_share", None),
        ("tags_tag_rfm", "select 'lost' as segment_code from range(99)",
         "rfm_largest_segment_share", None),
        ("tags_tag_rfm", "select 'lost' as segment_code from range(99)", "rfm_segments", None),
        ("tags_tag_rfm", "select 'lost' as segment_code from range(100)", "rfm_segments", 1),
        ("tags_tag_nes", "select 'N' as nes_status from range(100)",
         "nes_largest_state_share", 1),
    ],
)  # fmt: skip
def test_a_fault_of_a_mart_is_in_the_facts(mart: str, sql: str, fact: str, value: float | None):
    found = facts_of_marts(**{mart: sql})[fact]
    assert pd.isna(found) if value is None else found == value


def test_the_share_of_highly_active_customers_follows_its_variable():
    def bounds(share: float) -> tuple[float, float]:
        (item,) = (
            item
            for suite in marts_out_suites(AS_OF, share)
            for item in suite.expectations
            if columns_of(item) == ("activity_high_share",)
        )
        return item.min_value, item.max_value

    assert bounds(0.2) == pytest.approx((0.2, 0.3))
    settings = (ROOT / "python_models/quality/_quality__python_models.yml").read_text()
    assert "activity_high_share: \"{{ var('activity_high_share') }}\"" in settings


def test_marts_may_be_without_customers_where_nobody_was_delivered():
    frames = {
        name: good_frame(suite.name).head(0)
        for name, suite in ((suite.table, suite) for suite in marts_out_suites(AS_OF, HIGH_SHARE))
        if suite.name != "customer_base"
    }
    frames["mart_facts"] = facts_of_marts(
        core_customers="select 0 as profile_count where false",
        core_customer_profiles="select 'o' as one_id where false",
        tags_customer_360="select 'o' as one_id where false",
    ).to_frame().T.astype("Float64")  # fmt: skip
    failed = {}
    for has_records in (True, False):
        suites = marts_out_suites(AS_OF, HIGH_SHARE, has_records)
        results = run_suites("marts_out", frames, suites)
        failed[has_records] = set(
            results[(results["status"] == "failed") & (results["severity"] == "critical")]["suite"]
        )
    assert failed == {
        True: {"customer_base", "customers", "customer_profiles", "customer_360"},
        False: set(),
    }


# --- samples -----------------------------------------------------------------------------


def test_sample_is_bounded_repeatable_and_keeps_the_rows_of_a_key_together():
    suite = SUITES["pos_receipt_lines"]
    relation = duckdb.sql(
        "select 'r' || (i // 4) as receipt_id, i % 4 as line_no, 'p' as product_id, 1 as quantity,"
        " 2.5 as list_amount, 2.5 as net_amount, now()::timestamp as loaded_at"
        " from range(40000) as numbers(i)"
    )
    sample = read_sample(relation, suite, 40_000, 4_000)
    assert 3_000 < len(sample) < 5_000
    assert (sample.groupby("receipt_id").size() == 4).all()
    again = read_sample(relation, suite, 40_000, 4_000)
    assert sorted(sample["receipt_id"]) == sorted(again["receipt_id"])
    assert set(sample["receipt_id"]) >= set(
        read_sample(relation, suite, 40_000, 1_000)["receipt_id"]
    )


def test_headers_and_lines_are_sampled_by_the_same_keys():
    suites = [SUITES["pos_receipts"], SUITES["pos_receipt_lines"]]
    relations = {
        "pos.receipts": duckdb.sql(
            "select 'r' || i as receipt_id, timestamp '2026-01-01' as sold_at, 1 as total_amount,"
            " null::varchar as mobile, timestamp '2026-01-02' as loaded_at from range(5000) as n(i)"
        ),
        "pos.receipt_lines": duckdb.sql(
            "select 'r' || (i // 4) as receipt_id, i % 4 as line_no, 'p' as product_id,"
            " 1 as quantity, 2 as list_amount, 2 as net_amount, timestamp '2026-01-02' as loaded_at"
            " from range(20000) as n(i)"
        ),
    }
    frames, counts = read_samples(relations, suites, 2_000)
    assert counts == {"pos.receipts": 5_000, "pos.receipt_lines": 20_000}
    assert set(frames["pos.receipts"]["receipt_id"]) == set(
        frames["pos.receipt_lines"]["receipt_id"]
    )


def test_rows_without_a_key_are_in_the_sample_too():
    relation = duckdb.sql(
        "select null::varchar as store_id, 's' as store_name,"
        " timestamp '2026-01-01' + interval (i) minute as loaded_at from range(10000) as n(i)"
    )
    sample = read_sample(relation, SUITES["pos_stores"], 10_000, 1_000)
    assert 800 < len(sample) < 1_200


def test_sample_of_a_table_without_the_column_is_an_error():
    with pytest.raises(KeyError, match=r"pos\.stores has no column store_name"):
        read_sample(
            duckdb.sql("select 's' as store_id, 1 as loaded_at"), SUITES["pos_stores"], 1, 10
        )


# --- personal values in the open ---------------------------------------------------------


@pytest.mark.parametrize(
    "text, is_personal",
    [
        ("+86****12", False),
        ("m***@example.com", False),
        ("****", False),
        ("重要价值客户", False),
        ("2026-01-31 10:00:00", False),
        ("0f138001380010ffab", False),
        ("13800138001", True),
        ("call 138-0013-8001", True),
        ("tel:13800138001.", True),
        ("+8613800138001", True),
        ("+33612345678", True),
        ("mei@example.com", True),
        ("86-13800138001", True),
        ("12800138001", False),
        ("138001380012", False),
        ("+1234567890123456", False),
        ("1380013800", False),
        ("+3361234", False),
        ("+33612345", True),
        ("m@example.com", True),
        ("m***@example.com", False),
        ("138****8001", False),
        ("me@example.c", False),
    ],
)
def test_personal_values_are_recognised(text: str, is_personal: bool):
    relation = duckdb.sql("select ? as note", params=[text])
    counts = count_matches(relation, text_columns(relation), PERSONAL_PATTERNS, HINT_OF_CONTACT)
    assert bool(counts["matching_rows"].sum()) == is_personal


def test_keys_and_hashes_are_not_searched_but_all_other_text_is():
    relation = duckdb.sql(
        "select '13800138001' as order_id, '13800138001' as phone_hash, 13800138001 as amount,"
        " '13800138001' as identifier, '13800138001' as hash_of"
    )
    found = published_text({"core.orders": relation}).query("matching_rows > 0")
    assert found["place"].tolist() == [
        "core.orders.identifier: phone number",
        "core.orders.hash_of: phone number",
    ]


def test_personal_value_in_a_mart_fails_and_names_column_and_kind_but_not_the_value():
    relation = duckdb.sql("select 'a' as one_id, 'mei@example.com' as city, 1 as profile_count")
    results = run_one(SUITES["published_text"], published_text({"core.customers": relation}))
    assert results["status"].tolist() == ["failed"]
    assert results["observed_value"].tolist() == ["core.customers.city: e-mail address"]


# --- results -----------------------------------------------------------------------------


def test_report_names_suite_rule_and_share_but_no_value():
    suite = SUITES["web_orders"]
    frame = good_frame(suite.name)
    frame["status"] = ["13800138001"] * 100 + ["paid"] * 900
    text = io.StringIO()
    report_failures(run_one(suite, frame), text)
    assert text.getvalue() == (
        "raw_in critical: web_orders: status is one of paid, shipped, completed, cancelled, "
        "refunded, for at least 95 % of rows (100 of 1000 rows do not)\n"
    )


def test_results_without_a_value_keep_their_types():
    suite = SUITES["pos_stores"]
    assert (
        to_arrow(run_one(suite, good_frame(suite.name).head(0))).schema.types == RESULT_SCHEMA.types
    )


def test_page_is_self_contained_and_escapes_what_it_shows():
    suite = SUITES["pos_stores"]
    results = run_one(suite, good_frame(suite.name)).assign(as_of_date=AS_OF)
    results.loc[0, ["observed_value", "status"]] = ["<script>alert(1)</script>", "failed"]
    page = docs.render_results(results, "demo", docs.suite_titles())
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "://" not in page and " src=" not in page and "@import" not in page
    assert "store_id has a value" in page and "Stores" in page


def test_page_shows_what_stopped_the_build(tmp_path, monkeypatch):
    """The first checkpoint failed, so neither the second nor the mart of results is there."""
    monkeypatch.setenv("ONE360_HOME", str(tmp_path))
    (tmp_path / "warehouse").mkdir()
    broken = good_frame("pos_stores").assign(store_id=None)
    results = to_arrow(run_one(SUITES["pos_stores"], broken))
    with duckdb.connect(str(tmp_path / "warehouse" / "demo.duckdb")) as connection:
        connection.execute("create schema quality")
        connection.execute("create table quality.gx_raw_in as from results")
    assert results.num_rows == 3
    assert docs.main(["--dataset", "demo", "--out", str(tmp_path / "site")]) == 0
    page = (tmp_path / "site" / "quality" / "index.html").read_text(encoding="utf-8")
    assert "as of an unknown day" in page and "✗ failed" in page


def test_page_of_a_data_set_that_is_not_built_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ONE360_HOME", str(tmp_path))
    assert docs.main(["--dataset", "demo", "--out", str(tmp_path / "site")]) != 0
    assert "make build" in capsys.readouterr().err


# --- within a build ----------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path):
    project = Project(tmp_path)
    project.write_small_shop()
    yield project
    project.close()


#: Everything up to the model that behaviour, tags and marts wait for (test_project_rules).
GATE = (
    *("build", *BEGUN, "--select", "+int_behaviour__as_of"),
    *("--exclude", "test_type:unit", "--indirect-selection", "cautious"),
)


@pytest.mark.build
def test_broken_feed_stops_the_build_before_any_mart(shop: Project):
    shop.begin()
    first = shop.dbt(*GATE).check()
    assert shop.query("select count(*) from quality.gx_raw_in where status = 'failed'") == [(0,)]
    # sources that end long before the others are named, those near the date are not
    assert "tickets of crm end on 2026-01-15, 46 days before 2026-03-02" in first.output
    assert "orders of" not in first.output
    assert "events of" not in first.output
    as_of = "select as_of_date from behaviour.int_behaviour__as_of"
    before = shop.query(as_of)

    lines = [{**row, "net_amount": None} for row in SMALL_SHOP["pos.receipt_lines"]]
    shop.write("pos.receipt_lines", lines)
    shop.write("web.orders", [{**SMALL_SHOP["web.orders"][0], "ordered_at": "2026-05-01 02:10"}])
    result = shop.dbt(*GATE)
    assert result.exit_code == 1
    assert "raw_in critical: pos_receipt_lines: net_amount has a value" in result.output
    assert "SKIP relation behaviour.int_behaviour__as_of" in result.output
    assert shop.query(as_of) == before


def test_marts_out_reads_each_mart_under_its_own_name():
    text = (ROOT / "python_models/quality/gx_marts_out.py").read_text(encoding="utf-8")
    names = re.findall(r'"(\w+)\.(\w+)": dbt\.ref\("(\w+)"\)', text)
    # the date, and the input models whose rows make customers
    others = 1 + len(re.findall(r'dbt\.ref\("input_\w+"\)', text))
    assert len(names) == text.count("dbt.ref") - others > 30
    assert [name for _, name, model in names if name != model] == []
    judged = {suite.table for suite in CHECKPOINTS["marts_out"] if "." in suite.table}
    assert judged <= {f"{schema}.{name}" for schema, name, _ in names}


def test_models_read_every_declared_source(manifest: dict[str, Any]):
    parents = manifest["parent_map"]["model.one360.gx_raw_in"]
    read = {parent for parent in parents if parent.startswith("source.")}
    assert read == {f"source.one360.{table}" for table in raw_tables()}
