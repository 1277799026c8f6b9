"""Gives a warehouse another salt, and keeps ids and history.

A rebuild derives every keyed value anew from the raw values, but for what is only ever
appended to: the assignments of one_ids to profiles, and the change logs of the last 30 days.
There each old value is replaced by the new one of the same record or identifier. one_ids
themselves stay: they are opaque, and what they once were made of is not needed again. The
decisions of people in seeds name profiles by their ids; they are written anew as well.

The new salt lies beside the old one until all is done, so a rotation that was killed is ended
by the next call, and no build runs in between.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from one360 import tombstones
from one360.engines.lock import held
from one360.errors import One360Error, UsageError, one_line
from one360.files import sync
from one360.paths import DatasetPaths, shown
from one360.salt import (
    GIVEN,
    MINIMUM_LENGTH,
    check_salt,
    fingerprint,
    next_salt_path,
    salt_path,
    stamped_fingerprint,
    store_once,
)
from one360.sql import identifier, literal

#: Gives the new salt where the environment gives the old one.
GIVEN_NEXT = "ONE360_NEXT_SALT"

#: Seeds in which people name profiles by their ids.
DECISIONS = ("force_link", "never_link", "unmerge", "unbind")

#: The log of who holds which one_id.
ASSIGNMENTS = "identity.int_identity__assignments"

#: Where keyed values and what they are made of stand side by side: table, keyed column, text.
_KEYED = (
    ("int_identity__profiles", "profile_id", "profile_type || '|' || natural_key"),
    ("int_identity__profiles", "natural_key_hash", "natural_key"),
    (
        "int_identity__identifiers",
        "identifier_hash",
        "identifier_type || '|' || namespace || '|' || identifier_value",
    ),
)
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Rotation:
    """What was keyed anew.

    Attributes:
        profiles: profiles whose assignments are keyed by the new salt.
        unknown: profiles of the log whose records are gone. Should one return, it is a new one.
        logged: values in change logs.
        decisions: profile ids in seeds.
    """

    profiles: int
    unknown: int
    logged: int
    decisions: int


def rotate(paths: DatasetPaths, project: Path) -> Rotation:
    """Key the warehouse by a new salt; the next build computes all tables by it.

    Raises:
        UsageError: there is no warehouse, somebody is restricted, or ONE360_SALT is given and
            ONE360_NEXT_SALT is not.
        One360Error: the warehouse is in use, or the salt is not its own.
    """
    if not paths.warehouse.exists():
        raise UsageError(
            f"{shown(paths.warehouse)} does not exist; a rotation is of a warehouse on DuckDB"
        )
    with held(paths):
        restricted = len(tombstones.read(paths).restrictions)
        if restricted and not next_salt_path(paths.dataset).exists():
            raise UsageError(
                f"{restricted} people are restricted, whose records are not here to be keyed anew; "
                "lift the restrictions and build first"
            )
        return _rotate(paths, project)


def _rotate(paths: DatasetPaths, project: Path) -> Rotation:
    pending = _pending(paths)
    salt = pending.read_text(encoding="ascii").strip() if pending else os.environ[GIVEN_NEXT]
    with _open(paths) as connection:
        if stamped_fingerprint(connection, paths.dataset) == fingerprint(salt):
            done = Rotation(0, 0, 0, 0)
        else:
            try:
                old = check_salt(connection, paths.dataset, paths.warehouse)
                _refuse_half_built(connection, old or "")
                done = _rekey(connection, salt)
            except BaseException:
                if pending:
                    pending.unlink()
                raise
        decisions = _rewrite_seeds(project, _mapping(connection, salt))
    if pending:
        os.replace(pending, salt_path(paths.dataset))
        sync(pending.parent)
    return Rotation(done.profiles, done.unknown, done.logged, decisions)


def _pending(paths: DatasetPaths) -> Path | None:
    """The file of the new salt, made unless it is there; None where the environment has it."""
    if os.environ.get(GIVEN) is not None:
        given = os.environ.get(GIVEN_NEXT, "")
        if len(given) < MINIMUM_LENGTH:
            raise UsageError(
                f"{GIVEN} gives the salt; give the new one, of at least {MINIMUM_LENGTH} "
                f"characters, as {GIVEN_NEXT}"
            )
        return None
    pending = next_salt_path(paths.dataset)
    if not pending.exists():
        store_once(pending)
    return pending


def _open(paths: DatasetPaths) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(paths.warehouse))
    except duckdb.Error as error:
        raise One360Error(
            f"{shown(paths.warehouse)} is in use or cannot be opened: {one_line(error)}"
        ) from None


def _refuse_half_built(connection: duckdb.DuckDBPyConnection, salt: str) -> None:
    """What is there must be of the present salt: its values lead to those of the next."""
    table, column, text = _KEYED[0]
    try:
        others = _count(
            connection,
            f"(select 1 from identity.{table} "
            f"where {column} <> substr(sha256({literal(salt + '|')} || {text}), 1, 32))",
        )
    except duckdb.CatalogException:
        raise UsageError("nothing is built yet, so there is nothing to rotate") from None
    if others:
        raise UsageError("the last rotation was not followed by a build; run make build first")


def _rekey(connection: duckdb.DuckDBPyConnection, salt: str) -> Rotation:
    """Replace every kept keyed value, and the stamp, in one transaction."""
    connection.execute("begin")
    try:
        _map_values(connection, salt)
        profiles = _count(
            connection,
            f"(select distinct profile_id from {ASSIGNMENTS} inner join rekeyed "
            "on profile_id = old_value)",
        )
        unknown = _count(
            connection,
            f"(select distinct profile_id from {ASSIGNMENTS} anti join rekeyed "
            "on profile_id = old_value)",
        )
        for column in ("profile_id", "founder_profile_id"):
            _replace(connection, ASSIGNMENTS, column)
        logged = sum(
            _replace(connection, table, column) for table, column in _logged_texts(connection)
        )
        connection.execute(
            "create or replace table main.warehouse_stamp as "
            "select ? as salt_fingerprint, one360_version from main.warehouse_stamp",
            [fingerprint(salt)],
        )
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return Rotation(profiles, unknown, logged, 0)


def _map_values(connection: duckdb.DuckDBPyConnection, salt: str) -> None:
    """Old → new value of all records and identifiers, those of the change logs as well."""
    tables = {name for (name,) in _rows(connection, "select table_name from duckdb_tables()")}
    parts = [
        f"select {column} as old_value, {text} as keyed_text from identity.{table}{suffix}"
        for table, column, text in _KEYED
        for suffix in ("", "__changes")
        if table + suffix in tables or not suffix
    ]
    connection.execute(
        "create or replace temp table rekeyed as "
        "select old_value, any_value(substr(sha256(? || '|' || keyed_text), 1, 32)) as new_value "
        f"from ({' union all '.join(parts)}) where old_value is not null group by old_value",
        [salt],
    )


def _replace(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> int:
    row = connection.execute(
        f"update {table} as kept set {column} = rekeyed.new_value from rekeyed "
        f"where kept.{column} = rekeyed.old_value"
    ).fetchone()
    return int(row[0]) if row else 0


def _logged_texts(connection: duckdb.DuckDBPyConnection) -> Iterable[tuple[str, str]]:
    """Table and column of all texts in change logs."""
    for schema, table, column in _rows(
        connection,
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where table_name like '%\\_\\_changes' escape '\\' and data_type = 'VARCHAR' "
        "and database_name = current_database() order by all",
    ):
        yield f"{identifier(schema)}.{identifier(table)}", identifier(column)


def _mapping(connection: duckdb.DuckDBPyConnection, salt: str) -> dict[str, str]:
    """Old → new profile_id: the tables of records keep the old ones until the next build."""
    _map_values(connection, salt)
    return {old: new for old, new in _rows(connection, "select old_value, new_value from rekeyed")}


def _rewrite_seeds(project: Path, new_of: dict[str, str]) -> int:
    """Name profiles by their new ids in the seeds of decisions; return how often."""
    count = 0
    for name in DECISIONS:
        path = project / "seeds" / "identity" / f"{name}.csv"
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        count += sum(found in new_of for found in _KEY.findall(text))
        written = _KEY.sub(lambda found: new_of.get(found[0], found[0]), text)
        if written != text:
            unfinished = path.with_name(f".{path.name}.unfinished")
            unfinished.write_text(written, encoding="utf-8")
            os.replace(unfinished, path)
    return count


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, ...]]:
    return connection.execute(sql).fetchall()


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0
