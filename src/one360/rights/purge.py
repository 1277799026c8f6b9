"""Takes people out of the files of a data set: warehouse, published file, raw files, logs.

DuckDB keeps the bytes of deleted rows in its file, so every database is copied into a new one,
which takes the place of the old.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from one360.files import remove, sync
from one360.paths import DatasetPaths, target_path
from one360.publish.publication import STORAGE_VERSION
from one360.raw_files.declared import DeclaredTable
from one360.raw_files.files import RawTable
from one360.raw_files.find import default_files
from one360.rights import raw, spark
from one360.rights.traces import (
    Traces,
    condition_of,
    text_columns,
    text_columns_of,
    traces_in_file,
    without_lines,
)
from one360.salt import known_salt
from one360.sql import identifier, literal
from one360.tombstones import Erasure

#: What no build makes anew. All else of a warehouse goes: the next build computes it without the
#: person, from raw views that keep her out.
KEPT = (
    "identity.int_identity__assignments",
    "tags_internal.int_history__tag_changes",
    "tags_internal.int_history__tag_distributions",
    "main.arrivals",
    "main.warehouse_stamp",
    "main.erased_rows",
    "main.retention_rows",
)

#: Published facts that stay without the person where variable erased_orders keeps orders.
ORDERS = ("core.orders", "core.order_lines")

#: Where an id of an erased customer stays as proof that she is gone.
IDS_STAY = (
    "main.erasures", "identity.int_identity__erasures", "identity.int_identity__assignments",
    "core.one_id_ledger", "core.issued_one_ids", "core.customer_profile_history",
)  # fmt: skip

#: Of assignments, records of others keep theirs.
_ASSIGNMENTS = "identity.int_identity__assignments"


@dataclass(frozen=True)
class Work:
    """What an erasure has to do; kept beside the warehouse until it is done.

    Attributes:
        number: of the certificate.
        erasures: ids of the people.
        profile_ids: their records.
        forms: forms of their identifiers by space.
        traces: by what they are recognised.
        keeps_orders: whether orders stay without the person.
        counts: file → table → rows that held a trace before.
        shared: how many identifiers stay as other customers' too, by type.
        raw_rows: raw table → rows that name the people.
        unread: raw tables that could not be read, so that what they hold is not known.
    """

    number: str
    erasures: tuple[Erasure, ...]
    profile_ids: tuple[str, ...]
    forms: dict[str, list[str]]
    traces: Traces
    keeps_orders: bool
    counts: dict[str, dict[str, int]]
    shared: dict[str, int]
    raw_rows: dict[str, int]
    unread: tuple[str, ...] = ()

    @staticmethod
    def of(kept: Mapping[str, Any]) -> Work:
        """The work as ``asdict`` gave it to JSON."""
        return Work(
            **{
                **kept,
                "erasures": tuple(Erasure(**each) for each in kept["erasures"]),
                "profile_ids": tuple(kept["profile_ids"]),
                "unread": tuple(kept.get("unread", ())),
                "traces": Traces(**{name: tuple(each) for name, each in kept["traces"].items()}),
            }
        )

    def as_json(self) -> dict[str, Any]:
        """What JSON holds of it."""
        return asdict(self)


def purge_warehouse(paths: DatasetPaths, work: Work) -> None:
    """A new warehouse with what no build makes anew, without the people."""
    if spark.has_tables(paths):
        _purge_spark(paths, work)
    if not paths.warehouse.exists():
        return
    unfinished = paths.warehouse.with_name(f".{paths.dataset}.erasing.duckdb")
    remove_database(unfinished)
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(paths.warehouse)} as old (read_only)")
        connection.execute(f"attach {literal(unfinished)} as new")
        for name, columns in text_columns(connection, "old").items():
            if name in KEPT:
                schema, _, table = name.partition(".")
                place = f"{identifier(schema)}.{identifier(table)}"
                connection.execute(f"create schema if not exists new.{identifier(schema)}")
                connection.execute(
                    f"create table new.{place} as {_kept(name, f'old.{place}', columns, work)}"
                )
        connection.execute("checkpoint new")
        connection.execute("detach new")
    _take_place(unfinished, paths.warehouse)


def _purge_spark(paths: DatasetPaths, work: Work) -> None:
    with duckdb.connect() as connection:
        for name, folder in spark.tables(paths):
            query = None
            spark.finish(folder)
            if name in KEPT and spark.files(folder):
                source = spark.source(folder)
                columns = text_columns_of(connection, source)
                query = _kept(name, source, columns, work)
            spark.replace_files(connection, folder, query)


def _kept(name: str, source: str, columns: Iterable[str], work: Work) -> str:
    """SQL of the rows of a table that stay.

    An id that others hold was founded by one of them, where its founder is gone.
    """
    if name != _ASSIGNMENTS:
        return f"select * from {source} where not ({condition_of(columns, work.traces.keys)})"
    erased = "[" + ", ".join(literal(each) for each in work.profile_ids) + "]::varchar[]"
    return f"""
        select * replace (
            case
                when list_contains({erased}, founder_profile_id)
                    then min(profile_id) over (partition by one_id)
                else founder_profile_id
            end as founder_profile_id
        )
        from {source} where not list_contains({erased}, profile_id)
    """


def purge_published(paths: DatasetPaths, work: Work) -> None:
    """The published file without the people, and with their ids in the ledger as erased."""
    if not paths.published.exists():
        return
    folder = paths.published.parent
    first, second = (folder / f".{paths.dataset}.erasing{n}.duckdb" for n in (1, 2))
    for path in (first, second):
        remove_database(path)
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(paths.published)} as old (read_only)")
        connection.execute(f"attach {literal(first)} as new")
        connection.execute("copy from database old to new")
        for name, columns in text_columns(connection, "new").items():
            schema, _, table = name.partition(".")
            place = f"new.{identifier(schema)}.{identifier(table)}"
            condition = condition_of(columns, work.traces.keys)
            if work.keeps_orders and name in ORDERS:
                connection.execute(
                    f"update {place} set one_id = null, profile_id = null where {condition}"
                )
            else:
                connection.execute(f"delete from {place} where {condition}")
            _note_erased(connection, paths, work, name, place)
        connection.execute(
            f"attach {literal(second)} as clean (storage_version '{STORAGE_VERSION}')"
        )
        connection.execute("copy from database new to clean")
        connection.execute("checkpoint clean")
        connection.execute("detach clean")
    remove_database(first)
    _take_place(second, paths.published)


def _note_erased(
    connection: duckdb.DuckDBPyConnection, paths: DatasetPaths, work: Work, name: str, place: str
) -> None:
    """Events and ids as the next build has them."""
    salt = known_salt(paths.warehouse) or ""
    for erasure in work.erasures:
        if name == "core.one_id_ledger":
            connection.execute(
                f"""
                insert into {place} by name
                select
                    substr(sha256(? || '||erased|' || ? || '|'), 1, 32) as ledger_event_id,
                    ? as one_id, 'erased' as event, 'the person is erased, and kept out' as reason,
                    ? as profile_count, ?::timestamp as event_at
                """,
                [salt, erasure.one_id, erasure.one_id, erasure.profile_count, erasure.erased_at],
            )
        elif name == "core.issued_one_ids":
            connection.execute(
                f"insert into {place} by name select ? as one_id, false as is_current, "
                "false as is_retired, ?::timestamp as issued_at",
                [erasure.one_id, erasure.issued_at],
            )


def purge_raw_files(
    paths: DatasetPaths, tables: Mapping[str, DeclaredTable], work: Work
) -> dict[str, int]:
    """Take the people out of raw files that one360 made; return the rows by file."""
    if not paths.prepared.exists():
        return {}
    found = {}
    declared: set[Path] = set()
    for name, table in tables.items():
        for path in default_files(RawTable(name, {}), paths)[0]:
            declared.add(path)
            count = raw.rewrite(path, table, work.forms, work.keeps_orders)
            if count:
                found[str(path.relative_to(paths.raw.absolute()))] = count
    for path in sorted(paths.raw.absolute().rglob("*.parquet")):
        if path not in declared:
            count = _without_rows(path, work.traces)
            if count:
                found[str(path.relative_to(paths.raw.absolute()))] = count
    return found


def _without_rows(path: Path, traces: Traces) -> int:
    """A file that no raw table reads, as the truth of the simulator: rows with a trace go."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    keys = Traces((), traces.values, traces.values)
    with duckdb.connect() as connection:
        source = f"read_parquet({literal(path)})"
        columns = [
            str(row[0])
            for row in connection.execute(f"describe from {source}").fetchall()
            if row[1] == "VARCHAR"
        ]
        condition = condition_of(columns, keys)
        row = connection.execute(f"select count(*) from {source} where {condition}").fetchone()
        if not row or not row[0]:
            return 0
        connection.execute(
            f"copy (select * from {source} where not ({condition})) to {literal(unfinished)} "
            "(format parquet)"
        )
    os.replace(unfinished, path)
    return int(row[0])


