"""The gate: are there personal values in what is about to be published?"""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from one360.lookups.contacts import EMAIL_IN_TEXT, PHONE_IN_TEXT
from one360.publish.personal import Personal
from one360.sql import identifier

#: Schemas in which raw values are found in the warehouse, for comparison.
_PRIVATE_SCHEMAS = ("identity", "pii")
_SAMPLE = 2000
_NAMES_FOR_A_LEAK = 3


def find_personal_values(
    connection: duckdb.DuckDBPyConnection,
    copied: str,
    source: str,
    tables: Collection[str],
    personal: Personal,
) -> list[str]:
    """Columns of the catalog ``copied`` that hold raw personal values, each with what.

    Looks into every column of the ``tables`` with text in it for phone numbers and
    e-mail addresses and for values equal to raw keys and names kept in the warehouse
    ``source`` (a sample of each). Digits in a column of ids may be an order number,
    so there a mobile number counts only if it belongs to a customer.
    """
    has_phones = _collect_known(connection, source, personal)
    leaks = []
    columns = connection.execute(
        """
        select schema_name, table_name, list(column_name order by column_index)
        from duckdb_columns()
        where
            database_name = ?
            and (data_type like '%VARCHAR%' or data_type like '%JSON%')
            -- a view shows what the tables hold
            and table_oid in (select table_oid from duckdb_tables() where database_name = ?)
        group by schema_name, table_name
        order by schema_name, table_name
        """,
        [copied, copied],
    ).fetchall()
    for schema, table, names in columns:
        if f"{schema}.{table}" not in tables:
            continue
        place = f"{copied}.{identifier(schema)}.{identifier(table)}"
        texts = [f"cast({identifier(name)} as varchar)" for name in names]
        sizes = connection.execute(
            f"select count(*), {', '.join(f'approx_count_distinct({text})' for text in texts)} "
            f"from {place}"
        ).fetchone()
        total, *distinct = sizes or (0,)
        for name, text, different in zip(names, texts, distinct, strict=True):
            # most columns repeat few values: look at each value once
            repeats = different < total / 10
            values = f"select {'distinct ' if repeats else ''}{text} as value from {place}"
            row = connection.execute(
                f"select {', '.join(_leak_tests(name, has_phones))} from ({values})"
            ).fetchone()
            leaks += [
                f"{schema}.{table}.{name} ({kind})"
                for kind, is_leak in zip(_LEAK_KINDS, row or (), strict=True)
                if is_leak
            ]
    return leaks


_LEAK_KINDS = ("a phone number", "an e-mail address", "a raw key", "people's names")


def _leak_tests(column: str, has_phones: bool) -> list[str]:
    """SQL over ``value``, one test for each of the kinds."""
    if not column.endswith("_id"):
        phone = f"coalesce(bool_or(regexp_matches(value, '{PHONE_IN_TEXT}')), false)"
    elif has_phones:
        # a keyed hash of 32 hexadecimal digits holds a customer's number by chance, now and then
        digits = (
            "case when not regexp_full_match(value, '[0-9a-f]{32}') "
            "then regexp_extract(value, '1[3-9][0-9]{9}') end"
        )
        phone = f"coalesce(bool_or({digits} in (select phone from known_phones)), false)"
    else:
        phone = "false"
    return [
        phone,
        # case, not and: the pattern is only tried where there is an @
        "coalesce(bool_or(case when contains(value, '@') "
        f"then regexp_matches(value, '{EMAIL_IN_TEXT}') else false end), false)",
        "coalesce(bool_or(value in (select key from known_keys)), false)",
        "count(distinct value) filter (value in (select name from known_names)) "
        f">= {_NAMES_FOR_A_LEAK}",
    ]


def _collect_known(connection: duckdb.DuckDBPyConnection, source: str, personal: Personal) -> bool:
    """Temporary tables of raw values in the warehouse; whether there are phones."""
    connection.execute("create or replace temp table known_phones (phone varchar)")
    connection.execute("create or replace temp table known_keys (key varchar)")
    connection.execute("create or replace temp table known_names (name varchar)")
    for column, place in _private_columns(connection, source, personal, "phone"):
        connection.execute(
            f"""
            insert into known_phones
            select distinct right(regexp_replace({column}, '[^0-9]', '', 'g'), 11)
            from {place}
            where regexp_matches({column}, '^([+]?86)?1[3-9][0-9]{{9}}$')
            """
        )
    for column, place in _private_columns(connection, source, personal, "key"):
        # Short keys and plain numbers are equal to other things by chance.
        connection.execute(
            f"""
            insert into known_keys
            with sampled as (
                select distinct unnest([{column}] || string_split({column}, '|')) as key
                from (
                    select {column} from {place} where {column} is not null
                    using sample reservoir({_SAMPLE} rows) repeatable (1)
                )
            )
            select key from sampled
            where
                length(key) >= 16
                or (
                    length(key) >= 8
                    and regexp_matches(key, '[A-Za-z]')
                    and regexp_matches(key, '[0-9]')
                )
            """
        )
    for column, place in _private_columns(connection, source, personal, "name"):
        connection.execute(
            f"""
            insert into known_names
            select distinct {column} from (
                select {column} from {place} where length({column}) >= 2
                using sample reservoir({_SAMPLE} rows) repeatable (1)
            )
            """
        )
    found = connection.execute("select count(*) from known_phones").fetchone()
    return bool(found and found[0])


def _private_columns(
    connection: duckdb.DuckDBPyConnection, source: str, personal: Personal, kind: str
) -> list[tuple[str, str]]:
    """(column, table) of the private tables' text columns with such values."""
    text = set(
        connection.execute(
            """
            select columns.schema_name, columns.table_name, columns.column_name
            from duckdb_columns() as columns
            inner join duckdb_tables() as tables
                on
                    columns.database_name = tables.database_name
                    and columns.table_oid = tables.table_oid
            where columns.database_name = ? and columns.data_type = 'VARCHAR'
            """,
            [source],
        ).fetchall()
    )
    return [
        (identifier(column), f"{source}.{identifier(schema)}.{identifier(table)}")
        # a text is looked for as it is only where it can be nothing but a name
        for schema, table, column in personal.of_kind(kind, alone=kind == "name")
        if schema in _PRIVATE_SCHEMAS and (schema, table, column) in text
    ]
