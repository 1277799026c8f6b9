"""Whose risk of leaving moved and what moved it, from the doc block predictions__churn_changes."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict

from tests.python.independent.predictions import features_of
from tests.python.independent.predictions_churn import LEVELS, level_of, probability
from tests.python.independent.world import Row, Rows, World, table

GROUPS = {
    "silence": ("recency_days", "overdue_ratio"),
    "recent_orders": ("order_days_7", "order_days_28", "order_days_84", "net_amount_28"),
    "orders": ("order_days", "order_weeks", "net_amount", "item_quantity", "mean_gap_days"),
    "tenure": ("tenure_days",),
}


@table("predictions.churn_changes", key=["one_id", "purpose"])
def churn_changes(world: World) -> Rows:
    """Score and level of every customer today and 28 days before, and what moved the score."""
    date = world.as_of_date - dt.timedelta(days=28)
    look_back = world.setting("prediction_look_back_days")
    orders: dict[str, Rows] = defaultdict(list)
    for order in world["steps.known_orders"]:
        orders[order["one_id"]].append(order)
    versions = {row["model_version"]: row["parameters"] for row in world["steps.churn_versions"]}
    cuts: dict[str, list[float]] = defaultdict(lambda: [0.0])
    for row in world["steps.churn_levels"]:
        cuts[row["purpose"]].append(row["high"])
    rows = []
    for scored in world["predictions.scores"]:
        if not scored["purpose"].startswith("churn"):
            continue
        row = {
            **{name: scored[name] for name in ("one_id", "purpose", "level", "reason", "score")},
            **dict.fromkeys(("level_before", "direction", "feature_group", "feature")),
            **dict.fromkeys(("score_before", "score_difference")),
            **dict.fromkeys(("feature_value", "feature_value_before")),
            "before_date": date,
            "as_of_date": world.as_of_date,
        }
        rows.append(row)
        if row["reason"]:
            continue
        before = features_of(orders[row["one_id"]], date, look_back)
        if before is None:
            row["reason"] = "first_order_since"
            continue
        today = features_of(orders[row["one_id"]], world.as_of_date, look_back)
        assert today is not None
        parameters = versions[scored["model_version"]]
        row["score_before"] = probability(before, parameters)
        row["score_difference"] = row["score"] - row["score_before"]
        row["level_before"] = level_of(row["score_before"], cuts[row["purpose"]])
        rise = LEVELS.index(row["level"]) - LEVELS.index(row["level_before"])
        row["direction"] = "rising" if rise > 0 else "falling" if rise < 0 else "steady"
        if row["score_difference"]:
            row.update(what_moved(today, before, parameters, row["score_difference"] > 0))
    return rows


def what_moved(today: Row, before: Row, parameters: Rows, is_up: bool) -> Row:
    """The group and the feature that moved the sum most in a direction, with its values."""
    moved: dict[str, float] = defaultdict(float)
    for row in parameters[1:]:
        then, now = (
            (math.log1p(customer[row["feature"]]) - row["centre"]) / row["scale"]
            for customer in (before, today)
        )
        by = row["coefficient"] * (now - then) + row["square_coefficient"] * (now**2 - then**2)
        moved[row["feature"]] = by if is_up else -by
    group = max(GROUPS, key=lambda name: sum(moved[feature] for feature in GROUPS[name]))
    feature = max(GROUPS[group], key=lambda name: moved[name])
    return {
        "feature_group": group,
        "feature": feature,
        "feature_value": today[feature],
        "feature_value_before": before[feature],
    }
