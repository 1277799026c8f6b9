"""The identity engine on anyone's labelled records, scored beside plain exact keys."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from one360.errors import UsageError
from one360.identity.accuracy import (
    BCubedScores,
    PairwiseScores,
    WorstCluster,
    b_cubed_scores,
    pairwise_scores,
    worst_clusters,
)
from one360.identity.clusters import components
from one360.identity.model import LinkOptions
from one360.identity.probabilistic import NothingToCompare, customers_of, link_records
from one360.identity.records import ATTRIBUTE_FIELDS, ID_FIELDS, TEXT_FIELDS, prepare


@dataclass(frozen=True)
class RecordColumns:
    """Which column of a file is what; None or empty is absent.

    Attributes:
        truth: who the record belongs to; rows without it are left out.
        record: id of the record; the row number without it.
        fields: field of :data:`~one360.identity.records.TEXT_FIELDS` or ``full_name`` →
            column.
        identifiers: columns of further identifiers, at most nine.
        attributes: columns of whatever else is known, at most nine.
    """

    truth: str
    record: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    identifiers: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MethodScores:
    """How one way of joining records did.

    Attributes:
        method: what it is called in the table.
        pairwise: scores by pairs of records.
        b_cubed: scores by records.
        customers: how many customers it made.
        seconds: what it took.
        worst: its worst clusters.
    """

    method: str
    pairwise: PairwiseScores
    b_cubed: BCubedScores
    customers: int
    seconds: float
    worst: tuple[WorstCluster, ...] = ()


def read_records(path: Path, columns: RecordColumns) -> tuple[pd.DataFrame, list[str]]:
    """Read a labelled file in the form that the engine takes.

    Args:
        path: a .csv, .tsv, .txt (delimiter found out) or .parquet file.
        columns: which column is what.

    Returns:
        One row per labelled record: ``record_id`` and the mapped fields as text; and the
        truth of each row.

    Raises:
        UsageError: the file is not there or cannot be read, a column does not exist, no
            field is mapped, or no row has a truth.
    """
    if not path.is_file():
        raise UsageError(f"{path} is not a file")
    wanted = {**columns.fields}
    for kind, fields, given in (
        ("identifier", ID_FIELDS, columns.identifiers),
        ("attribute", ATTRIBUTE_FIELDS, columns.attributes),
    ):
        if len(given) > len(fields):
            raise UsageError(f"at most {len(fields)} {kind} columns")
        wanted |= dict(zip(fields, given, strict=False))
    with duckdb.connect() as connection:
        reader = "read_parquet(?)" if path.suffix == ".parquet" else "read_csv(?, all_varchar=true)"
        try:
            found = connection.execute(f"select * from {reader}", [str(path)])
            names = [column[0] for column in found.description or ()]
            rows = found.fetchall()
        except duckdb.Error as error:
            raise UsageError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None
    # files often have spaces after the commas of the first line
    place = {name.strip(): position for position, name in enumerate(names)}
    needed = [columns.truth, *([columns.record] if columns.record else []), *wanted.values()]
    for name in needed:
        if name not in place:
            raise UsageError(f"{path.name} has no column {name}; it has {', '.join(place)}")
    if not wanted:
        raise UsageError("say which columns to compare, as in --full-name name --phone mobile")
    people = [_text(row[place[columns.truth]]) for row in rows]
    ids = (
        [_text(row[place[columns.record]]) for row in rows]
        if columns.record
        else [str(row) for row in range(1, len(people) + 1)]
    )
    data = {"record_id": ids} | {
        target: [row[place[source]] for row in rows] for target, source in wanted.items()
    }
    kept = [row for row, person in enumerate(people) if person is not None]
    if not kept:
        raise UsageError(f"{path.name}: no row has a value in {columns.truth}")
    frame = pd.DataFrame(
        {name: [values[row] for row in kept] for name, values in data.items()}, dtype=object
    )
    if any(value is None for value in frame["record_id"]) or frame["record_id"].duplicated().any():
        raise UsageError(f"{path.name}: {columns.record} must be unique and never empty")
    return frame, [str(people[row]) for row in kept]


def _text(value: object) -> str | None:
    return (str(value).strip() or None) if value is not None else None


def exact_keys(frame: pd.DataFrame) -> list[str]:
    """Plain connected components: any equal key joins, without suppression and without weight.

    Keys are each identifier, phone, e-mail, and surname, given name and birth date
    together; where the records have none of these, all their fields together. ``frame`` as
    for :func:`~one360.identity.records.prepare`; returns a customer per row.
    """
    records = prepare(frame)
    keys: list[Sequence[object]] = [
        list(records[column]) for column in (*ID_FIELDS, "phone", "email") if column in records
    ]
    if {"surname", "given_name", "birth_date"} <= set(records.columns):
        keys.append(_all_parts(records[["surname", "given_name", "birth_date"]]))
    if not keys:
        present = [c for c in (*TEXT_FIELDS, *ATTRIBUTE_FIELDS) if c in records]
        keys.append(_all_parts(records[present]) if present else [None] * len(records))
    one: list[str] = []
    other: list[str] = []
    for values in keys:
        first: dict[object, str] = {}
        for record, value in zip(records["record_id"], values, strict=True):
            if value is not None:
                one.append(first.setdefault(value, record))
                other.append(record)
    groups = components(one, other)
    return [groups.get(record, record) for record in records["record_id"]]


def _all_parts(parts: pd.DataFrame) -> list[tuple[str, ...] | None]:
    """The parts of each row as one key; None where one of them is missing."""
    return [row if all(row) else None for row in parts.itertuples(index=False, name=None)]


def engine(
    frame: pd.DataFrame, options: LinkOptions | None = None
) -> tuple[dict[str, list[str]], str | None]:
    """Customers as the engine makes them: as a build joins, and with what goes to review.

    Args:
        frame: as for :func:`~one360.identity.records.prepare`.
        options: settings; the defaults serve all data.

    Returns:
        Name of the method → a customer per row; and, where nothing but exact keys can
        be compared, why.
    """
    options = options or LinkOptions()
    ids = [str(value) for value in frame["record_id"]]
    try:
        found = link_records(frame, options)
    except NothingToCompare as reason:
        return {"one360": exact_keys(frame)}, str(reason)
    return {
        "one360": customers_of(ids, found.pairs, options.sure_probability),
        "one360, review joined": customers_of(ids, found.pairs, options.review_probability),
    }, None


def score(
    method: str,
    people: Sequence[str],
    customers: Sequence[str],
    seconds: float,
    worst: int = 0,
) -> MethodScores:
    """All scores of one way of joining; ``worst`` clusters are listed."""
    return MethodScores(
        method=method,
        pairwise=pairwise_scores(people, customers),
        b_cubed=b_cubed_scores(people, customers),
        customers=len(set(customers)),
        seconds=seconds,
        worst=tuple(worst_clusters(people, customers, worst)) if worst else (),
    )


def evaluate(
    frame: pd.DataFrame,
    people: Sequence[str],
    options: LinkOptions | None = None,
    worst: int = 0,
) -> tuple[list[MethodScores], str | None]:
    """Score exact keys and the engine on labelled records.

    Args:
        frame: as for :func:`~one360.identity.records.prepare`.
        people: the true person of each row.
        options: settings; the defaults serve all data.
        worst: how many of the worst clusters to list per method.

    Returns:
        One entry per method, and why the engine had nothing but exact keys, if so.
    """
    started = time.perf_counter()
    customers = exact_keys(frame)
    rows = [score("exact keys", people, customers, time.perf_counter() - started, worst)]
    started = time.perf_counter()
    made, reason = engine(frame, options)
    seconds = time.perf_counter() - started
    rows += [score(name, people, found, seconds, worst) for name, found in made.items()]
    return rows, reason


#: Fields a file's columns can be mapped to, one each.
MAPPED_FIELDS = ("full_name", *TEXT_FIELDS)
