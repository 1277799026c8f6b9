"""What was erased and where it was looked for afterwards, without a word of whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from one360 import __version__
from one360.paths import DatasetPaths
from one360.printing import table_lines
from one360.rights.purge import Work
from one360.tombstones import write_private


@dataclass(frozen=True)
class Scanned:
    """A file that was looked through.

    Attributes:
        file: the file.
        size: bytes.
        found: place → traces found.
        is_own: whether it is a raw file of the retailer's own, which one360 does not change.
    """

    file: str
    size: int
    found: dict[str, int]
    is_own: bool

    @property
    def count(self) -> int:
        """Traces found."""
        return sum(self.found.values())


@dataclass(frozen=True)
class Certificate:
    """What an erasure did.

    Attributes:
        dataset: the data set.
        work: what was done.
        raw_files: raw files that one360 made → rows that named the people; None where they are
            the retailer's own.
        decisions: rows that went from seeds of identity.
        scanned: what was looked through afterwards.
    """

    dataset: str
    work: Work
    raw_files: dict[str, int] | None
    decisions: int
    scanned: tuple[Scanned, ...]

    @property
    def left(self) -> tuple[Scanned, ...]:
        """Files that still hold traces, raw files of the retailer's own apart."""
        return tuple(each for each in self.scanned if each.count and not each.is_own)

    @property
    def own_files(self) -> tuple[Scanned, ...]:
        """Raw files of the retailer's own that name the people."""
        return tuple(each for each in self.scanned if each.count and each.is_own)

    def as_json(self) -> dict[str, Any]:
        """The certificate as it is filed."""
        work = self.work
        return {
            "certificate": work.number,
            "dataset": self.dataset,
            "one360_version": __version__,
            "erased_at": work.erasures[0].erased_at if work.erasures else None,
            "one_ids": [each.one_id for each in work.erasures],
            "records": len(work.profile_ids),
            "orders": "kept without the person" if work.keeps_orders else "removed",
            "rows_before": work.counts,
            "rows_of_raw_files_made_by_one360": self.raw_files or {},
            "rows_of_decisions": self.decisions,
            "identifiers_that_other_customers_have_too": work.shared,
            "looked_for": {
                "within_texts": len(work.traces.values) - len(work.traces.short),
                "as_whole_cells": len(work.traces.texts),
                "too_short_to_be_told_from_other_text": len(work.traces.short),
            },
            "scan": [
                {"file": each.file, "bytes": each.size, "traces": each.count}
                for each in self.scanned
                if not each.is_own
            ],
            "raw_tables_that_could_not_be_read": list(work.unread),
            "traces_left": sum(each.count for each in self.left),
            "rows_of_your_raw_tables": work.raw_rows if self.raw_files is None else {},
            "your_raw_files_that_hold_the_person": {
                each.file: each.count for each in self.own_files
            },
        }

    def path(self, paths: DatasetPaths) -> Path:
        """Where it is filed."""
        return paths.warehouse.parent / "erasures" / f"{self.dataset}.{self.work.number}.json"

    def write(self, paths: DatasetPaths) -> None:
        """File it."""
        write_private(self.path(paths), self.as_json())

    def lines(self) -> Iterator[str]:
        """The certificate in words."""
        found = self.as_json()
        yield f"certificate {found['certificate']} of {self.dataset}, {found['erased_at']} UTC"
        yield from table_lines(
            [
                ("erased", ", ".join(found["one_ids"])),
                ("records", f"{found['records']:,}"),
                ("orders", found["orders"]),
                (
                    "scanned",
                    f"{len(found['scan']):,} files, "
                    f"{sum(each['bytes'] for each in found['scan']):,} bytes",
                ),
                ("traces left", f"{found['traces_left']:,}"),
            ]
        )
        for each in self.left:
            yield f"  still in {each.file}: " + ", ".join(
                f"{place} {count:,}" for place, count in each.found.items()
            )
        for name in self.work.unread:
            yield f"  raw {name}: could not be read, so it is not known whom it names"
        if found["rows_of_your_raw_tables"] or self.own_files:
            yield "your own raw files still hold the person; erase her there as well:"
            for table, count in found["rows_of_your_raw_tables"].items():
                yield f"  {table}: {count:,} rows"
            yield from (f"  {each.file}" for each in self.own_files)
        for kind, count in self.work.shared.items():
            yield f"  {count} {kind} stay: another customer has them too"
