"""What is published, as tests/fixtures says: the promise to those who query the tables."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import duckdb

from tests.python.project import ROOT

COLUMNS_FILE = ROOT / "tests" / "fixtures" / "published_columns.csv"
TABLES_FILE = ROOT / "tests" / "fixtures" / "published_tables.csv"


@cache
def published_columns() -> dict[str, dict[str, str]]:
    """Table → column → type, in the order of the files."""
    columns: dict[str, dict[str, str]] = {}
    with COLUMNS_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            named = columns.setdefault(row["table"], {})
            assert row["column"] not in named, f"{row['table']}.{row['column']} stands twice"
            named[row["column"]] = row["type"]
    return columns


@cache
def published_keys() -> dict[str, tuple[str, ...]]:
    """Table → the columns that name one of its rows; none where rows may repeat."""
    with TABLES_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = {row["table"]: tuple(row["key"].split()) for row in rows}
    assert len(keys) == len(rows), "a table stands twice"
    return keys


def differences(is_: dict[str, str], listed: dict[str, str], table: str) -> list[str]:
    """What differs between the columns of a table and those listed."""
    faults = [f"{table}.{name} is not listed" for name in is_ if name not in listed]
    faults += [f"{table}.{name} is listed and not there" for name in listed if name not in is_]
    faults += [
        f"{table}.{name} is {type_} and listed as {listed[name]}"
        for name, type_ in is_.items()
        if name in listed and listed[name] != type_
    ]
    if not faults and list(is_) != list(listed):
        faults.append(f"{table}: its columns are listed in another order")
    return faults


def of_duckdb(type_: str) -> str:
    """A type as DuckDB reports it: decimal(18, 2) → decimal(18,2), string → varchar."""
    type_ = type_.lower().replace(" ", "")
    return {"string": "varchar", "int": "integer"}.get(type_, type_)


def differences_of_file(path: Path) -> list[str]:
    """What differs between the tables of a published file and those listed."""
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type"
            " from duckdb_columns() where database_name = current_database() and not internal"
            " order by schema_name, table_name, column_index"
        ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, type_ in rows:
        tables.setdefault(table, {})[column] = of_duckdb(type_)
    faults = [f"{table} is not listed" for table in tables.keys() - published_columns().keys()]
    for table, columns in published_columns().items():
        if table not in tables:
            faults.append(f"{table} is listed and not there")
        else:
            faults += differences(tables[table], columns, table)
    return sorted(faults)
