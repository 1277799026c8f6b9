"""How active customers are (description of tag_activity)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from tests.python.independent.indicators import weighted_scores
from tests.python.independent.statistics import rounded
from tests.python.independent.world import Row, Rows, World, table


def last_days(world: World, dates: set[dt.date]) -> int | None:
    """Days since the last of the dates."""
    return (world.as_of_date - max(dates)).days if dates else None


@table("steps.activity", key=["one_id"])
def activity(world: World) -> Rows:
    """The seven indicators of each customer with a visit, an order or a review.

    Of browser cookies only those that bought.
    """
    first_day = world.as_of_date - dt.timedelta(days=world.setting("activity_window_days") - 1)
    people: dict[str, dict[str, Any]] = defaultdict(
        lambda: (
            {"logins": set(), "orders": 0, "order_dates": set(), "visits": 0, "reviews": 0}
            | {"dwell_seconds": Decimal(0), "pages": 0}
        )
    )
    for session in world["core.web_sessions"]:
        if session["one_id"] and session["started_date"] >= first_day:
            person = people[session["one_id"]]
            person["visits"] += 1
            person["pages"] += session["page_views"]
            person["dwell_seconds"] += session["engaged_seconds"]
            if session["is_signed_in"]:
                person["logins"].add(session["started_date"])
    for order in world["core.orders"]:
        if order["is_cancelled"] or order["is_return"] or order["ordered_date"] < first_day:
            continue
        if order["one_id"]:
            people[order["one_id"]]["orders"] += 1
            people[order["one_id"]]["order_dates"].add(order["ordered_date"])
    for touch in world["core.touches"]:
        is_review = touch["touch_type"] == "review" and touch["touched_date"] >= first_day
        if is_review and touch["one_id"]:
            people[touch["one_id"]]["reviews"] += 1
    identified = {row["one_id"] for row in world["core.customers"] if row["is_identified"]}
    return [
        {
            "one_id": one_id,
            "last_login": last_days(world, person["logins"]),
            "last_purchase": last_days(world, person["order_dates"]),
            "reviews": person["reviews"],
            "orders": person["orders"],
            "login_days": len(person["logins"]),
            "dwell_seconds": person["dwell_seconds"],
            "pages": person["pages"],
        }
        for one_id, person in people.items()
        if one_id in identified or person["orders"]
    ]


def level_of(world: World, score: Decimal, scores: list[Decimal]) -> str:
    """high where fewer than the share lie above, low where fewer lie below, else medium."""
    above = sum(other > score for other in scores)
    below = sum(other < score for other in scores)
    is_high = above < Decimal(str(world.setting("activity_high_share"))) * len(scores)
    is_low = below < Decimal(str(world.setting("activity_low_share"))) * len(scores)
    if is_high == is_low:
        return "medium"
    return "high" if is_high else "low"


@table("tags.tag_activity", key=["one_id"])
def tag_activity(world: World) -> Rows:
    """Activity of each customer."""
    rows = world["steps.activity"]
    weights = {
        str(row["indicator_code"]): float(row["weight"] or 0)
        for row in world.seed("activity_weights")
    }
    found = weighted_scores(rows, weights, world.setting("activity_window_days"))
    scores = [rounded(100 * (score or 0), 4) for score in found]
    names: dict[str, Row] = {str(row["level_code"]): row for row in world.seed("activity_levels")}
    result = []
    for row, score in zip(rows, scores, strict=True):
        code = level_of(world, score, scores)
        result.append(
            {
                "one_id": row["one_id"],
                "activity_level": code,
                "activity_level_name_en": names[code]["name_en"],
                "activity_level_name_zh": names[code]["name_zh"],
                "activity_score": score,
                **{name: row[name] for name in ("orders", "login_days", "reviews", "pages")},
                "days_since_last_login": row["last_login"],
                "days_since_last_purchase": row["last_purchase"],
                "as_of_date": world.as_of_date,
            }
        )
    return result
