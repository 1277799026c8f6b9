"""Reads a sheet of a workbook (.xlsx, .xls, .ods) as texts, as the sheet shows them.

A sheet keeps every number as a float and shows fifteen of its digits. These are the
digits that are read: 17850 is 17850, and a number of sixteen digits or more comes in
scientific notation, which says of an id that the rest of it is lost. A date is read as
year-month-day, whatever form the cell shows it in.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from one360.errors import UsageError, did_you_mean, one_line
from one360.importers.file_table import (
    ROWS_ABOVE,
    FileTable,
    Number,
    has_column,
    positions,
    table_of_texts,
)

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

_SHOWN_DIGITS = 15
_PASSWORD = "is protected by a password: open it, save it without one, and import that"


def read_workbook(
    file: Path,
    columns: dict[str, str],
    sheet: str | None,
    signs: Mapping[str, str],
    others: Callable[[str], bool],
) -> FileTable:
    """Read ``columns`` of a sheet: the one named, or the first one that is shown and has rows.

    The header is the first row that names every asked column.

    Raises:
        UsageError: the workbook, the sheet or a column of it cannot be read.
    """
    book = _opened(file)
    visible = {each.name: each.visible is SheetVisibleEnum.Visible for each in book.sheets_metadata}
    rows, sheet, notes = _chosen(file, book, sheet, visible)
    place = f"{file} sheet {sheet!r}"
    header_at = _header(rows, columns)
    if header_at is None:
        for other in book.sheet_names:
            if other != sheet and _header(_rows(file, book, other), columns) is not None:
                raise UsageError(f"{place} lacks a column asked for; say --sheet {other!r}")
        # the first row that is more than a title tells best what there is
        header_at = next((at for at, row in enumerate(rows) if _filled(row) > 1), 0)
    header = [_text(value) or "" for value in rows[header_at]]
    found = positions(place, header, columns)
    _refuse_merged(place, book, sheet, header_at, header, found)
    if header_at:
        notes.append(f"row {header_at + 1} of the sheet is its header")
    body = rows[header_at + 1 :]
    texts = [[_text(value) for value in row] for row in body]
    first = header_at + 2
    return FileTable(
        table_of_texts(
            texts,
            range(first, first + len(texts)),
            found,
            header,
            signs=signs,
            others=others,
        ),
        header,
        notes=notes,
    )


def _opened(file: Path) -> CalamineWorkbook:
    content = file.read_bytes()
    # an old workbook, or the wrapping of an encrypted one
    is_wrapped = content.startswith(b"\xd0\xcf\x11\xe0")
    if is_wrapped and "EncryptedPackage".encode("utf-16-le") in content:
        raise UsageError(f"{file} {_PASSWORD}")
    if re.match(
        rb"(?i)\s*<(!doctype html|html|table|meta|[?]xml)", content.lstrip(b"\xef\xbb\xbf")
    ):
        raise UsageError(
            f"{file} is a web page or XML, whatever its ending; open it in a spreadsheet, save it "
            "as .xlsx, and import that"
        )
    if not is_wrapped and not content.startswith(b"PK"):
        raise UsageError(f"{file} is no workbook, whatever its ending; if it is text, name it .csv")
    try:
        # of which kind it is says its content: some programs write .xls and mean .xlsx
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError:
        raise UsageError(f"{file} {_PASSWORD}") from None
    except (CalamineError, OSError) as error:
        raise UsageError(
            f"{file} cannot be read as a workbook ({one_line(error)}); it may be cut short: "
            "copy it again, or save it anew"
        ) from None


def _chosen(
    file: Path, book: CalamineWorkbook, sheet: str | None, visible: dict[str, bool]
) -> tuple[list[list[Any]], str, list[str]]:
    """Rows and name of the sheet to read, and what is said of the choice."""
    names = book.sheet_names
    if sheet is not None:
        if sheet not in names:
            raise UsageError(
                f"{file} has no sheet {sheet!r}{did_you_mean(sheet, names)} "
                f"(it has: {', '.join(names)})"
            )
        rows = _rows(file, book, sheet)
        if not rows:
            raise UsageError(f"{file} sheet {sheet!r} is empty")
        return rows, sheet, []
    for name in names:
        rows = _rows(file, book, name) if visible[name] else []
        if rows:
            others = [repr(other) for other in names if other != name]
            said = f"sheet {name!r} is read; not read: {', '.join(others)} (--sheet chooses)"
            return rows, name, [said] if others else []
    raise UsageError(f"{file} is an empty workbook: none of its sheets that are shown has a row")


def _rows(file: Path, book: CalamineWorkbook, sheet: str) -> list[list[Any]]:
    """Rows from the sheet's first one on, without the empty ones at its end."""
    try:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise UsageError(
            f"{file} sheet {sheet!r} cannot be read ({one_line(error)}); save the workbook anew"
        ) from None
    while rows and not _filled(rows[-1]):
        rows.pop()
    return rows


def _filled(row: Sequence[Any]) -> int:
    return sum(value != "" for value in row)


def _header(rows: list[list[Any]], columns: dict[str, str]) -> int | None:
    """Where the first row is that names every column."""
    for at, row in enumerate(rows[: ROWS_ABOVE + 1]):
        names = [str(value) for value in row]
        if all(has_column(names, column) for column in columns.values()):
            return at
    return None


def _refuse_merged(
    place: str,
    book: CalamineWorkbook,
    sheet: str,
    header_at: int,
    header: list[str],
    found: dict[str, int],
) -> None:
    """Stop at a cell that spans several rows: its value stands in the first of them alone."""
    for (top, left), (bottom, right) in book.get_sheet_by_name(sheet).merged_cell_ranges or []:
        if top <= header_at or top == bottom:
            continue
        for at in found.values():
            if left <= at <= right:
                raise UsageError(
                    f"{place} column {header[at]!r}: rows {top + 1} to {bottom + 1} are merged "
                    "into one cell; unmerge them and fill each row with what is its own"
                )


def _text(value: Any) -> str | None:
    """A cell as text, None where it is empty."""
    if value == "" or value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return Number(f"{value:.{_SHOWN_DIGITS}g}")
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value)
