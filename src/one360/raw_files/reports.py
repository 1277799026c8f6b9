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

import contextlib
import csv
import glob
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from one360.paths import DatasetPaths, dataset_paths, shown
from one360.sql import identifier, literal

FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}

#: Name a file under a data set's folder may end in.
DEFAULT_SUFFIXES = (".parquet", ".csv", ".jsonl")

#: Exports that call themselves GBK or GB 2312 hold characters of the larger set.
WIDER_ENCODINGS = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030"}

#: With more unreadable lines than this the encoding is wrong, not a line or two.
LARGEST_UNREADABLE_SHARE = 0.01

#: Fewer unreadable values than this are single bad values, which staging rejects
#: row by row; from here on, when none can be read, the column is of another type.
FEWEST_VALUES_OF_A_TYPE = 3

#: Raise it when a check below changes, so that files are checked anew.
CHECKS_VERSION = 1


@dataclass(frozen=True)
class RawTable:
    """One declared table: its name (crm.members), column types, where it is said to be."""

    name: str
    columns: dict[str, str]
    path: str | None = None
    format: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","

    @property
    def yaml(self) -> str:
        """The file that declares the table."""
        system = self.name.split(".")[0]
        return f"models/staging/{system}/_{system}__sources.yml"


@dataclass
class RawFile:
    """What one file holds: types of its columns by name, in order, and what is wrong with it."""

    name: str
    format: str
    path: str
    delimiter: str = ","
    columns: dict[str, str] = field(default_factory=dict)
    has_rows: bool = True
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


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
    known = _KnownFiles(paths)
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
            "warnings": _unread_files(tables, paths),
        },
        ensure_ascii=False,
    )


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
    known: _KnownFiles,
    connection: duckdb.DuckDBPyConnection,
) -> TableReport:
    if table.path is not None and "://" in table.path:
        return TableReport([_remote_file(table, table.path, connection)])
    found, faults = (
        _default_files(table, paths) if table.path is None else _given_files(table, table.path)
    )
    files = []
    for path in found:
        file = known.get(path, table)
        if file is None:
            mark = known.mark(path, table)
            file = _checked(path, table, known.folder, connection)
            known.put(path, table, file, mark)
        files.append(file)
    return TableReport(files, faults)


def _default_files(table: RawTable, paths: DatasetPaths) -> tuple[list[Path], list[str]]:
    system, name = table.name.split(".")
    folder = paths.raw.absolute() / system
    candidates = [folder / f"{name}{suffix}" for suffix in DEFAULT_SUFFIXES] + [folder / name]
    present = [path for path in candidates if path.exists()]
    if len(present) > 1:
        names = " and ".join(shown(path) for path in present)
        return [], [f"{names}: both hold {table.name}; expected one of them"]
    if not present:
        return [], []
    return _files_at(present[0], table)


def _given_files(table: RawTable, given: str) -> tuple[list[Path], list[str]]:
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
        if file.is_file() and not file.name.startswith((".", "_")) and file.suffix in FORMATS
    ]
    if not found:
        return [], [f"{shown(path)}: the folder holds no Parquet, CSV or JSONL file"]
    return _one_format(found, table, shown(path))


def _one_format(files: list[Path], table: RawTable, place: str) -> tuple[list[Path], list[str]]:
    if table.format is not None:
        return files, []
    unknown = [file for file in files if file.suffix not in FORMATS]
    if unknown:
        return [], [
            f"{shown(unknown[0])}: unknown kind of file; expected one of {', '.join(FORMATS)}"
        ]
    formats = sorted({FORMATS[file.suffix] for file in files})
    if len(formats) > 1:
        return [], [f"{place}: holds {' and '.join(formats)} files; expected one format"]
    return files, []


def _unread_files(tables: list[RawTable], paths: DatasetPaths) -> list[str]:
    """A file that no table reads is a slip of the pen more often than not."""
    expected: dict[str, set[str]] = {}
    for table in tables:
        system, name = table.name.split(".")
        expected.setdefault(system, set()).add(name)
    warnings = []
    for system, names in expected.items():
        folder = paths.raw / system
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            known = path.stem in names and path.suffix in DEFAULT_SUFFIXES
            if not known and path.name not in names and not path.name.startswith((".", "_")):
                warnings.append(
                    f"{shown(path)}: no source reads it; "
                    f"tables of {system} are {', '.join(sorted(names))}"
                )
    return warnings


