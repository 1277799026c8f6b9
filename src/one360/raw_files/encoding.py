"""Checks that a file is text of the declared encoding; other encodings are copied as UTF-8."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from one360.raw_files.files import RawFile, RawTable

#: Exports that call themselves GBK or GB 2312 hold characters of the larger set.
WIDER_ENCODINGS = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030"}

#: With more unreadable lines than this the encoding is wrong, not a line or two.
LARGEST_UNREADABLE_SHARE = 0.01


def check_encoding(file: RawFile, table: RawTable, cache: Path) -> None:
    """Fault bytes that are not text of the declared encoding; point at a UTF-8 copy if need be."""
    declared = table.encoding.lower()
    if declared in ("utf-8", "utf8"):
        line = _first_line_not_utf8(Path(file.path))
        if line:
            file.faults.append(
                f"{file.name} line {line}: not UTF-8; expected UTF-8 (for a file in another "
                f"encoding set `encoding: gbk` under config.meta of {table.name} in {table.yaml})"
            )
        elif file.format == "jsonl" and _starts_with_mark(Path(file.path)):
            _copy_as_utf8(file, table, "utf-8-sig", cache)
        return
    try:
        ascii_line_ends = "\n".encode(declared) == b"\n"
    except LookupError:
        ascii_line_ends = False
    if not ascii_line_ends:
        file.faults.append(
            f"{file.name}: encoding {declared} of {table.name} in {table.yaml} is not known; "
            "expected utf-8, gbk, gb18030, big5 or another with ASCII line ends"
        )
        return
    _copy_as_utf8(file, table, WIDER_ENCODINGS.get(declared, declared), cache)


def _copy_as_utf8(file: RawFile, table: RawTable, codec: str, cache: Path) -> None:
    """Write the copy line by line; it takes its place when it is whole.

    A line that does not decode keeps what does, with U+FFFD for the rest, and is
    counted. If the file as it is turns out to be UTF-8, the file itself is read.
    """
    source = Path(file.path)
    digest = hashlib.sha256(str(source).encode()).hexdigest()[:8]
    copy = cache / f"{table.name}.{digest}{source.suffix}"
    temporary = copy.with_name(f".{copy.name}.{os.getpid()}")
    cache.mkdir(parents=True, exist_ok=True)
    lines = 0
    unreadable: list[int] = []
    is_utf8 = codec != "utf-8-sig"
    is_ascii = is_utf8
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with source.open("rb") as given, os.fdopen(descriptor, "wb") as written:
            for lines, line in enumerate(given, start=1):
                if line.isascii():
                    written.write(line)
                    continue
                is_ascii = False
                is_utf8 = is_utf8 and _decodes(line, "utf-8")
                # The mark is skipped at the start of the file alone.
                of_line = "utf-8" if codec == "utf-8-sig" and lines > 1 else codec
                try:
                    text = line.decode(of_line)
                except UnicodeDecodeError:
                    unreadable.append(lines)
                    text = line.decode(of_line, errors="replace")
                written.write(text.encode("utf-8"))
        if is_ascii or (unreadable and is_utf8):
            return
        if len(unreadable) > max(1, lines * LARGEST_UNREADABLE_SHARE):
            file.faults.append(
                f"{file.name} line {unreadable[0]}: not {table.encoding}, as are {len(unreadable)} "
                f"of {lines} lines; expected {table.encoding} (set `encoding:` under config.meta "
                f"of {table.name} in {table.yaml})"
            )
            return
        if unreadable:
            file.warnings.append(
                f"{file.name} line {unreadable[0]}: bytes that are not {table.encoding} read as "
                f"\N{REPLACEMENT CHARACTER} in {len(unreadable)} of {lines} lines"
            )
        os.replace(temporary, copy)
        file.path = str(copy)
    finally:
        temporary.unlink(missing_ok=True)


def _decodes(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _first_line_not_utf8(path: Path) -> int:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.isascii() and not _decodes(line, "utf-8"):
                return number
    return 0


def _starts_with_mark(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(3) == b"\xef\xbb\xbf"
