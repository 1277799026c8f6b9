"""What should have arrived by a night, and did not: each raw table beside its own past.

Pure: counts of rows by load day in, a verdict per table out. What is usual is learnt from two
things that cannot lie about it: the load days of the rows themselves, and what earlier nights,
which were published, found at their time. A night that is judged is in neither; a night that was
let through teaches nothing, but for the size of a table that was accepted.

A table is late where it has not loaded for longer than it always takes from that day of the
week on, and is further behind the newest load day of all sources than on any night before, and
some rows were to be expected in that time. Where loads come by chance, nothing is expected of the
table, but of its system as a whole. The rows of a day are held against the same weekday; a day on
which the other systems have few rows as well is a holiday. The clock of the machine plays no
part, so the same files are judged alike on every day.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

#: Verdicts. A table of the first night, and one that has too short a past, is taken as it is.
ARRIVED, FIRST, ABSENT = "arrived", "first", "absent"
MISSING, LATE, FEWER_ROWS, MORE_ROWS, FEW_ROWS = (
    "missing", "late", "fewer_rows", "more_rows", "few_rows",
)  # fmt: skip
FAULTS = (MISSING, LATE, FEWER_ROWS, MORE_ROWS, FEW_ROWS)

#: All tables of a system together, as in pos.*
WHOLE = "*"

#: So many rows must be expected for their absence to say anything: of a small shop any day is
#: possible.
FLOOR_ROWS = 20
#: Share of all rows that may vanish from one night to the next, unless more was usual.
MOST_VANISHED = 0.2
#: How many times the rows of the last night there may be, of a table that has loaded so often.
MOST_GROWTH, GROWN_DAYS = 2, 28
#: Gaps between load days from which a rhythm is learnt.
LEAST_GAPS = 4
#: From so many on, the longest is left out: one outage is not the rhythm.
GAPS_WITH_OUTAGE = 10
#: Gaps of a weekday that differ more than this many times, or of any day, are by chance.
REGULAR, REGULAR_WEEK = 2, 7
#: Days of one weekday, and of any, from which the rows of a day are learnt.
LEAST_WEEKDAYS, LEAST_DAYS, MOST_DAYS = 4, 8, 28
#: How many times fewer rows than usual a day has at least that is out of band.
LEAST_FALL = 2.0
#: Twice what was seen at most is out of band.
MARGIN = 2.0
#: Share of the rows of a load day that a night must have seen for it to have been whole.
WHOLE_DAY = 0.8
#: Nights from which is learnt.
MOST_NIGHTS = 60
#: A few rows that lie alone so many days after all others have a wrong date.
ALONE_DAYS = 30


@dataclass(frozen=True)
class Delivery:
    """What there is of a raw table: all rows, and those of its last load days."""

    rows: int
    days: Mapping[dt.date, int]


@dataclass(frozen=True)
class Verdict:
    """What was found of a raw table in one night, what was expected, and what that means.

    ``newest_day`` is its newest load day, ``days_behind`` how far that is behind the newest of
    all tables, ``day_rows`` how many rows were loaded on it. The limits are None where nothing
    is expected.
    """

    table: str
    verdict: str
    raw_rows: int
    least_raw_rows: int | None = None
    most_raw_rows: int | None = None
    newest_day: dt.date | None = None
    days_behind: int | None = None
    most_days_behind: int | None = None
    day_rows: int | None = None
    least_day_rows: int | None = None
    is_accepted: bool = False

    @property
    def is_fault(self) -> bool:
        """Whether something is amiss, let through or not."""
        return self.verdict in FAULTS

    @property
    def expected(self) -> str:
        """What was expected, in words."""
        return {
            MISSING: "its files, as in the nights before",
            LATE: f"at most {_days(self.most_days_behind)} behind the other sources",
            FEWER_ROWS: f"at least {self.least_raw_rows or 0:,} rows",
            MORE_ROWS: f"at most {self.most_raw_rows or 0:,} rows",
            FEW_ROWS: f"at least {self.least_day_rows or 0:,} rows on {self.newest_day}",
        }.get(self.verdict, "")

    @property
    def found(self) -> str:
        """What was found instead, in words."""
        return {
            MISSING: "no row",
            LATE: f"nothing since {self.newest_day}, {_days(self.days_behind)}",
            FEWER_ROWS: f"{self.raw_rows:,}",
            MORE_ROWS: f"{self.raw_rows:,}",
            FEW_ROWS: f"{self.day_rows or 0:,}",
        }.get(self.verdict, "")


def judge(
    deliveries: Mapping[str, Delivery],
    nights: Sequence[Mapping[str, Verdict]],
    rhythm: Mapping[str, int] | None = None,
    accepted: Collection[str] = (),
) -> list[Verdict]:
    """The verdict on every table.

    Args:
        deliveries: what there is now, by table.
        nights: verdicts of earlier nights, oldest first, the last one being published.
        rhythm: days from one delivery of a table to the next where it is not to be learnt; 0 says
            that nothing is expected of it.
        accepted: tables or systems that are let through this time.
    """
    rhythm = rhythm or {}
    newest_of_all = newest_day(deliveries.values())
    together = {**deliveries, **_systems(deliveries)}
    past = {
        table: [night[table] for night in nights if table in night][-MOST_NIGHTS:]
        for table in together
    }
    levels = {
        table: _level(delivery, _usual(past[table]), newest_of_all)
        for table, delivery in deliveries.items()
    }
    verdicts = []
    for table, delivery in together.items():
        level = _level_elsewhere(table.split(".")[0], levels)
        found = _judge(table, delivery, past[table], newest_of_all, rhythm.get(table), level)
        is_let_through = found.is_fault and bool({table, table.split(".")[0]} & set(accepted))
        verdicts.append(replace(found, is_accepted=is_let_through))
    return verdicts


def _systems(deliveries: Mapping[str, Delivery]) -> dict[str, Delivery]:
    """What each system delivered in all its tables."""
    whole: dict[str, Delivery] = {}
    for table, delivery in deliveries.items():
        name = f"{table.split('.')[0]}.{WHOLE}"
        before = whole.get(name, Delivery(0, {}))
        days = dict(before.days)
        for day, rows in delivery.days.items():
            days[day] = days.get(day, 0) + rows
        whole[name] = Delivery(before.rows + delivery.rows, days)
    return whole


def _usual(past: Sequence[Verdict]) -> list[Verdict]:
    """Nights that teach what is usual."""
    return [night for night in past if night.verdict in (ARRIVED, FIRST)]


def newest_day(deliveries: Iterable[Delivery]) -> dt.date | None:
    """The newest load day of all tables, but for a few rows that lie alone after it."""
    rows_of: dict[dt.date, int] = {}
    for delivery in deliveries:
        for day, rows in delivery.days.items():
            rows_of[day] = rows_of.get(day, 0) + rows
    days = sorted(rows_of)
    while (
        len(days) > 1 and rows_of[days[-1]] < FLOOR_ROWS and (days[-1] - days[-2]).days > ALONE_DAYS
    ):
        days.pop()
    return days[-1] if days else None


def _judge(
    table: str,
    delivery: Delivery,
    past: Sequence[Verdict],
    newest_of_all: dt.date | None,
    every_days: int | None,
    level: float,
) -> Verdict:
    found = _found(table, delivery, newest_of_all)
    usual = _usual(past)
    if not usual or every_days == 0:
        return found
    if not delivery.rows:
        return replace(found, verdict=MISSING)
    found = replace(
        found,
        verdict=ARRIVED,
        most_days_behind=_most_days_behind(delivery, usual, found.newest_day, every_days),
    )
    if _is_beyond(found.days_behind, found.most_days_behind):
        return replace(found, verdict=LATE)
    if table.endswith(f".{WHOLE}"):
        return found
    sized = [night for night in past if _teaches_size(night)]
    least, most = _all_rows(delivery, sized)
    found = replace(found, least_raw_rows=least, most_raw_rows=most)
    if _is_beyond(least, found.raw_rows):
        return replace(found, verdict=FEWER_ROWS)
    if _is_beyond(found.raw_rows, most):
        return replace(found, verdict=MORE_ROWS)
    if found.newest_day is None or found.newest_day == sized[-1].newest_day:
        return found
    found = replace(found, least_day_rows=_least_of_a_day(delivery, usual, found.newest_day, level))
    if _is_beyond(found.least_day_rows, found.day_rows):
        return replace(found, verdict=FEW_ROWS)
    return found


def _found(table: str, delivery: Delivery, newest_of_all: dt.date | None) -> Verdict:
    days = [day for day in delivery.days if newest_of_all is None or day <= newest_of_all]
    newest = max(days, default=None)
    return Verdict(
        table=table,
        verdict=FIRST if delivery.rows else ABSENT,
        raw_rows=delivery.rows,
        newest_day=newest,
        days_behind=(newest_of_all - newest).days if newest and newest_of_all else None,
        day_rows=delivery.days[newest] if newest else None,
    )


def _teaches_size(night: Verdict) -> bool:
    """A night whose rows are those of the table; what was missing and let through are not."""
    return night.verdict in (ARRIVED, FIRST) or (night.is_accepted and night.verdict != MISSING)


def _all_rows(delivery: Delivery, sized: Sequence[Verdict]) -> tuple[int | None, int | None]:
    """Rows below and above which a night is out of band, by those of the nights before."""
    last = sized[-1].raw_rows
    vanished = [
        1 - later.raw_rows / earlier.raw_rows
        for earlier, later in zip(sized, sized[1:], strict=False)
        if earlier.raw_rows and not later.is_accepted
    ]
    share = max(MOST_VANISHED, MARGIN * max(vanished, default=0))
    least = math.floor(last * (1 - share))
    has_grown = len(delivery.days) >= GROWN_DAYS and last >= FLOOR_ROWS
    return least if least >= FLOOR_ROWS else None, MOST_GROWTH * last if has_grown else None


def _most_days_behind(
    delivery: Delivery, usual: Sequence[Verdict], newest: dt.date | None, every_days: int | None
) -> int | None:
    """Days that the table may be behind all others on a night when it is not late."""
    if newest is None:
        return None
    if every_days:
        return every_days - 1
    gap = _usual_gap(delivery, usual, newest)
    if gap is None:
        return None
    alike = [night for night in usual if _weekday(night.newest_day) == newest.weekday()]
    behind = max((night.days_behind or 0 for night in alike or usual), default=0)
    counts = [delivery.days[day] for day in sorted(delivery.days)[-MOST_DAYS:]]
    days_of_floor = math.ceil(FLOOR_ROWS * gap / max(median(counts), 1)) if counts else 0
    return max(gap - 1, behind, days_of_floor - 1)


def _weekday(day: dt.date | None) -> int | None:
    return None if day is None else day.weekday()


def _usual_gap(delivery: Delivery, usual: Sequence[Verdict], newest: dt.date) -> int | None:
    """Days from a load day to the next, on this weekday where that is known; None by chance."""
    days = sorted(
        {day for day in delivery.days if day <= newest}
        | {night.newest_day for night in usual if night.newest_day and night.newest_day <= newest}
    )
    gaps = [(day.weekday(), (later - day).days) for day, later in zip(days, days[1:], strict=False)]
    everything = _without_outage([gap for _, gap in gaps])
    alike = [gap for weekday, gap in gaps if weekday == newest.weekday()]
    known = _without_outage(alike) if len(alike) >= LEAST_GAPS else everything
    if len(known) < LEAST_GAPS or everything[-1] > REGULAR_WEEK * everything[0]:
        return None
    return known[-1] if known[-1] <= REGULAR * known[0] else None


def _without_outage(gaps: Iterable[int]) -> list[int]:
    """The gaps in order, of many without the longest."""
    ordered = sorted(gaps)
    return ordered[:-1] if len(ordered) >= GAPS_WITH_OUTAGE else ordered


def _alike_days(delivery: Delivery, usual: Sequence[Verdict], newest: dt.date) -> list[int]:
    """Rows of earlier days that a day is held against; none where there are too few.

    Days are compared as nights found them. Those of the rows themselves count where the last
    night found its newest day whole: where nights run while rows still come, it is in part.
    """
    seen = {
        night.newest_day: night.day_rows
        for night in usual
        if night.newest_day and night.day_rows is not None and night.newest_day < newest
    }
    last = max(seen, default=None)
    earlier = {day: rows for day, rows in delivery.days.items() if day < newest}
    if last is None or seen[last] < WHOLE_DAY * earlier.get(last, 0):
        earlier = seen
    days = sorted(earlier)
    alike = [earlier[day] for day in days if day.weekday() == newest.weekday()]
    if len(alike) < LEAST_WEEKDAYS:
        alike = [earlier[day] for day in days]
    return alike[-MOST_DAYS:] if len(alike) >= LEAST_WEEKDAYS else []


def _least_of_a_day(
    delivery: Delivery, usual: Sequence[Verdict], newest: dt.date, level: float
) -> int | None:
    """Least rows of the newest load day; None where it cannot be said."""
    alike = _alike_days(delivery, usual, newest)
    if not alike:
        return None
    middle = median(alike)
    fall = max(LEAST_FALL, MARGIN * middle / max(min(alike), 1))
    least = math.floor(middle / fall * min(1.0, level))
    return least if least >= FLOOR_ROWS else None


def _level(
    delivery: Delivery, usual: Sequence[Verdict], newest_of_all: dt.date | None
) -> float | None:
    """Rows of the newest day of all tables, as a multiple of what is usual of this table."""
    if newest_of_all not in delivery.days or newest_of_all is None:
        return None
    alike = _alike_days(delivery, usual, newest_of_all)
    middle = median(alike) if alike else 0
    return delivery.days[newest_of_all] / middle if middle >= FLOOR_ROWS else None


def _level_elsewhere(system: str, levels: Mapping[str, float | None]) -> float:
    """How the other systems' day was, as a multiple of a usual one; 1 where nobody knows."""
    known = [
        level
        for table, level in levels.items()
        if level is not None and table.split(".")[0] != system
    ]
    return median(known) if known else 1.0


def _is_beyond(value: int | None, limit: int | None) -> bool:
    return value is not None and limit is not None and value > limit


def _days(count: int | None) -> str:
    return "1 day" if count == 1 else f"{count} days"