def _checked(
    path: Path,
    table: RawTable,
    cache: Path,
    connection: duckdb.DuckDBPyConnection,
) -> RawFile:
    file = RawFile(
        shown(path),
        table.format or FORMATS[path.suffix],
        str(path),
        table.delimiter,
    )
    expected = {
        "parquet": "a Parquet file",
        "csv": "a CSV file with a header",
        "jsonl": "one JSON object a line",
    }
    if path.stat().st_size == 0:
        file.faults.append(
            f"{file.name}: is empty (0 bytes); expected {expected[file.format]} with "
            f"{_some(table.columns)} (remove the file if there is no such table)"
        )
        return file
    if file.format == "parquet":
        _check_parquet(file, connection)
        return file
    _check_encoding(file, table, cache)
    if not file.faults:
        check = _check_csv if file.format == "csv" else _check_jsonl
        check(file, table, connection)
    return file


def _remote_file(table: RawTable, url: str, connection: duckdb.DuckDBPyConnection) -> RawFile:
    suffix = Path(url).suffix
    if (table.format or FORMATS.get(suffix)) != "parquet":
        fault = f"{url}: only Parquet is read from afar; expected a .parquet path"
        return RawFile(url, "parquet", url, faults=[fault])
    file = RawFile(url, "parquet", url)
    _check_parquet(file, connection, count_rows=False)
    return file


def _check_parquet(
    file: RawFile, connection: duckdb.DuckDBPyConnection, count_rows: bool = True
) -> None:
    try:
        described = connection.execute(
            f"describe select * from read_parquet({literal(file.path)}, hive_partitioning = false)"
        ).fetchall()
        if count_rows:
            counted = connection.execute(
                f"select sum(num_rows) from parquet_file_metadata({literal(file.path)})"
            ).fetchall()
            file.has_rows = bool(counted[0][0])
    except duckdb.Error as error:
        file.faults.append(
            f"{file.name}: cannot be read as Parquet ({_first_line(error, file.path)}); "
            "expected a complete Parquet file"
        )
        return
    file.columns = {row[0]: row[1] for row in described}


def _check_encoding(file: RawFile, table: RawTable, cache: Path) -> None:
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


def _check_csv(file: RawFile, table: RawTable, connection: duckdb.DuckDBPyConnection) -> None:
    with open(file.path, encoding="utf-8-sig", newline="") as text:
        try:
            header = next(csv.reader(text, delimiter=file.delimiter), [])
        except csv.Error:
            header = []
    names = [name.strip() for name in header]
    if not {name.lower() for name in names} & {column.lower() for column in table.columns}:
        separated = len(names) == 1 and re.search(r"[;\t|]", names[0])
        file.faults.append(
            f"{file.name} line 1: no header; expected the column names {_some(table.columns)}"
            + (
                f" separated by {file.delimiter!r} (or set `delimiter:` under config.meta "
                f"of {table.name} in {table.yaml})"
                if separated
                else ""
            )
        )
        return
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled or "" in names:
        what = f"column {doubled[0]} twice" if doubled and doubled[0] else "a column without a name"
        file.faults.append(f"{file.name} line 1: the header has {what}; expected distinct names")
        return
    file.columns = dict.fromkeys(names, "VARCHAR")
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    relation = (
        f"read_csv({literal(file.path)}, auto_detect = false, header = true, "
        f"delim = {literal(file.delimiter)}, quote = '\"', escape = '\"', columns = {{{types}}})"
    )
    try:
        _check_values(file, table, relation, connection)
    except duckdb.Error as error:
        # The message quotes the line, which may hold personal data: take its number and reason.
        message = str(error)
        line = re.search(r"CSV Error on Line: (\d+)", message)
        reason = re.search(r"Expected Number of Columns.*|Value with unterminated.*", message)
        file.faults.append(
            f"{file.name}{' line ' + line[1] if line else ''}: cannot be read as CSV "
            f"({reason[0].rstrip('. ') if reason else 'broken line'}); "
            f'expected {len(names)} values, quoted with " where needed'
        )


def _check_jsonl(file: RawFile, table: RawTable, connection: duckdb.DuckDBPyConnection) -> None:
    path = literal(file.path)
    try:
        keys = connection.execute(
            "select unnest(json_keys(json)) as name from "
            f"read_json_objects({path}, format = 'newline_delimited', maximum_object_size = "
            "67108864) group by name order by name"
        ).fetchall()
        file.columns = {row[0]: "VARCHAR" for row in keys}
        if keys:
            types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in file.columns)
            _check_values(
                file,
                table,
                f"read_json({path}, format = 'newline_delimited', columns = {{{types}}})",
                connection,
            )
        else:
            file.faults.append(
                f"{file.name}: holds no JSON object; expected one a line with "
                f"{_some(table.columns)} (remove the file if there is no such table)"
            )
    except duckdb.Error:
        line = _first_line_not_json(Path(file.path))
        file.faults.append(
            f"{file.name}{f' line {line}' if line else ''}: not JSON; "
            "expected one complete JSON object a line"
        )


