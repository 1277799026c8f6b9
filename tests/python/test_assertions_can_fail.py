"""Every data test fails on a planted fault, and only those are warnings that have a reason.

The faults are planted in a copy of the built shop of every kind of row: in a transaction each,
in which the SQL of the test runs as dbt compiled it, and which is then taken back.
"""

from __future__ import annotations

import csv
import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.python.every_kind import EveryKind
from tests.python.project import ROOT

FIXTURES = ROOT / "tests" / "fixtures"
FAULTS = tomllib.loads((FIXTURES / "planted_in_warehouse.toml").read_text(encoding="utf-8"))[
    "fault"
]

#: Kinds of tests that say the same of many columns; a fault of each is planted in all of them.
OF_COLUMNS = (
    "accepted_values", "column_values", "key", "not_null", "relationships", "unique_combination",
)  # fmt: skip

#: A value that no column of its kind holds.
STRANGE = {"VARCHAR": "'???'", "INTEGER": "-987654", "BIGINT": "-987654"}


def listed(name: str) -> list[dict[str, str]]:
    with (FIXTURES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kind_of(node: dict[str, Any]) -> str:
    return (node.get("test_metadata") or {}).get("name") or "singular"


def data_tests(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    return sorted(nodes, key=lambda node: (node["name"], node["unique_id"]))


def model_of(node: dict[str, Any]) -> str:
    return (node.get("attached_node") or "").split(".")[-1]


def as_listed(node: dict[str, Any]) -> dict[str, str]:
    """A data test as a row of data_tests.csv."""
    arguments = dict((node.get("test_metadata") or {}).get("kwargs", {}))
    arguments.pop("model", None)
    column = arguments.pop("column_name", None) or ""
    return {
        "test": node["name"],
        "kind": kind_of(node),
        "model": model_of(node),
        "column": column,
        "arguments": json.dumps(arguments, ensure_ascii=False, sort_keys=True) if arguments else "",
        "severity": str(node["config"]["severity"]).lower(),
    }


# --- what there is -----------------------------------------------------------------------


def test_the_data_tests_are_those_listed(manifest: dict[str, Any]):
    """A test that is dropped, narrowed or softened is changed in data_tests.csv too, on purpose."""
    found, wanted = [as_listed(node) for node in data_tests(manifest)], listed("data_tests")
    assert [row for row in wanted if row not in found] == [], "listed, but not in the project"
    assert [row for row in found if row not in wanted] == [], "in the project, but not listed"
    assert len(found) == len(wanted)


def test_no_data_test_looks_at_a_part_or_tolerates_some(manifest: dict[str, Any]):
    usual = {"enabled": True, "where": None, "limit": None, "fail_calc": "count(*)",
             "warn_if": "!= 0", "error_if": "!= 0"}  # fmt: skip
    assert [
        (node["name"], name)
        for node in data_tests(manifest)
        for name, value in usual.items()
        if node["config"][name] != value
    ] == []
    disabled = [node for nodes in manifest["disabled"].values() for node in nodes]
    assert [node["name"] for node in disabled if node["resource_type"] == "test"] == []


def test_every_warning_has_a_reason(manifest: dict[str, Any]):
    """What only warns is in warnings.csv, with why it does not stop a build."""
    warned = {
        ("dbt", node["name"])
        for node in data_tests(manifest)
        if str(node["config"]["severity"]).lower() != "error"
    }
    warned |= {
        (row["checkpoint"], row["columns"])
        for row in listed("expectations")
        if row["severity"] != "critical"
    }
    reasons = {(row["of"], row["warning"]): row["reason"] for row in listed("warnings")}
    assert warned - set(reasons) == set(), "warns without a reason"
    assert set(reasons) - warned == set(), "has a reason, but is no warning"
    assert [name for name, reason in reasons.items() if len(reason.split()) < 5] == []


#: Kinds of tests that prove keys wherever they stand, so that their kind has the reason.
OF_KEYS = ("key", "unique_combination", "relationships", "no_row_is_lost", "no_failed_expectations")


def test_only_keys_money_identity_and_privacy_stop_a_build(manifest: dict[str, Any]):
    """The errors are those of errors.csv, each about one of the four, and no other."""
    errors = {
        ("kind", kind_of(node)) if kind_of(node) in OF_KEYS else ("dbt", node["name"])
        for node in data_tests(manifest)
        if str(node["config"]["severity"]).lower() == "error"
    }
    errors |= {
        (row["checkpoint"], row["columns"])
        for row in listed("expectations")
        if row["severity"] == "critical"
    }
    reasoned = {(row["of"], row["error"]): row for row in listed("errors")}
    assert errors - set(reasoned) == set(), "stops a build without a reason"
    assert set(reasoned) - errors == set(), "has a reason, but stops nothing"
    assert {row["about"] for row in reasoned.values()} == {"keys", "money", "identity", "privacy"}
    assert [name for name, row in reasoned.items() if len(row["reason"].split()) < 4] == []


def test_every_assertion_has_a_planted_fault(manifest: dict[str, Any]):
    files = {path.stem for path in (ROOT / "tests" / "assertions").glob("*.sql")}
    kinds = {path.stem for path in (ROOT / "tests" / "generic").glob("*.sql")}
    nodes = data_tests(manifest)
    named = {node["name"] for node in nodes if kind_of(node) not in OF_COLUMNS}
    assert files <= named
    assert kinds <= {kind_of(node) for node in nodes}
    planted = {fault["test"] for fault in FAULTS if not fault.get("passes")}
    assert named - planted == set(), "has no planted fault"
    assert planted <= {node["name"] for node in nodes}


# --- planted faults ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def copy(every_kind: EveryKind, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the warehouse after the second night, to plant faults in."""
    folder = tmp_path_factory.mktemp("planted")
    return Path(shutil.copy(every_kind.warehouse(2), folder))


@pytest.fixture
def warehouse(copy: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The copy in a transaction that is taken back."""
    with duckdb.connect(str(copy)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("begin")
        yield connection
        connection.execute("rollback")


def compiled(every_kind: EveryKind, name: str) -> str:
    """The SQL of a data test, as dbt compiled it for the second night."""
    (sql,) = (
        result["compiled_code"]
        for unique_id, result in every_kind.results(2).items()
        if unique_id.split(".")[:3] == ["test", "one360", name]
    )
    return sql


def rows_found(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return len(connection.execute(sql).fetchall())


def become_table(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """What is a view becomes a table, so that its rows can be changed."""
    schema, name = table.split(".")
    (kind,) = connection.execute(
        "select table_type from information_schema.tables"
        " where table_schema = ? and table_name = ?",
        [schema, name],
    ).fetchall()
    if kind == ("VIEW",):
        connection.execute(f"create temp table shown as from {table}")
        connection.execute(f"drop view {table}")
        connection.execute(f"create table {table} as from shown")
        connection.execute("drop table shown")


def plant(connection: duckdb.DuckDBPyConnection, fault: dict[str, Any]) -> None:
    """Plant a fault of planted_in_warehouse.toml, which must find a row to change."""
    table, where = fault["table"], fault.get("where", "true")
    become_table(connection, table)
    if fault.get("rows") != "all":
        where = f"rowid = (select min(rowid) from {table} where {where})"
    change = f"update {table} set {fault['set']}" if "set" in fault else f"delete from {table}"
    for statement in (f"{change} where {where}", *fault.get("also", [])):
        ((count,),) = connection.execute(statement).fetchall()
        assert count, f"finds no row: {statement}"


@pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda fault: f"{fault['test'].removeprefix('assert_')}: {fault['about']}"
)
def test_a_planted_fault_is_found(
    every_kind: EveryKind, warehouse: duckdb.DuckDBPyConnection, fault: dict[str, Any]
):
    sql = compiled(every_kind, fault["test"])
    before = rows_found(warehouse, sql)
    plant(warehouse, fault)
    found = rows_found(warehouse, sql)
    assert found <= before if fault.get("passes") else found > before


def columns_of(node: dict[str, Any]) -> list[tuple[str, str]]:
    """What is planted for a test of columns: column (or columns), and how it breaks the test."""
    row = as_listed(node)
    arguments = json.loads(row["arguments"] or "{}")
    kind, column = row["kind"], row["column"]
    if kind == "key":
        return [(column, "missing"), (column, "repeated")]
    if kind == "not_null":
        return [(column, "missing")]
    if kind in ("accepted_values", "relationships"):
        return [(column, "strange")]
    if kind == "column_values":
        return [(name, "missing") for name in arguments.get("not_null", [])] + [
            (name, "strange") for name in arguments.get("accepted", {})
        ]
    required = [name for name in arguments["columns"] if name not in arguments.get("nullable", [])]
    return [(name, "missing") for name in required] + [(arguments["columns"][0], "repeated")]


def spoil(connection: duckdb.DuckDBPyConnection, table: str, column: str, fault: str) -> None:
    """Break a column of a table in one row of its own."""
    become_table(connection, table)
    for name, is_null in connection.execute(
        f"select column_name, is_nullable from (describe {table}) as t(column_name, x, is_nullable,"
        " a, b, c)"
    ).fetchall():
        if is_null == "NO":
            connection.execute(f"alter table {table} alter {name} drop not null")
    connection.execute(f"insert into {table} select * from {table} limit 1")
    if not connection.execute(f"select 1 from {table} limit 1").fetchall():
        connection.execute(f"insert into {table} by name select null as {column}")
        connection.execute(f"insert into {table} by name select null as {column}")
    if fault == "repeated":
        return
    ((kind,),) = connection.execute(f"select distinct typeof({column}) from {table}").fetchall()
    value = "null" if fault == "missing" else STRANGE[kind.split("(")[0]]
    connection.execute(
        f"update {table} set {column} = {value} where rowid = (select max(rowid) from {table})"
    )


@pytest.mark.parametrize("kind", OF_COLUMNS)
def test_each_test_of_columns_finds_what_breaks_it(every_kind: EveryKind, copy: Path, kind: str):
    nodes = [node for node in data_tests(every_kind.manifest) if kind_of(node) == kind]
    assert nodes
    blind = []
    with duckdb.connect(str(copy)) as connection:
        connection.execute("set timezone = 'UTC'")
        for node in nodes:
            model = every_kind.manifest["nodes"][node["attached_node"]]
            table = f"{model['schema']}.{model['alias']}"
            sql = every_kind.results(2)[node["unique_id"]]["compiled_code"]
            for column, fault in columns_of(node):
                connection.execute("begin")
                before = rows_found(connection, sql)
                spoil(connection, table, column, fault)
                if rows_found(connection, sql) <= before:
                    blind.append((node["name"], column, fault))
                connection.execute("rollback")
    assert blind == []


def test_every_assertion_says_what_is_wrong(manifest: dict[str, Any]) -> None:
    """What a build ends with where one does not pass."""
    said = {
        node["name"]: node["description"]
        for node in manifest["nodes"].values()
        if node["original_file_path"].startswith("tests/assertions/")
    }
    assert len(said) == len(list((ROOT / "tests" / "assertions").glob("assert_*.sql")))
    assert [name for name, text in said.items() if not 4 <= len(text.split()) <= 20] == []
