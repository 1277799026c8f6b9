"""Writes a workbook of the old kind (.xls): as few records of BIFF8 as it needs, in one stream."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Sequence
from typing import Any

_FIRST_DAY = dt.datetime(1899, 12, 30)
_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def old_workbook(name: str, rows: Sequence[Sequence[Any]]) -> bytes:
    """The bytes of a workbook with one sheet; a number is a float in it, a date days since 1899."""
    return _compound_file(_stream(name, rows))


def _stream(name: str, rows: Sequence[Sequence[Any]]) -> bytes:
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            cell = struct.pack("<HH", at, column)
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                sheet += _record(0x0204, cell + struct.pack("<HHB", 0, len(value), 1) + text)
            elif value is not None:
                is_day = isinstance(value, dt.datetime)
                number = (value - _FIRST_DAY) / dt.timedelta(days=1) if is_day else float(value)
                sheet += _record(0x0203, cell + struct.pack("<Hd", int(is_day), number))
    sheet += _record(0x000A, b"")
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    # the forms of cells: a plain one, and one that is shown as a date and a time
    begin += b"".join(_record(0x00E0, struct.pack("<HH16x", 0, shown)) for shown in (0, 22))
    title = name.encode("utf-16-le")
    length = len(begin) + 4 + 8 + len(title) + 4
    bound = struct.pack("<IHBB", length, 0, len(name), 1) + title
    return begin + _record(0x0085, bound) + _record(0x000A, b"") + sheet


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _compound_file(stream: bytes) -> bytes:
    """A file of sectors: the table of sectors, the folder, and a stream above the small ones."""
    stream += bytes(max(4096 - len(stream), 0))
    stream += bytes(-len(stream) % _SECTOR)
    sectors = len(stream) // _SECTOR
    table = [_FAT, _END, *range(3, sectors + 2), _END]
    table += [_FREE] * (_SECTOR // 4 - len(table))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", _FREE) * 108
    folder = _entry("Root Entry", 5, child=1, first=_END, size=0)
    folder += _entry("Workbook", 2, child=_FREE, first=2, size=len(stream))
    folder += bytes(_SECTOR - len(folder))
    return header + struct.pack(f"<{len(table)}I", *table) + folder + stream


def _entry(name: str, kind: int, *, child: int, first: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\x00\x00"
    return (
        text.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<IQ", first, size)
    )
