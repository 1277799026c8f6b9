"""The secret salt of keyed hashes.

Taken from the environment variable ONE360_SALT, else from a file beside the
warehouse that is made once, 256 random bits, and readable by its owner alone.
Every profile_id and hash depends on it, so back it up with the warehouse. The warehouse
holds a fingerprint of it in ``main.warehouse_stamp``: with another salt nothing is built
or published.
"""

import hashlib
import os
import secrets
from pathlib import Path

import duckdb

from one360.errors import One360Error
from one360.paths import shown, warehouse_path
from one360.private import make_private

MINIMUM_LENGTH = 16

#: Variable of the environment that gives the salt.
GIVEN = "ONE360_SALT"


def salt_path(dataset: str) -> Path:
    """Return where the salt of a data set is kept when the environment has none."""
    return warehouse_path(dataset).with_suffix(".salt")


def read_or_make_salt(dataset: str) -> str:
    """Return the salt, making and storing one on the first call.

    Raises:
        ValueError: the salt given is shorter than 16 characters, the file that holds it
            can be read by others or is gone, or a rotation did not end.
    """
    given = os.environ.get(GIVEN)
    if given is not None:
        if len(given) < MINIMUM_LENGTH:
            raise ValueError(
                f"{GIVEN} has {len(given)} characters; at least {MINIMUM_LENGTH} are needed"
            )
        return given
    path = salt_path(dataset)
    if next_salt_path(dataset).exists():
        raise ValueError(
            f"a rotation of the salt did not end; run: one360 salt rotate --dataset {dataset}"
        )
    if not path.exists():
        built = _built(dataset)
        if built is not None:
            raise ValueError(f"{shown(path)} is gone and {GIVEN} is not set; {how_to_go_on(built)}")
        store_once(path)
    if path.stat().st_mode & 0o077:
        raise ValueError(f"{path} can be read by others; run: chmod 600 {path}")
    salt = path.read_text(encoding="ascii").strip()
    if len(salt) < MINIMUM_LENGTH:
        raise ValueError(f"{path} holds fewer than {MINIMUM_LENGTH} characters")
    return salt


def next_salt_path(dataset: str) -> Path:
    """Return where a rotation keeps the new salt until all is keyed by it."""
    return salt_path(dataset).with_suffix(".next_salt")


def keyed_hash_sql(expression: str) -> str:
    """SQL of DuckDB for the keyed hash of a text, as macro ``keyed_hash`` compiles to."""
    return f"substr(sha256(getvariable('one360_salt') || '|' || {expression}), 1, 32)"


def fingerprint(salt: str) -> str:
    """Return what the warehouse holds of its salt, as macro ``check_warehouse`` computes it."""
    return hashlib.sha256(f"{salt}|salt".encode()).hexdigest()[:32]


def how_to_go_on(built: Path) -> str:
    """What to do where the salt is not that of the warehouse ``built``."""
    return (
        "restore it from your backup, or, to start anew with new ids and without history, "
        f"move {shown(built)} away"
    )


def stamped_fingerprint(connection: duckdb.DuckDBPyConnection, catalog: str) -> str | None:
    """The fingerprint in a warehouse; None where none was stamped."""
    try:
        row = connection.execute(
            f"select salt_fingerprint from {catalog}.main.warehouse_stamp"
        ).fetchone()
    except duckdb.CatalogException:
        return None
    return str(row[0]) if row else None


def check_salt(connection: duckdb.DuckDBPyConnection, catalog: str, warehouse: Path) -> str | None:
    """The salt of the warehouse that is attached as ``catalog``.

    Raises:
        One360Error: it is gone, or another one.
    """
    salt = known_salt(warehouse)
    stamped = stamped_fingerprint(connection, catalog)
    if stamped is not None and (salt is None or fingerprint(salt) != stamped):
        path = warehouse.with_suffix(".salt")
        what = (
            f"{shown(path)} is gone and {GIVEN} is not set"
            if salt is None
            else f"the salt is not the one {shown(warehouse)} was built with"
        )
        raise One360Error(f"{what}; {how_to_go_on(warehouse)}")
    return salt


def known_salt(warehouse: Path) -> str | None:
    """The salt of a build if there is one; none is made."""
    given = os.environ.get(GIVEN)
    if given:
        return given
    kept = warehouse.with_suffix(".salt")
    return kept.read_text(encoding="ascii").strip() if kept.exists() else None


def _built(dataset: str) -> Path | None:
    """What was built with a salt, on either engine."""
    warehouse = warehouse_path(dataset)
    for built in (warehouse, warehouse.with_suffix(".spark")):
        if built.exists():
            return built
    return None


def store_once(path: Path) -> None:
    """Write a new salt so that of two processes starting together one wins and none sees half."""
    make_private(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
