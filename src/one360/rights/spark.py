"""The tables of Spark as files: read for a person's traces, and written anew without her.

Spark reads whatever Parquet files lie in the folder of a table, so they are changed without it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import duckdb

from one360.engines.spark import spark_folder
from one360.files import sync
from one360.paths import DatasetPaths
from one360.sql import file_literal, identifier

_FOLDER = ".db"

#: Says in the folder of a table which files a new one takes the place of; Spark reads no such name.
_REPLACING = ".one360.replacing.json"


def has_tables(paths: DatasetPaths) -> bool:
    """Whether the data set was built on Spark."""
    return (spark_folder(paths) / "tables").is_dir()


def tables(paths: DatasetPaths) -> Iterator[tuple[str, Path]]:
    """Name (schema.table) and folder of each table."""
    for schema in sorted((spark_folder(paths) / "tables").glob(f"*{_FOLDER}")):
        for folder in sorted(path for path in schema.iterdir() if path.is_dir()):
            yield f"{schema.name.removesuffix(_FOLDER)}.{folder.name}", folder


def files(folder: Path) -> list[Path]:
    """The Parquet files of a table."""
    return sorted(folder.rglob("*.parquet"))


def source(folder: Path) -> str:
    """SQL that reads a table."""
    paths = ", ".join(file_literal(path) for path in files(folder))
    return f"read_parquet([{paths}], hive_partitioning = false)"


def attach(connection: duckdb.DuckDBPyConnection, paths: DatasetPaths) -> None:
    """Show the tables as views of a catalog that has the name of the data set."""
    connection.execute(f"attach ':memory:' as {paths.dataset}")
    for name, folder in tables(paths):
        if files(folder):
            schema, _, table = name.partition(".")
            connection.execute(f"create schema if not exists {paths.dataset}.{identifier(schema)}")
            connection.execute(
                f"create view {paths.dataset}.{identifier(schema)}.{identifier(table)} as "
                f"from {source(folder)}"
            )


def replace_files(connection: duckdb.DuckDBPyConnection, folder: Path, query: str | None) -> None:
    """Put what a query gives in the place of the files of a table; None leaves none.

    The checksums that Hadoop keeps beside its files go with them. Times are instants of UTC, as
    Spark writes them.
    """
    finish(folder)
    old = [path for path in folder.rglob("*") if path.is_file()]
    if query is not None:
        new = folder / f".{uuid.uuid4().hex}.unfinished"
        connection.execute("set timezone = 'UTC'")
        instants = ", ".join(
            f"cast({identifier(row[0])} as timestamptz) as {identifier(row[0])}"
            for row in connection.execute(f"describe {query}").fetchall()
            if row[1] == "TIMESTAMP"
        )
        if instants:
            query = f"select * replace ({instants}) from ({query})"
        connection.execute(f"copy ({query}) to {file_literal(new)} (format parquet)")
        part = folder / f"part-00000-{uuid.uuid4()}.parquet"
        noted = {"new": part.name, "old": [str(path.relative_to(folder)) for path in old]}
        unfinished = folder / f"{_REPLACING}.unfinished"
        unfinished.write_text(json.dumps(noted), encoding="utf-8")
        sync(unfinished)
        unfinished.rename(folder / _REPLACING)
        new.rename(part)
        finish(folder)
        return
    for path in old:
        path.unlink()


def finish(folder: Path) -> None:
    """End a replacement that was killed: the old files go once the new one is in place."""
    note = folder / _REPLACING
    if note.exists():
        noted = json.loads(note.read_text(encoding="utf-8"))
        if (folder / noted["new"]).exists():
            for name in noted["old"]:
                (folder / name).unlink(missing_ok=True)
        note.unlink()
