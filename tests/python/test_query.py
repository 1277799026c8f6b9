"""The command `one360 query` reads what is published and nothing else; what is printed is plain."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest

from one360.cli.program import run
from tests.python.test_cli import COLUMNS, complaint


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONE360_HOME", str(tmp_path))
    monkeypatch.delenv("ONE360_DATASET", raising=False)
    return tmp_path


@pytest.fixture
def published(home: Path) -> Path:
    file = home / "published" / "demo.duckdb"
    file.parent.mkdir()
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema core")
        connection.execute(
            """
            create table core.customers as select * from (values
                ('a', '=1+1', 12.30::decimal(18, 2), true, null),
                ('b', '-5', -5, false, 'two\nlines'),
                ('c', chr(27) || '[31mred, "so"', 0, null, '@cmd')
            ) as customers(one_id, city, spend, is_contactable, note)
            """
        )
    return file


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('SECRET')", "select * from read_text('SECRET')",
        "from 'SECRET'", "select * from glob('*')", "copy core.customers to 'SECRET'",
        "copy (select 1) to 'NEW'", "attach 'NEW' as other", "install httpfs", "load httpfs",
        "from sqlite_scan('SECRET', 't')", "from parquet_scan('SECRET')",
        "set enable_external_access = true", "pragma enable_checkpoint_on_shutdown",
        "create table t as select 1", "create temp table t as select 1",
        "insert into core.customers select * from core.customers", 
        "update core.customers set city = ''",
        "delete from core.customers", "drop table core.customers", "export database 'NEW'",
        "call checkpoint()", "checkpoint", "use memory", "detach demo", "begin", "",
        "-- nothing", ";", "select 1; select 2", "select 1; drop table core.customers",
        "explain analyze insert into core.customers from core.customers",
        "select * from query('copy (select 1) to ''NEW''')", "from paths", "from sql",
        "vacuum", "prepare p as select 1", "set variable x = 1",
    ],
)  # fmt: skip
def test_a_query_does_nothing_but_read_what_is_published(
    sql: str, published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nhidden\n")
    before, there = published.read_bytes(), sorted(tmp_path.rglob("*"))
    asked = sql.replace("SECRET", str(secret)).replace("NEW", str(tmp_path / "new"))
    assert run(["query", asked]) == 2
    assert "hidden" not in complaint(capsys)
    assert published.read_bytes() == before
    assert sorted(tmp_path.rglob("*")) == there


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select 1; select 2", "2 statements in the query; give one"),
        (" ", "no statement in the query"),
        ("drop table core.customers", "DROP is no query; the published file is read-only"),
    ],
)
def test_several_statements_or_none_are_told(
    sql: str, message: str, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["query", sql]) == 2
    assert message in complaint(capsys)


def said_by_query(capsys: pytest.CaptureFixture[str], sql: str, *options: str) -> str:
    assert run(["query", sql, *options]) == 0
    return capsys.readouterr().out


def test_forms_of_a_result(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "select * from core.customers order by one_id"
    text = said_by_query(capsys, sql, "--format", "csv")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert lines == [
        ["one_id", "city", "spend", "is_contactable", "note"],
        ["a", "'=1+1", "12.30", "true", ""],
        ["b", "-5", "-5.00", "false", "two\nlines"],
        ["c", '\x1b[31mred, "so"', "0.00", "", "'@cmd"],
    ]
    assert json.loads(said_by_query(capsys, sql, "-f", "json"))[:2] == [
        {"one_id": "a", "city": "=1+1", "spend": 12.3, "is_contactable": True, "note": None},
        {"one_id": "b", "city": "-5", "spend": -5.0, "is_contactable": False,
         "note": "two\nlines"},
    ]  # fmt: skip
    assert json.loads(said_by_query(capsys, f"{sql} limit 0", "-f", "json")) == []
    vertical = said_by_query(capsys, sql, "-f", "vertical")
    assert vertical.splitlines()[:3] == ["─── 1", "one_id          a", "city            =1+1"]
    assert "\x1b" not in vertical
    none = said_by_query(
        capsys, "select one_id, city from core.customers where false", "-f", "vertical"
    )
    assert none.splitlines() == ["no row of: one_id, city"]
    table = said_by_query(capsys, "describe core.customers")
    assert "is_contactable" in table and "\x1b" not in said_by_query(capsys, sql)
    assert "core" in said_by_query(capsys, "explain select * from core.customers").lower()


def test_what_is_printed_is_no_markup(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / "[red]shop[/red]:smile:"
    monkeypatch.setenv("ONE360_HOME", str(folder))
    assert run(["simulate", "--scale", "0.01"]) == 0
    assert "[red]shop[/red]:smile:" in capsys.readouterr().out


def test_rejects_of_an_import_hold_no_formula(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "orders.csv"
    file.write_text(
        "who,when,no,paid\nAnn,2026-03-01 10:00,1,3.50\n=HYPERLINK(1),never,2,-4\n+cmd,never,3,5\n"
    )
    assert run(["import", "orders", str(file), *COLUMNS, "--max-bad-rows", "90"]) == 0
    rejects = (home / "raw" / "my_orders" / "import_rejects.csv").read_text()
    assert "'=HYPERLINK(1)" in rejects and "'+cmd" in rejects and ",-4," in rejects
