"""The secret salt of keyed hashes.

Taken from the environment variable ONE360_SALT, else from a file beside the
warehouse that is made once, 256 random bits, and readable by its owner alone.
Losing it changes every profile_id and hash, so back it up with the warehouse.
"""

import os
import secrets
from pathlib import Path

from one360.paths import warehouse_path

MINIMUM_LENGTH = 16


def salt_path(dataset: str) -> Path:
    """Return where the salt of a data set is kept when the environment has none."""
    return warehouse_path(dataset).with_suffix(".salt")


def read_or_make_salt(dataset: str) -> str:
    """Return the salt, making and storing one on the first call.

    Raises:
        ValueError: the salt given is shorter than 16 characters, or the file that
            holds it can be read by others.
    """
    given = os.environ.get("ONE360_SALT")
    if given is not None:
        if len(given) < MINIMUM_LENGTH:
            raise ValueError(
                f"ONE360_SALT has {len(given)} characters; at least {MINIMUM_LENGTH} are needed"
            )
        return given
    path = salt_path(dataset)
    if not path.exists():
        _store_once(path)
    if path.stat().st_mode & 0o077:
        raise ValueError(f"{path} can be read by others; run: chmod 600 {path}")
    salt = path.read_text(encoding="ascii").strip()
    if len(salt) < MINIMUM_LENGTH:
        raise ValueError(f"{path} holds fewer than {MINIMUM_LENGTH} characters")
    return salt


def known_salt(warehouse: Path) -> str | None:
    """The salt of a build if there is one; none is made."""
    given = os.environ.get("ONE360_SALT")
    if given:
        return given
    kept = warehouse.with_suffix(".salt")
    return kept.read_text(encoding="ascii").strip() if kept.exists() else None


def _store_once(path: Path) -> None:
    """Write a new salt so that of two processes starting together one wins and none sees half."""
    path.parent.mkdir(parents=True, exist_ok=True)
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
