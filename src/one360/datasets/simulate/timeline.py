"""The simulated period, its seasons, and the two clocks.

The simulator thinks in **local seconds**: int64 seconds since 1970-01-01
00:00 on a wall clock in Shanghai (UTC+8, no summer time). Raw files hold
naive UTC timestamps. A **day** is an index into the period, 0 = 2024-07-01.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from one360.datasets.simulate.text import Bools, Floats, Ints

FIRST_DATE = dt.date(2024, 7, 1)
LAST_DATE = dt.date(2026, 6, 30)
DAYS = (LAST_DATE - FIRST_DATE).days + 1
DAY = 86_400
UTC_OFFSET = 8 * 3600
START = int((FIRST_DATE - dt.date(1970, 1, 1)).days) * DAY
END = START + DAYS * DAY
EXTRACT_HOUR = 2  # the nightly extract runs at 02:00 local time

# First day of the Chinese New Year within or near the period.
SPRING_FESTIVALS = (dt.date(2025, 1, 29), dt.date(2026, 2, 17))


def day_of(date: dt.date) -> int:
    """Day index of a date."""
    return (date - FIRST_DATE).days


def weekdays() -> npt.NDArray[np.int64]:
    """Day of week of each day of the period, Monday = 0; shape (DAYS,)."""
    return (FIRST_DATE.weekday() + np.arange(DAYS)) % 7


def day_weights() -> Floats:
    """Relative demand of each day, mean 1; shape (DAYS,).

    Weekends are busier; Double 11, 618 and Double 12 peak after a run-up;
    gifts are bought in the three weeks before the Spring Festival and
    little during it.
    """
    weights = np.where(weekdays() >= 5, 1.25, 1.0)
    for year in (2024, 2025, 2026):
        for month, peak, height in ((11, 11, 5.0), (6, 18, 3.5)):
            for day in range(1, peak + 2):
                at = day_of(dt.date(year, month, day))
                if 0 <= at < DAYS:
                    run_up = 1.2 + 0.6 * day / peak
                    weights[at] *= height if day == peak else run_up
        at = day_of(dt.date(year, 12, 12))
        if 0 <= at < DAYS:
            weights[at] *= 1.8
    for festival in SPRING_FESTIVALS:
        at = day_of(festival)
        weights[at - 21 : at - 2] *= np.linspace(1.2, 1.9, 19)
        weights[at - 1 : at + 7] *= 0.35
    return weights / weights.mean()


def promotion_days() -> Bools:
    """Days on which the whole shop is on offer; shape (DAYS,)."""
    result = np.zeros(DAYS, dtype=np.bool_)
    for year in (2024, 2025, 2026):
        for month, first, last in ((11, 8, 11), (6, 15, 18), (12, 12, 12)):
            for day in range(first, last + 1):
                at = day_of(dt.date(year, month, day))
                if 0 <= at < DAYS:
                    result[at] = True
    return result


def demand_clock() -> Floats:
    """Cumulative demand at the start of each day; shape (DAYS + 1,).

    Purchases are a renewal process on this clock: it runs fast where demand
    is high, so that seasons show without destroying anybody's own cycle.
    """
    return np.concatenate([[0.0], np.cumsum(day_weights())])


def day_index(local: Ints) -> Ints:
    """Day of each local time, clipped to the period."""
    return np.clip((local - START) // DAY, 0, DAYS - 1)


def timestamps(local: Ints, missing: Bools | None = None) -> pa.Array:
    """UTC timestamp column of local seconds."""
    micros = (np.asarray(local, dtype=np.int64) - UTC_OFFSET) * 1_000_000
    return pa.array(micros, mask=missing).cast(pa.timestamp("us"))


def extracted_at(local: Ints) -> Ints:
    """When the nightly extract brings an event in, in local seconds.

    The night after the event; what is older than the period came with the
    first load.
    """
    midnight = np.maximum(local, START - 1) // DAY * DAY
    return midnight + DAY + EXTRACT_HOUR * 3600
