"""Finds a quotation mark that nobody closed: it takes the lines after it for one value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from one360.errors import UsageError
from one360.raw_files.files import least_lines

_CHUNK = 1 << 22


def refuse_open_quotes(
    file: Path,
    delimiter: str,
    fields: int,
    broken: Iterable[tuple[int, str, str]],
    whole: Callable[[], tuple[pa.Table, pa.Array]] | None,
) -> None:
    """Stop where a value holds lines that look like rows of their own.

    Args:
        file: named in the message.
        delimiter: what stands between fields.
        fields: how many a row has.
        broken: rows with another number of fields: number, reason, text.
        whole: gives all columns of the other rows and their numbers; None where no row has more
            than one line.

    Raises:
        UsageError: names row, number of lines and what helps.
    """
    for number, _, text in broken:
        # its fields are wrong already: one such line says why
        _refuse(file, number, text, delimiter, fields, least=1)
    if whole is None or fields < 2:
        return
    table, numbers = whole()
    least = least_lines(fields)
    for column in table.columns:
        is_long = pc.greater(pc.count_substring(column, "\n"), least)
        for text, number in zip(
            column.filter(is_long).to_pylist(),
            numbers.filter(is_long.combine_chunks()),
            strict=True,
        ):
            _refuse(file, number.as_py(), text, delimiter, fields, least)


def has_rows_of_several_lines(raw: IO[bytes], rows: int) -> bool:
    """Whether a file has more line ends than rows, the header among them."""
    feeds = returns = 0
    while chunk := raw.read(_CHUNK):
        feeds += chunk.count(b"\n")
        returns += chunk.count(b"\r")
    return max(feeds, returns) > rows


def _refuse(file: Path, number: int, text: str, delimiter: str, fields: int, least: int) -> None:
    lines = text.split("\n")[1:-1]
    if len(lines) >= least and all(line.count(delimiter) == fields - 1 for line in lines):
        raise UsageError(
            f"{file}: a quotation mark that opens in row {number:,} makes one value of it and the "
            f"next {len(lines):,} lines or more; close it, or write it twice where it is part of "
            "a value"
        )
