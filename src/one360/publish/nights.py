"""Holds what is about to be published against the publications before.

``main.nights`` of the published file has a row per publication and measure. A night is out of
band where a measure fell, or rose, by more than twice what it ever did from one night to the
next, and by more than a shop does. What is out of band is not published, unless the build let
the source through. Neither is a system that gave its customers new ids. What was published of a
system before a retention limit began to bind says nothing of what it has since.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from one360.errors import One360Error
from one360.publish.renumbered import Renumbering, find_renumbered

#: Shares by which a measure may fall and rise from one night to the next, whatever the past.
MOST_FALL, MOST_RISE = 0.1, 0.5
#: Times what was seen at most.
MARGIN = 2.0
#: Counts below it are not judged.
FLOOR = 100
#: Nights from which on a rise is judged: a shop that begins grows by half in a night.
LEAST_NIGHTS = 4
#: Nights from which is learnt.
MOST_NIGHTS = 60

#: All systems together.
EVERYTHING = "*"

#: How many ids a system changed at once. Kept among the measures, and not held against others.
RENUMBERED = "renumbered_ids"

_MEASURES = """
    select source_system, 'orders' as measure, cast(count(*) as double) as value
    from {source}.core.orders group by source_system
    union all
    select source_system, 'net_amount', cast(sum(net_amount) as double)
    from {source}.core.orders group by source_system
    union all
    select '*', 'customers', cast(count(*) as double) from {source}.core.customers
    union all
    select '*', 'one_ids', cast(count(*) as double) from {source}.core.issued_one_ids
    order by all
"""
_NAMES = {
    "orders": "orders", "net_amount": "net amount", "customers": "customers",
    "one_ids": "one_ids issued so far",
}  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """One measure of one night; the limits are None where nothing is expected."""

    source_system: str
    measure: str
    value: float
    least: float | None = None
    most: float | None = None
    is_accepted: bool = False
    published_at: dt.datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Of what it is the measure."""
        return self.source_system, self.measure

    @property
    def is_fault(self) -> bool:
        """Whether it is out of band, let through or not."""
        return (self.least is not None and self.value < self.least) or (
            self.most is not None and self.value > self.most
        )

    def __str__(self) -> str:
        """What was expected and found."""
        of = "" if self.source_system == EVERYTHING else f" of {self.source_system}"
        if self.least is not None and self.value < self.least:
            expected = f"at least {self.least:,.0f}"
        else:
            expected = f"at most {self.most or 0:,.0f}"
        return f"{_NAMES[self.measure]}{of} expected {expected}, found {self.value:,.0f}"


def judge_measures(
    found: Sequence[Measure],
    past: Mapping[tuple[str, str], Sequence[Measure]],
    days: int,
    accepted: Collection[str] = (),
) -> list[Measure]:
    """The measures of a night with what was expected of them.

    Args:
        found: measures with their values.
        past: measures of the nights before, oldest first.
        days: from the last night to this one, at least 1: a rise may be so many times larger.
        accepted: systems and raw tables that are let through; of a shop that lacks one, nothing
            is expected as a whole.
    """
    systems = {name.split(".")[0] for name in accepted}
    values = {each.key: each.value for each in found}
    gone = [Measure(*key, 0) for key in past if key not in values]
    judged = []
    for each in [*found, *gone]:
        nights = [night for night in past.get(each.key, ()) if not night.is_accepted]
        orders = past.get((each.source_system, "orders"), ())
        least, most = _band([night.value for night in nights[-MOST_NIGHTS:]], max(days, 1))
        if each.measure == "net_amount" and max((o.value for o in orders), default=0) < FLOOR:
            least, most = None, None
        is_let_through = each.source_system in systems or (
            bool(systems) and each.source_system == EVERYTHING
        )
        judged.append(Measure(*each.key, each.value, least, most, is_accepted=is_let_through))
    return judged


def _band(values: Sequence[float], days: int) -> tuple[float | None, float | None]:
    """Least and most, by the values of the nights before."""
    if not values or values[-1] < FLOOR:
        return None, None
    changes = [
        later / earlier - 1
        for earlier, later in zip(values, values[1:], strict=False)
        if earlier >= FLOOR
    ]
    fall = max(MOST_FALL, MARGIN * max((-change for change in changes), default=0))
    rise = max(MOST_RISE, MARGIN * max(changes, default=0)) * days
    return values[-1] * (1 - fall), values[-1] * (1 + rise) if len(values) >= LEAST_NIGHTS else None


def compare_nights(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    before: str | None,
    as_of_date: str | None,
    accepted: Collection[str],
) -> tuple[list[Measure], list[Renumbering]]:
    """The measures of the build ``source``, held against the published file ``before``.

    Systems that gave their customers new ids are returned as well.

    Raises:
        One360Error: one is out of band, or customers would be others with their new ids.
    """
    try:
        rows = connection.execute(_MEASURES.format(source=source)).fetchall()
    except duckdb.CatalogException:
        return [], []
    found = [Measure(*row) for row in rows]
    past, days = _past(connection, source, before, as_of_date)
    renumbered = find_renumbered(connection, source, before if past else None, accepted)
    past = since_limits(past, limits_began(connection, source))
    judged = judge_measures(found, past, days, accepted)
    faults = [str(each) for each in judged if each.is_fault and not each.is_accepted]
    if faults:
        more = f"; and {len(faults) - 3} more" if len(faults) > 3 else ""
        raise One360Error(
            f"nothing is published: {'; '.join(faults[:3])}{more}. If that is right, build with "
            "--vars 'accept_arrivals: [SYSTEM]' and publish again"
        )
    return judged, renumbered


