"""Folders for their owner alone: the warehouse, and raw files that one360 makes.

A warehouse holds contacts as they were delivered, and so do its logs of changes, the files that
DuckDB spills to disk and copies of raw files in another encoding. All of these lie in the folder
``warehouse/``, which is made with mode 700. What is published keeps the umask.
"""

from __future__ import annotations

from pathlib import Path

from one360.errors import One360Error
from one360.paths import DatasetPaths, shown

#: Leave for anybody but the owner.
OTHERS = 0o077


def make_private(folder: Path) -> None:
    """Make a folder for its owner alone; one that is there and empty is made so as well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_mode & OTHERS and not _holds_data(folder):
        folder.chmod(0o700)


def check_private(paths: DatasetPaths) -> None:
    """Refuse a warehouse, or raw files that one360 made, that others may read.

    Raises:
        One360Error: with the command that makes it private.
    """
    for built in (paths.warehouse, paths.warehouse.with_suffix(".spark")):
        if built.exists() and _is_open(built) and _is_open(built.parent):
            raise _refused(built, built.parent)
    if paths.prepared.exists() and _is_open(paths.raw):
        raise _refused(paths.raw, paths.raw)


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & OTHERS)


def _holds_data(folder: Path) -> bool:
    return any(not path.name.startswith(".") for path in folder.iterdir())


def _refused(what: Path, folder: Path) -> One360Error:
    return One360Error(
        f"{shown(what)} holds personal data and can be read by others; "
        f"run: chmod 700 {shown(folder)}"
    )
