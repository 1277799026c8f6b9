"""Builds past dates, so that the history of tags, migrations and stability have a past.

Each date is a build of its own with ``as_of`` set, oldest first, as far as the memory of
tags needs it; the last build is the current date with all models, so that the marts are
those of today again. What past builds say of who is who does not change today's ids
(docs/decisions/0002). dbt runs in this process, so that the project is parsed once.
"""

from __future__ import annotations

import datetime as dt
import json
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from one360.engines.dbt import Dbt, dbt_environment
from one360.engines.lock import held
from one360.errors import One360Error, UsageError, one_line
from one360.paths import DatasetPaths, shown
from one360.rules.project import Rules

#: What a past date is built for: the logs that only ever grow, and all they rest on.
PAST_MODELS = ("+int_history__tag_changes", "+int_history__tag_distributions")

_MODELS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")

EVERY = ("month", "week", "day")

#: More dates than this in one command are rather a mistake than a wish.
MOST_DATES = 1000

#: First and last business day with an order or a web event, as the models count them.
_DATA_DAYS = """
    select
        cast(min(happened_at) at time zone 'UTC' at time zone $zone as date),
        cast(max(happened_at) at time zone 'UTC' at time zone $zone as date)
    from ({times})
"""
_BUILT_TIMES = """
    select ordered_at as happened_at from input.input_orders
    union all select occurred_at from input.input_events
"""
#: The same where the warehouse is Spark's: of what was published from it.
_PUBLISHED_TIMES = """
    select ordered_at as happened_at from core.orders
    union all select started_at from core.web_sessions
    union all select ended_at from core.web_sessions
"""

#: report(what, done, total), as a progress bar takes it
Report = Callable[[str, float, float], None]


@dataclass(frozen=True)
class Backfill:
    """What was built.

    Attributes:
        dates: past dates built, oldest first.
        current: the date of the last build.
    """

    dates: tuple[dt.date, ...]
    current: dt.date


def parse_day(text: str) -> dt.date:
    """The date of ``2026-03-31``; UsageError for anything else."""
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is no date; write it as 2026-03-31") from None


def dates_between(first: dt.date, last: dt.date, every: str) -> list[dt.date]:
    """Dates from ``first`` to ``last``, both included where they fit.

    Args:
        first: earliest date.
        last: latest date.
        every: day; week (the week day of ``last``, counted back from it); month (the last
            day of each month).

    Raises:
        UsageError: ``every`` is none of these, ``first`` is after ``last``, or no month ends
            between them.
    """
    if every not in EVERY:
        raise UsageError(f"--every {every} is not one of: {', '.join(EVERY)}")
    if first > last:
        raise UsageError(f"--from {first} lies after --to {last}")
    if every == "month":
        dates = []
        year, month = first.year, first.month
        while (year, month) <= (last.year, last.month):
            end = dt.date(year, month, monthrange(year, month)[1])
            if first <= end <= last:
                dates.append(end)
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        if not dates:
            raise UsageError(f"no month ends from {first} to {last}; choose --every week or day")
        return dates
    step = 7 if every == "week" else 1
    count = (last - first).days // step + 1
    return [last - dt.timedelta(days=step * back) for back in reversed(range(count))]


def chosen_dates(
    first: str | None, last: str | None, every: str, dates: str | None
) -> list[dt.date]:
    """The dates that a command line asks for, in order and each once."""
    if not dates and not (first and last):
        raise UsageError("say --from DATE --to DATE, or --dates DATE,DATE")
    if bool(first) != bool(last):
        raise UsageError("--from and --to go together")
    chosen = {parse_day(text) for text in dates.split(",") if text.strip()} if dates else set()
    if first and last:
        chosen |= set(dates_between(parse_day(first), parse_day(last), every))
    if not chosen:
        raise UsageError("--dates names no date")
    if len(chosen) > MOST_DATES:
        raise UsageError(f"{len(chosen):,} dates are more than {MOST_DATES:,}; choose fewer")
    return sorted(chosen)


def backfill(
    paths: DatasetPaths,
    project: Path,
    dates: Sequence[dt.date],
    report: Report | None = None,
    target: str | None = None,
) -> Backfill:
    """Build the dates, oldest first, and then the current date.

    Args:
        paths: the data set, which must have been built.
        project: folder of the dbt project.
        dates: past dates; all of them are checked before the first is built.
        report: told of each build that begins.
        target: dbt target, the profile's default without.

    Raises:
        UsageError: a date lies outside the data, or nothing has been built yet.
        One360Error: a build failed. The dates before it are built; the marts are of the
            date that failed until the next build.
    """
    tell = report or (lambda what, done, total: None)
    wanted = sorted(set(dates))
    zone = Rules(project).business_timezone
    first, last = data_days(paths, zone, target)
    _check_dates(wanted, first, last)
    with held(paths), dbt_environment(paths, project):
        dbt = Dbt(target)
        for number, day in enumerate(wanted):
            tell(f"as of {day}", number, len(wanted) + 1)
            as_of = json.dumps({"as_of": day.isoformat()})
            dbt.build(
                f"the build as of {day} failed", *_MODELS, "--select", *PAST_MODELS, "--vars", as_of
            )
        tell(f"as of {last}, the current date", len(wanted), len(wanted) + 1)
        dbt.build("the build of the current date failed", *_MODELS)
    return Backfill(tuple(wanted), last)


def _check_dates(wanted: Sequence[dt.date], first: dt.date, last: dt.date) -> None:
    for day in wanted:
        if day >= last:
            what = "is the current date" if day == last else "lies after the last day"
            raise UsageError(
                f"{day} {what} of the data, {last}; past dates lie from {first} to "
                f"{last - dt.timedelta(days=1)}"
            )
        if day < first:
            raise UsageError(f"{day} lies before the first day of the data, {first}")


def data_days(paths: DatasetPaths, zone: str, target: str | None = None) -> tuple[dt.date, dt.date]:
    """First and last business day of the data as it was last built."""
    on_spark = target == "spark"
    file = paths.published if on_spark else paths.warehouse
    times = _PUBLISHED_TIMES if on_spark else _BUILT_TIMES
    unbuilt = f"{shown(file)} holds no build yet: make build DATASET={paths.dataset}"
    if not file.exists():
        raise UsageError(unbuilt)
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            row = connection.execute(_DATA_DAYS.format(times=times), {"zone": zone}).fetchone()
    except duckdb.CatalogException:
        raise UsageError(unbuilt) from None
    except duckdb.IOException as error:
        raise One360Error(
            f"{shown(file)} is in use by another build or cannot be read: {one_line(error)}"
        ) from None
    if row is None or row[0] is None:
        raise UsageError(f"{shown(file)} holds no order and no visit")
    return row[0], row[1]
