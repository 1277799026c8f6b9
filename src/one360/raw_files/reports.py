"""Find the raw files of a data set, check them and say what they hold.

dbt calls ``raw_file_reports`` before a run, through the SQL function
``one360_raw_files`` that ``one360.runs.plugin`` gives it; the macro
``register_sources`` compares the answer with the declared columns and makes
the views. Here is what SQL cannot do: look for files, catch the error of a
broken one, check the encoding, and make a UTF-8 copy of a file in another.

A file is checked in full once. What was found is kept beside the warehouse
and holds until size or time of the file changes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import duckdb

from one360.paths import DatasetPaths, dataset_paths, shown
from one360.raw_files.check import checked, remote_file
from one360.raw_files.files import RawFile, RawTable
from one360.raw_files.find import default_files, given_files, unread_files
from one360.raw_files.known import KnownFiles


@dataclass
class TableReport:
    """The files of one table, alike ones together, and what is wrong with where they are."""

    files: list[RawFile] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def raw_file_reports(request: str) -> str:
    """Answer dbt: JSON list of tables in, JSON of their files, faults and warnings out.

    The answer maps each table to ``parts`` (format, delimiter, columns and paths of
    the files that are alike), ``has_rows``, ``faults`` and ``warnings``; ``place`` is
    the folder of the data set as a message shows it.
    """
    paths = dataset_paths()
    tables = [RawTable(**item) for item in json.loads(request)]
    known = KnownFiles(paths)
    answer: dict[str, Any] = {}
    with duckdb.connect(config={"threads": 2}) as connection:
        for table in tables:
            report = _report(table, paths, known, connection)
            answer[table.name] = {
                "parts": _parts(report.files),
                "has_rows": any(file.has_rows for file in report.files),
                "faults": report.faults + [f for file in report.files for f in file.faults],
                "warnings": [w for file in report.files for w in file.warnings],
            }
    known.save()
    return json.dumps(
        {
            "place": shown(paths.raw),
            "tables": answer,
            "warnings": unread_files(tables, paths),
        },
        ensure_ascii=False,
    )


def copy_again(paths: DatasetPaths, table: RawTable) -> None:
    """Make the copies of the files of a table that forget_copies removed."""
    with duckdb.connect() as connection:
        _report(table, paths, KnownFiles(paths), connection)


def forget_copies(request: str) -> str:
    """Remove the copies of raw files: they hold rows as delivered, those of erased people too."""
    KnownFiles(dataset_paths()).forget_copies()
    return ""


def _parts(files: list[RawFile]) -> list[dict[str, Any]]:
    parts: dict[str, dict[str, Any]] = {}
    for file in files:
        if file.faults:
            continue
        key = json.dumps([file.format, file.delimiter, list(file.columns.items())])
        part = parts.setdefault(
            key,
            {
                "format": file.format,
                "delimiter": file.delimiter,
                "columns": file.columns,
                "name": file.name,
                "paths": [],
            },
        )
        part["paths"].append(file.path)
    return list(parts.values())


def _report(
    table: RawTable,
    paths: DatasetPaths,
    known: KnownFiles,
    connection: duckdb.DuckDBPyConnection,
) -> TableReport:
    if table.path is not None and "://" in table.path:
        return TableReport([remote_file(table, table.path, connection)])
    found, faults = (
        default_files(table, paths) if table.path is None else given_files(table, table.path)
    )
    files = []
    for path in found:
        file = known.get(path, table)
        if file is None:
            mark = known.mark(path, table)
            file = checked(path, table, known.folder, connection)
            if known.mark(path, table) != mark and not file.faults:
                file.faults.append(
                    f"{file.name}: changed while it was read; "
                    "run again when what writes it is done (it is best moved here when whole)"
                )
            known.put(path, table, file, mark)
        files.append(file)
    return TableReport(files, faults)
