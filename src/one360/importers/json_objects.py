"""Reads a JSON file of objects, an array of them or one a line, as texts.

A number keeps the digits that it is written with. An object within an object is
reached by a dot: ``customer.id``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from one360.errors import UsageError, one_line
from one360.importers.file_table import FileTable, Number, positions, table_of_texts

JSON_SUFFIXES = (".json", ".jsonl", ".ndjson")


def read_objects(
    file: Path,
    raw: IO[bytes],
    columns: dict[str, str],
    encoding: str,
    signs: Mapping[str, str],
    all_columns: bool,
) -> FileTable:
    """Read ``columns`` of a file's objects; a row is an object, or a line of the file.

    Raises:
        UsageError: the file is no JSON, or no object has a column.
    """
    try:
        text = raw.read().decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not {encoding} text: {one_line(error)}") from None
    except (OSError, EOFError) as error:
        raise UsageError(f"{file} cannot be unpacked: {one_line(error)}") from None
    broken: list[tuple[int, str, str]] = []
    is_array = text.lstrip().startswith("[")
    objects = list(_of_array(file, text) if is_array else _of_lines(file, text, broken))
    if not objects and not broken:
        raise UsageError(f"{file} holds no object")
    flat = [(row, dict(_flat(each))) for row, each in objects]
    header = list(dict.fromkeys(name for _, each in flat for name in each))
    if not header:
        raise UsageError(f"{file} cannot be read as JSON: {broken[0][1]} in line {broken[0][0]}")
    found = positions(file, header, columns)
    table = table_of_texts(
        [[each.get(name) for name in header] for _, each in flat],
        [row for row, _ in flat],
        found,
        len(header),
        signs=signs,
        all_columns=all_columns,
    )
    return FileTable(table, header, broken)


def _loaded(text: str) -> Any:
    return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=lambda _: None)


def _of_array(file: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        rows = _loaded(text)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"{file} cannot be read as JSON: line {error.lineno}: {error.msg}"
        ) from None
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise UsageError(f"{file}: element {number} of the array is no object")
        yield number, row


def _of_lines(
    file: Path, text: str, broken: list[tuple[int, str, str]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    # splitlines would also split at marks that may stand within a text
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = _loaded(line)
        except json.JSONDecodeError as error:
            if number == 1:
                _refuse_whole(file, text)
            broken.append((number, f"not JSON: {error.msg}", line))
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            broken.append((number, "no object", line))


def _refuse_whole(file: Path, text: str) -> None:
    """Stop where the file is one object over several lines."""
    try:
        whole = _loaded(text)
    except json.JSONDecodeError:
        return
    if isinstance(whole, dict):
        arrays = [name for name, value in whole.items() if isinstance(value, list)]
        where = f"; write the array {arrays[0]!r} alone into a file" if arrays else ""
        raise UsageError(
            f"{file} is one object, not an array of objects or an object a line{where}"
        )


def _flat(row: dict[str, Any], within: str = "") -> Iterator[tuple[str, str | None]]:
    """Names and texts of an object's values; objects within it by names with a dot."""
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{within}{name}.")
        elif isinstance(value, list):
            yield within + name, json.dumps(value, ensure_ascii=False)
        elif isinstance(value, bool):
            yield within + name, str(value).lower()
        else:
            yield within + name, value