#: Text that may be a value of a type, at least as wide as what staging reads (macros
#: parse_*). A whole column that fits nowhere is a fault here; single values are
#: rejected there. A decimal comma, a day-first date and seconds since 1970 are not read.
_FITS = {
    "timestamp": r"\d{4} ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2}.*|\d{8}(?:[ T]?\d{6})?|\d{8}[ T]\d.*",
    "number": (
        r"[-+(]?\s*(?:[$¥£€₩]|[a-z]{3})?\s*[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)"
        r"(?:e[-+]?\d+)?\s*(?:元|圆|[a-z]{3,4})?[-)]?"
    ),
    "boolean": r"true|false|t|f|yes|no|y|n|1|0|on|off|是|否",
}

#: Full-width digits and marks, and their plain forms.
_WIDE, _PLAIN = "０１２３４５６７８９．，－＋：／￥", "0123456789.,-+:/¥"


def _check_values(
    file: RawFile,
    table: RawTable,
    relation: str,
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Read the whole file once: is each line whole, is a typed column of another type."""
    present = {name.lower(): name for name in file.columns}
    typed = [
        (column, declared, present[column.lower()])
        for column, declared in table.columns.items()
        if column.lower() in present and _kind(declared)
    ]
    counts = ["count(*)"]
    for _, declared, name in typed:
        value = f"nullif(trim({identifier(name)}), '')"
        plain = f"translate({value}, '{_WIDE}', '{_PLAIN}')"
        fits = literal(f"(?i:{_FITS[_kind(declared)]})")
        counts += [
            f"count({value})",
            f"count(*) filter (where regexp_full_match({plain}, {fits}))",
        ]
    # Every column is read, or short lines would pass unseen.
    every = ", ".join(f"max(length({identifier(name)}))" for name in file.columns)
    row = connection.execute(f"select {', '.join(counts)}, {every} from {relation}").fetchall()[0]
    file.has_rows = row[0] > 0
    for index, (column, declared, _) in enumerate(typed):
        values, readable = row[1 + 2 * index], row[2 + 2 * index]
        if values >= FEWEST_VALUES_OF_A_TYPE and readable == 0:
            file.faults.append(
                f"{file.name}: column {column} is text, none of its {values} values "
                f"reads as {declared}; expected {declared}"
            )


def _kind(declared: str) -> str:
    if declared.startswith(("decimal", "bigint", "int", "double")):
        return "number"
    if declared in ("date", "timestamp"):
        return "timestamp"
    return "boolean" if declared == "boolean" else ""


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


def _first_line_not_json(path: Path) -> int:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                if line.strip() and not isinstance(json.loads(line), dict):
                    return number
            except ValueError:
                return number
    return 0


def _some(columns: dict[str, str]) -> str:
    names = list(columns)
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


def _first_line(error: Exception, path: str) -> str:
    line = str(error).strip().splitlines()[0]
    line = re.sub(r"^[A-Za-z ]*(Error|Exception): ", "", line)
    return line.replace(f" '{path}'", "").rstrip(".")


class _KnownFiles:
    """What was found in files that have not changed since."""

    def __init__(self, paths: DatasetPaths) -> None:
        self.folder = paths.warehouse.absolute().parent / ".raw" / paths.dataset
        self._memory = self.folder / "checked.json"
        self._before: dict[str, Any] = {}
        self._now: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            self._before = json.loads(self._memory.read_text(encoding="utf-8"))

    def get(self, path: Path, table: RawTable) -> RawFile | None:
        """What is known of the file as it is, or None."""
        kept = self._before.get(f"{table.name} {path}")
        if not isinstance(kept, dict) or kept.get("mark") != self.mark(path, table):
            return None
        file = RawFile(**kept["file"])
        if not Path(file.path).exists():
            return None
        file.name = shown(path)
        self._now[f"{table.name} {path}"] = kept
        return file

    def put(self, path: Path, table: RawTable, file: RawFile, mark: list[Any]) -> None:
        """Keep a file in which nothing is wrong, as it was when ``mark`` was taken."""
        if not file.faults:
            self._now[f"{table.name} {path}"] = {"mark": mark, "file": asdict(file)}

    def save(self) -> None:
        """Write what is known, and drop copies of files that are no longer read."""
        if self._now != self._before:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = self.folder / f".checked.{os.getpid()}"
            temporary.write_text(json.dumps(self._now), encoding="utf-8")
            os.replace(temporary, self._memory)
        used = {kept["file"]["path"] for kept in self._now.values()}
        for path in self._copies():
            if str(path) not in used:
                path.unlink(missing_ok=True)

    def _copies(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (path for path in self.folder.iterdir() if path != self._memory)

    @staticmethod
    def mark(path: Path, table: RawTable) -> list[Any]:
        """What changes when the file does, or what is asked of it."""
        stat = path.stat()
        asked = json.dumps(asdict(table), sort_keys=True)
        return [
            CHECKS_VERSION,
            stat.st_size,
            stat.st_mtime_ns,
            hashlib.sha256(asked.encode()).hexdigest()[:16],
        ]
