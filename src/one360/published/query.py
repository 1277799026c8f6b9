"""One query on the published file, and its result as a table, CSV, JSON or line by line.

The query reads the published tables and nothing else: no other file or database, no extension,
no setting. One statement that selects or explains is taken; DuckDB itself refuses the rest, so
that nothing depends on how the text is written.
"""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import json
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import duckdb

from one360.errors import UsageError, one_line
from one360.paths import DatasetPaths
from one360.printing import plain_text, spreadsheet_cell
from one360.published.summary import open_published

#: Statements that are taken; the names of DuckDB.
READING = ("SELECT", "EXPLAIN")

_CLOSED = """
    set python_enable_replacements = false;
    set autoinstall_known_extensions = false;
    set autoload_known_extensions = false;
    set enable_external_access = false;
    set lock_configuration = true;
"""

#: Width of a table on the screen.
_WIDTH = 160


def query_lines(paths: DatasetPaths, sql: str, form: str = "table") -> Iterator[str]:
    """The result of ``sql`` as lines of text; ``form`` is table, csv, json or vertical.

    Raises:
        UsageError: it is no statement or several, does more than read, or is wrong.
    """
    connection = open_published(paths)
    try:
        connection.execute(_CLOSED)
        statement = _one_statement(connection, sql)
        if form == "table":
            yield from _table(connection, statement)
            return
        result = connection.execute(statement)
        names = [str(column[0]) for column in result.description or ()]
        yield from _WRITERS[form](names, iter(result.fetchone, None))
    except duckdb.Error as error:
        raise UsageError(one_line(error, 400)) from None
    finally:
        connection.close()


def _one_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        what = "no statement" if not statements else f"{len(statements)} statements"
        raise UsageError(f"{what} in the query; give one, as in: select * from core.customers")
    kind = statements[0].type.name
    if kind not in READING:
        raise UsageError(
            f"{kind.replace('_', ' ')} is no query; the published file is read-only: "
            "give one select (describe, show and explain are taken as well)"
        )
    return statements[0]


def _table(connection: duckdb.DuckDBPyConnection, statement: Any) -> Iterator[str]:
    if statement.type.name == "EXPLAIN":
        for row in connection.execute(statement).fetchall():
            yield from (plain_text(line) for line in str(row[-1]).splitlines())
        return
    relation = connection.sql(statement.query)
    box = io.StringIO()
    if relation is not None:
        with contextlib.redirect_stdout(box):
            relation.show(max_width=_WIDTH)
    yield from (plain_text(line) for line in box.getvalue().rstrip("\n").split("\n"))


def _csv(names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    """Comma-separated; a text that a spreadsheet would take for a formula is marked as text."""
    for row in itertools.chain([names], rows):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow([_csv_cell(value) for value in row])
        yield text.getvalue().removesuffix("\n")


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, int | float | Decimal):
        return value
    return spreadsheet_cell(str(value))


def _json(names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    """One JSON array, an object per row and line."""
    before = "["
    for row in rows:
        cells = dict(zip(names, (_json_value(value) for value in row), strict=True))
        yield before + json.dumps(cells, ensure_ascii=False, default=str)
        before = ","
    yield "]" if before == "," else "[]"


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        value = float(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _vertical(names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    """A row per block, a column per line; without a row, the columns and that there is none."""
    width = max((len(name) for name in names), default=0)
    number = 0
    for number, row in enumerate(rows, start=1):
        yield f"─── {number}"
        for name, value in zip(names, row, strict=True):
            text = "" if value is None else plain_text(str(value))
            yield f"{plain_text(name):<{width}}  {text}".rstrip()
    if not number:
        yield f"no row of: {', '.join(plain_text(name) for name in names)}"


_WRITERS = {"csv": _csv, "json": _json, "vertical": _vertical}
