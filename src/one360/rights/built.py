"""Opens what was built, to look for a person in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from one360 import tombstones
from one360.errors import One360Error, UsageError, one_line
from one360.paths import DatasetPaths, shown
from one360.raw_files.declared import declared_tables
from one360.raw_files.known import KnownFiles
from one360.rights import spark
from one360.rights.forms import all_forms, forms
from one360.rights.person import Person, find, gathered
from one360.sql import literal


@contextmanager
def built(paths: DatasetPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that uses the warehouse, for reading: of DuckDB, else of Spark.

    Raises:
        UsageError: nothing is built.
        One360Error: the warehouse cannot be read.
    """
    with duckdb.connect() as connection:
        try:
            connection.execute("set timezone = 'UTC'")
            if paths.warehouse.exists():
                connection.execute(
                    f"attach {literal(paths.warehouse)} as {paths.dataset} (read_only)"
                )
            elif spark.has_tables(paths):
                spark.attach(connection, paths)
            else:
                raise UsageError(f"{shown(paths.warehouse)} is not there: build first")
            connection.execute(f"use {paths.dataset}")
            check_all_is_read(connection)
            yield connection
            if tombstones.read(paths).key:
                KnownFiles(paths).forget_copies()
        except duckdb.CatalogException as error:
            raise UsageError(
                f"{shown(paths.warehouse)} does not know its customers yet: build first "
                f"({one_line(error, 100)})"
            ) from None
        except duckdb.Error as error:
            raise One360Error(
                f"{shown(paths.warehouse)} cannot be read: {one_line(error)}"
            ) from None


def check_all_is_read(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse after a build of the past, which read less than had been delivered."""
    with suppress(duckdb.CatalogException, duckdb.BinderException):
        row = connection.execute("select is_bounded_by_arrival from main.last_build").fetchone()
        if row and row[0]:
            raise One360Error(
                "the last build was of a past date and did not read what arrived later: build "
                "without as_of and known_by, or with known_by: now, first"
            )


def people_of(
    connection: duckdb.DuckDBPyConnection, paths: DatasetPaths, project: Path, wanted: Iterable[str]
) -> list[Person]:
    """The people whom identifiers name, each once; what they have together is theirs.

    Raises:
        UsageError: one names nobody or several, or somebody who was erased or is restricted.
    """
    ids = {_id_of(connection, paths, project, given) for given in wanted}
    return [gathered(connection, one_id, ids) for one_id in sorted(ids)]


def _id_of(
    connection: duckdb.DuckDBPyConnection, paths: DatasetPaths, project: Path, given: str
) -> str:
    known = tombstones.read(paths)
    hashes = hashes_of(known, project, given)
    if any(given == each.one_id for each in known.erasures) or hashes & known.identifiers:
        raise UsageError(f"{given!r} is of somebody who was erased")
    try:
        return find(connection, given)
    except UsageError:
        if any(given == each.one_id for each in known.restrictions) or hashes & known.kept_out:
            raise UsageError(
                f"{given!r} is of somebody who is restricted, of whom nothing is built; lift it "
                "and build first"
            ) from None
        raise


def hashes_of(known: tombstones.Tombstones, project: Path, given: str) -> set[str]:
    """Keyed hashes of an identifier, in each space that raw tables declare."""
    value = given.rpartition(":")[2].strip()
    spaces = {
        column.identifier
        for table in declared_tables(project).values()
        for column in table.columns
        if column.identifier
    }
    if not known.key:
        return set()
    with duckdb.connect() as connection:
        return {known.hash_of(space, forms(connection, space, [value])[value]) for space in spaces}


def forms_of(
    connection: duckdb.DuckDBPyConnection, people: Iterable[Person], with_shared: bool = False
) -> dict[str, list[str]]:
    """Forms of what names people by the space they count in.

    Args:
        connection: any.
        people: whom.
        with_shared: what other customers have too as well.
    """
    by_space: dict[str, set[str]] = {}
    for person in people:
        for space, value in person.values(with_shared):
            by_space.setdefault(space, set()).add(value)
    return {
        space: sorted(set().union(*all_forms(connection, space, values).values()))
        for space, values in sorted(by_space.items())
    }