def purge_decisions(project: Path, work: Work) -> int:
    """Take out of the seeds the rows that name the people or their records."""
    count = 0
    labels = project / "seeds" / "predictions" / "customer_labels.csv"
    if labels.exists():
        count += without_lines(labels, work.traces)
    traces = Traces((), work.profile_ids, ())
    for name in ("force_link", "never_link", "unmerge", "unbind"):
        path = project / "seeds" / "identity" / f"{name}.csv"
        if path.exists() and work.profile_ids:
            count += without_lines(path, traces)
    return count


def purge_logs(paths: DatasetPaths, project: Path, work: Work) -> None:
    """Take lines out of logs; what dbt wrote of its last command goes where it holds a trace."""
    target = target_path()
    for path in log_files(project):
        if not path.is_relative_to(target):
            without_lines(path, work.traces)
        elif traces_in_file(path, work.traces):
            path.unlink()
    for path in copies(paths):
        path.unlink(missing_ok=True)
    for erasure in work.erasures:
        for path in (paths.home / "exports").glob(f"{paths.dataset}.{erasure.one_id}.*"):
            path.unlink()


def log_files(project: Path) -> Iterator[Path]:
    """Logs of dbt, and its target folder."""
    for folder in (Path(os.environ.get("DBT_LOG_PATH") or project / "logs"), target_path()):
        if folder.is_dir():
            yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def copies(paths: DatasetPaths) -> Sequence[Path]:
    """Copies of raw files, and what is known of them."""
    folder = paths.warehouse.parent / ".raw" / paths.dataset
    return sorted(folder.iterdir()) if folder.is_dir() else []


def remove_database(path: Path) -> None:
    """Remove a database with its log."""
    remove(path)
    remove(path.with_name(path.name + ".wal"))


def _take_place(new: Path, old: Path) -> None:
    new.chmod(old.stat().st_mode & 0o777)
    sync(new)
    remove(old.with_name(old.name + ".wal"))
    os.replace(new, old)
    sync(old.parent)
