"""Read chosen columns of a CSV, Parquet, JSON file or workbook of anyone's making.

Every failure names the file, what is wrong with it and what would help, in one
line. Rows of a CSV file with the wrong number of fields are returned beside the
table, not dropped.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from one360.errors import UsageError, did_you_mean, one_line
from one360.importers.encodings import PROBED_BYTES, likely, partly, wrong_encoding
from one360.importers.file_table import (
    MISSING,
    ROWS_ABOVE,
    FileTable,
    has_column,
    numbered,
    other_positions,
    positions,
)
from one360.importers.json_objects import JSON_SUFFIXES, read_objects
from one360.importers.open_quotes import has_rows_of_several_lines, refuse_open_quotes
from one360.importers.workbooks import WORKBOOK_SUFFIXES, read_workbook

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
PARQUET_SUFFIXES = (".parquet", ".pq")
DELIMITERS = ",;\t|"

#: How files begin that are workbooks, whatever they are called.
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_file(
    file: Path,
    columns: dict[str, str],
    *,
    encoding: str = "utf-8",
    delimiter: str | None = None,
    sheet: str | None = None,
    signs: Mapping[str, str] | None = None,
    others: Callable[[str], bool] = lambda _: False,
) -> FileTable:
    """Read ``columns`` (name wanted → column of the file).

    Columns not asked for whose name is one of ``others`` come too, where the file has them, named
    ``other_<position>``. Values of CSV, JSON and workbooks are text, Parquet values keep
    their type. ``sheet`` is the one of a workbook. ``signs`` has the decimal sign of columns
    (by the name wanted) whose texts have another than the point: numbers of JSON and workbooks
    are written with it there, and with a point in all other columns.

    Raises:
        UsageError: the file or a column of it cannot be read, or it changed meanwhile.
    """
    kind = _kind(file)
    if sheet is not None and kind != "workbook":
        raise UsageError(f"--sheet chooses a sheet of a workbook, and {file} is none")
    before = _state(file)
    if kind == "parquet":
        read = _read_parquet(file, columns, others)
    elif kind == "workbook":
        read = read_workbook(file, columns, sheet, signs or {}, others)
    elif kind == "json":
        _check_encoding(encoding)
        with _open_binary(file) as raw:
            read = read_objects(file, raw, columns, _plain(encoding), signs or {}, others)
    else:
        read = _read_csv(file, columns, encoding, delimiter, others)
    if _state(file) != before:
        raise UsageError(
            f"{file} changed while it was read; import it again once it is written to its end"
        )
    if read.table.num_rows == 0 and not read.broken:
        raise UsageError(f"{file} has a header but no rows")
    return read


def _kind(file: Path) -> str:
    """'csv', 'json', 'parquet' or 'workbook', by the name's ending."""
    if not file.exists():
        near = did_you_mean(file.name, [path.name for path in _listed(file.parent)])
        raise UsageError(f"{file} does not exist{near}")
    if file.is_dir():
        raise UsageError(f"{file} is a folder; name one file in it")
    suffixes = [suffix.lower() for suffix in file.suffixes]
    ending = suffixes[-1] if suffixes else ""
    if ending == ".gz" and len(suffixes) > 1:
        ending = suffixes[-2]
    if ending == ".numbers":
        raise UsageError(f"{file} is a workbook of another kind; save it as .xlsx and import that")
    if file.suffix.lower() in PARQUET_SUFFIXES:
        kind = "parquet"
    elif file.suffix.lower() in WORKBOOK_SUFFIXES:
        kind = "workbook"
    elif ending in JSON_SUFFIXES:
        kind = "json"
    elif ending in CSV_SUFFIXES:
        kind = "csv"
    else:
        raise UsageError(
            f"{file} has an ending that is not known: "
            ".csv, .tsv, .txt, .json, .jsonl (each also with .gz), .xlsx, .xls, .ods and .parquet "
            "can be read"
        )
    try:
        if file.stat().st_size == 0:
            raise UsageError(f"{file} is empty")
        with file.open("rb"):
            pass
    except OSError as error:
        raise UsageError(f"{file} cannot be opened: {error.strerror}") from None
    return kind


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _state(file: Path) -> tuple[int, int, int]:
    """What changes where somebody writes to the file, or puts another in its place."""
    try:
        found = os.stat(file)
    except OSError as error:
        raise UsageError(f"{file} went away while it was read: {error.strerror}") from None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _plain(encoding: str) -> str:
    return "utf-8" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding


