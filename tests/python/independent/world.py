"""Tables by name, computed when they are asked for."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

ROOT = Path(__file__).resolve().parents[3]

Row = dict[str, Any]
Rows = list[Row]


@dataclass(frozen=True)
class Definition:
    """How a table is computed and which of its columns are its key."""

    compute: Callable[[World], Rows]
    key: tuple[str, ...]


#: Every table there is, by name.
TABLES: dict[str, Definition] = {}


def table(name: str, key: Sequence[str] = ()) -> Callable[..., Callable[[World], Rows]]:
    """Register a function as the one that computes a table; no two for one name."""

    def register(function: Callable[[World], Rows]) -> Callable[[World], Rows]:
        if name in TABLES:
            raise ValueError(f"{name} is computed twice")
        TABLES[name] = Definition(function, tuple(key))
        return function

    return register


class World:
    """All tables after one build.

    Args:
        raw: raw table (`crm.members`) → its rows, in the order of the file: text as it
            is in it, or values of the declared type.
        variables: dbt variables that differ from the defaults of the docs.
        salt: the secret of keyed hashes.
        before: the build of the night before on the same warehouse; None for the first one.
        built: reads a table from elsewhere instead of computing it, to compare one table by
            itself; None for a name it does not have.
    """

    def __init__(
        self,
        raw: Mapping[str, Rows] | None = None,
        *,
        variables: Mapping[str, Any] | None = None,
        salt: str = "",
        before: World | None = None,
        built: Callable[[str], Rows | None] | None = None,
    ) -> None:
        self.raw = dict(raw or {})
        self.variables = dict(variables or {})
        self.salt = salt
        self.before = before
        self._built = built
        self._tables: dict[str, Rows] = {}
        self._computing: list[str] = []

    def __getitem__(self, name: str) -> Rows:
        """The rows of a table."""
        if name not in self._tables:
            found = self._built(name) if self._built else None
            self._tables[name] = self.compute(name) if found is None else found
        return self._tables[name]

    def compute(self, name: str) -> Rows:
        """The rows of a table, computed here whatever is built."""
        if name not in TABLES:
            raise KeyError(f"nothing computes {name}")
        if name in self._computing:
            raise RecursionError(" → ".join([*self._computing, name]))
        self._computing.append(name)
        try:
            return TABLES[name].compute(self)
        finally:
            self._computing.pop()

    def setting(self, name: str) -> Any:
        """A dbt variable: as given, else the project's default."""
        return self.variables[name] if name in self.variables else defaults()[name]

    def seed(self, name: str) -> list[dict[str, str | None]]:
        """Rows of a seed as text; an empty cell is None."""
        return [dict(row) for row in _seed(name)]

    # -- time --------------------------------------------------------------------------

    @property
    def zone(self) -> ZoneInfo:
        """The business time zone."""
        return ZoneInfo(self.setting("business_timezone"))

    def business_time(self, moment: dt.datetime | None) -> dt.datetime | None:
        """The wall-clock time of the business at a UTC time."""
        if moment is None:
            return None
        return moment.replace(tzinfo=dt.UTC).astimezone(self.zone).replace(tzinfo=None)

    def business_date(self, moment: dt.datetime | None) -> dt.date | None:
        """The business day of a UTC time."""
        local = self.business_time(moment)
        return local.date() if local else None

    def utc(self, business_time: dt.datetime) -> dt.datetime:
        """The UTC time of a wall-clock time of the business."""
        return business_time.replace(tzinfo=self.zone).astimezone(dt.UTC).replace(tzinfo=None)

    @property
    def as_of_date(self) -> dt.date:
        """The business date of the build (one row of `steps.as_of`)."""
        (row,) = self["steps.as_of"]
        return row["as_of_date"]

    @property
    def as_of_at(self) -> dt.datetime:
        """The last instant that the build sees, UTC (one row of `steps.as_of`)."""
        (row,) = self["steps.as_of"]
        return row["as_of_at"]


@cache
def defaults() -> dict[str, Any]:
    """Default of every variable; test_defaults holds them against the docs."""
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    return project["vars"]


@cache
def _seed(name: str) -> tuple[dict[str, str | None], ...]:
    (path,) = (ROOT / "seeds").rglob(f"{name}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple({k: v or None for k, v in row.items()} for row in csv.DictReader(file))
