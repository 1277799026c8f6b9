"""What the gate found: withheld from readers value by value, and told with the row it came from.

A value that is withheld is replaced by a keyed hash of it, so that rows of one value stay together,
counts and keys hold, and nothing is shown. ``main.withheld_values`` of the published file has a row
per column and kind; the message and the table name values by their place alone.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import duckdb

from one360.lookups.personal_text import PersonalText
from one360.publish.leaks import Leak
from one360.publish.personal import Personal
from one360.salt import keyed_hash_sql
from one360.sql import identifier

TABLE = "withheld_values"


@dataclass(frozen=True)
class Withheld:
    """A column of which values were withheld.

    Attributes:
        leak: the column and the values.
        rows: how many rows hold one.
        raw_table: raw table of a row that one of the values came from, if it is found.
        raw_key: key of that row, hashed with the salt where it is a person's.
    """

    leak: Leak
    rows: int
    raw_table: str | None
    raw_key: str | None

    def __str__(self) -> str:
        """In words: core.touches.detail (a phone number) in 3 rows, as in web.events e-1."""
        came = f", as in {self.raw_table} {self.raw_key}" if self.raw_table else ""
        return f"{self.leak} in {self.rows:,} row{'s' if self.rows != 1 else ''}{came}"


def look_up(
    connection: duckdb.DuckDBPyConnection,
    copied: str,
    source: str,
    leaks: Sequence[Leak],
    personal: Personal,
    looks: PersonalText,
) -> list[Withheld]:
    """Count the rows of what was found, and look for the raw rows that it came from."""
    origins = _raw_rows(connection, source, {v for leak in leaks for v in leak.values}, personal)
    found = []
    for leak in leaks:
        _seek(connection, leak.values)
        row = connection.execute(
            f"select count(*) from {_place(copied, leak)} where {_is_sought(leak)}"
        ).fetchone()
        raw_table, raw_key = next(
            (origins[value] for value in leak.values if value in origins), (None, None)
        )
        if raw_table and raw_key and _is_told(connection, raw_key, leak, looks):
            (raw_key,) = connection.execute(
                f"select {keyed_hash_sql('?')}", [raw_key]
            ).fetchone() or ("",)
        found.append(
            Withheld(
                leak,
                int(row[0]) if row else 0,
                raw_table,
                (raw_key or "(key withheld)") if raw_table else None,
            )
        )
    return found


def withhold(
    connection: duckdb.DuckDBPyConnection, copied: str, found: Collection[Withheld]
) -> None:
    """Replace the values in the catalog ``copied``; a list that holds one is left out whole."""
    for each in found:
        _seek(connection, each.leak.values)
        column = identifier(each.leak.column)
        shown = (
            # without a salt a hash could be guessed
            f"'[withheld' || coalesce(' ' || left({keyed_hash_sql(column)}, 12), '') || ']'"
            if each.leak.is_text
            else "null"
        )
        connection.execute(
            f"update {_place(copied, each.leak)} set {column} = {shown} "
            f"where {_is_sought(each.leak)}"
        )


def write_withheld(
    connection: duckdb.DuckDBPyConnection,
    copied: str,
    tables: Collection[str],
    found: Collection[Withheld],
) -> None:
    """Write main.withheld_values; of a file that has it, the rows of ``tables`` are replaced."""
    place = f"{copied}.main.{TABLE}"
    connection.execute(
        f"""
        create table if not exists {place} (
            table_schema varchar,
            table_name varchar,
            column_name varchar,
            kinds varchar,
            value_count bigint,
            row_count bigint,
            raw_table varchar,
            raw_key varchar,
            published_at timestamp
        )
        """
    )
    connection.execute(
        f"delete from {place} where table_schema || '.' || table_name in (select unnest(?))",
        [list(tables)],
    )
    for each in found:
        leak = each.leak
        connection.execute(
            f"""
            insert into {place} values
            (?, ?, ?, ?, ?, ?, ?, ?, timezone('UTC', get_current_timestamp()))
            """,
            [
                leak.schema, leak.table, leak.column, ", ".join(leak.kinds), len(leak.values),
                each.rows, each.raw_table, each.raw_key,
            ],
        )  # fmt: skip


def withheld(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[str]:
    """What was withheld from a published file, in words; nothing of one that is older."""
    with contextlib.suppress(duckdb.CatalogException):
        rows = connection.execute(
            f"""
            select
                table_schema || '.' || table_name || '.' || column_name || ' (' || kinds || ') in '
                || row_count || if(row_count = 1, ' row', ' rows')
            from {catalog}.main.{TABLE} order by all
            """
        ).fetchall()
        return [str(text) for (text,) in rows]
    return []


def _raw_rows(
    connection: duckdb.DuckDBPyConnection, source: str, values: set[str], personal: Personal
) -> dict[str, tuple[str, str | None]]:
    """Value → raw table and key of one row that was staged with it."""
    found: dict[str, tuple[str, str | None]] = {}
    _seek(connection, values)
    for name, table in _staging_tables(connection, source, personal):
        if len(found) == len(values):
            break
        key = " || '|' || ".join(
            f"coalesce(cast({identifier(column)} as varchar), '')" for column in personal.raw[name]
        )
        # the key of a person's row is personal
        shown = keyed_hash_sql("raw_key") if name in personal.keys else "raw_key"
        columns = ", ".join(identifier(column) for column in table.columns)
        for value, raw_key in connection.execute(
            f"""
            select value, min({shown}) from (
                select unnest([{columns}]) as value, {key} as raw_key from {table.place}
                where {" or ".join(f"{identifier(c)} in (from sought)" for c in table.columns)}
            )
            where value in (from sought)
            group by value
            """
        ).fetchall():
            found.setdefault(value, (name, raw_key))
    return found


def _is_told(
    connection: duckdb.DuckDBPyConnection, raw_key: str, leak: Leak, looks: PersonalText
) -> bool:
    """Whether a raw key tells a personal value itself: as the value that was found does, or a
    phone or key that the warehouse holds.
    """
    if any(value in raw_key or raw_key in value for value in leak.values):
        return True
    if next(looks.kinds_in(raw_key), None):
        return True
    known = connection.execute(
        """
        select count(*) from (
            select phone as known from known_phones where contains(?, phone)
            union all
            select key from known_keys where contains(?, key)
        )
        """,
        [re.sub(r"\D", "", raw_key), raw_key],
    ).fetchone()
    return bool(known and known[0])


@dataclass(frozen=True)
class _Table:
    place: str
    columns: list[str]


def _staging_tables(
    connection: duckdb.DuckDBPyConnection, source: str, personal: Personal
) -> Iterator[tuple[str, _Table]]:
    texts: dict[str, list[str]] = {}
    every: dict[str, set[str]] = {}
    for table, column, data_type in connection.execute(
        """
        select table_name, column_name, data_type from duckdb_columns()
        where database_name = ? and schema_name = 'staging'
        order by table_name, column_index
        """,
        [source],
    ).fetchall():
        every.setdefault(table, set()).add(column)
        if data_type == "VARCHAR" and column != "raw_record":
            texts.setdefault(table, []).append(column)
    for name, keys in personal.raw.items():
        table = f"stg_{name.replace('.', '__')}"
        if table in texts and set(keys) <= every[table]:
            yield name, _Table(f"{source}.staging.{identifier(table)}", texts[table])


def _seek(connection: duckdb.DuckDBPyConnection, values: Collection[str]) -> None:
    connection.execute("create or replace temp table sought (value varchar)")
    connection.execute("insert into sought select unnest(?)", [list(values)])


def _is_sought(leak: Leak) -> str:
    return f"cast({identifier(leak.column)} as varchar) in (from sought)"


def _place(copied: str, leak: Leak) -> str:
    return f"{copied}.{identifier(leak.schema)}.{identifier(leak.table)}"
