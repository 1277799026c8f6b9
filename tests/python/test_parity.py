"""The comparison of two builds sees every difference and forgives the order of additions."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from one360.cli.program import app
from one360.errors import One360Error
from one360.runs.parity import TableParity, compare
from tests.python.project import ROOT

ORDERS = """
    create table core.orders as
    select * from (values
        ('o1', 10.50::decimal(18, 2), 1.0 / 3, timestamp '2026-01-01 10:00:00', null),
        ('o2', 20.00::decimal(18, 2), null, timestamp '2026-01-02 10:00:00', 'note'),
        ('o2', 20.00::decimal(18, 2), 2.0 / 3, null, 'note')
    ) as orders(order_id, net_amount, share, ordered_at, note)
"""

Build = Callable[..., Path]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Makes a file of the given name with core.orders, then changed by statements."""

    def make(name: str, *statements: str) -> Path:
        path = tmp_path / name / "demo.duckdb"
        path.parent.mkdir()
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema core")
            connection.execute("create schema quality")
            for statement in (ORDERS, *statements):
                connection.execute(statement)
        return path

    return make


def only(tables: list[TableParity]) -> TableParity:
    (table,) = tables
    return table


def test_equal_tables_are_equal_in_any_order_of_rows_and_columns(build: Build):
    other = build(
        "other",
        "create table core.turned as select note, ordered_at, share, net_amount, order_id"
        " from core.orders order by share desc",
        "drop table core.orders",
        "alter table core.turned rename to orders",
    )
    table = only(list(compare(build("one"), other)))
    assert table.is_equal, table
    assert (table.name, table.rows, table.other_rows) == ("core.orders", 3, 3)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ("update core.orders set net_amount = 10.51 where order_id = 'o1'", "net_amount"),
        ("update core.orders set note = '' where note is null", "note"),
        ("update core.orders set note = null where share is null", "note"),
        ("update core.orders set ordered_at = ordered_at + interval 1 microsecond", "ordered_at"),
        ("update core.orders set share = share * (1 + 1e-8)", "share"),
        ("update core.orders set share = 0 where share is null", "share"),
        ("update core.orders set share = null where order_id = 'o1'", "share"),
    ],
)
def test_a_changed_value_is_named_by_its_column(build: Build, change: str, column: str):
    table = only(list(compare(build("one"), build("other", change))))
    assert not table.is_equal
    assert column in table.columns


def test_numbers_that_were_added_in_another_order_are_equal(build: Build):
    other = build("other", "update core.orders set share = share * (1 + 1e-10)")
    assert only(list(compare(build("one"), other))).is_equal


@pytest.mark.parametrize(
    "change",
    [
        "delete from core.orders where order_id = 'o1'",
        "insert into core.orders select * from core.orders where order_id = 'o1'",
        "insert into core.orders values (null, null, null, null, null)",
    ],
)
def test_a_row_too_few_or_too_many_is_counted(build: Build, change: str):
    for sides in ([build("one"), build("other", change)], [build("two", change), build("three")]):
        table = only(list(compare(*sides)))
        assert table.differing >= 1
        assert table.rows != table.other_rows


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("alter table core.orders alter net_amount type decimal(18, 4)", "net_amount is DECIMAL"),
        ("alter table core.orders drop note", "note only in the first build"),
        ("alter table core.orders add more text", "more only in the second build"),
        ("drop table core.orders", "only in the first build"),
    ],
)
def test_another_shape_of_a_table_is_said(build: Build, change: str, fault: str):
    table = only(list(compare(build("one"), build("other", change))))
    assert not table.is_equal
    assert fault in "; ".join(table.faults)


def test_of_a_warehouse_only_what_is_published_is_compared(build: Build):
    """A view of a warehouse names its catalog, which is that of the file."""
    rejects = "create table quality.rejected_records as select 'k' as natural_key, {} as raw_record"
    one = build(
        "one",
        "create schema staging",
        "create table staging.stg_orders as select 1 as order_id",
        "create view core.touches as select order_id from demo.core.orders",
        rejects.format("'10:00:00.5'"),
    )
    other = build(
        "other",
        "create table core.touches as select order_id from core.orders",
        rejects.format("'10:00:00'"),
    )
    tables = {table.name: table for table in compare(one, other)}
    assert set(tables) == {"core.orders", "core.touches", "quality.rejected_records"}
    assert all(table.is_equal for table in tables.values()), tables


def test_when_a_row_was_written_is_not_compared(build: Build):
    stamp = "alter table core.orders add built_at timestamp default '2026-01-0{} 00:00:00'"
    assert only(list(compare(build("one", stamp.format(1)), build("b", stamp.format(2))))).is_equal


def test_what_cannot_be_compared_is_refused(build: Build, tmp_path: Path):
    one, folder = build("one"), tmp_path / "tables"
    folder.mkdir()
    (tmp_path / "text.duckdb").write_text("no database")
    for other in (tmp_path / "missing.duckdb", folder, tmp_path / "text.duckdb"):
        with pytest.raises(One360Error):
            list(compare(one, other))


def test_the_command_fails_where_something_differs(
    build: Build, capsys: pytest.CaptureFixture[str]
):
    one = str(build("one"))
    equal = str(build("equal"))
    other = str(build("other", "update core.orders set note = 'x' where order_id = 'o1'"))
    empty = str(build("empty", "drop table core.orders"))
    assert app(["parity", one, equal], standalone_mode=False) is None
    assert "1 of 1 tables equal, 3 rows" in capsys.readouterr().out
    assert app(["parity", one, other], standalone_mode=False) == 1
    assert "core.orders: 3 and 3 rows, 1 differ in note" in capsys.readouterr().out
    assert app(["parity", empty, empty], standalone_mode=False) == 1


@pytest.mark.parametrize("version", ["", 'openjdk version "11.0.20" 2023-07-18'])
def test_without_java_the_check_on_spark_is_skipped_and_says_so(tmp_path: Path, version: str):
    java = tmp_path / "java"
    java.write_text(f"#!/bin/sh\necho '{version}' >&2\n")
    java.chmod(0o755)
    done = subprocess.run(
        ["make", "--no-print-directory", "spark-check", f"SPARK_VENV={tmp_path / 'environment'}"],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "· Spark: skipped, there is no Java 17 or newer on the path"
    assert not (tmp_path / "environment").exists()
