"""The gate before a night: asks ``arrivals`` for its verdicts, and says what is amiss in one line.

dbt calls ``arrival_report`` through the SQL function ``one360_arrivals`` (macro
``check_arrivals``). What earlier nights found is read from the published file: where nothing is
published yet, nothing is expected.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from typing import Any

import duckdb

from one360.errors import One360Error, did_you_mean, one_line
from one360.files import read_made_by
from one360.paths import DatasetPaths, dataset_paths, shown
from one360.raw_files.arrivals import Delivery, Verdict, judge
from one360.sql import literal

#: Columns of a night, in the order of the table ``main.arrivals``.
FIELDS = tuple(field.name for field in fields(Verdict))

#: So many faults are told in full.
_MOST_TOLD = 3


def arrival_report(request: str) -> str:
    """Answer dbt: JSON of counts per raw table in, JSON of ``values``, ``fault``, ``notice`` out.

    ``values`` are rows of main.arrivals as SQL; ``fault`` is the line that stops the night, ""
    for none; ``notice`` says what is let through.
    """
    asked = json.loads(request)
    paths = dataset_paths()
    deliveries = {
        table: Delivery(
            rows=int(found["rows"]),
            days={dt.date.fromisoformat(day): int(rows) for day, rows in found["days"].items()},
        )
        for table, found in asked["tables"].items()
    }
    fault = unknown_names(deliveries, [*asked["accepted"], *asked["rhythm"]])
    made = read_made_by(paths)
    made_by = None if made is None else json.dumps(made, sort_keys=True, ensure_ascii=False)
    nights = [] if fault else published_nights(paths, made_by)
    verdicts = judge(deliveries, nights, asked["rhythm"], asked["accepted"])
    stopping = [found for found in verdicts if found.is_fault and not found.is_accepted]
    return json.dumps(
        {
            "values": ", ".join(_row(found, asked["build_id"], made_by) for found in verdicts),
            "fault": fault or stop_line(stopping),
            "notice": told([found for found in verdicts if found.is_accepted]),
        },
        ensure_ascii=False,
    )


def unknown_names(tables: Collection[str], names: Iterable[str]) -> str:
    """A line about the first name that is no raw table and no system, or ""."""
    known = {*tables, *(table.split(".")[0] for table in tables)}
    for name in names:
        if name not in known:
            return (
                f"accept_arrivals, arrival_days: {name} is no raw table and no system; allowed are "
                f"pos and pos.receipts and the like{did_you_mean(name, known)}"
            )
    return ""


def stop_line(stopping: Sequence[Verdict]) -> str:
    """The line that stops a night: source, expected, found, and what to do."""
    if not stopping:
        return ""
    systems = ",".join(sorted({found.table.split(".")[0] for found in stopping}))
    return (
        f"not everything arrived, so nothing is built: {told(stopping)}. Deliver it and build "
        f"again, or let it through for one night: make build ACCEPT={systems}, or dbt build "
        f"--vars 'accept_arrivals: [{systems}]'"
    )


def told(found: Sequence[Verdict]) -> str:
    """Faults in words, those of one system that are alike together."""
    alike: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for each in found:
        system, name = each.table.split(".")
        alike[system, each.expected, each.found].append(name)
    lines = [
        f"{_named(system, names)} expected {expected}, found {what}"
        for (system, expected, what), names in alike.items()
    ]
    more = len(lines) - _MOST_TOLD
    return "; ".join(lines[:_MOST_TOLD]) + (f"; and {more} more" if more > 0 else "")


def _named(system: str, names: Sequence[str]) -> str:
    """pos.receipts, or pos (receipts, stores); the system as a whole goes without saying."""
    tables = [name for name in names if name != "*"]
    if not tables:
        return system
    return f"{system}.{tables[0]}" if len(tables) == 1 else f"{system} ({', '.join(tables)})"


def published_nights(paths: DatasetPaths, made_by: str | None) -> list[dict[str, Verdict]]:
    """Nights by the published file, oldest first, since the raw files are made as they are.

    Raises:
        One360Error: there is a file, and it cannot be read.
    """
    if not paths.published.exists():
        return []
    try:
        with duckdb.connect(str(paths.published), read_only=True) as connection:
            rows = connection.execute(
                "select night_number, source_system || '.' || source_table, made_by, "
                f"{', '.join(FIELDS[1:])} from quality.arrivals order by night_number"
            ).fetchall()
    except duckdb.CatalogException:
        return []
    except duckdb.Error as error:
        raise One360Error(f"{shown(paths.published)} cannot be read: {one_line(error)}") from None
    nights: dict[int, dict[str, Verdict]] = defaultdict(dict)
    for number, table, of, *values in rows:
        if of == made_by:
            nights[number][table] = Verdict(table, *values)
    return [nights[number] for number in sorted(nights)]


def _row(found: Verdict, build_id: str, made_by: str | None) -> str:
    system, table = found.table.split(".")
    values: list[Any] = [build_id, made_by, system, table]
    values += [getattr(found, name) for name in FIELDS[1:]]
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return f"({', '.join(map(_literal, values))}, timestamp '{now}')"


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, dt.date):
        return f"date '{value}'"
    return literal(value)
