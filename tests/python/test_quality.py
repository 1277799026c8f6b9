"""The gates of data quality: good data passes, each planted fault is caught, nothing is silent."""

from __future__ import annotations

import io
from pathlib import Path

import duckdb
import great_expectations.expectations as gxe
import pandas as pd
import pytest

from one360.quality import docs
from one360.quality.frames import count_matches, read_sample, read_samples, text_columns
from one360.quality.marts_out import (
    PERSONAL_HINT,
    PERSONAL_PATTERNS,
    marts_out_suites,
    published_text,
)
from one360.quality.raw_in import order_facts, raw_in_suites
from one360.quality.run import (
    RESULT_SCHEMA,
    QualityError,
    describe,
    report_failures,
    run_suites,
    to_arrow,
)
from one360.quality.suite import FEW_ROWS, Suite, columns_of
from tests.python.project import ROOT, SMALL_SHOP, Project, raw_tables

AS_OF = pd.Timestamp("2026-03-01")
ROWS = 2 * FEW_ROWS
NOON = pd.Timestamp("2026-02-01 12:00")

SUITES = {suite.name: suite for suite in (*raw_in_suites(), *marts_out_suites(AS_OF))}
FACTS = ("order_facts", "mart_facts")
CASES = [
    pytest.param(suite, number, id=f"{suite.name}-{item.expectation_type}-{columns_of(item)}")
    for suite in SUITES.values()
    for number, item in enumerate(suite.expectations)
]


def good_values(suite: Suite, column: str, rows: int) -> list:
    """Values that meet every expectation on a column."""
    for item in suite.expectations:
        kind = item.expectation_type
        if kind.startswith("expect_column_pair") and column in (item.column_A, item.column_B):
            later = pd.Timedelta(days=int(column == item.column_A))
            return [NOON + later + pd.Timedelta(minutes=i) for i in range(rows)]
        if column not in columns_of(item):
            continue
        if kind == "expect_column_values_to_be_in_set":
            return [item.value_set[i % len(item.value_set)] for i in range(rows)]
        if kind == "expect_column_values_to_be_between":
            if isinstance(item.min_value, pd.Timestamp):
                return [NOON + pd.Timedelta(minutes=i) for i in range(rows)]
            return [float(item.max_value if item.min_value is None else item.min_value)] * rows
        if kind == "expect_column_values_to_match_regex":
            likely = ("+86****12", "a***@b.cn", "138 0013 8001", "mei@example.com", "0f" * 16)
            fits = next(text for text in likely if pd.Series([text]).str.contains(item.regex).all())
            return [fits] * rows
    return [f"{column}-{i}" for i in range(rows)]


def good_frame(suite: Suite, rows: int = ROWS) -> pd.DataFrame:
    rows = 1 if suite.table in FACTS else rows
    return pd.DataFrame({column: good_values(suite, column, rows) for column in suite.columns})


def spoil(suite: Suite, number: int, rows: slice) -> pd.DataFrame:
    """A good frame with some rows that break one expectation."""
    item = suite.expectations[number]
    kind = item.expectation_type
    frame = good_frame(suite).astype(object)
    count = len(frame.iloc[rows])

    def plant(column: str, value: object) -> None:
        frame.iloc[rows, frame.columns.get_loc(column)] = [value] * count

    if kind == "expect_column_values_to_not_be_null":
        plant(item.column, None)
    elif kind.endswith("to_be_unique"):
        for column in columns_of(item):
            plant(column, frame[column].iloc[0])
    elif kind == "expect_column_values_to_be_between":
        low, high = item.min_value, item.max_value
        step = pd.Timedelta(days=1) if isinstance(low, pd.Timestamp) else 0.5
        plant(item.column, high + step if low is None else low - step)
    elif kind == "expect_column_values_to_be_in_set":
        plant(item.column, AS_OF - pd.Timedelta(days=9) if item.column == "as_of_date" else "???")
    elif kind == "expect_column_values_to_match_regex":
        plant(item.column, "13800138001x")
    elif kind == "expect_column_values_to_not_match_regex":
        plant(item.column, "鎴戠殑� ï¿½")
    elif kind.startswith("expect_column_pair"):
        plant(item.column_A, NOON - pd.Timedelta(days=900))
    else:
        raise AssertionError(f"say how {kind} is broken")
    return frame.infer_objects()


