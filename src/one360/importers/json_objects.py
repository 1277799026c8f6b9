"""Reads a JSON file of objects, an array of them or one a line, as texts.

A number keeps the digits that it is written with. An object within an object is
reached by a dot: ``customer.id``. So is one of an array, ``line_items.sku``: each of them is a row
then, beside what their object says. Of a file that is one object, as an API answers, the array is
read that has the columns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
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
    others: Callable[[str], bool],
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
    notes: list[str] = []
    if text.lstrip().startswith("["):
        objects = list(_of_array(file, text))
    else:
        objects = _of_one_object(text, columns, notes) or list(_of_lines(text, broken))
    if not objects and not broken:
        raise UsageError(f"{file} holds no object")
    objects = _of_elements(file, objects, columns, notes)
    flat = [(row, dict(_flat(each))) for row, each in objects]
    header = list(dict.fromkeys(name for _, each in flat for name in each))
    if not header:
        raise UsageError(f"{file} cannot be read as JSON: {broken[0][1]} in line {broken[0][0]}")
    found = positions(file, header, columns)
    table = table_of_texts(
        [[each.get(name) for name in header] for _, each in flat],
        [row for row, _ in flat],
        found,
        header,
        signs=signs,
        others=others,
    )
    return FileTable(table, header, broken, notes)


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


def _of_one_object(
    text: str, columns: Mapping[str, str], notes: list[str]
) -> list[tuple[int, dict[str, Any]]]:
    """The rows of a file that is one object: those of its array with the columns, or itself."""
    try:
        whole = _loaded(text)
    except json.JSONDecodeError:
        return []
    if not isinstance(whole, dict):
        return []
    arrays = {name: value for name, value in whole.items() if _is_of_objects(value)}
    if not arrays or _has_columns(whole, columns):
        return [(1, whole)]
    # one that lacks a column is told by it
    chosen = next(
        (name for name, rows in arrays.items() if any(_has_columns(row, columns) for row in rows)),
        next(iter(arrays)),
    )
    notes.append(f"array {chosen!r} of the file is read")
    return list(enumerate(arrays[chosen], 1))


def _of_elements(
    file: Path,
    objects: list[tuple[int, dict[str, Any]]],
    columns: Mapping[str, str],
    notes: list[str],
) -> list[tuple[int, dict[str, Any]]]:
    """A row for each element of the array of which a column is asked for, if there is one.

    An object without elements stays a row. Rows are numbered anew, as they are more than before.
    """
    asked = {
        name
        for _, each in objects
        for name, value in each.items()
        if _is_of_objects(value) and any(_is_within(column, name) for column in columns.values())
    }
    if not asked:
        return objects
    if len(asked) > 1:
        raise UsageError(
            f"{file}: columns of several arrays are asked for ({', '.join(sorted(asked))}); "
            "rows are made of one"
        )
    (array,) = asked
    notes.append(f"each element of {array!r} is a row")
    rows = [
        {**each, array: element}
        for _, each in objects
        for element in (each[array] if _is_of_objects(each.get(array)) else [None])
    ]
    return list(enumerate(rows, 1))


def _is_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(x, dict) for x in value)


def _is_within(column: str, array: str) -> bool:
    return column.strip().lower().startswith(f"{array.lower()}.")


def _has_columns(row: dict[str, Any], columns: Mapping[str, str]) -> bool:
    names = {name.lower() for name, _ in _flat(row)}
    arrays = [name for name, value in row.items() if _is_of_objects(value)]
    return all(
        column.strip().lower() in names or any(_is_within(column, array) for array in arrays)
        for column in columns.values()
    )


def _of_lines(
    text: str, broken: list[tuple[int, str, str]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    # splitlines would also split at marks that may stand within a text
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = _loaded(line)
        except json.JSONDecodeError as error:
            broken.append((number, f"not JSON: {error.msg}", line))
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            broken.append((number, "no object", line))


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