def _check_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)
    except LookupError:
        raise UsageError(
            f"{encoding!r} is no encoding; usual ones are utf-8, gb18030 (GBK), "
            "cp932 (Shift-JIS), utf-16, cp1252"
        ) from None


def _read_parquet(file: Path, columns: dict[str, str], others: Callable[[str], bool]) -> FileTable:
    try:
        source = pq.ParquetFile(file)
        header = source.schema_arrow.names
        found = positions(file, header, columns)
        found |= other_positions(header, found, others)
        chosen = sorted({header[at] for at in found.values()})
        table = source.read(columns=chosen)
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"{file} is not a Parquet file: {one_line(error)}") from None
    arrays = {wanted: table.column(header[at]) for wanted, at in found.items()}
    rows = pa.array(np.arange(1, table.num_rows + 1, dtype=np.int64))
    return FileTable(numbered(pa.table(arrays), rows), header)


def _read_csv(
    file: Path,
    columns: dict[str, str],
    encoding: str,
    delimiter: str | None,
    others: Callable[[str], bool],
) -> FileTable:
    with _open_binary(file) as raw:
        try:
            probe = raw.read(PROBED_BYTES)
        except (OSError, EOFError) as error:
            raise UsageError(f"{file} cannot be unpacked: {one_line(error)}") from None
    if not probe.strip():
        raise UsageError(f"{file} is empty")
    _check_encoding(encoding)
    encoding = _plain(encoding)
    if probe.startswith(_WORKBOOK):
        raise UsageError(f"{file} is a workbook, whatever its ending; name it .xlsx")
    head = _decoded(file, probe, encoding, columns).lstrip("\ufeff")
    above = _lines_above(head, columns, delimiter)
    header, delimiter = _header(head, above, delimiter)
    _refuse_other_columns(file, probe, encoding, header, columns)
    found = positions(file, header, columns)
    notes = [f"line {above + 1} of the file is its header"] if above else []

    names = [f"other_{at}" for at in range(len(header))]
    found |= other_positions(header, found, others)
    chosen = sorted({names[at] for at in found.values()})
    broken: list[tuple[int, str, str]] = []

    def keep_broken(row: pa_csv.InvalidRow) -> str:
        reason = f"{row.actual_columns} fields instead of {row.expected_columns}"
        broken.append((int(row.number), reason, row.text))
        return "skip"

    def parsed(chosen: list[str], broken_row: Callable[[pa_csv.InvalidRow], str]) -> pa.Table:
        with _open_binary(file) as raw:
            return pa_csv.read_csv(
                pa.PythonFile(raw, mode="r"),
                # One thread: only then do broken rows know their number.
                read_options=pa_csv.ReadOptions(
                    use_threads=False, encoding=encoding, column_names=names, skip_rows=above
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=delimiter,
                    newlines_in_values=True,
                    invalid_row_handler=broken_row,
                ),
                convert_options=pa_csv.ConvertOptions(
                    include_columns=chosen,
                    column_types={name: pa.string() for name in names},
                ),
            )

    try:
        table = parsed(chosen, keep_broken)
    except UnicodeDecodeError as error:
        raise wrong_encoding(file, encoding, error) from None
    except (pa.ArrowException, OSError, EOFError) as error:
        if "UTF8" in str(error) or "utf-8" in str(error):
            raise wrong_encoding(file, encoding, error) from None
        raise UsageError(f"{file} cannot be read as CSV: {one_line(error)}") from None

    # The header was read as the first row, so that quoted line ends in it do no harm.
    numbers = np.arange(above + 1, above + table.num_rows + len(broken) + 1, dtype=np.int64)
    if broken:
        numbers = np.delete(numbers, [row - 1 - above for row, _, _ in broken])
    with _open_binary(file) as raw:
        is_of_lines = has_rows_of_several_lines(raw, above + table.num_rows + len(broken))
    # the columns that were not asked for may hold the mark
    whole = (
        (lambda: (parsed(names, lambda row: "skip"), pa.array(numbers))) if is_of_lines else None
    )
    refuse_open_quotes(file, delimiter, len(header), broken, whole)
    table = table.slice(1)
    arrays = {wanted: _present(table.column(names[at])) for wanted, at in found.items()}
    return FileTable(numbered(pa.table(arrays), pa.array(numbers[1:])), header, broken, notes)


