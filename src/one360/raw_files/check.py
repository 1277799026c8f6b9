"""Reads a file once in full: is it whole, has it a header, are its columns of their types?"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import duckdb

from one360.paths import shown
from one360.raw_files.encoding import check_encoding
from one360.raw_files.files import FORMATS, RawFile, RawTable, format_of, least_lines, some
from one360.raw_files.plain import make_plain
from one360.sql import file_literal, identifier, literal

#: Fewer unreadable values than this are single bad values, which staging rejects
#: row by row; from here on, when none can be read, the column is of another type.
FEWEST_VALUES_OF_A_TYPE = 3

#: Text that may be a value of a type, at least as wide as what staging reads (macros
#: parse_*). A whole column that fits nowhere is a fault here; single values are
#: rejected there. A decimal comma, a day-first date and seconds since 1970 are not read.
_FITS = {
    "timestamp": r"\d{4} ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2}.*|\d{8}(?:[ T]?\d{6})?|\d{8}[ T]\d.*",
    "number": (
        r"[-+(]?\s*(?:[$¥£€₩]|[a-z]{3})?\s*[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)"
        r"(?:e[-+]?\d+)?\s*(?:元|圆|[a-z]{3,4})?[-)]?"
    ),
    "boolean": r"true|false|t|f|yes|no|y|n|1|0|on|off|是|否",
}

#: Full-width digits and marks, and their plain forms.
_WIDE, _PLAIN = "０１２３４５６７８９．，－＋：／￥", "0123456789.,-+:/¥"


def checked(
    path: Path,
    table: RawTable,
    cache: Path,
    connection: duckdb.DuckDBPyConnection,
) -> RawFile:
    """The file with the types of its columns, and what is wrong with it."""
    file = RawFile(
        shown(path),
        table.format or format_of(path) or "csv",
        str(path),
        table.delimiter,
    )
    expected = {
        "parquet": "a Parquet file",
        "csv": "a CSV file with a header",
        "jsonl": "one JSON object a line",
    }
    if path.stat().st_size == 0:
        file.faults.append(
            f"{file.name}: is empty (0 bytes); expected {expected[file.format]} with "
            f"{some(table.columns)} (remove the file if there is no such table)"
        )
        return file
    if file.format == "parquet":
        _check_parquet(file, connection)
        return file
    make_plain(file, table, cache)
    if not file.faults:
        check_encoding(file, table, cache)
    if not file.faults:
        check = _check_csv if file.format == "csv" else _check_jsonl
        check(file, table, connection)
    return file


def remote_file(table: RawTable, url: str, connection: duckdb.DuckDBPyConnection) -> RawFile:
    """A Parquet file behind a URL: its columns; its rows are not counted."""
    suffix = Path(url).suffix
    if (table.format or FORMATS.get(suffix)) != "parquet":
        fault = f"{url}: only Parquet is read from afar; expected a .parquet path"
        return RawFile(url, "parquet", url, faults=[fault])
    file = RawFile(url, "parquet", url)
    _check_parquet(file, connection, count_rows=False)
    return file


def _check_parquet(
    file: RawFile, connection: duckdb.DuckDBPyConnection, count_rows: bool = True
) -> None:
    try:
        rows = f"read_parquet({file_literal(file.path)}, hive_partitioning = false)"
        described = connection.execute(f"describe select * from {rows}").fetchall()
        if count_rows:
            counted = connection.execute(
                f"select sum(num_rows) from parquet_file_metadata({file_literal(file.path)})"
            ).fetchall()
            file.has_rows = bool(counted[0][0])
    except duckdb.Error as error:
        file.faults.append(
            f"{file.name}: cannot be read as Parquet ({_first_line(error, file.path)}); "
            "expected a complete Parquet file"
        )
        return
    file.columns = {row[0]: row[1] for row in described}


def _check_csv(file: RawFile, table: RawTable, connection: duckdb.DuckDBPyConnection) -> None:
    with open(file.path, encoding="utf-8-sig", newline="") as text:
        try:
            header = next(csv.reader(text, delimiter=file.delimiter), [])
        except csv.Error:
            header = []
    names = [name.strip() for name in header]
    if not {name.lower() for name in names} & {column.lower() for column in table.columns}:
        separated = len(names) == 1 and re.search(r"[;\t|]", names[0])
        file.faults.append(
            f"{file.name} line 1: no header; expected the column names {some(table.columns)}"
            + (
                f" separated by {file.delimiter!r} (or set `delimiter:` under config.meta "
                f"of {table.name} in {table.yaml})"
                if separated
                else ""
            )
        )
        return
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled or "" in names:
        what = f"column {doubled[0]} twice" if doubled and doubled[0] else "a column without a name"
        file.faults.append(f"{file.name} line 1: the header has {what}; expected distinct names")
        return
    file.columns = dict.fromkeys(names, "VARCHAR")
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    relation = (
        f"read_csv({file_literal(file.path)}, auto_detect = false, header = true, "
        f"delim = {literal(file.delimiter)}, quote = '\"', escape = '\"', columns = {{{types}}})"
    )
    try:
        several = _check_values(file, table, relation, connection)
        _check_quotes(file, several, relation, connection)
    except duckdb.Error as error:
        # The message quotes the line, which may hold personal data: take its number and reason.
        message = str(error)
        line = re.search(r"CSV Error on Line: (\d+)", message)
        reason = re.search(r"Expected Number of Columns.*|Value with unterminated.*", message)
        file.faults.append(
            f"{file.name}{' line ' + line[1] if line else ''}: cannot be read as CSV "
            f"({reason[0].rstrip('. ') if reason else 'broken line'}); "
            f'expected {len(names)} values, quoted with " where needed'
        )


def _check_jsonl(file: RawFile, table: RawTable, connection: duckdb.DuckDBPyConnection) -> None:
    path = file_literal(file.path)
    try:
        keys = connection.execute(
            "select unnest(json_keys(json)) as name from "
            f"read_json_objects({path}, format = 'newline_delimited', maximum_object_size = "
            "67108864) group by name order by name"
        ).fetchall()
        file.columns = {row[0]: "VARCHAR" for row in keys}
        if keys:
            types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in file.columns)
            _check_values(
                file,
                table,
                f"read_json({path}, format = 'newline_delimited', columns = {{{types}}})",
                connection,
            )
        else:
            file.faults.append(
                f"{file.name}: holds no JSON object; expected one a line with "
                f"{some(table.columns)} (remove the file if there is no such table)"
            )
    except duckdb.Error:
        line = _first_line_not_json(Path(file.path))
        file.faults.append(
            f"{file.name}{f' line {line}' if line else ''}: not JSON; "
            "expected one complete JSON object a line"
        )


def _check_values(
    file: RawFile,
    table: RawTable,
    relation: str,
    connection: duckdb.DuckDBPyConnection,
) -> list[str]:
    """Read the whole file once: is each line whole, is a typed column of another type.

    Returns the columns of which a value has several lines.
    """
    present = {name.lower(): name for name in file.columns}
    typed = [
        (column, declared, present[column.lower()])
        for column, declared in table.columns.items()
        if column.lower() in present and _kind(declared)
    ]
    counts = ["count(*)"]
    for _, declared, name in typed:
        value = f"nullif(trim({identifier(name)}), '')"
        plain = f"translate({value}, '{_WIDE}', '{_PLAIN}')"
        fits = literal(f"(?i:{_FITS[_kind(declared)]})")
        counts += [
            f"count({value})",
            f"count(*) filter (where regexp_full_match({plain}, {fits}))",
        ]
    # Every column is read, or short lines would pass unseen.
    every = ", ".join(f"bool_or(contains({identifier(name)}, chr(10)))" for name in file.columns)
    row = connection.execute(f"select {', '.join(counts)}, {every} from {relation}").fetchall()[0]
    file.has_rows = row[0] > 0
    for index, (column, declared, _) in enumerate(typed):
        values, readable = row[1 + 2 * index], row[2 + 2 * index]
        if values >= FEWEST_VALUES_OF_A_TYPE and readable == 0:
            file.faults.append(
                f"{file.name}: column {column} is text, none of its {values} values "
                f"reads as {declared}; expected {declared}"
            )
    has_several = row[1 + 2 * len(typed) :]
    return [name for name, several in zip(file.columns, has_several, strict=True) if several]


def _check_quotes(
    file: RawFile, several: list[str], relation: str, connection: duckdb.DuckDBPyConnection
) -> None:
    """Find a quotation mark that a later row closes: what lies between is one value of it."""
    fields = len(file.columns)
    least = least_lines(fields)
    for name in several if fields > 1 else ():
        marks = f"len(line) - len(replace(line, {literal(file.delimiter)}, ''))"
        taken = connection.execute(
            f"""
            select max(len(lines))
            from (
                select string_split({identifier(name)}, chr(10))[2:-2] as lines
                from {relation}
                where contains({identifier(name)}, chr(10))
            )
            where
                len(lines) >= {least}
                and len(list_filter(lines, lambda line: {marks} <> {fields - 1})) = 0
            """
        ).fetchall()[0][0]
        if taken:
            file.faults.append(
                f"{file.name}: cannot be read as CSV (a value of column {name} takes {taken:,} "
                "lines with it: a quotation mark is not closed); "
                f'expected {fields} values a line, quoted with " where needed'
            )


def _kind(declared: str) -> str:
    if declared.startswith(("decimal", "bigint", "int", "double")):
        return "number"
    if declared in ("date", "timestamp"):
        return "timestamp"
    return "boolean" if declared == "boolean" else ""


def _first_line_not_json(path: Path) -> int:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                if line.strip() and not isinstance(json.loads(line), dict):
                    return number
            except ValueError:
                return number
    return 0


def _first_line(error: Exception, path: str) -> str:
    line = str(error).strip().splitlines()[0]
    line = re.sub(r"^[A-Za-z ]*(Error|Exception): ", "", line)
    return line.replace(f" '{path}'", "").rstrip(".")
