"""The rows of a file, and how its columns are found by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from one360.errors import UsageError, did_you_mean

#: What exports write where there is nothing.
MISSING = ["", "NULL", "null", "NaN", "nan", "None", "N/A", "n/a", "#N/A", "<NA>", "\\N"]

_NOTHING = frozenset(MISSING)

#: How many rows above the header may hold a title and the like.
ROWS_ABOVE = 30


class Number(str):
    """A number of a file that tells numbers from texts, with a decimal point."""


@dataclass
class FileTable:
    """A file's rows.

    ``table`` has the asked columns under the names asked for them and ``file_row``,
    the row's number as a spreadsheet shows it (the header of a CSV file is row
    1). ``header`` has the names of all columns. ``broken`` are (row, reason, text) of rows that
    are no rows of the table. ``notes`` say what was chosen where a file leaves a choice.
    """

    table: pa.Table
    header: Sequence[str]
    broken: list[tuple[int, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def trimmed(header: Sequence[str]) -> list[str]:
    """The names of columns without what is around them."""
    return [name.strip().lstrip("\ufeff") for name in header]


def has_column(header: Sequence[str], column: str) -> bool:
    """Whether a header names a column, letter case being no matter."""
    return column.strip().lower() in (name.lower() for name in trimmed(header))


def positions(file: Path | str, header: Sequence[str], columns: dict[str, str]) -> dict[str, int]:
    """Position in the file of each asked column, letter case being no matter."""
    names = trimmed(header)
    lowered = [name.lower() for name in names]
    counts = Counter(names)
    found = {}
    for wanted, column in columns.items():
        asked = column.strip()
        if counts[asked] > 1:
            raise UsageError(
                f"{file} has {counts[asked]} columns named {asked!r}; rename all but the one meant"
            )
        if asked in counts:
            found[wanted] = names.index(asked)
        elif lowered.count(asked.lower()) == 1:
            found[wanted] = lowered.index(asked.lower())
        else:
            known = ", ".join(name for name in names if name)
            raise UsageError(
                f"{file} has no column {asked!r}{did_you_mean(asked, names)} (it has: {known})"
            )
    return found


def other_positions(
    header: Sequence[str], found: Mapping[str, int], others: Callable[[str], bool]
) -> dict[str, int]:
    """Position of each column that was not asked for and whose name is one of ``others``."""
    return {
        f"other_{at}": at
        for at, name in enumerate(trimmed(header))
        if at not in found.values() and others(name)
    }


def numbered(table: pa.Table, rows: pa.Array) -> pa.Table:
    """The table with the numbers of its rows in the file."""
    return table.append_column("file_row", rows)


def table_of_texts(
    rows: Sequence[Sequence[str | None]],
    file_rows: Sequence[int],
    found: dict[str, int],
    header: Sequence[str],
    *,
    signs: Mapping[str, str],
    others: Callable[[str], bool],
) -> pa.Table:
    """Columns of texts: those found, and of the ``others`` each as ``other_<position>``.

    A row may be shorter than the header; what it lacks is missing. ``signs`` has the decimal sign
    of columns whose texts have another than the point; their numbers are written with it too.
    """
    names = found | other_positions(header, found, others)
    arrays = {
        name: pa.array(
            [_present(row[at], signs.get(name, ".")) if at < len(row) else None for row in rows],
            pa.string(),
        )
        for name, at in names.items()
    }
    return numbered(pa.table(arrays), pa.array(np.asarray(file_rows, dtype=np.int64)))


def _present(text: str | None, sign: str) -> str | None:
    if text is None or text.strip() in _NOTHING:
        return None
    return text.replace(".", sign) if isinstance(text, Number) else text
