"""Compares two builds table by table: does a second engine give the same rows?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from one360.engines.spark import SPARK_SUFFIX, collect
from one360.errors import One360Error, one_line
from one360.paths import dataset_paths, shown
from one360.publish.tables import PUBLISHED_SCHEMAS
from one360.sql import identifier, literal

#: Floating-point numbers may differ by this share: engines add in another order.
FLOAT_TOLERANCE = 1e-9

#: When a row was written is no part of what it says.
RUN_TIME_COLUMNS = ("published_at", "built_at", "build_id", "recorded_at")

#: Each engine writes JSON its own way.
RAW_RECORD = ("quality", "rejected_records", "raw_record")

_FLOATS = ("DOUBLE", "FLOAT")


@dataclass
class TableParity:
    """How one table of two builds compares.

    ``differing`` rows are in one build and not, or otherwise, in the other.
    """

    name: str
    rows: int = 0
    other_rows: int = 0
    differing: int = 0
    columns: list[str] = field(default_factory=list)  # in which rows differ
    faults: list[str] = field(default_factory=list)  # a table or column of one build only

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        return not (self.differing or self.faults)


def compare(one: Path, other: Path) -> Iterator[TableParity]:
    """Compare every published table of two builds.

    Rows are put into the order of all their columns and compared one by one; floating
    point numbers are equal within ``FLOAT_TOLERANCE``, all else exactly, types included.

    Args:
        one: what a build made: a published file or a warehouse, of DuckDB (a file) or
            of Spark (a folder).
        other: the same by another engine.

    Raises:
        One360Error: a build is missing or cannot be read.
    """
    for path in (one, other):
        if not path.exists():
            raise One360Error(f"{shown(path)} does not exist; expected what a build made")
    with tempfile.TemporaryDirectory() as name, duckdb.connect() as connection:
        files = [
            _collected(path, Path(name) / f"{path.stem}_{number}.duckdb") if path.is_dir() else path
            for number, path in enumerate((one, other), 1)
        ]
        # views of a warehouse name the catalog that they were made in
        catalogs = [files[0].stem, files[1].stem]
        if catalogs[0] == catalogs[1]:
            catalogs[1] += "_other"
        try:
            for file, catalog in zip(files, catalogs, strict=True):
                connection.execute(f"attach {literal(file)} as {identifier(catalog)} (read_only)")
        except duckdb.Error as error:
            raise One360Error(f"cannot be read: {one_line(error)}") from None
        tables = [_tables(connection, catalog) for catalog in catalogs]
        for table in sorted(tables[0].keys() | tables[1].keys()):
            yield _compare_table(
                connection, catalogs, table, tables[0].get(table), tables[1].get(table)
            )


def _collected(folder: Path, file: Path) -> Path:
    """A Spark warehouse as a DuckDB file."""
    home = folder.resolve().parent.parent
    if folder.suffix != SPARK_SUFFIX:
        raise One360Error(f"{shown(folder)} is no warehouse of Spark; expected one {SPARK_SUFFIX}")
    collect(dataset_paths(folder.stem, home), file)
    return file


def _tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, dict[str, str]]:
    """Column types by column, by table."""
    rows = connection.execute(
        """
        select schema_name, table_name, column_name, data_type
        from duckdb_columns()
        where database_name = ? and list_contains(?, schema_name) and not internal
        order by all
        """,
        [catalog, list(PUBLISHED_SCHEMAS)],
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for schema, table, column, kind in rows:
        if (schema, table, column) != RAW_RECORD:
            tables.setdefault(f"{schema}.{table}", {})[column] = kind
    return tables


def _compare_table(
    connection: duckdb.DuckDBPyConnection,
    catalogs: list[str],
    name: str,
    one: dict[str, str] | None,
    other: dict[str, str] | None,
) -> TableParity:
    found = TableParity(name)
    if one is None or other is None:
        found.faults.append(f"only in the {'second' if one is None else 'first'} build")
        return found
    for column in sorted(one.keys() ^ other.keys()):
        found.faults.append(f"{column} only in the {'first' if column in one else 'second'} build")
    for column in sorted(one.keys() & other.keys()):
        if one[column] != other[column]:
            found.faults.append(f"{column} is {one[column]} and {other[column]}")
    columns = sorted((one.keys() & other.keys()) - set(RUN_TIME_COLUMNS))
    floats = [column for column in columns if one[column] in _FLOATS]
    # floats last: nearly equal ones must not part equal rows
    order = ", ".join(f'"{column}"' for column in columns if column not in floats)
    order += "".join(f', "{column}"' for column in floats)
    order = order.removeprefix(", ")
    for side, catalog in zip("ab", catalogs, strict=True):
        connection.execute(
            f"create or replace temp table side_{side} as"
            f" select *, row_number() over (order by {order}) as row_number_of_side"
            f' from "{catalog}".{name}'
        )
    different = {column: _differs(column, column in floats) for column in columns}
    counts = connection.execute(
        f"""
        select
            count(a.row_number_of_side),
            count(b.row_number_of_side),
            count(case when {" or ".join(different.values())} then 1 end)
            {"".join(f", count(case when {test} then 1 end)" for test in different.values())}
        from side_a as a
        full join side_b as b on a.row_number_of_side = b.row_number_of_side
        """
    ).fetchone()
    assert counts is not None
    found.rows, found.other_rows, found.differing = counts[:3]
    found.differing = max(found.differing, abs(found.rows - found.other_rows))
    found.columns = [column for column, count in zip(different, counts[3:], strict=True) if count]
    return found


def _differs(column: str, is_float: bool) -> str:
    one, other = f'a."{column}"', f'b."{column}"'
    if not is_float:
        return f"{one} is distinct from {other}"
    return (
        f"(({one} is null) <> ({other} is null) or abs({one} - {other})"
        f" > {FLOAT_TOLERANCE} * greatest(abs({one}), abs({other})))"
    )
