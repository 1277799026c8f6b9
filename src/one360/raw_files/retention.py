"""The day that retention limits are counted to.

dbt calls ``retention_day`` through the SQL function ``one360_retention_day`` (macro
``bound_limits``).
"""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

from one360.raw_files.arrivals import Delivery, newest_day


def retention_day(request: str) -> str:
    """Answer dbt: JSON of ``timezone`` and ``days`` (rows by load day) in, a day out, "" for none.

    It is the newest load day of what was delivered, but for a few rows that lie alone after it.
    What a build of a past date does not read counts too, so it brings nothing back. A load day
    after today, of that zone, is a mistake; '' stands for rows that say none.
    """
    asked = json.loads(request)
    today = dt.datetime.now(ZoneInfo(asked["timezone"])).date()
    days = {dt.date.fromisoformat(day): int(rows) for day, rows in asked["days"].items() if day}
    past = {day: rows for day, rows in days.items() if day <= today}
    day = newest_day([Delivery(sum(past.values()), past)])
    return "" if day is None else day.isoformat()
