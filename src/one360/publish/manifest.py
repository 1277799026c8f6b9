"""The table main.publication: what is published, of which build and since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from one360 import __version__
from one360.paths import DatasetPaths
from one360.publish.build import Build
from one360.publish.tables import Relation


@dataclass
class Publication:
    """What was published.

    ``let_through`` says what of the night was not as expected, ``renumbered`` which systems gave
    their customers new ids, ``withheld`` of which columns personal values were withheld.
    """

    path: Path
    as_of_date: str | None
    rows: dict[str, int] = field(default_factory=dict)
    views: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    let_through: list[str] = field(default_factory=list)
    renumbered: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    seconds: float = 0.0


def write_manifest(
    connection: duckdb.DuckDBPyConnection,
    copied: str,
    paths: DatasetPaths,
    build: Build,
    publication: Publication,
) -> None:
    """One row per published table in main.publication: what it is, and of which build.

    A view has no count: its rows are those of its tables. ``refreshed_at`` is for intraday
    runs.
    """
    connection.execute(
        f"""
        create table {copied}.main.publication (
            table_schema varchar,
            table_name varchar,
            row_count bigint,
            dataset varchar,
            one360_version varchar,
            build_id varchar,
            as_of_date date,
            built_at timestamp,
            published_at timestamp,
            refreshed_at timestamp
        )
        """
    )
    connection.executemany(
        f"""
        insert into {copied}.main.publication
        select
            ?, ?, ?, ?, ?, ?, try_cast(? as date), timezone('UTC', try_cast(? as timestamptz)),
            timezone('UTC', get_current_timestamp()), null
        """,
        [
            (
                *name.split(".", 1),
                rows,
                paths.dataset,
                __version__,
                build.invocation_id,
                publication.as_of_date,
                build.built_at,
            )
            for name, rows in [
                *publication.rows.items(),
                *((view, None) for view in publication.views),
            ]
        ],
    )


def update_manifest(
    connection: duckdb.DuckDBPyConnection, copied: str, build: Build, publication: Publication
) -> None:
    """Say of the replaced tables which intraday run they are of, and when it was published."""
    connection.executemany(
        f"""
        update {copied}.main.publication set
            row_count = ?,
            build_id = ?,
            as_of_date = try_cast(? as date),
            built_at = timezone('UTC', try_cast(? as timestamptz)),
            refreshed_at = timezone('UTC', get_current_timestamp())
        where table_schema = ? and table_name = ?
        """,
        [
            (
                rows,
                build.invocation_id,
                publication.as_of_date,
                build.built_at,
                *name.split(".", 1),
            )
            for name, rows in publication.rows.items()
        ],
    )


def known_tables(
    connection: duckdb.DuckDBPyConnection, copied: str, tables: Iterable[Relation]
) -> list[Relation]:
    """Those of the tables that readers know; a table new to the project waits for its build."""
    known = set(
        connection.execute(
            f"select table_schema, table_name from {copied}.main.publication"
        ).fetchall()
    )
    return [table for table in tables if table.key in known]
