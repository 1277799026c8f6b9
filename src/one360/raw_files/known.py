"""What was found in files, kept until they change."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from one360.paths import DatasetPaths, shown
from one360.raw_files.files import RawFile, RawTable

#: Raise it when a check of a file changes, so that files are checked anew.
CHECKS_VERSION = 2


class KnownFiles:
    """What was found in files that have not changed since."""

    def __init__(self, paths: DatasetPaths) -> None:
        self.folder = paths.warehouse.absolute().parent / ".raw" / paths.dataset
        self._memory = self.folder / "checked.json"
        self._before: dict[str, Any] = {}
        self._now: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            self._before = json.loads(self._memory.read_text(encoding="utf-8"))

    def get(self, path: Path, table: RawTable) -> RawFile | None:
        """What is known of the file as it is, or None."""
        kept = self._before.get(f"{table.name} {path}")
        if not isinstance(kept, dict) or kept.get("mark") != self.mark(path, table):
            return None
        file = RawFile(**kept["file"])
        if not Path(file.path).exists():
            return None
        file.name = shown(path)
        self._now[f"{table.name} {path}"] = kept
        return file

    def put(self, path: Path, table: RawTable, file: RawFile, mark: list[Any]) -> None:
        """Keep a file in which nothing is wrong, as it was when ``mark`` was taken."""
        if not file.faults:
            self._now[f"{table.name} {path}"] = {"mark": mark, "file": asdict(file)}

    def save(self) -> None:
        """Write what is known, and drop copies of files that are no longer read."""
        if self._now != self._before:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = self.folder / f".checked.{os.getpid()}"
            temporary.write_text(json.dumps(self._now), encoding="utf-8")
            os.replace(temporary, self._memory)
        used = {kept["file"]["path"] for kept in self._now.values()}
        for path in self._copies():
            if str(path) not in used:
                path.unlink(missing_ok=True)

    def forget_copies(self) -> None:
        """Remove the copies; a file that needs one is copied anew when it is read."""
        for path in self._copies():
            path.unlink(missing_ok=True)

    def _copies(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (path for path in self.folder.iterdir() if path != self._memory)

    @staticmethod
    def mark(path: Path, table: RawTable) -> list[Any]:
        """What changes when the file does, or what is asked of it."""
        stat = path.stat()
        asked = json.dumps(asdict(table), sort_keys=True)
        return [
            CHECKS_VERSION,
            stat.st_size,
            stat.st_mtime_ns,
            hashlib.sha256(asked.encode()).hexdigest()[:16],
        ]
