"""Compares two published files table by table: does a second engine give the same rows?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from one360.errors import One360Error
from one360.paths import shown

#: Floating-point numbers may differ by this share: engines add in another order.
FLOAT_TOLERANCE = 1e-9

#: When a row was written is no part of what it says.
RUN_TIME_COLUMNS = ("published_at", "built_at", "build_id", "recorded_at")

_FLOATS = ("DOUBLE", "FLOAT")


@dataclass
class TableParity:
    """How one table of two published files compares.

    ``differing`` rows stand in one file and not, or otherwise, in the other.
    """

    name: str
    rows: int = 0
    other_rows: int = 0
    differing: int = 0
    columns: list[str] = field(default_factory=list)  # in which rows differ
    faults: list[str] = field(default_factory=list)  # a table or column of one file only

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        return not (self.differing or self.faults)


def compare(one: Path, other: Path) -> Iterator[TableParity]:
    """Compare every table of the published file ``one`` with that of ``other``.

    Rows are put into the order of all their columns and compared one by one; floating
    point numbers are equal within ``FLOAT_TOLERANCE``, all else exactly, types included.

    Raises:
        One360Error: a file is missing or cannot be read.
    """
    for path in (one, other):
        if not path.exists():
            raise One360Error(f"{shown(path)} does not exist; expected a published file")
    with duckdb.connect() as connection:
        try:
            connection.execute(f"attach '{_escaped(one)}' as one_file (read_only)")
            connection.execute(f"attach '{_escaped(other)}' as other_file (read_only)")
        except duckdb.Error as error:
            raise One360Error(f"cannot be read: {' '.join(str(error).split())[:200]}") from None
        tables = {catalog: _tables(connection, catalog) for catalog in ("one_file", "other_file")}
        for name in sorted(tables["one_file"].keys() | tables["other_file"].keys()):
            yield _compare_table(
                connection, name, tables["one_file"].get(name), tables["other_file"].get(name)
            )


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")


def _tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, dict[str, str]]:
    """Column types by column, by table."""
    rows = connection.execute(
        """
        select schema_name || '.' || table_name, column_name, data_type
        from duckdb_columns()
        where database_name = ? and schema_name <> 'main' and not internal
        order by all
        """,
        [catalog],
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        tables.setdefault(table, {})[column] = kind
    return tables


def _compare_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    one: dict[str, str] | None,
    other: dict[str, str] | None,
) -> TableParity:
    found = TableParity(name)
    if one is None or other is None:
        found.faults.append(f"only in the {'second' if one is None else 'first'} file")
        return found
    for column in sorted(one.keys() ^ other.keys()):
        found.faults.append(f"{column} only in the {'first' if column in one else 'second'} file")
    for column in sorted(one.keys() & other.keys()):
        if one[column] != other[column]:
            found.faults.append(f"{column} is {one[column]} and {other[column]}")
    columns = sorted((one.keys() & other.keys()) - set(RUN_TIME_COLUMNS))
    floats = [column for column in columns if one[column] in _FLOATS]
    # floats last: nearly equal ones must not part equal rows
    order = ", ".join(f'"{column}"' for column in columns if column not in floats)
    order += "".join(f', "{column}"' for column in floats)
    order = order.removeprefix(", ")
    for side, catalog in (("a", "one_file"), ("b", "other_file")):
        connection.execute(
            f"create or replace temp table side_{side} as"
            f" select *, row_number() over (order by {order}) as row_number_of_side"
            f" from {catalog}.{name}"
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