def run_one(suite: Suite, frame: pd.DataFrame) -> pd.DataFrame:
    return run_suites("raw_in", {suite.table: frame}, [suite])


def judge(suite: Suite, number: int, frame: pd.DataFrame) -> pd.Series:
    """Result of one expectation of a suite, without the others."""
    alone = Suite(suite.name, suite.table, (suite.expectations[number],), row_label=suite.row_label)
    return run_one(alone, frame).iloc[0]


# --- the suites themselves ---------------------------------------------------------------


def test_good_data_passes_every_expectation():
    frames = {suite.table: good_frame(suite) for suite in SUITES.values()}
    results = run_suites("raw_in", frames, SUITES.values())
    assert len(results) == sum(len(suite.expectations) for suite in SUITES.values())
    assert results[results["status"] != "passed"].empty, results[results["status"] != "passed"]
    assert list(results.columns) == RESULT_SCHEMA.names


@pytest.mark.parametrize("suite, number", CASES)
def test_planted_fault_is_caught(suite: Suite, number: int):
    row = judge(suite, number, spoil(suite, number, slice(None)))
    assert row["status"] == "failed", row["rule"]
    assert not row["is_success"]
    assert row["severity"] == suite.expectations[number].severity.value


@pytest.mark.parametrize("suite", raw_in_suites(), ids=lambda suite: suite.name)
def test_everyday_dirt_in_half_a_percent_of_raw_rows_passes(suite: Suite):
    if suite.table in FACTS:
        pytest.skip("judges counts, not rows")
    for number, item in enumerate(suite.expectations):
        frame = spoil(suite, number, slice(7, 8))
        row = judge(suite, number, pd.concat([frame, good_frame(suite, 10 * ROWS)]))
        assert row["status"] == "passed", row["rule"]
        assert row["unexpected_count"] >= 1 or item.expectation_type.endswith("unique")


def test_every_suite_says_what_it_judges_and_every_rule_is_told_once():
    for suite in SUITES.values():
        assert suite.title, suite.name
        rules = [describe(item) for item in suite.expectations]
        assert len(set(rules)) == len(rules), suite.name
        assert any(item.severity.value == "critical" for item in suite.expectations), suite.name


def test_every_raw_table_has_a_suite_on_columns_it_declares():
    suites = {suite.table: suite for suite in raw_in_suites() if suite.table not in FACTS}
    assert set(suites) == set(raw_tables())
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
        run_suites("raw_in", {suite.table: good_frame(suite)}, [suite, suite])


# --- empty tables ------------------------------------------------------------------------


@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)
def test_empty_table_is_reported_as_not_applicable_unless_rows_are_needed(suite: Suite):
    results = run_one(suite, good_frame(suite).head(0))
    assert len(results) == len(suite.expectations)
    if not suite.needs_rows:
        assert set(results["status"]) == {"not_applicable"}
        assert results["is_success"].isna().all()


def test_column_without_any_value_is_not_applicable_but_its_absence_is_judged():
    suite = SUITES["pos_receipts"]
    frame = good_frame(suite).assign(mobile=None, sold_at=pd.NaT)
    results = run_one(suite, frame).set_index("rule")["status"]
    assert (
        results["mobile looks like a phone number, for at least 80 % of rows"] == "not_applicable"
    )
    assert results["sold_at has a value, for at least 95 % of rows"] == "failed"


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
        suite.table: good_frame(suite).head(0) for suite in tables if suite.table not in FACTS
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
        ("call 138-0013-8001", False),
        ("tel:13800138001.", True),
        ("+8613800138001", True),
        ("+33612345678", True),
        ("mei@example.com", True),
    ],
)
def test_personal_values_are_recognised(text: str, is_personal: bool):
    relation = duckdb.sql("select ? as note", params=[text])
    counts = count_matches(relation, text_columns(relation), PERSONAL_PATTERNS, PERSONAL_HINT)
    assert bool(counts["matching_rows"].sum()) == is_personal


