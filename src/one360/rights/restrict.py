"""Restricts the processing of a person's data, and lifts it again.

While she is restricted nothing reads her raw rows: they are stored, as the law allows, and of her
there is no customer, tag, prediction or contact. Her ids stay hers.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

import duckdb

from one360 import tombstones
from one360.engines.lock import held
from one360.errors import UsageError
from one360.paths import DatasetPaths
from one360.rights.built import built, forms_of, hashes_of, people_of


def restrict(paths: DatasetPaths, project: Path, wanted: str) -> str:
    """Keep a person's rows out of every build from the next on; return her one_id.

    Raises:
        UsageError: nothing is built, or the identifier names nobody or several.
        One360Error: the warehouse cannot be read, or is in use.
    """
    with held(paths):
        found = tombstones.read(paths)
        if _matching(paths, project, found, wanted):
            raise UsageError(f"{wanted!r} is of somebody who is restricted already")
        with built(paths) as connection:
            (person,) = people_of(connection, paths, project, [wanted])
            by_space = forms_of(connection, [person])
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
        pairs = ((space, form) for space, each in by_space.items() for form in each)
        found.restrict(person.one_id, now, pairs)
        # killed in between, the command is given again
        _compute_whole(paths)
        tombstones.write(paths, found)
        return person.one_id


def lift(paths: DatasetPaths, project: Path, wanted: str) -> str:
    """Let a person's rows be read again; return the one_id that she had.

    Raises:
        UsageError: the identifier is of nobody who is restricted.
        One360Error: a build is running.
    """
    with held(paths):
        found = tombstones.read(paths)
        matching = _matching(paths, project, found, wanted)
        if not matching:
            raise UsageError(f"{wanted!r} is of nobody who is restricted")
        if len(matching) > 1:
            ids = ", ".join(each.one_id for each in matching)
            raise UsageError(f"{len(matching)} people who are restricted have it: {ids}; give one")
        found.lift(matching[0])
        # killed in between, the command is given again
        _compute_whole(paths)
        tombstones.write(paths, found)
        return matching[0].one_id


def _compute_whole(paths: DatasetPaths) -> None:
    """Let the next build compute all tables whole: an order without its person keeps its day."""
    if paths.warehouse.exists():
        with (
            duckdb.connect(str(paths.warehouse)) as connection,
            contextlib.suppress(duckdb.CatalogException),
        ):
            connection.execute("delete from main.change_logs")


def _matching(
    paths: DatasetPaths, project: Path, found: tombstones.Tombstones, given: str
) -> list[tombstones.Restriction]:
    """People restricted that an id, or an identifier in any spelling, names."""
    hashes = hashes_of(found, project, given)
    return [
        each
        for each in found.restrictions
        if each.one_id == given.strip() or hashes & set(each.identifiers)
    ]
