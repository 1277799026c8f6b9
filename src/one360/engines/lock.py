"""One build at a time: who writes a warehouse holds a lock, from before the project is parsed.

Two locks: of the warehouse, and of dbt's target folder, in which two data sets would write over
each other's results. The system lets go of them when the process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from one360.errors import BUSY, One360Error, UsageError
from one360.paths import DatasetPaths, dataset_paths, shown, target_path
from one360.private import check_private, make_private

#: Seconds that a command waits for a lock that another one holds; none unless asked for.
WAIT = "ONE360_WAIT"

_PAUSE = 0.5

#: What this process holds: lock file → its descriptor.
_held: dict[Path, int] = {}
_pinned = 0


def hold(paths: DatasetPaths | None = None, target: Path | None = None) -> None:
    """Take the locks of a warehouse and a target folder, unless this process has them.

    Raises:
        One360Error: another process has one, or has the warehouse open, and waiting does not
            help; or the warehouse can be read by others.
    """
    paths = paths or dataset_paths()
    until = time.monotonic() + _seconds()
    warehouse = paths.warehouse.absolute()
    make_private(warehouse.parent)
    check_private(paths)
    _take(warehouse.with_name(f".{paths.dataset}.lock"), f"of {paths.dataset}", until)
    folder = (target or target_path()).absolute()
    _take(folder / ".one360.lock", f"in {shown(folder)}", until)
    if warehouse.exists():
        _wait_for_file(warehouse, until)


def let_go() -> None:
    """Give the locks back, unless a block of ``held`` has them."""
    if not _pinned:
        while _held:
            os.close(_held.popitem()[1])


@contextlib.contextmanager
def held(paths: DatasetPaths, target: Path | None = None) -> Iterator[None]:
    """Hold the locks for the time of the block, whatever dbt does in it."""
    global _pinned
    hold(paths, target)
    _pinned += 1
    try:
        yield
    finally:
        _pinned -= 1
        let_go()


def _seconds() -> float:
    given = os.environ.get(WAIT) or "0"
    if not given.isdecimal():
        raise UsageError(f"{WAIT} is {given}; allowed is a whole number of seconds from 0")
    return float(given)


def _take(lock: Path, what: str, until: float) -> None:
    if lock in _held:
        return
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while True:
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            if time.monotonic() >= until:
                holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
                raise _busy(f"another build {what} is running", holder)
            time.sleep(_PAUSE)
    except BaseException:
        os.close(descriptor)
        raise
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    _held[lock] = descriptor


def _wait_for_file(warehouse: Path, until: float) -> None:
    """A reader of the warehouse keeps a build out as well."""
    while True:
        try:
            duckdb.connect(str(warehouse)).close()
            return
        except duckdb.IOException as error:
            if "could not set lock" not in str(error).lower():
                return  # dbt says what is wrong with it
            if time.monotonic() >= until:
                raise _busy(f"{shown(warehouse)} is open in another program", "") from None
        except duckdb.Error:
            return  # this process has it open already, or dbt says what is wrong
        time.sleep(_PAUSE)


def _busy(what: str, holder: str) -> One360Error:
    process = f" (process {holder})" if holder else ""
    return One360Error(
        f"{what}{process}; try again when it is done, or let this command wait: {WAIT}=600", BUSY
    )
