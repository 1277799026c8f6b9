"""A suite: the expectations on one table, and how the table is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

#: Below so many rows a share says less, the fewer they are: see ``mostly_of``.
FEW_ROWS = 100
MOSTLY_OF_FEW_ROWS = 0.5

#: Arguments by which an expectation names columns.
COLUMN_ARGUMENTS = ("column", "column_A", "column_B")


def mostly_of(rows: int, mostly: float) -> float:
    """Share of so many rows that must be right, where ``mostly`` is asked of many.

    From 100 rows on it is ``mostly`` itself. Of fewer it falls evenly towards one half, as
    one odd row among four is no verdict; what all rows must be, or less than half of them,
    it leaves.
    """
    if rows >= FEW_ROWS or mostly == 1 or mostly <= MOSTLY_OF_FEW_ROWS:
        return mostly
    return MOSTLY_OF_FEW_ROWS + (mostly - MOSTLY_OF_FEW_ROWS) * rows / FEW_ROWS


def columns_of(expectation: Expectation) -> tuple[str, ...]:
    """Names of the columns an expectation looks at; none for a whole table."""
    values = [getattr(expectation, name, None) for name in COLUMN_ARGUMENTS]
    values += getattr(expectation, "column_list", None) or []
    return tuple(dict.fromkeys(value for value in values if value))


@dataclass(frozen=True)
class Suite:
    """Expectations on one table.

    Attributes:
        name: Name in results and docs, such as ``pos_receipts``.
        table: Key of the frame it looks at, such as ``pos.receipts``.
        expectations: Great Expectations objects, each with a severity.
        title: What the table is, for the docs.
        types: SQL type per column that must be read as other than text. A value
            that does not fit reads as NULL, so pair it with an expectation on
            NULLs.
        zones: Time zone of each column of times whose clocks are not UTC.
        derived: SQL expression per column that the table does not have itself.
        sample_by: Columns, or SQL over columns, whose hash decides which rows are in the
            sample, the first that is not NULL; rows of one key are in or out together.
        sampled_with: Table that shares its keys; both are sampled by the size of the
            larger one, so that their rows match.
        row_label: Column that names a row in messages. Its values are shown, so
            it must not be personal.
        may_be_empty: Columns that are not evaluated where no row has a value.
        needs_rows: Whether an empty table fails instead of not being evaluated.
    """

    name: str
    table: str
    expectations: tuple[Expectation, ...]
    title: str = ""
    types: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, str] = field(default_factory=dict)
    sample_by: tuple[str, ...] = ()
    sampled_with: str | None = None
    row_label: str | None = None
    needs_rows: bool = False
    may_be_empty: frozenset[str] = frozenset()

    @property
    def is_of_facts(self) -> bool:
        """Whether its one row holds counts and shares, not what somebody delivered."""
        return "." not in self.table

    def __post_init__(self) -> None:
        """Refuse what Great Expectations would let pass in silence."""
        if not self.expectations:
            raise ValueError(f"suite {self.name} has no expectation, so it would always pass")
        for expectation in self.expectations:
            if "regex" in expectation.__fields__ and "regex" not in expectation.__fields_set__:
                raise ValueError(
                    f"suite {self.name}: {type(expectation).__name__} has no regex, "
                    "so it would always pass"
                )
        known = set(self.columns)
        for name in (*self.types, *self.zones, *self.derived):
            if name not in known:
                raise ValueError(f"suite {self.name}: no expectation looks at {name}")

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns the expectations look at, in order of first mention."""
        names = [name for item in self.expectations for name in columns_of(item)]
        if self.row_label:
            names.append(self.row_label)
        return tuple(dict.fromkeys(names))
