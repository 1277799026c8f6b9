"""Birth dates: how they are read, and which of them say nothing.

A system that asks for a birth date it does not need gets 1 January, 1970-01-01 or its own
default. Such dates are found by how many people have them, not by a list.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from datetime import date
from functools import lru_cache
from statistics import median

#: A date is suspect from so many people on.
FEWEST = 6
#: How many times more people than expected a placeholder has.
TIMES = 4.0
#: The first and the last year of a person's birth that is believed.
YEARS = (1000, 2200)

_YEAR_FIRST = re.compile(r"(\d{4})[-/.年 ]?(\d{1,2})?[-/.月 ]?(\d{1,2})?日?(?:[t ].*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[t ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[t ].*|\d{6})?")


@lru_cache(maxsize=500_000)
def read_date(text: str | None) -> str | None:
    """A date as yyyymmdd, of which only the year is known as yyyy; None of what is no date.

    Day and month may be the other way round where the year comes last: the month is the
    second number unless that is above 12. A day or month of 0 is not known; a date that the
    calendar does not have, such as a mistyped one, is kept as it is.
    """
    written = " ".join((text or "").strip().lower().split())
    found = _COMPACT.fullmatch(written) or _YEAR_FIRST.fullmatch(written)
    if found:
        year, month, day = (int(part or 0) for part in found.groups())
    elif found := _YEAR_LAST.fullmatch(written):
        day, month, year = (int(part) for part in found.groups())
        if month > 12:
            day, month = month, day
    else:
        return None
    if not YEARS[0] <= year <= YEARS[1]:
        return None
    return f"{year:04}{month:02}{day:02}" if month and day else f"{year:04}"


def without_placeholders(
    dates: Sequence[str | None], people: Sequence[Hashable | None]
) -> list[str | None]:
    """The same dates, of which those that say nothing are None or only a year.

    Counted are different people (names), so that one person with many records is one. A
    day of the year that far more people have than its share, as 1 January, leaves the
    year; a date that far more people have than other dates of such a kind leaves nothing.

    Args:
        dates: as :func:`read_date` gives them.
        people: what tells people apart, such as their names; None is not counted.
    """
    seen: dict[str, set[Hashable]] = defaultdict(set)
    for born, person in zip(dates, people, strict=True):
        if born and person is not None:
            seen[born].add(person)
    held = {born: len(names) for born, names in seen.items()}
    days: Counter[str] = Counter()
    largest: Counter[str] = Counter()
    for born, count in held.items():
        if len(born) == 8:
            days[born[4:]] += count
            largest[born[4:]] = max(largest[born[4:]], count)
    usual_of_day = sum(days.values()) / 366
    # a mean would hold the placeholders themselves
    half = median(days.values()) if len(days) > 60 else usual_of_day
    # a single date of many people does not make its day odd in other years
    odd_days = {day for day, count in days.items() if _is_odd(count - largest[day], half)}
    usual = _usual_counts(held, odd_days)
    empty = {
        born
        for born, count in held.items()
        if len(born) == 8 and _is_odd(count, usual[born[4:] in odd_days])
    }

    def said(born: str | None) -> str | None:
        if born is None or born in empty:
            return None
        return born[:4] if born[4:] in odd_days else born

    return [said(born) for born in dates]


def _usual_counts(held: dict[str, int], odd_days: set[str]) -> dict[bool, float]:
    """How many people a date has in the middle, of days that are odd and of the others."""
    counts: dict[bool, list[int]] = {True: [], False: []}
    for born, count in held.items():
        if len(born) == 8:
            counts[born[4:] in odd_days].append(count)
    usual = {kind: float(median(found)) if found else 1.0 for kind, found in counts.items()}
    # a single odd date is itself its kind's middle
    if len(counts[True]) < 5:
        usual[True] = usual[False]
    return usual


def _is_odd(count: int, usual: float) -> bool:
    return count >= FEWEST and count > TIMES * usual + 4 * usual**0.5


def day_number(born: str | None) -> int | None:
    """Days since year 1 of a whole date; None of a year or of a day that no calendar has."""
    if born is None or len(born) != 8:
        return None
    try:
        return date(int(born[:4]), int(born[4:6]), int(born[6:])).toordinal()
    except ValueError:
        return None
