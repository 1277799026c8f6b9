"""Raw rows that name people: found through the raw views, and taken out of files one360 made."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from one360.paths import DatasetPaths
from one360.raw_files.declared import DeclaredTable
from one360.raw_files.files import RawTable
from one360.raw_files.reports import copy_again
from one360.rights.forms import form_sql, forms
from one360.sql import file_literal, identifier, literal

#: Forms of people's identifiers by the space they count in.
Forms = Mapping[str, Collection[str]]


@dataclass
class RawRows:
    """What the raw tables hold of people.

    Attributes:
        rows: raw table → its rows that name them.
        spellings: their identifiers as delivered.
        texts: what else is personal in these rows and in no other: names, addresses.
        unread: raw tables that could not be read.
    """

    rows: dict[str, int] = field(default_factory=dict)
    spellings: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)


def named_in(table: DeclaredTable, wanted: Forms) -> str:
    """SQL that says whether a row of a raw table names people."""
    parts = [
        f"coalesce(list_contains({_list(wanted[column.identifier])}, "
        f"{form_sql(column.identifier, identifier(column.name))}), false)"
        for column in table.columns
        if column.identifier and wanted.get(column.identifier)
    ]
    return " or ".join(parts) or "false"


def _list(values: Collection[str]) -> str:
    return "[" + ", ".join(literal(value) for value in sorted(values)) + "]"


def make_readable(
    connection: duckdb.DuckDBPyConnection, paths: DatasetPaths, table: DeclaredTable
) -> str:
    """The raw view of a table, whose files are copied again where a run has left no copy."""
    view = f"raw.{identifier(f'{table.system}_{table.table}')}"
    try:
        connection.execute(f"select 1 from {view} limit 1").fetchone()
    except duckdb.IOException:
        columns = {column.name: column.type for column in table.columns}
        given = RawTable(table.name, columns, None, None, table.encoding, table.delimiter)
        copy_again(paths, given)
    return view


def find_rows(
    connection: duckdb.DuckDBPyConnection,
    paths: DatasetPaths,
    tables: Mapping[str, DeclaredTable],
    wanted: Forms,
) -> RawRows:
    """What the raw views of the warehouse in use hold of people."""
    found = RawRows()
    for name, table in tables.items():
        if not any(column.identifier for column in table.columns):
            continue
        condition = named_in(table, wanted)
        try:
            view = make_readable(connection, paths, table)
            row = connection.execute(f"select count(*) from {view} where {condition}").fetchone()
            if not row or not row[0]:
                continue
            found.rows[name] = int(row[0])
            for column in table.columns:
                if not column.personal:
                    continue
                place = f"select distinct cast({identifier(column.name)} as varchar) from {view}"
                if column.identifier:
                    among = _list(wanted.get(column.identifier, ()))
                    form = form_sql(column.identifier, identifier(column.name))
                    values = f"{place} where list_contains({among}, {form})"
                    found.spellings |= _texts(connection, values)
                else:
                    found.texts |= _texts(
                        connection,
                        f"{place} where {condition} except {place} where not ({condition})",
                    )
        except duckdb.Error:
            found.unread.append(name)
    return found


def _texts(connection: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    return {str(row[0]) for row in connection.execute(query).fetchall() if row[0]}


def rewrite(path: Path, table: DeclaredTable, wanted: Forms, keeps_orders: bool) -> int:
    """Take people out of a raw file that one360 made; return how many rows named them.

    Rows go; orders that are kept lose their personal columns.
    """
    blanks = keeps_orders and table.lines is not None
    unfinished = path.with_name(f".{path.name}.unfinished")
    if path.suffix == ".parquet":
        count = _rewrite_parquet(path, unfinished, table, wanted, blanks)
    else:
        count = _rewrite_text(path, unfinished, table, wanted, blanks)
    if count:
        unfinished.chmod(path.stat().st_mode & 0o777)
        os.replace(unfinished, path)
    unfinished.unlink(missing_ok=True)
    return count


def _rewrite_parquet(
    path: Path, to: Path, table: DeclaredTable, wanted: Forms, blanks: bool
) -> int:
    with duckdb.connect() as connection:
        source = f"read_parquet({file_literal(path)}, hive_partitioning = false)"
        present = {str(row[0]) for row in connection.execute(f"describe from {source}").fetchall()}
        known = _present(table, present)
        condition = named_in(known, wanted)
        row = connection.execute(f"select count(*) from {source} where {condition}").fetchone()
        if not row or not row[0]:
            return 0
        emptied = ", ".join(
            f"case when not ({condition}) then {identifier(column.name)} end "
            f"as {identifier(column.name)}"
            for column in known.columns
            if column.personal
        )
        query = (
            f"select * replace ({emptied}) from {source}"
            if blanks
            else f"select * from {source} where not ({condition})"
        )
        connection.execute(f"copy ({query}) to {literal(to)} (format parquet)")
        return int(row[0])


def _present(table: DeclaredTable, names: Collection[str]) -> DeclaredTable:
    from dataclasses import replace

    return replace(table, columns=tuple(column for column in table.columns if column.name in names))


def _rewrite_text(path: Path, to: Path, table: DeclaredTable, wanted: Forms, blanks: bool) -> int:
    """A CSV or JSONL file; rows that stay are written as they are."""
    encoding = {"gbk": "gb18030"}.get(table.encoding, table.encoding)
    text = path.read_bytes().decode(encoding)
    is_csv = path.suffix == ".csv"
    rows: list[dict[str, Any]]
    if is_csv:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=table.delimiter)
        rows, names = list(reader), list(reader.fieldnames or ())
    else:
        rows, names = [json.loads(line) for line in text.splitlines() if line.strip()], []
    named = _rows_that_name(rows, table, wanted)
    if not named:
        return 0
    personal = {column.name for column in table.columns if column.personal}
    kept = []
    for number, row in enumerate(rows):
        if number not in named:
            kept.append(row)
        elif blanks:
            kept.append({name: None if name in personal else value for name, value in row.items()})
    with to.open("w", encoding=encoding, newline="") as file:
        if is_csv:
            writer = csv.DictWriter(file, names, delimiter=table.delimiter, lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)
        else:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)
    return len(named)


def _rows_that_name(rows: list[dict[str, Any]], table: DeclaredTable, wanted: Forms) -> set[int]:
    named: set[int] = set()
    with duckdb.connect() as connection:
        for column in table.columns:
            among = wanted.get(column.identifier or "")
            if not among:
                continue
            given = [str(row[column.name]) if row.get(column.name) else "" for row in rows]
            form = forms(connection, str(column.identifier), given)
            named |= {number for number, value in enumerate(given) if form[value] in among}
    return named
