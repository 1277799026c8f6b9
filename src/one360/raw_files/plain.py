"""Makes plain lines of a file that is packed, a JSON array, or of mixed line ends."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from pathlib import Path
from typing import IO

from one360.raw_files.files import RawFile, RawTable


def make_plain(file: RawFile, table: RawTable, cache: Path) -> None:
    """Point at a copy in plain lines, where the file is not so by itself."""
    source = Path(file.path)
    try:
        with _opened(source) as content:
            begin = content.read(1 << 16).lstrip(b"\xef\xbb\xbf \t\r\n")
        is_array = file.format == "jsonl" and begin.startswith(b"[")
        if is_array:
            _write(file, table, cache, _lines_of_array(source))
        elif source.suffix.lower() == ".gz" or (file.format == "csv" and _has_mixed_ends(source)):
            _write(file, table, cache, _lines(source))
    except (OSError, EOFError, zlib.error) as error:
        file.faults.append(
            f"{file.name}: cannot be unpacked ({str(error).rstrip('.')}); "
            "expected a complete gzip file"
        )
    except ValueError as error:
        place = f" line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        file.faults.append(
            f"{file.name}{place}: not JSON; expected an array of objects or one object a line"
        )


def _opened(source: Path) -> IO[bytes]:
    if source.suffix.lower() == ".gz":
        return gzip.open(source, "rb")  # type: ignore[return-value]
    return source.open("rb")


def _lines(source: Path) -> list[bytes]:
    with _opened(source) as content:
        return [line.removesuffix(b"\n").removesuffix(b"\r") + b"\n" for line in content]


def _lines_of_array(source: Path) -> list[bytes]:
    with _opened(source) as content:
        rows = json.loads(content.read().decode("utf-8-sig"), parse_float=str, parse_int=str)
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("an element of the array is no object")
    return [json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows]


def _has_mixed_ends(source: Path) -> bool:
    with source.open("rb") as content:
        ends = {line.endswith(b"\r\n") for line in content if line.endswith(b"\n")}
    return len(ends) > 1


def _write(file: RawFile, table: RawTable, cache: Path, lines: list[bytes]) -> None:
    digest = hashlib.sha256(file.path.encode()).hexdigest()[:8]
    suffix = {"csv": ".csv", "jsonl": ".jsonl"}[file.format]
    copy = cache / f"{table.name}.{digest}.plain{suffix}"
    temporary = copy.with_name(f".{copy.name}.{os.getpid()}")
    cache.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as written:
        written.writelines(lines)
    os.replace(temporary, copy)
    file.path = str(copy)
