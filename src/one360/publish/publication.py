"""Put the marts of a green build before readers, in one step.

The published schemas are copied from the build's own file into a new file beside
the published one. When it is complete, on disk, and personal values are withheld, it
takes the place of the old file by one rename. So a reader sees yesterday's
publication or today's, never a mixture; a reader that has the old file open keeps
it; and a publish that fails or is killed leaves what was there.

An intraday run makes some of the tables anew: then the new file begins as a copy of the
published one, and those tables are replaced in it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from one360.engines.spark import collect, spark_folder
from one360.errors import One360Error, one_line
from one360.files import exclusive, remove, sync
from one360.lookups.personal_text import PersonalText
from one360.paths import DatasetPaths, shown
from one360.private import check_private
from one360.publish.build import (
    Build,
    check_build_is_last,
    check_published_build,
    open_warehouse,
    read_green_build,
    read_settings,
)
from one360.publish.leaks import find_personal_values
from one360.publish.manifest import (
    Publication,
    known_tables,
    update_manifest,
    write_manifest,
)
from one360.publish.nights import compare_nights, let_through, write_nights
from one360.publish.personal import Personal, read_personal
from one360.publish.tables import (
    PUBLISHED_SCHEMAS,
    PUBLISHED_VIEWS,
    Relation,
    as_of_date,
    copy_table,
    copy_view,
    drop_tables,
    relations,
)
from one360.publish.withheld import Withheld, look_up, withhold, write_withheld
from one360.salt import check_salt
from one360.sql import literal

#: Clients with DuckDB 1.x inside refuse files in the format of 2.0.
STORAGE_VERSION = "v1.0.0"


def publish(
    paths: DatasetPaths,
    target: Path,
    progress: Callable[[str, int, int], None] | None = None,
    engine: str = "duckdb",
) -> Publication:
    """Publish the data set's last build; ``target`` is dbt's target folder.

    ``progress`` is called with table, its number and how many there are. ``engine`` is
    what built it: of Spark, a copy of the tables is made first and read like DuckDB's file.

    Raises:
        One360Error: the last build was not green, the warehouse cannot be read, or
            a personal value was found that is to stop it. What was published before is untouched.
    """
    started = time.perf_counter()
    check_private(paths)
    build = read_green_build(target, paths.dataset)
    personal = read_personal(target, engine)
    settings = read_settings(target)
    built = paths.warehouse if engine == "duckdb" else spark_folder(paths)
    if not built.exists():
        raise One360Error(f"{shown(built)} does not exist: make build DATASET={paths.dataset}")
    collected = paths.warehouse.parent / f".{paths.dataset}.collected.duckdb"
    with _taking_its_place(paths) as unfinished:
        try:
            if engine == "spark":
                _remove_database(collected)
                collect(paths, collected)
                built = collected
            publication = _copy(paths, built, build, personal, settings, unfinished, progress)
        finally:
            _remove_database(collected)
    publication.seconds = time.perf_counter() - started
    return publication


def refresh(
    paths: DatasetPaths,
    target: Path,
    progress: Callable[[str, int, int], None] | None = None,
) -> Publication:
    """Publish what the last intraday run built; every other table stays as it is published.

    Raises:
        One360Error: the run was not green, the published file is not of the build that it
            brings up to date, or a personal value was found that is to stop it. What was published
            before is untouched.
    """
    started = time.perf_counter()
    build = read_green_build(target, paths.dataset, whole=False)
    personal = read_personal(target)
    settings = read_settings(target)
    with _taking_its_place(paths) as unfinished:
        shutil.copyfile(paths.published, unfinished)
        publication = _copy(
            paths, paths.warehouse, build, personal, settings, unfinished, progress, refreshes=True
        )
    publication.seconds = time.perf_counter() - started
    return publication


@contextmanager
def _taking_its_place(paths: DatasetPaths) -> Iterator[Path]:
    """A file to fill; it becomes the published one when the block ends well."""
    folder = paths.published.parent
    unfinished = folder / f".{paths.dataset}.unfinished.duckdb"
    with exclusive(folder / f".{paths.dataset}.lock", f"publishing {paths.dataset}"):
        # With the lock held, a file of this name is what a killed publish left.
        _remove_database(unfinished)
        try:
            yield unfinished
            sync(unfinished)
            # A reader that wrote into the old file may have left a log to be replayed.
            remove(_log_of(paths.published))
            os.replace(unfinished, paths.published)
            sync(folder)
        finally:
            _remove_database(unfinished)


def _attach_published(connection: duckdb.DuckDBPyConnection, paths: DatasetPaths) -> str | None:
    """Attach what is published now, and return its catalog; None where nothing is."""
    if not paths.published.exists():
        return None
    try:
        connection.execute(f"attach {literal(paths.published)} as before (read_only)")
    except duckdb.Error as error:
        raise One360Error(f"{shown(paths.published)} cannot be read: {one_line(error)}") from None
    return "before"


def _log_of(database: Path) -> Path:
    return database.with_name(database.name + ".wal")


def _remove_database(database: Path) -> None:
    remove(database)
    remove(_log_of(database))


def _withhold_personal_values(
    connection: duckdb.DuckDBPyConnection,
    copied: str,
    source: str,
    publication: Publication,
    personal: Personal,
    settings: Mapping[str, Any],
) -> list[Withheld]:
    """Withhold the personal values in the copied tables, or refuse them all."""
    looks = PersonalText([settings["default_region"], *settings["phone_regions"]])
    leaks = find_personal_values(connection, copied, source, publication.rows, personal, looks)
    if not leaks:
        return []
    found = look_up(connection, copied, source, leaks, personal, looks)
    publication.withheld = [str(each) for each in found]
    if settings["personal_values"] == "stop":
        raise One360Error(
            "nothing is published: personal values in "
            + "; ".join(publication.withheld[:5])
            + (f" and {len(found) - 5} more columns" if len(found) > 5 else "")
        )
    withhold(connection, copied, found)
    return found


def _copy(
    paths: DatasetPaths,
    built: Path,
    build: Build,
    personal: Personal,
    settings: Mapping[str, Any],
    unfinished: Path,
    progress: Callable[[str, int, int], None] | None,
    refreshes: bool = False,
) -> Publication:
    """Copy the tables of ``build`` into ``unfinished``.

    With ``refreshes`` that is a copy of the published file, in which they replace those
    of their names.
    """
    source, copied = paths.dataset, f"{paths.dataset}_published"
    publication = Publication(path=paths.published, as_of_date=None)
    connection = duckdb.connect()
    try:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set preserve_insertion_order = false")
        open_warehouse(connection, paths, built)
        salt = check_salt(connection, source, paths.warehouse)
        if salt is not None:
            connection.execute("set variable one360_salt = ?", [salt])
        check_build_is_last(connection, paths, build)
        connection.execute(
            f"attach {literal(unfinished)} as {copied} (storage_version '{STORAGE_VERSION}')"
        )
        tables: list[Relation] = []
        views: list[Relation] = []
        for relation in relations(connection, source):
            if relation.key in build.relations:
                is_view = relation.is_view and relation.key in PUBLISHED_VIEWS
                (views if is_view else tables).append(relation)
            elif not refreshes:
                # what an older build left, and this one does not know any more
                publication.left_out.append(str(relation))
        if refreshes:
            check_published_build(connection, paths, source, copied)
            tables, views = known_tables(connection, copied, tables), []
            drop_tables(connection, copied, tables)
        if not tables:
            raise One360Error(
                f"nothing is published: {shown(paths.warehouse)} has no table in "
                f"{', '.join(PUBLISHED_SCHEMAS)}"
            )
        shown_columns = [leak for table in (*tables, *views) for leak in personal.leaks(table.key)]
        if shown_columns:
            more = f" (and {len(shown_columns) - 1} more)" if len(shown_columns) > 1 else ""
            raise One360Error(f"nothing is published: {shown_columns[0]}{more}")
        publication.as_of_date = as_of_date(connection, source)
        before = None if refreshes else _attach_published(connection, paths)
        night, renumbered = (
            compare_nights(connection, source, before, publication.as_of_date, build.accepted)
            if not refreshes
            else ([], [])
        )
        publication.renumbered = [str(each) for each in renumbered]
        for number, table in enumerate(tables, start=1):
            if progress is not None:
                progress(str(table), number, len(tables))
            publication.rows[str(table)] = copy_table(connection, source, copied, table, personal)
        for view in views:
            copy_view(connection, source, copied, view)
            publication.views.append(str(view))
        found = _withhold_personal_values(
            connection, copied, source, publication, personal, settings
        )
        write_withheld(connection, copied, publication.rows, found)
        if refreshes:
            update_manifest(connection, copied, build, publication)
        else:
            write_manifest(connection, copied, paths, build, publication)
            write_nights(
                connection, source, copied, before, publication.as_of_date, night, renumbered
            )
            publication.let_through = let_through(connection, copied)
        connection.execute(f"checkpoint {copied}")
        connection.execute(f"detach {copied}")
        return publication
    except duckdb.Error as error:
        raise One360Error(f"publishing failed: {one_line(error, 300)}") from None
    finally:
        connection.close()