def limits_began(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, dt.datetime]:
    """System → when the last of its retention limits began to find rows past it (UTC)."""
    try:
        rows = connection.execute(
            f"""
            with
            log as (
                select *, split_part(limit_of, '.', 1) as limited
                from {source}.quality.retention
            ),
            in_force as (
                select * from log where build_id = (select max_by(build_id, recorded_at) from log)
            ),
            began as (
                select limited, limit_of, disposition, min(recorded_at) as began_at
                from log
                semi join in_force using (limit_of, disposition, counted_from, keep_days)
                where past_rows > 0
                group by all
            )
            select limited, max(began_at) from began group by all
            """
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    return dict(rows)


def since_limits(
    past: Mapping[tuple[str, str], Sequence[Measure]], began: Mapping[str, dt.datetime]
) -> dict[tuple[str, str], list[Measure]]:
    """Of the nights before those since a limit began: it takes orders and customers away.

    Args:
        past: measures of the nights before, oldest first.
        began: system → when its limits began to bind; of all systems together the last one counts.
    """
    last = max(began.values(), default=None)
    found = {}
    for key, nights in past.items():
        from_then = last if key[0] == EVERYTHING else began.get(key[0])
        found[key] = [
            night
            for night in nights
            if from_then is None
            or (night.published_at is not None and night.published_at >= from_then)
        ]
    return found


def _past(
    connection: duckdb.DuckDBPyConnection, source: str, before: str | None, as_of_date: str | None
) -> tuple[dict[tuple[str, str], list[Measure]], int]:
    """Measures of the nights before, of raw files made in the same way; days since the last."""
    past: dict[tuple[str, str], list[Measure]] = defaultdict(list)
    if before is None or as_of_date is None:
        return past, 1
    try:
        rows = connection.execute(
            f"""
            select source_system, measure, value, least, most, is_accepted, published_at,
                cast(? as date) - as_of_date
            from {before}.main.nights
            where made_by is not distinct from ? and measure <> ?
            order by published_at
            """,
            [as_of_date, _made_by(connection, source), RENUMBERED],
        ).fetchall()
    except duckdb.CatalogException:
        return past, 1
    days = 1
    for *values, since in rows:
        each = Measure(*values)
        past[each.key].append(each)
        days = since
    # a past date is not held against a later one
    return (past, days) if days >= 0 else ({}, 1)


def _made_by(connection: duckdb.DuckDBPyConnection, source: str) -> str | None:
    """What made the raw files of a build, as its log of arrivals says."""
    try:
        row = connection.execute(
            f"select max_by(made_by, recorded_at) from {source}.quality.arrivals"
        ).fetchone()
    except duckdb.CatalogException:
        return None
    return row[0] if row else None


def let_through(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[str]:
    """What was let through in the last night of a published file, in words."""
    said = []
    for sql in (
        f"""
        select source_system || '.' || source_table || ' ' || replace(verdict, '_', ' ')
        from {catalog}.quality.arrivals
        where is_accepted and source_table <> '*'
            and night_number = (select max(night_number) from {catalog}.quality.arrivals)
        order by all
        """,
        f"""
        select replace(measure, '_', ' ')
            || case when source_system = '*' then '' else ' of ' || source_system end
            || ' ' || format('{{:,.0f}}', value)
            || ' instead of ' || format('{{:,.0f}}', coalesce(if(value < least, least, most), 0))
        from {catalog}.main.nights
        where is_accepted
            and published_at = (select max(published_at) from {catalog}.main.nights)
        order by all
        """,
    ):
        with contextlib.suppress(duckdb.CatalogException):
            said += [str(text) for (text,) in connection.execute(sql).fetchall()]
    return said


def _measure(each: Renumbering) -> Measure:
    """What main.nights keeps: out of band, so let through, unless the customers are the same."""
    most = each.limit if each.is_fault else None
    return Measure(each.source_system, RENUMBERED, each.changed, most=most, is_accepted=True)


def write_nights(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    copied: str,
    before: str | None,
    as_of_date: str | None,
    night: Sequence[Measure],
    renumbered: Sequence[Renumbering] = (),
) -> None:
    """Write main.nights: the nights of the published file ``before``, and this one."""
    connection.execute(
        f"""
        create table {copied}.main.nights (
            as_of_date date,
            source_system varchar,
            measure varchar,
            value double,
            least double,
            most double,
            is_accepted boolean,
            made_by varchar,
            published_at timestamp
        )
        """
    )
    if before is not None:
        with contextlib.suppress(duckdb.CatalogException):
            connection.execute(f"insert into {copied}.main.nights from {before}.main.nights")
    if night:
        made_by = _made_by(connection, source)
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        connection.executemany(
            f"""
            insert into {copied}.main.nights
            values (try_cast(? as date), ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                (
                    as_of_date, each.source_system, each.measure, each.value, each.least,
                    each.most, each.is_accepted and each.is_fault, made_by, now,
                )
                for each in [*night, *map(_measure, renumbered)]
            ],
        )  # fmt: skip