def test_personal_value_in_a_mart_fails_and_names_column_and_kind_but_not_the_value():
    relation = duckdb.sql("select 'a' as one_id, 'mei@example.com' as city, 1 as profile_count")
    results = run_one(SUITES["published_text"], published_text({"core.customers": relation}))
    assert results["status"].tolist() == ["failed"]
    assert results["observed_value"].tolist() == ["core.customers.city: e-mail address"]


# --- results -----------------------------------------------------------------------------


def test_report_names_suite_rule_and_share_but_no_value():
    suite = SUITES["web_orders"]
    frame = good_frame(suite)
    frame["status"] = ["13800138001"] * 100 + ["paid"] * 100
    text = io.StringIO()
    report_failures(run_one(suite, frame), text)
    assert text.getvalue() == (
        "raw_in critical: web_orders: status is one of paid, shipped, completed, cancelled, "
        "refunded, for at least 95 % of rows (100 of 200 rows do not)\n"
    )


def test_results_without_a_value_keep_their_types():
    suite = SUITES["pos_stores"]
    assert to_arrow(run_one(suite, good_frame(suite).head(0))).schema.types == RESULT_SCHEMA.types


def test_page_is_self_contained_and_escapes_what_it_shows():
    suite = SUITES["pos_stores"]
    results = run_one(suite, good_frame(suite)).assign(as_of_date=AS_OF)
    results.loc[0, ["observed_value", "status"]] = ["<script>alert(1)</script>", "failed"]
    page = docs.render_results(results, "demo", docs.suite_titles())
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "://" not in page and " src=" not in page and "@import" not in page
    assert "store_id has a value" in page and "Stores" in page


def test_page_shows_what_stopped_the_build(tmp_path, monkeypatch):
    """The first checkpoint failed, so neither the second nor the mart of results is there."""
    monkeypatch.setenv("ONE360_HOME", str(tmp_path))
    (tmp_path / "warehouse").mkdir()
    results = to_arrow(judge_frame("pos_stores", "store_id has a value"))
    with duckdb.connect(str(tmp_path / "warehouse" / "demo.duckdb")) as connection:
        connection.execute("create schema quality")
        connection.execute("create table quality.gx_raw_in as from results")
    assert results.num_rows == 3
    assert docs.main(["--dataset", "demo", "--out", str(tmp_path / "site")]) == 0
    page = (tmp_path / "site" / "quality" / "index.html").read_text(encoding="utf-8")
    assert "as of an unknown day" in page and "✗ failed" in page


def judge_frame(name: str, broken_rule: str) -> pd.DataFrame:
    """Results of a suite on data that break one rule."""
    suite = SUITES[name]
    number = next(
        n for n, item in enumerate(suite.expectations) if describe(item).startswith(broken_rule)
    )
    return run_one(suite, spoil(suite, number, slice(None)))


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
    *("build", "--select", "+int_behaviour__as_of"),
    *("--exclude", "test_type:unit", "--indirect-selection", "cautious"),
)


@pytest.mark.build
def test_broken_feed_stops_the_build_before_any_mart(shop: Project):
    shop.dbt(*GATE).check()
    assert shop.query("select count(*) from quality.gx_raw_in where status = 'failed'") == [(0,)]
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


def test_models_read_every_declared_source():
    text = (ROOT / "python_models/marts/quality/gx_raw_in.py").read_text(encoding="utf-8")
    for table in raw_tables():
        system, name = table.split(".")
        assert f'"{table}": dbt.source("{system}", "{name}")' in text
