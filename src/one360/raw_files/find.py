"""Looks for the files of a table: at its own place, or where the declaration says."""

from __future__ import annotations

import glob
from pathlib import Path

from one360.paths import DatasetPaths, shown
from one360.raw_files.files import FORMATS, RawTable, format_of


def default_files(table: RawTable, paths: DatasetPaths) -> tuple[list[Path], list[str]]:
    """Files of the table in the folder of the data set, and what is wrong with where they are."""
    system, name = table.name.split(".")
    folder = paths.raw.absolute() / system
    listed = sorted(folder.iterdir()) if folder.is_dir() else []
    present = [path for path in listed if _is_of(path, name)]
    if len(present) > 1:
        names = " and ".join(shown(path) for path in present)
        return [], [f"{names}: both hold {table.name}; expected one of them"]
    if not present:
        return [], []
    return _files_at(present[0], table)


def _is_of(path: Path, name: str) -> bool:
    """Whether a file, or a folder of files, is named after a table."""
    if path.name == name:
        return True
    stem = path.name.removesuffix("".join(path.suffixes))
    is_plain = len(path.suffixes) == (2 if path.suffix.lower() == ".gz" else 1)
    return path.is_file() and stem == name and is_plain and format_of(path) is not None


def given_files(table: RawTable, given: str) -> tuple[list[Path], list[str]]:
    """Files at the path or glob of the declaration, and what is wrong with them."""
    path = Path(given).expanduser().absolute()
    if path.exists():
        return _files_at(path, table)
    found = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]
    found = [match for match in found if match.is_file()]
    if not found:
        return [], [f"raw_files {table.name}: there is no file {given}; expected a file or a glob"]
    return _one_format(found, table, given)


def _files_at(path: Path, table: RawTable) -> tuple[list[Path], list[str]]:
    if path.is_file():
        return _one_format([path], table, shown(path))
    found = [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file() and not file.name.startswith((".", "_")) and format_of(file)
    ]
    if not found:
        return [], [f"{shown(path)}: the folder holds no Parquet, CSV or JSONL file"]
    return _one_format(found, table, shown(path))


def _one_format(files: list[Path], table: RawTable, place: str) -> tuple[list[Path], list[str]]:
    if table.format is not None:
        return files, []
    unknown = [file for file in files if format_of(file) is None]
    if unknown:
        return [], [
            f"{shown(unknown[0])}: unknown kind of file; expected one of {', '.join(FORMATS)}"
        ]
    formats = sorted({format_of(file) or "" for file in files})
    if len(formats) > 1:
        return [], [f"{place}: holds {' and '.join(formats)} files; expected one format"]
    return files, []


def unread_files(tables: list[RawTable], paths: DatasetPaths) -> list[str]:
    """A file that no table reads is a slip of the pen more often than not."""
    expected: dict[str, set[str]] = {}
    for table in tables:
        system, name = table.name.split(".")
        expected.setdefault(system, set()).add(name)
    warnings = []
    for system, names in expected.items():
        folder = paths.raw / system
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            known = any(_is_of(path, name) for name in names)
            if not known and not path.name.startswith((".", "_")):
                warnings.append(
                    f"{shown(path)}: no source reads it; "
                    f"tables of {system} are {', '.join(sorted(names))}"
                )
    return warnings
