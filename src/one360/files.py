"""Write files and folders so that no reader ever sees half of one."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from one360.errors import One360Error
from one360.paths import DatasetPaths


@contextlib.contextmanager
def exclusive(lock: Path, doing: str) -> Iterator[None]:
    """Hold ``lock`` for the time of the block; refuse if another process has it.

    The system lets go of the lock when its process ends, however it ends. So who
    holds it may take every unfinished file beside it for a dead process's.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise One360Error(
                f"another process is {doing}; wait until it is done and try again"
            ) from None
        yield
    finally:
        os.close(descriptor)


def sync(path: Path) -> None:
    """Wait until the file or folder is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file or a folder with all in it, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def new_raw_folder(paths: DatasetPaths, made_by: dict[str, Any]) -> Iterator[Path]:
    """A folder to fill; it becomes ``raw/<dataset>`` when the block ends well.

    ``made_by`` is kept in ``.prepared.json``: what made the files, with which
    settings. A block that fails, or a process that is killed, leaves the raw
    files of before.
    """
    final = paths.raw
    unfinished = final.with_name(f".{final.name}.unfinished")
    replaced = final.with_name(f".{final.name}.replaced")
    lock = final.with_name(f".{final.name}.lock")
    with exclusive(lock, f"writing raw/{paths.dataset}"):
        # The move below is two steps; if a process died between them, undo it.
        if replaced.exists() and not final.exists():
            replaced.rename(final)
        remove(replaced)
        remove(unfinished)
        unfinished.mkdir(mode=0o700)
        try:
            yield unfinished
            unfinished.chmod(0o700)
            text = json.dumps(made_by, indent=2, sort_keys=True) + "\n"
            (unfinished / paths.prepared.name).write_text(text, encoding="utf-8")
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        if final.exists():
            final.rename(replaced)
        unfinished.rename(final)
        remove(replaced)


def read_made_by(paths: DatasetPaths) -> dict[str, Any] | None:
    """What ``new_raw_folder`` noted, or None if the files are the user's own."""
    try:
        noted = json.loads(paths.prepared.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return noted if isinstance(noted, dict) else None