def _present(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column without the words for nothing; blanks alone pad the columns of a report."""
    trimmed = pc.utf8_trim_whitespace(column)
    is_missing = pc.is_in(trimmed, pa.array(MISSING))
    return pc.if_else(is_missing, pa.scalar(None, pa.string()), column)


def _header(head: str, above: int, delimiter: str | None) -> tuple[list[str], str]:
    """The names in the line after so many, and what is between them."""
    text = head.split("\n", above)[-1]
    found = _delimiter(text.split("\n", 1)[0], delimiter)
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=found), []), found


def _refuse_other_columns(
    file: Path, probe: bytes, encoding: str, header: list[str], columns: dict[str, str]
) -> None:
    """Stop where the file names a column in another encoding: in this one it reads as nonsense."""
    lacking = [each for each in columns.values() if not each.isascii()]
    if all(has_column(header, column) for column in lacking):
        return
    for other in likely(probe, lacking, encoding):
        if all(column in partly(probe, other) for column in lacking):
            raise UsageError(
                f"{file} has no column {lacking[0]!r} as {encoding}; "
                f"it has it as {other}: try --encoding {other}"
            )


def _lines_above(head: str, columns: dict[str, str], delimiter: str | None) -> int:
    """How many lines stand above the first one that names every column: a title, notes, dates."""
    for above in range(min(ROWS_ABOVE, head.count("\n")) + 1):
        header, _ = _header(head, above, delimiter)
        if all(has_column(header, column) for column in columns.values()):
            return above
    return 0


def _open_binary(file: Path) -> IO[bytes]:
    """Open the file, unpacking it if it is packed, whatever it is called."""
    with file.open("rb") as raw:
        is_packed = raw.read(2) == b"\x1f\x8b"
    if is_packed:
        return gzip.open(file, "rb")  # type: ignore[return-value]
    return file.open("rb")


def _decoded(file: Path, probe: bytes, encoding: str, columns: dict[str, str]) -> str:
    """The beginning of the file as text; it may end within a character."""
    try:
        text = partly(probe, encoding)
    except UnicodeDecodeError as error:
        raise wrong_encoding(file, encoding, error, probe, columns.values()) from None
    if "\x00" in text:
        raise UsageError(f"{file} is not {encoding} text; try --encoding utf-16")
    return text


def _delimiter(first_line: str, given: str | None) -> str:
    """The delimiter given, or the candidate most frequent in the header."""
    if given is not None:
        delimiter = "\t" if given in ("\\t", "tab") else given
        if len(delimiter) != 1:
            raise UsageError(f"--delimiter takes one character or 'tab', not {given!r}")
        return delimiter
    counts = {candidate: first_line.count(candidate) for candidate in DELIMITERS}
    best = max(DELIMITERS, key=lambda candidate: counts[candidate])
    return best if counts[best] else ","
