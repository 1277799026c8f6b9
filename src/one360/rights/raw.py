"""Raw rows that name people: found through the raw views, and taken out of files one360 made."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from one360.paths import DatasetPaths, package_path
from one360.raw_files.declared import DeclaredTable
from one360.raw_files.files import RawTable, format_of
from one360.raw_files.reports import copy_again
from one360.rights.forms import all_forms, names_sql
from one360.sql import file_literal, identifier, literal

#: Fewest bytes of a name or another text that is looked for: two Chinese characters, six letters.
LEAST_BYTES = 6

#: Forms of people's identifiers by the space they count in.
Forms = Mapping[str, Collection[str]]


@dataclass
class RawRows:
    """What the raw tables hold of people.

    Attributes:
        rows: raw table → its rows that name them.
        spellings: their identifiers as delivered.
        texts: what else is personal in these rows and in no row of others: names, addresses.
        unread: raw tables that could not be read.
    """

    rows: dict[str, int] = field(default_factory=dict)
    spellings: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)


def named_in(table: DeclaredTable, wanted: Forms) -> str:
    """SQL that says whether a row of a raw table names people."""
    parts = [
        names_sql(column.identifier, identifier(column.name), wanted[column.identifier])
        for column in table.columns
        if column.identifier and wanted.get(column.identifier)
    ]
    return " or ".join(parts) or "false"


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
    words: Collection[str],
) -> RawRows:
    """What the raw views of the warehouse in use hold of people.

    Args:
        connection: uses the warehouse.
        paths: of the data set.
        tables: declared raw tables.
        wanted: what names the people.
        words: texts that are nobody's.
    """
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
                    hers = wanted.get(column.identifier, ())
                    is_hers = names_sql(column.identifier, identifier(column.name), hers)
                    found.spellings |= _texts(connection, f"{place} where {is_hers}")
                else:
                    found.texts |= _texts(
                        connection,
                        f"{place} where {condition} except {place} where not ({condition})",
                    )
        except duckdb.Error:
            found.unread.append(name)
    found.texts = {each for each in found.texts if len(each.encode()) >= LEAST_BYTES} - set(words)
    for table in tables.values():
        if found.texts:
            found.texts -= _texts_of_others(connection, paths, table, wanted, found.texts)
    return found


def _texts_of_others(
    connection: duckdb.DuckDBPyConnection,
    paths: DatasetPaths,
    table: DeclaredTable,
    wanted: Forms,
    texts: Collection[str],
) -> set[str]:
    """Those of the texts that a row of others holds in one of its columns."""
    cells = ", ".join(f"cast({identifier(column.name)} as varchar)" for column in table.columns)
    among = "[" + ", ".join(literal(each) for each in sorted(texts)) + "]"
    try:
        view = make_readable(connection, paths, table)
        return _texts(
            connection,
            f"select distinct unnest(list_intersect([{cells}], {among})) from {view} "
            f"where not ({named_in(table, wanted)})",
        )
    except duckdb.Error:
        # whose they are is not known
        return set(texts)


def words_of_seeds(project: Path) -> set[str]:
    """The cells of all seeds, such as names of regions, which tell no person."""
    found: set[str] = set()
    for path in (package_path(project) or project).glob("seeds/**/*.csv"):
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            found.update(cell for row in csv.reader(file) for cell in row)
    return found


def _texts(connection: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    return {str(row[0]) for row in connection.execute(query).fetchall() if row[0]}


def rewrite(path: Path, table: DeclaredTable, wanted: Forms, keeps_orders: bool) -> int:
    """Take people out of a raw file that one360 made; return how many rows named them.

    Rows go; orders that are kept lose their personal columns.
    """
    blanks = keeps_orders and table.lines is not None
    unfinished = path.with_name(f".{path.name}.unfinished")
    if format_of(path) == "parquet":
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
    return replace(table, columns=tuple(column for column in table.columns if column.name in names))


def _rewrite_text(path: Path, to: Path, table: DeclaredTable, wanted: Forms, blanks: bool) -> int:
    """A CSV or JSONL file, packed or not; rows that stay keep all their fields."""
    packed = path.suffix.lower() == ".gz"
    content = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    encoding = {"gbk": "gb18030"}.get(table.encoding, table.encoding)
    if content.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    text = content.decode(encoding)
    personal = {column.name for column in table.columns if column.personal}
    if format_of(path) == "csv":
        count, kept = _without_people_csv(text, table, wanted, personal if blanks else None)
    else:
        count, kept = _without_people_jsonl(text, table, wanted, personal if blanks else None)
    if count:
        written = kept.encode(encoding)
        to.write_bytes(gzip.compress(written) if packed else written)
    return count


def _without_people_csv(
    text: str, table: DeclaredTable, wanted: Forms, blanks: Collection[str] | None
) -> tuple[int, str]:
    """How many rows name people, and the text without them, or without their ``blanks``."""
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter))
    header = rows.pop(0) if rows else []
    named = _rows_that_name([dict(zip(header, row, strict=False)) for row in rows], table, wanted)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=table.delimiter, lineterminator="\n")
    writer.writerow(header)
    for number, row in enumerate(rows):
        if number not in named:
            writer.writerow(row)
        elif blanks is not None:
            names = [*header, *[""] * (len(row) - len(header))]
            writer.writerow(
                "" if name in blanks or not name else value
                for name, value in zip(names, row, strict=False)
            )
    return len(named), out.getvalue()


def _without_people_jsonl(
    text: str, table: DeclaredTable, wanted: Forms, blanks: Collection[str] | None
) -> tuple[int, str]:
    lines = [line for line in text.split("\n") if line.strip()]
    rows = [json.loads(line) for line in lines]
    named = _rows_that_name(rows, table, wanted)
    kept = []
    for number, (line, row) in enumerate(zip(lines, rows, strict=True)):
        if number not in named:
            kept.append(line)
        elif blanks is not None:
            emptied = {name: None if name in blanks else value for name, value in row.items()}
            kept.append(json.dumps(emptied, ensure_ascii=False))
    return len(named), "".join(f"{line}\n" for line in kept)


def _rows_that_name(rows: list[dict[str, Any]], table: DeclaredTable, wanted: Forms) -> set[int]:
    named: set[int] = set()
    with duckdb.connect() as connection:
        for column in table.columns:
            among = set(wanted.get(column.identifier or "", ()))
            if not among:
                continue
            given = [str(row[column.name]) if row.get(column.name) else "" for row in rows]
            found = all_forms(connection, str(column.identifier), given)
            named |= {number for number, value in enumerate(given) if found[value] & among}
    return named
