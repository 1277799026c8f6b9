"""What a person leaves behind in tables and files, and where it is found.

Identifiers are looked for anywhere in a text, whatever its case, phones also with signs between
their digits; names and other texts as the whole of a cell, which alone removes no row. Keys that
are too short to be told from other text are found by the records they belong to, whose hashes are
looked for.
"""

from __future__ import annotations

import gzip
import mmap
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from one360.files import sync
from one360.sql import file_literal, identifier, literal

#: Fewest characters of a key, and fewest digits of a number, that are looked for in any text.
LEAST_LETTERS = 6
LEAST_DIGITS = 8

_BETWEEN_DIGITS = r"[ ().\-]{0,2}"
#: Matches no text.
_NOTHING = "a^"

_TEXT_TYPES = ("VARCHAR", "JSON", "STRUCT", "MAP", "[]")


@dataclass(frozen=True)
class Traces:
    """By what people are recognised.

    Attributes:
        ids: their one_ids.
        values: identifiers in any spelling, and keyed and plain hashes of them.
        texts: names, addresses and other texts that no one else has.
    """

    ids: tuple[str, ...]
    values: tuple[str, ...]
    texts: tuple[str, ...]

    def pattern(self, with_ids: bool = True) -> str:
        """A regular expression of all that is looked for within texts, for RE2 and Python."""
        wanted = {each for each in self.values if is_telling(each)}
        if with_ids:
            wanted |= set(self.ids)
        return "(?i)" + ("|".join(sorted(_pattern_of(each) for each in wanted)) or _NOTHING)

    @property
    def keys(self) -> Traces:
        """What stands for people and for nobody else: rows are removed by these alone."""
        return replace(self, texts=())

    @property
    def short(self) -> tuple[str, ...]:
        """Values that are too short to be looked for within texts."""
        return tuple(sorted({each for each in self.values if not is_telling(each)}))


def is_telling(value: str) -> bool:
    """Whether a value is found in other text by more than chance."""
    return len(value) >= (LEAST_DIGITS if value.isdigit() else LEAST_LETTERS)


def _pattern_of(value: str) -> str:
    digits = value.removeprefix("+")
    if digits.isascii() and digits.isdigit():
        return rf"(?:^|[^0-9]){_BETWEEN_DIGITS.join(digits)}(?:$|[^0-9])"
    return "".join(
        letter if letter.isalnum() or not letter.isascii() else rf"\x{ord(letter):02x}"
        for letter in value
    )


def rows_with_traces(
    connection: duckdb.DuckDBPyConnection,
    catalog: str,
    traces: Traces,
    ids_may_stay: Sequence[str] = (),
) -> dict[str, int]:
    """Rows of each table of a catalog that hold a trace; tables without are left out.

    Args:
        connection: has the catalog attached.
        catalog: its name.
        traces: what is looked for.
        ids_may_stay: tables (schema.name) in which a one_id is no trace.
    """
    found = {}
    for name, columns in text_columns(connection, catalog).items():
        schema, _, table = name.partition(".")
        condition = condition_of(columns, traces, with_ids=name not in ids_may_stay)
        count = connection.execute(
            f"select count(*) from {catalog}.{identifier(schema)}.{identifier(table)} "
            f"where {condition}"
        ).fetchone()
        if count and count[0]:
            found[name] = int(count[0])
    return found


def text_columns(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, list[str]]:
    """Table (schema.name) → its columns that hold text, within lists and records too."""
    rows = connection.execute(
        """
        select columns.schema_name || '.' || columns.table_name, columns.column_name,
            columns.data_type
        from duckdb_columns() as columns
        inner join duckdb_tables() as tables
            on
                columns.database_name = tables.database_name
                and columns.table_oid = tables.table_oid
        where columns.database_name = ?
        order by columns.schema_name, columns.table_name, columns.column_index
        """,
        [catalog],
    ).fetchall()
    found: dict[str, list[str]] = {}
    for table, column, data_type in rows:
        if any(kind in data_type for kind in _TEXT_TYPES):
            found.setdefault(table, []).append(column)
    return found


def text_columns_of(connection: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    """Columns of what a query reads from that hold text."""
    described = connection.execute(f"describe from {source}").fetchall()
    return [str(row[0]) for row in described if any(each in row[1] for each in _TEXT_TYPES)]


def condition_of(columns: Iterable[str], traces: Traces, with_ids: bool = True) -> str:
    """SQL that says whether a row holds a trace in one of its columns."""
    cells = [f"cast({identifier(column)} as varchar)" for column in columns]
    if not cells:
        return "false"
    # one expression is compiled for the row, not one for each column
    row = f"concat_ws(chr(31), {', '.join(cells)})"
    condition = f"regexp_matches({row}, {literal(traces.pattern(with_ids))})"
    if traces.texts:
        texts = ", ".join(literal(text) for text in traces.texts)
        condition += f" or list_has_any([{', '.join(cells)}], [{texts}])"
    return f"coalesce({condition}, false)"


def traces_in_file(path: Path, traces: Traces, ids_may_stay: Sequence[str] = ()) -> dict[str, int]:
    """Where in a file traces are found, and how many: tables of a database, else the file.

    A database and a Parquet file are read as tables and as bytes, a packed file as what it holds.
    """
    found: dict[str, int] = {}
    if path.suffix == ".duckdb":
        with duckdb.connect() as connection:
            connection.execute(f"attach {literal(path)} as scanned (read_only)")
            found |= rows_with_traces(connection, "scanned", traces, ids_may_stay)
            free = connection.execute(
                "select free_blocks from pragma_database_size() where database_name = 'scanned'"
            ).fetchone()
            if free and free[0]:
                found["free blocks"] = int(free[0])
        ids = False
    elif path.suffix == ".parquet":
        with duckdb.connect() as connection:
            source = f"read_parquet({file_literal(path)}, hive_partitioning = false)"
            columns = text_columns_of(connection, source)
            row = connection.execute(
                f"select count(*) from {source} where {condition_of(columns, traces)}"
            ).fetchone()
            if row and row[0]:
                found["rows"] = int(row[0])
        ids = True
    else:
        ids = True
    count = _count_in_bytes(path, traces.pattern(with_ids=ids))
    if count and "rows" not in found:
        found["bytes"] = count
    return found


def _count_in_bytes(path: Path, pattern: str) -> int:
    expression = re.compile(pattern.encode())
    if path.suffix.lower() == ".gz":
        try:
            with gzip.open(path) as packed:
                return sum(1 for _ in expression.finditer(packed.read()))
        except OSError:
            pass
    if not path.stat().st_size:
        return 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return sum(1 for _ in expression.finditer(content))


def without_lines(path: Path, traces: Traces) -> int:
    """Rewrite a text file without the lines that hold traces; return how many went."""
    expression = re.compile(traces.pattern().encode())
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not expression.search(line)]
    if len(kept) < len(lines):
        unfinished = path.with_name(f".{path.name}.unfinished")
        unfinished.write_bytes(b"".join(kept))
        unfinished.chmod(path.stat().st_mode & 0o777)
        sync(unfinished)
        os.replace(unfinished, path)
    return len(lines) - len(kept)


def as_counts(found: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, str, int]]:
    """File, place and count of all that was found."""
    for file, places in found.items():
        for place, count in places.items():
            yield file, place, count
