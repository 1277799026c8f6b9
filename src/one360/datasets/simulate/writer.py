"""Append batches to Parquet, CSV and JSON-lines files, all or nothing.

Files grow in a hidden sibling of the target folder, which takes its name in
one rename at the end; an interrupted run leaves the target as it was.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from one360.datasets.simulate.tables import DECIMAL, TABLES, Table
from one360.datasets.simulate.text import Ints, join

ROW_GROUP_ROWS = 500_000
_TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


def money(cents: Ints) -> pa.Array:
    """decimal(18,4) column of integer hundredths, shape (n,)."""
    words = np.empty((len(cents), 2), dtype=np.int64)
    words[:, 0] = np.asarray(cents, dtype=np.int64) * 100
    words[:, 1] = words[:, 0] >> 63  # sign extension to 128 bits
    return pa.Array.from_buffers(DECIMAL, len(cents), [None, pa.py_buffer(words.tobytes())])


def batch(key: str, columns: dict[str, pa.Array]) -> pa.Table:
    """Arrow table with the declared columns, in the declared order."""
    table = TABLES[key]
    missing = {name for name, _ in table.columns} ^ set(columns)
    if missing:
        raise ValueError(f"{key}: columns differ: {sorted(missing)}")
    arrays = []
    for field in table.schema:
        column = columns[field.name]
        if column.type != field.type:
            if pa.types.is_timestamp(column.type) and field.type == "string":
                column = time_text(column)
            elif pa.types.is_null(column.type):
                column = pa.nulls(len(column), field.type)
            else:
                column = column.cast(field.type)
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=table.schema)


def time_text(column: pa.Array) -> pa.Array:
    """Timestamps as `YYYY-MM-DD HH:MM:SS`."""
    return pc.strftime(column.cast(pa.timestamp("s")), format=_TIME_FORMAT)


def _json_text(column: pa.Array) -> pa.Array:
    """Each value as JSON; nulls as `null`."""
    if pa.types.is_timestamp(column.type):
        body = join('"', time_text(column), '"')
    elif pa.types.is_string(column.type):
        escaped = pc.replace_substring(column, "\\", "\\\\")
        escaped = pc.replace_substring(escaped, '"', '\\"')
        body = join('"', escaped, '"')
    else:
        body = column.cast(pa.string())
    return pc.coalesce(body, pa.scalar("null"))


class _File:
    """One growing file."""

    def __init__(self, table: Table, folder: Path) -> None:
        self.table = table
        self.rows = 0
        self.path = folder / table.path
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._parquet: pq.ParquetWriter | None = None
        self._stream: BinaryIO | None = None
        if table.format == "parquet":
            self._parquet = pq.ParquetWriter(
                self.path,
                table.schema,
                compression="zstd",
                compression_level=1,
                store_schema=False,
                store_decimal_as_integer=True,
                # pages of a dictionary with one value hold unset bytes, so that two
                # runs with one seed would not give equal files
                use_dictionary=False,
            )
        else:
            self._stream = open(self.path, "wb")  # noqa: SIM115
            if table.format == "csv":
                header = ",".join(name for name, _ in table.columns) + "\n"
                self._stream.write(header.encode(table.encoding))

    def append(self, rows: pa.Table) -> None:
        """Add a batch."""
        self.rows += rows.num_rows
        if rows.num_rows == 0:
            return
        if self._parquet is not None:
            self._parquet.write_table(rows, row_group_size=ROW_GROUP_ROWS)
        elif self._stream is not None and self.table.format == "csv":
            buffer = io.BytesIO()
            pacsv.write_csv(
                rows,
                buffer,
                pacsv.WriteOptions(include_header=False, quoting_style="needed"),
            )
            data = buffer.getvalue()
            if self.table.encoding != "utf-8":
                data = data.decode("utf-8").encode(self.table.encoding)
            self._stream.write(data)
        elif self._stream is not None:
            self._stream.write(_json_lines(rows))

    def close(self) -> None:
        """Finish the file."""
        if self._parquet is not None:
            self._parquet.close()
        if self._stream is not None:
            self._stream.close()


def _json_lines(rows: pa.Table) -> bytes:
    parts: list[pa.Array | str] = []
    for number, name in enumerate(rows.column_names):
        head = "{" if number == 0 else ", "
        parts.append(f"{head}{json.dumps(name)}: ")
        parts.append(_json_text(rows[name].combine_chunks()))
    parts.append("}\n")
    lines = join(*parts)
    # The values of a string array without nulls lie end to end.
    start, end = lines.offset, lines.offset + len(lines)
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)
    data: bytes = lines.buffers()[2][int(offsets[start]) : int(offsets[end])]
    return bytes(data)


class Writer:
    """All files of one data set; use as a context manager.

    Leaving without an exception renames the folder into place; with one,
    everything written is removed.
    """

    def __init__(self, target: Path) -> None:
        self.target = Path(target)
        self.work = self.target.with_name(f".{self.target.name}.{os.getpid()}.partial")
        self._files: dict[str, _File] = {}

    def __enter__(self) -> Writer:
        self._remove_leftovers()
        self.work.mkdir(parents=True)
        for key, table in TABLES.items():
            self._files[key] = _File(table, self.work)
        return self

    def _remove_leftovers(self) -> None:
        """Remove what killed processes left beside the target."""
        for folder in self.target.parent.glob(f".{self.target.name}.*.partial"):
            owner = folder.name.split(".")[-2]
            alive = owner.isdigit() and Path(f"/proc/{owner}").exists()
            if not alive or int(owner) == os.getpid():
                shutil.rmtree(folder, ignore_errors=True)

    def append(self, tables: dict[str, pa.Table]) -> None:
        """Append one batch to each named file."""
        for key, rows in tables.items():
            self._files[key].append(rows)

    @property
    def rows(self) -> dict[str, int]:
        """Rows written so far per table."""
        return {key: file.rows for key, file in self._files.items()}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files.values():
            file.close()
        if kind is not None:
            shutil.rmtree(self.work, ignore_errors=True)
            return
        old = self.target.with_name(f".{self.target.name}.{os.getpid()}.old")
        if self.target.exists():
            self.target.rename(old)
        self.work.rename(self.target)
        shutil.rmtree(old, ignore_errors=True)
