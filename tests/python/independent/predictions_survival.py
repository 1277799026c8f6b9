"""How long customers stay, from the doc block predictions__survival."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import defaultdict

import numpy as np
from scipy.optimize import minimize
from scipy.stats import chi2, norm

from tests.python.independent.world import Row, Rows, World, table

VARIABLES = ("log_order_days", "log_net_amount", "log_item_quantity")


@table("steps.lifetimes", key=["one_id"])
def lifetimes(world: World) -> Rows:
    """How long each customer stayed, and what it did in its first 28 days."""
    fit_date = max(row["fit_date"] for row in world["steps.prediction_dates"] if not row["step"])
    orders: dict[str, Rows] = defaultdict(list)
    for order in world["steps.known_orders"]:
        if order["known_date"] <= fit_date:
            orders[order["one_id"]].append(order)
    level = {row["one_id"]: row["card_level"] or "none" for row in world["core.customers"]}
    rows = []
    by_hash = sorted(orders, key=lambda one_id: (hashlib.md5(one_id.encode()).hexdigest(), one_id))
    for number, one_id in enumerate(by_hash):
        dates = [order["ordered_date"] for order in orders[one_id]]
        began = min(dates) + dt.timedelta(days=28)
        watched = (fit_date - began).days - 90
        if watched < 0:
            continue
        has_left = (fit_date - max(dates)).days > 90
        early = [order for order in orders[one_id] if order["ordered_date"] < began]
        rows.append(
            {
                "one_id": one_id,
                "card_level": level[one_id],
                "has_left": has_left,
                "days": 1 + (max((max(dates) - began).days, 0) if has_left else watched),
                "is_sampled": number < world.setting("prediction_sample_customers"),
                "log_order_days": math.log(len({order["ordered_date"] for order in early})),
                "log_net_amount": math.log(1 + max(float(sum(o["net_amount"] for o in early)), 0)),
                "log_item_quantity": math.log(
                    1 + max(float(sum(o["item_quantity"] for o in early)), 0)
                ),
                "fit_date": fit_date,
            }
        )
    return rows


@table("predictions.churn_survival", key=["card_level", "days"])
def churn_survival(world: World) -> Rows:
    """The curve of Kaplan and Meier, of all and of each card level."""
    tiers: dict[str, Rows] = defaultdict(list)
    for row in world["steps.lifetimes"]:
        for tier in ("all", row["card_level"]):
            tiers[tier].append(row)
    rows = []
    for tier, members in tiers.items():
        survival, variance = 1.0, 0.0
        for day in sorted({row["days"] for row in members if row["has_left"]}):
            at_risk = sum(row["days"] >= day for row in members)
            left = sum(row["days"] == day and row["has_left"] for row in members)
            survival *= 1 - left / at_risk
            if survival:
                variance += left / (at_risk * (at_risk - left))
            rows.append(
                {
                    "card_level": tier,
                    "days": day,
                    "at_risk": at_risk,
                    "left_customers": left,
                    "survival": survival,
                    "standard_error": survival * math.sqrt(variance),
                    "as_of_date": members[0]["fit_date"],
                }
            )
    return rows


def terms(
    rows: Rows, found: np.ndarray, names: list[str]
) -> list[tuple[Row, float, np.ndarray, np.ndarray]]:
    """Of each event, by falling days: the row, and the sums of Efron over those at risk."""
    values = {row["one_id"]: np.array([row[name] for name in names]) for row in rows}
    result = []
    for day in sorted({row["days"] for row in rows if row["has_left"]}, reverse=True):
        at_risk = [row for row in rows if row["days"] >= day]
        leaving = [row for row in at_risk if row["days"] == day and row["has_left"]]
        for number, event in enumerate(leaving):
            weights = [(row, math.exp(values[row["one_id"]] @ found)) for row in at_risk]
            share = number / len(leaving)
            weights += [(row, -share * math.exp(values[row["one_id"]] @ found)) for row in leaving]
            total = math.fsum(weight for _, weight in weights)
            mean = sum(w * values[r["one_id"]] for r, w in weights) / total
            square = sum(w * np.outer(values[r["one_id"]], values[r["one_id"]]) for r, w in weights)
            result.append((event, total, mean, square / total - np.outer(mean, mean)))
    return result


@table("predictions.churn_hazards", key=["variable"])
def churn_hazards(world: World) -> Rows:
    """Cox's regression of what customers did in their first 28 days."""
    rows = [row for row in world["steps.lifetimes"] if row["is_sampled"]]
    fit_date = max(row["fit_date"] for row in world["steps.prediction_dates"] if not row["step"])
    varying = [name for name in VARIABLES if len({row[name] for row in rows}) > 1]
    events = [row for row in rows if row["has_left"]]
    reason = None
    if not events:
        reason = "one_outcome_only"
    elif not varying or len(events) < 10 * len(varying):
        reason = "too_few_customers"
    numbers = cox(rows, varying) if reason is None else {}
    empty = dict.fromkeys(("coefficient", "hazard_ratio", "standard_error", "z", "p",
                           "proportionality_p", "is_proportional"))  # fmt: skip
    return [
        {
            "variable": name,
            "reason": None if name in numbers else reason or "does_not_vary",
            **(numbers.get(name) or empty),
            "customers": len(rows),
            "events": len(events),
            "as_of_date": fit_date,
        }
        for name in VARIABLES
    ]


def cox(rows: Rows, names: list[str]) -> dict[str, Row]:
    """The numbers of each variable, by a general optimiser and one last step of Newton's."""

    def loss(found: np.ndarray) -> tuple[float, np.ndarray]:
        events = terms(rows, found, names)
        values = [np.array([event[name] for name in names]) for event, *_ in events]
        level = math.fsum(
            math.log(total) - value @ found
            for value, (_, total, _, _) in zip(values, events, strict=True)
        )
        slope = sum(mean - value for value, (_, _, mean, _) in zip(values, events, strict=True))
        return level, np.asarray(slope)

    found = minimize(loss, np.zeros(len(names)), jac=True, method="BFGS").x
    for _ in range(5):
        curvature = sum(spread for *_, spread in terms(rows, found, names))
        found = found - np.linalg.solve(curvature, loss(found)[1])
    events = terms(rows, found, names)
    covariance = np.linalg.inv(sum(spread for *_, spread in events))
    means: dict[int, list[np.ndarray]] = defaultdict(list)
    for event, _, mean, _ in events:
        means[event["days"]].append(mean)
    residuals = [
        np.array([event[name] for name in names]) - np.mean(means[event["days"]], axis=0)
        for event, *_ in events
    ]
    scaled = len(events) * np.array(residuals) @ covariance
    # events of one day share the mean of their ranks
    days = sorted(event["days"] for event, *_ in events)
    rank = np.array(
        [np.mean([i for i, d in enumerate(days) if d == e["days"]]) for e, *_ in events]
    )
    rank = rank - rank.mean()
    result = {}
    for number, name in enumerate(names):
        error = math.sqrt(covariance[number, number])
        drift = (rank @ scaled[:, number]) ** 2
        spread = len(events) * covariance[number, number] * (rank @ rank)
        proportionality = float(chi2.sf(drift / spread, 1))
        result[name] = {
            "coefficient": found[number],
            "hazard_ratio": math.exp(found[number]),
            "standard_error": error,
            "z": found[number] / error,
            "p": 2 * float(norm.sf(abs(found[number] / error))),
            "proportionality_p": proportionality,
            "is_proportional": proportionality >= 0.05,
        }
    return result
