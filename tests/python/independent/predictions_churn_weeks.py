"""From when on another share of a crowd leaves, from the doc block predictions__churn_weeks."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

from scipy.stats import binom

from tests.python.independent.world import Rows, World, table

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)


@table("steps.churn_weeks")
def weeks_of_crowds(world: World) -> Rows:
    """Who ordered in each week and who of them left, by crowd."""
    spent: dict[str, Counter[dt.date]] = defaultdict(Counter)
    for order in world["steps.known_orders"]:
        spent[order["one_id"]][order["ordered_date"]] += order["net_amount"]
    first = min((day for days in spent.values() for day in days), default=world.as_of_date)
    end = world.as_of_date - 90 * DAY
    found = []
    for week_end in [end - number * WEEK for number in range(52)]:
        start = week_end - 6 * DAY
        if first > start - 182 * DAY:
            continue
        for amounts in spent.values():
            within = [day for day in amounts if start <= day <= week_end]
            if not within:
                continue
            known = [
                amount
                for day, amount in amounts.items()
                if min(within) - 182 * DAY <= day < min(within)
            ]
            later = [day for day in amounts if max(within) < day <= max(within) + 90 * DAY]
            found.append({"end": week_end, "before": known, "left": not later})
    sums = [sum(row["before"]) for row in found]
    counted: Counter[tuple[str, dt.date]] = Counter()
    left: Counter[tuple[str, dt.date]] = Counter()
    for row in found:
        share = sum(other >= sum(row["before"]) for other in sums) / len(sums)
        crowd = "core" if share <= world.setting("lifecycle_core_share") else "regular"
        for name in ("all", crowd if row["before"] else "new"):
            counted[name, row["end"]] += 1
            left[name, row["end"]] += row["left"]
    return [
        {"crowd": name, "end": end, "customers": number, "left": left[name, end]}
        for (name, end), number in sorted(counted.items())
    ]


def likelihood(rows: Rows) -> float:
    """Of the share that fits the rows best; what does not depend on it left out."""
    number, left = sum(row["customers"] for row in rows), sum(row["left"] for row in rows)
    ways = binom.logpmf(left, number, 0.5) - number * binom.logpmf(1, 1, 0.5)
    return float(binom.logpmf(left, number, left / number) - ways)


def share(rows: Rows) -> float:
    """What left of those in the rows."""
    return sum(row["left"] for row in rows) / sum(row["customers"] for row in rows)


@table("predictions.churn_weeks", key=["crowd_code", "week_start_date"])
def churn_weeks(world: World) -> Rows:
    """Each week of a crowd, with the share before or after its likeliest change."""
    crowds: dict[str, Rows] = defaultdict(list)
    for row in world["steps.churn_weeks"]:
        crowds[row["crowd"]].append(row)
    result = []
    for name, rows in crowds.items():
        gains = {
            at: round(2 * (likelihood(rows[:at]) + likelihood(rows[at:]) - likelihood(rows)), 9)
            for at in range(4, len(rows) - 3)
        }
        split = max(gains, key=lambda at: (gains[at], -at)) if gains else len(rows)
        shares = [
            share(rows[:split]) if at < split else share(rows[split:]) for at in range(len(rows))
        ]
        varied = sum(
            (row["left"] - row["customers"] * p) ** 2 / (row["customers"] * p * (1 - p))
            for row, p in zip(rows, shares, strict=True)
            if 0 < p < 1
        )
        statistic = gains[split] / max(varied / (len(rows) - 2), 1) if gains else None
        has_changed = statistic is not None and statistic >= 13.6
        for at, row in enumerate(rows):
            is_change = has_changed and at == split
            direction = "rising" if shares[-1] > shares[0] else "falling"
            result.append(
                {
                    "crowd_code": name,
                    "change_direction": direction if is_change else None,
                    "customers": row["customers"],
                    "left_customers": row["left"],
                    "left_share": row["left"] / row["customers"],
                    "fitted_share": shares[at] if has_changed else share(rows),
                    "change_statistic": statistic,
                    "week_start_date": row["end"] - 6 * DAY,
                    "week_end_date": row["end"],
                    "as_of_date": world.as_of_date,
                }
            )
    return result
