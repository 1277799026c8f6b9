"""Copies tables and views of a build, without what stays in the warehouse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from one360.publish.personal import Personal
from one360.salt import keyed_hash_sql
from one360.sql import identifier, literal

#: What readers get. The other schemas hold raw contact values or are no API.
PUBLISHED_SCHEMAS = ("core", "tags", "predictions", "campaigns", "quality")

#: Views that readers get as views: what they show is made of published tables when it is
#: asked for. They name schema and table and no database.
PUBLISHED_VIEWS = (("tags", "customer_tag_reasons"),)


@dataclass(frozen=True)
class Relation:
    """A table or view of the warehouse, as the build commented it."""

    schema: str
    name: str
    comment: str | None
    is_view: bool

    @property
    def key(self) -> tuple[str, str]:
        """Schema and name."""
        return self.schema, self.name

    @property
    def quoted(self) -> str:
        """Schema and name as SQL takes them."""
        return f"{identifier(self.schema)}.{identifier(self.name)}"

    def __str__(self) -> str:
        """The name as people write it: core.customers."""
        return f"{self.schema}.{self.name}"


def relations(connection: duckdb.DuckDBPyConnection, source: str) -> list[Relation]:
    """Tables and views of the published schemas in the catalog ``source``."""
    schemas = ", ".join(literal(schema) for schema in PUBLISHED_SCHEMAS)
    rows = connection.execute(
        f"""
        select schema_name, table_name, comment, false from duckdb_tables()
        where database_name = ? and schema_name in ({schemas})
        union all
        select schema_name, view_name, comment, true from duckdb_views()
        where database_name = ? and schema_name in ({schemas}) and not internal
        order by all
        """,
        [source, source],
    ).fetchall()
    return [Relation(*row) for row in rows]


def copy_table(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    copied: str,
    relation: Relation,
    personal: Personal,
) -> int:
    """Copy a table or view as a table, with its comments; return its rows."""
    private = personal.kept_back(relation.key)
    columns = {
        name: comment
        for name, comment in _columns(connection, source, relation).items()
        if name not in private
    }
    selected = ", ".join(_published_column(relation, name, personal) for name in columns)
    place = f"{copied}.{relation.quoted}"
    connection.execute(f"create schema if not exists {copied}.{identifier(relation.schema)}")
    connection.execute(f"create table {place} as select {selected} from {source}.{relation.quoted}")
    _write_comments(connection, place, "table", relation.comment, columns)
    counted = connection.execute(f"select count(*) from {place}").fetchone()
    return int(counted[0]) if counted else 0


def copy_view(
    connection: duckdb.DuckDBPyConnection, source: str, copied: str, relation: Relation
) -> None:
    """Make a view anew over the published tables; it must not name another catalog."""
    found = connection.execute(
        """
        select sql from duckdb_views()
        where database_name = ? and schema_name = ? and view_name = ?
        """,
        [source, *relation.key],
    ).fetchone()
    text = str(found[0]) if found else ""
    connection.execute(f"create schema if not exists {copied}.{identifier(relation.schema)}")
    before = connection.execute("select current_catalog()").fetchone()
    connection.execute(f"use {copied}")
    try:
        connection.execute(text)
    finally:
        connection.execute(f"use {before[0] if before else 'memory'}")
    columns = _columns(connection, source, relation)
    _write_comments(connection, f"{copied}.{relation.quoted}", "view", relation.comment, columns)


def _columns(
    connection: duckdb.DuckDBPyConnection, source: str, relation: Relation
) -> dict[str, str | None]:
    """Column → its comment, in the order of the table."""
    return dict(
        connection.execute(
            """
            select column_name, comment from duckdb_columns()
            where database_name = ? and schema_name = ? and table_name = ?
            order by column_index
            """,
            [source, *relation.key],
        ).fetchall()
    )


def _write_comments(
    connection: duckdb.DuckDBPyConnection,
    place: str,
    kind: str,
    comment: str | None,
    columns: dict[str, str | None],
) -> None:
    if comment:
        connection.execute(f"comment on {kind} {place} is {literal(comment)}")
    for column, text in columns.items():
        if text is not None:
            connection.execute(f"comment on column {place}.{identifier(column)} is {literal(text)}")


def _published_column(relation: Relation, column: str, personal: Personal) -> str:
    name = identifier(column)
    hashed = keyed_hash_sql(name)
    if column in personal.hashed_keys.get(relation.key, ()):
        return f"{hashed} as {name}"
    if column not in personal.hashed.get(relation.key, ()):
        return name
    keys = ", ".join(literal(key) for key in personal.keys)
    return f"""
        case
            when source_system || '.' || source_table in ({keys})
                then {hashed}
            else {name}
        end as {name}
    """


def drop_tables(
    connection: duckdb.DuckDBPyConnection, copied: str, tables: Iterable[Relation]
) -> None:
    """Drop the tables, so that what replaces them takes their room in the file."""
    for table in tables:
        connection.execute(f"drop table {copied}.{table.quoted}")
    connection.execute(f"checkpoint {copied}")


def as_of_date(connection: duckdb.DuckDBPyConnection, source: str) -> str | None:
    """The business date the build was made for."""
    try:
        row = connection.execute(
            f"select cast(as_of_date as varchar) from {source}.behaviour.int_behaviour__as_of"
        ).fetchone()
    except duckdb.CatalogException:
        return None
    return str(row[0]) if row and row[0] is not None else None
