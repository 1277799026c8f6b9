"""A raw table as it is declared, and a file as it was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}


def format_of(path: Path) -> str | None:
    """The format that a file's name tells, whatever its case and whether it is packed, or None."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] == [".gz"]:
        suffixes.pop()
        if suffixes[-1:] == [".parquet"]:
            return None
    return FORMATS.get(suffixes[-1]) if suffixes else None


@dataclass(frozen=True)
class RawTable:
    """One declared table: its name (crm.members), column types, where it is said to be."""

    name: str
    columns: dict[str, str]
    path: str | None = None
    format: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","

    @property
    def yaml(self) -> str:
        """The file that declares the table."""
        system = self.name.split(".")[0]
        return f"models/staging/{system}/_{system}__sources.yml"


@dataclass
class RawFile:
    """What one file holds: types of its columns by name, in order, and what is wrong with it."""

    name: str
    format: str
    path: str
    delimiter: str = ","
    columns: dict[str, str] = field(default_factory=dict)
    has_rows: bool = True
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def least_lines(fields: int) -> int:
    """How many lines of a value have to look like rows for it to be taken for several.

    A note of several lines may have as many commas as a row of few fields, but not often.
    """
    return max(2, 12 // max(1, fields - 1))


def some(columns: dict[str, str]) -> str:
    """The first names of the columns, for a message."""
    names = list(columns)
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
