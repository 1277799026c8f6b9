"""How customers engage: what they say to the shop and to each other (core.customer_engagement)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from tests.python.independent.statistics import rounded
from tests.python.independent.world import Rows, World, table

#: The days in which recent calls lie, the as-of date being the last.
RECENT = dt.timedelta(days=90)


@table("core.customer_engagement", key=["one_id"])
def customer_engagement(world: World) -> Rows:
    """Counts, grades and last times of each customer who called or was called."""
    calls: dict[str, Rows] = defaultdict(list)
    for touch in world["core.touches"]:
        if touch["touch_type"] == "call" and touch["one_id"]:
            calls[touch["one_id"]].append(touch)
    since = world.as_of_date - RECENT
    found = []
    for one_id, own in calls.items():
        grades = [Decimal(call["rating"]) for call in own if call["rating"] is not None]
        found.append(
            {
                "one_id": one_id,
                "calls_last_90_days": sum(call["touched_date"] > since for call in own),
                "call_satisfaction": rounded(sum(grades) / len(grades), 2) if grades else None,
                "last_call_at": max(call["touched_at"] for call in own),
            }
        )
    return found
