"""Erases people: what is held is counted first, then goes from every file; she is kept out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from one360 import tombstones
from one360.engines.lock import held
from one360.engines.spark import spark_folder
from one360.errors import One360Error, UsageError
from one360.paths import DatasetPaths, shown
from one360.raw_files.declared import declared_tables
from one360.rights import purge, spark
from one360.rights.built import built, forms_of, people_of
from one360.rights.certificate import Certificate, Scanned
from one360.rights.forms import forms
from one360.rights.person import Person
from one360.rights.purge import IDS_STAY, Work
from one360.rights.raw import find_rows, words_of_seeds
from one360.rights.traces import Traces, rows_with_traces, traces_in_file
from one360.rules.project import Rules
from one360.sql import literal

#: Said where no identifier is given.
NOBODY = "whom? give a one_id, a phone, an e-mail, a card or another identifier"


@dataclass(frozen=True)
class Plan:
    """What an erasure would do.

    Attributes:
        work: what is done.
        people: how many.
    """

    work: Work
    people: int


def plan(paths: DatasetPaths, project: Path, wanted: Sequence[str]) -> Plan:
    """Find people by any identifier and count what is held of them; nothing is written.

    Raises:
        UsageError: nothing is built, or an identifier names nobody or several.
        One360Error: the warehouse cannot be read.
    """
    with built(paths) as connection:
        people = people_of(connection, paths, project, wanted)
        return _planned(connection, paths, project, people)


def _planned(
    connection: duckdb.DuckDBPyConnection, paths: DatasetPaths, project: Path, people: list[Person]
) -> Plan:
    values = [pair for person in people for pair in person.values()]
    by_space = forms_of(connection, people)
    raw = find_rows(connection, paths, declared_tables(project), by_space, words_of_seeds(project))
    traces = Traces(
        tuple(sorted({one_id for person in people for one_id in person.issued})),
        tuple(sorted({value for _, value in values} | raw.spellings | _hashes(people))),
        tuple(sorted(raw.texts)),
    )
    now = dt.datetime.now(dt.UTC)
    counts: dict[str, dict[str, int]] = {}
    if paths.warehouse.exists():
        counts[shown(paths.warehouse)] = rows_with_traces(
            connection, paths.dataset, traces, IDS_STAY
        )
    if spark.has_tables(paths):
        held_there = {
            name: sum(traces_in_file(file, traces).get("rows", 0) for file in spark.files(folder))
            for name, folder in spark.tables(paths)
        }
        counts[shown(spark_folder(paths))] = {
            name: count for name, count in held_there.items() if count
        }
    if paths.published.exists():
        connection.execute(f"attach {literal(paths.published)} as published (read_only)")
        counts[shown(paths.published)] = rows_with_traces(connection, "published", traces, IDS_STAY)
    shared: dict[str, int] = {}
    for each in {one for person in people for one in person.identifiers if one.is_shared}:
        shared[each.identifier_type] = shared.get(each.identifier_type, 0) + 1
    erased_at = now.strftime("%Y-%m-%d %H:%M:%S")
    work = Work(
        number=now.strftime("%Y%m%dT%H%M%S"),
        erasures=tuple(
            tombstones.Erasure(
                one_id, len(person.profiles) if one_id == person.one_id else 0, at, erased_at
            )
            for person in people
            for one_id, at in person.issued.items()
        ),
        profile_ids=tuple(
            sorted(
                {profile.profile_id for person in people for profile in person.profiles}.union(
                    *(person.former for person in people)
                )
            )
        ),
        forms=by_space,
        traces=traces,
        keeps_orders=Rules(project).variables.get("erased_orders", "keep") == "keep",
        counts=counts,
        shared=dict(sorted(shared.items())),
        raw_rows=raw.rows,
        unread=tuple(raw.unread),
    )
    return Plan(work, len(people))


def lines_of(planned: Plan) -> Iterator[str]:
    """A plan in words."""
    work = planned.work
    ids = ", ".join(each.one_id for each in work.erasures)
    yield f"{planned.people} to erase: {ids}; nothing is written without --yes"
    for name, count in work.raw_rows.items():
        yield f"  raw {name}: {count:,} rows are kept out"
    for name in work.unread:
        yield f"  raw {name}: cannot be read here; the next build keeps its rows out"
    for file, tables in work.counts.items():
        yield f"{file}: {sum(tables.values()):,} rows in {len(tables)} tables"
        yield from (f"  {table}: {count:,}" for table, count in tables.items())
    yield "orders " + ("stay without the person" if work.keeps_orders else "are removed")
    for kind, count in work.shared.items():
        yield f"{count} {kind} stay: another customer has them too"


def _hashes(people: list[Person]) -> set[str]:
    return {value for person in people for value in person.hashes()}


def erase(paths: DatasetPaths, project: Path, wanted: Sequence[str]) -> list[Certificate]:
    """Erase people, after an erasure that was killed is ended; returns the certificates.

    Raises:
        UsageError: an identifier names nobody or several, or none is given.
        One360Error: the warehouse is in use.
    """
    pending = tombstones.pending_path(paths)
    with held(paths):
        if not pending.exists():
            if not wanted:
                raise UsageError(NOBODY)
            return [_begin(paths, project, plan(paths, project, wanted).work)]
        killed = Work.of(json.loads(pending.read_text(encoding="utf-8")))
        more = [given for given in wanted if not _is_of(killed, given)]
        planned, fault = None, ""
        try:
            # while the warehouse still knows its customers
            planned = plan(paths, project, more) if more else None
        except One360Error as error:
            fault = str(error)
        certificates = [_carry_out(paths, project, killed)]
        if fault:
            done = certificates[0].path(paths)
            raise UsageError(
                f"the erasure that was killed is done, filed as {shown(done)}; "
                f"nobody else was erased: {fault}"
            )
        if planned:
            certificates.append(_begin(paths, project, planned.work))
        return certificates


def _is_of(work: Work, given: str) -> bool:
    """Whether an identifier is of the people of an erasure."""
    value = given.rpartition(":")[2].strip()
    if given.strip() in {*(each.one_id for each in work.erasures), *work.profile_ids}:
        return True
    with duckdb.connect() as connection:
        return any(
            forms(connection, space, [value])[value] in wanted
            for space, wanted in work.forms.items()
        )


def _begin(paths: DatasetPaths, project: Path, work: Work) -> Certificate:
    tombstones.write_private(tombstones.pending_path(paths), work.as_json())
    return _carry_out(paths, project, work)


def _carry_out(paths: DatasetPaths, project: Path, work: Work) -> Certificate:
    found = tombstones.read(paths)
    found.add(work.erasures, ((space, form) for space, each in work.forms.items() for form in each))
    tombstones.write(paths, found)
    purge.purge_published(paths, work)
    raw_files = purge.purge_raw_files(paths, declared_tables(project), work)
    decisions = purge.purge_decisions(project, work)
    purge.purge_logs(paths, project, work)
    purge.purge_warehouse(paths, work)
    certificate = Certificate(
        paths.dataset,
        work,
        None if not paths.prepared.exists() else raw_files,
        decisions,
        tuple(scan(paths, project, work.traces)),
    )
    certificate.write(paths)
    tombstones.pending_path(paths).unlink()
    return certificate


def scan(paths: DatasetPaths, project: Path, traces: Traces) -> Iterator[Scanned]:
    """Look for traces in every file of the data set, one after the other."""
    for path in files_of(paths, project):
        found = traces_in_file(path, traces, IDS_STAY)
        is_own = path.is_relative_to(paths.raw) and not paths.prepared.exists()
        yield Scanned(shown(path), path.stat().st_size, found, is_own)


def files_of(paths: DatasetPaths, project: Path) -> Iterator[Path]:
    """The files of a data set: raw, warehouse, published, exports, logs and what dbt wrote."""
    own = [paths.warehouse.with_suffix(".salt"), tombstones.path_of(paths)]
    names = (paths.dataset, f".{paths.dataset}.")
    for folder in (paths.warehouse.parent, paths.published.parent):
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                if path.is_file() and path.name.startswith(names) and path not in own:
                    if path != tombstones.pending_path(paths):
                        yield path
                elif path.is_dir() and path.name.startswith(names):
                    yield from (each for each in sorted(path.rglob("*")) if each.is_file())
    yield from purge.copies(paths)
    for folder in (paths.raw, paths.home / "exports"):
        if folder.is_dir():
            yield from (each for each in sorted(folder.rglob("*")) if each.is_file())
    yield from purge.log_files(project)
