"""All that is held of a person, as JSON and as a page she can read.

Every table with a one_id in what people query, and the raw rows that name her as they were
delivered. What a row says of another person is left out.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from one360.errors import One360Error
from one360.files import exclusive
from one360.paths import DatasetPaths
from one360.private import make_private
from one360.raw_files.declared import DeclaredTable, declared_tables
from one360.rights.built import built, forms_of, people_of
from one360.rights.forms import names_sql
from one360.rights.page import page
from one360.rights.person import Person
from one360.rights.raw import Forms, make_readable, named_in
from one360.sql import identifier, literal
from one360.tombstones import write_private

#: What is shown, in this order; other schemas hold steps of these.
SCHEMAS = ("core", "pii", "tags", "predictions", "campaigns", "audiences", "journeys", "quality")

#: In place of what a row says of somebody else.
ANOTHER = "(another person)"


@dataclass(frozen=True)
class Held:
    """A table with the rows that are held of the person.

    Attributes:
        name: schema.table, or raw.system.table.
        description: what one of its rows is.
        columns: column → what it means.
        rows: her rows.
    """

    name: str
    description: str
    columns: dict[str, str]
    rows: list[dict[str, Any]] = field(default_factory=list)


def export(
    paths: DatasetPaths, project: Path, wanted: str, folder: Path | None, language: str
) -> tuple[Path, Path, int]:
    """Write what is held of a person; return the JSON file, the page and the number of rows.

    Raises:
        UsageError: nothing is built, or the identifier names nobody or several.
        One360Error: the warehouse cannot be read.
    """
    with built(paths) as connection:
        (person,) = people_of(connection, paths, project, [wanted])
        tables = [
            *_marts(connection, paths.dataset, person),
            *_raw_rows(connection, paths, declared_tables(project), person),
        ]
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    content = {
        "dataset": paths.dataset,
        "exported_at": now.isoformat(),
        "one_id": person.one_id,
        "ids": [{"one_id": each, "issued_at": at} for each, at in person.issued.items()],
        "records": [
            {"system": each.source_system, "type": each.profile_type, "key": each.natural_key}
            for each in person.profiles
        ],
        "identifiers": [
            {"type": each.identifier_type, "system": each.namespace or None, "value": each.value,
             "others_have_it_too": each.is_shared}
            for each in person.identifiers
        ],
        "tables": [
            {"table": each.name, "description": each.description, "columns": each.columns,
             "rows": each.rows}
            for each in tables
        ],
    }  # fmt: skip
    folder = folder or paths.home / "exports"
    make_private(folder)
    stem = f"{paths.dataset}.{person.one_id}"
    with exclusive(folder / f".{stem}.lock", "exporting this person"):
        write_private(folder / f"{stem}.json", content)
        written = folder / f"{stem}.html"
        written.touch(0o600)
        written.chmod(0o600)
        written.write_text(page(content, language), encoding="utf-8")
    (folder / f".{stem}.lock").unlink(missing_ok=True)
    return folder / f"{stem}.json", written, sum(len(each.rows) for each in tables)


def _marts(connection: duckdb.DuckDBPyConnection, catalog: str, person: Person) -> Iterator[Held]:
    """Rows of tables and views that name a one_id in any of their columns."""
    rows = connection.execute(
        """
        select columns.schema_name, columns.table_name, columns.column_name, columns.comment,
            relations.comment
        from duckdb_columns() as columns
        inner join (
            select database_name, schema_name, table_name as name, comment from duckdb_tables()
            union all
            select database_name, schema_name, view_name, comment from duckdb_views()
        ) as relations
            on
                columns.database_name = relations.database_name
                and columns.schema_name = relations.schema_name
                and columns.table_name = relations.name
        where columns.database_name = ? and list_contains(?, columns.schema_name)
        order by list_position(?, columns.schema_name), columns.table_name, columns.column_index
        """,
        [catalog, list(SCHEMAS), list(SCHEMAS)],
    ).fetchall()
    found: dict[tuple[str, str], Held] = {}
    for schema, table, column, comment, description in rows:
        held = found.setdefault(
            (schema, table), Held(f"{schema}.{table}", (description or "").strip(), {})
        )
        held.columns[column] = (comment or "").strip()
    for (schema, table), held in found.items():
        ids = [name for name in held.columns if name == "one_id" or name.endswith("_one_id")]
        if not ids:
            continue
        condition = " or ".join(f"list_contains($ids, {identifier(name)})" for name in ids)
        shown_columns = ", ".join(
            f"case when {identifier(name)} is null or list_contains($ids, {identifier(name)}) "
            f"then {identifier(name)} else {literal(ANOTHER)} end as {identifier(name)}"
            if name in ids
            else identifier(name)
            for name in held.columns
        )
        result = connection.execute(
            f"select {shown_columns} from {identifier(schema)}.{identifier(table)} "
            f"where {condition} order by all",
            {"ids": list(person.issued)},
        )
        held.rows.extend(_rows(result))
        if held.rows:
            yield held


def _raw_rows(
    connection: duckdb.DuckDBPyConnection,
    paths: DatasetPaths,
    tables: dict[str, DeclaredTable],
    person: Person,
) -> Iterator[Held]:
    """Raw rows that name her by what is hers alone, and the lines of her orders."""
    wanted = forms_of(connection, [person])
    hers = forms_of(connection, [person], with_shared=True)
    for table in tables.values():
        if not any(column.identifier for column in table.columns):
            continue
        names = ", ".join(_of_her(column.identifier, column.name, hers) for column in table.columns)
        held = Held(f"raw.{table.name}", table.title, {each.name: "" for each in table.columns})
        condition = named_in(table, wanted)
        try:
            view = make_readable(connection, paths, table)
            held.rows.extend(
                _rows(connection.execute(f"select {names} from {view} where {condition}"))
            )
        except duckdb.IOException:
            raise One360Error(
                f"the raw files of {table.name} are not as the last build read them; build again"
            ) from None
        if held.rows:
            yield held
        if held.rows and table.lines in tables:
            lines = tables[table.lines]
            key = identifier(table.key[0])
            of_lines = f"raw.{identifier(f'{lines.system}_{lines.table}')}"
            yield Held(
                f"raw.{lines.name}",
                lines.title,
                {each.name: "" for each in lines.columns},
                list(
                    _rows(
                        connection.execute(
                            f"select * from {of_lines} where {key} in "
                            f"(select {key} from {view} where {condition})"
                        )
                    )
                ),
            )


def _of_her(space: str | None, name: str, hers: Forms) -> str:
    """SQL of a raw column, without the identifiers of others."""
    column = identifier(name)
    if space is None:
        return column
    return (
        f"case when {column} is null or {names_sql(space, column, hers.get(space, ()))} "
        f"then cast({column} as varchar) else {literal(ANOTHER)} end as {column}"
    )


def _rows(result: Any) -> Iterator[dict[str, Any]]:
    names = [column[0] for column in result.description]
    for row in result.fetchall():
        yield {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _plain(value: Any) -> Any:
    """A value as JSON has it; amounts stay exact, as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return json.loads(json.dumps(value, default=str))
