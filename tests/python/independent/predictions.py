"""The score frame, from the doc block predictions__frame; what the models of predictions share."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable

from tests.python.independent.customers import kept_out
from tests.python.independent.facts import CHANNELS
from tests.python.independent.world import Row, Rows, World, table

HORIZONS = (28, 90)
FEATURES = (
    "recency_days", "tenure_days", "order_days", "order_days_7", "order_days_28", "order_days_84",
    "order_weeks", "net_amount", "net_amount_28", "item_quantity", "mean_gap_days",
    "overdue_ratio",
)  # fmt: skip


@table("steps.known_orders")
def known_orders(world: World) -> Rows:
    """Each sale of a customer that was not cancelled, with the day from which it is known."""
    delivered = {}
    for channel, (orders, _, key, _, _) in CHANNELS.items():
        for order in world[f"staging.stg_{orders}"]:
            day = world.business_date(order["loaded_at"])
            delivered[f"{channel}-{order[key]}"] = day and day - dt.timedelta(days=1)
    sales = [
        {**order, "delivered": delivered[order["order_id"]]}
        for order in world["core.orders"]
        if order["profile_id"] and not order["is_cancelled"] and not order["is_return"]
    ]
    first: dict[str, dt.date] = {}
    for sale in sales:
        if sale["delivered"]:
            system = sale["source_system"]
            first[system] = min(first.get(system, sale["delivered"]), sale["delivered"])
    excluded = kept_out(world, "predictions")
    rows = []
    for sale in sales:
        known = sale["ordered_date"]
        if sale["delivered"] and sale["delivered"] > first[sale["source_system"]]:
            known = max(known, sale["delivered"])
        if sale["one_id"] and sale["one_id"] not in excluded:
            rows.append({**sale, "known_date": known})
    return rows


@table("steps.prediction_dates", key=["horizon_days", "step"])
def prediction_dates(world: World) -> Rows:
    """The dates of each horizon, whole horizons before the day of the last fit."""
    days = [row["ordered_date"] for row in world["steps.known_orders"]]
    number = (world.as_of_date - dt.date(1970, 1, 1)).days
    fit_date = world.as_of_date - dt.timedelta(days=number % world.setting("prediction_refit_days"))
    history = (fit_date - min(days)).days if days else 0
    rows = []
    for horizon in HORIZONS:
        last = max(min(history // horizon - 1, 6), 0)
        look_back = world.setting("prediction_look_back_days")
        year = {28: 13, 90: 4}[horizon]
        a_year_before = {n for n in range(year, year + 5) if history - n * horizon >= 182}
        for step in sorted({*range(last + 1), *a_year_before}):
            past = fit_date - dt.timedelta(days=step * horizon)
            rows.append(
                {
                    "horizon_days": horizon,
                    "step": step,
                    "last_step": last,
                    "history": history - step * horizon,
                    "look_back": look_back,
                    "is_tested": 1 <= step <= min(last - 1, 3),
                    "date": past if step else world.as_of_date,
                    "fit_date": past,
                }
            )
    return rows


@table("steps.score_frame", key=["horizon_days", "step", "one_id"])
def score_frame(world: World) -> Rows:
    """What was known of each customer on each date, and what it did within the horizon."""
    orders: dict[str, Rows] = defaultdict(list)
    for order in world["steps.known_orders"]:
        orders[order["one_id"]].append(order)
    by_hash = sorted(orders, key=lambda one_id: (hashlib.md5(one_id.encode()).hexdigest(), one_id))
    sampled = by_hash[: world.setting("prediction_sample_customers")]
    rows = []
    for at in world["steps.prediction_dates"]:
        for one_id in sampled if at["step"] else by_hash:
            features = features_of(orders[one_id], at["date"], at["look_back"])
            if features is None:
                continue
            row = {**at, "one_id": one_id, **features}
            if at["step"]:
                end = at["date"] + dt.timedelta(days=at["horizon_days"])
                after = [x for x in orders[one_id] if at["date"] < x["ordered_date"] <= end]
                row["days_after"] = days_of(after)
                row["days_after_known"] = days_of(x for x in after if x["known_date"] <= end)
                row["amount_after"] = sum(x["net_amount"] for x in after)
                row["amount_after_known"] = sum(
                    x["net_amount"] for x in after if x["known_date"] <= end
                )
            rows.append(row)
    return rows


def days_of(orders: Iterable[Row]) -> int:
    """Distinct days with an order."""
    return len({order["ordered_date"] for order in orders})


def features_of(orders: Rows, date: dt.date, look_back: int) -> Row | None:
    """What was known of one customer on a date; None where no order was."""
    known = [
        {**order, "ago": (date - order["ordered_date"]).days}
        for order in orders
        if order["known_date"] <= date
    ]
    if not known:
        return None
    recent = [order for order in known if order["ago"] < look_back]
    last, first = (f(order["ago"] for order in known) for f in (min, max))
    recency, count = float(min(last, look_back)), days_of(recent)
    gap = float(look_back)
    if count > 1:
        gap = (max(order["ago"] for order in recent) - last) / (count - 1)
    return {
        "recency_days": recency,
        "tenure_days": float(min(first, look_back)),
        "order_days": float(count),
        **{
            f"order_days_{days}": float(days_of(o for o in recent if o["ago"] < days))
            for days in (7, 28, 84)
        },
        "order_weeks": float(len({order["ago"] // 7 for order in recent})),
        "net_amount": max(float(sum(order["net_amount"] for order in recent)), 0.0),
        "net_amount_28": max(
            float(sum(order["net_amount"] for order in recent if order["ago"] < 28)), 0.0
        ),
        "item_quantity": max(float(sum(order["item_quantity"] for order in recent)), 0.0),
        "mean_gap_days": gap,
        "overdue_ratio": recency / gap,
    }


def probability_metrics(tested: Rows) -> dict[str, tuple[float | None, ...]]:
    """What probabilities were worth: metric → value and the ends of its interval."""
    ones = [row["probability"] for row in tested if row["outcome"]]
    zeros = [row["probability"] for row in tested if not row["outcome"]]
    count = len(tested)
    rate = len(ones) / count
    errors = [(row["probability"] - row["outcome"]) ** 2 for row in tested]
    brier = math.fsum(errors) / count
    half = 1.96 * deviation(errors) / math.sqrt(count)
    ends = (max(brier - half, 0.0), brier + half) if count > 1 else (None, None)
    found: dict[str, tuple[float | None, ...]] = {
        "brier": (brier, *ends),
        "rate": (
            rate,
            max(rate - 1.96 * math.sqrt(rate * (1 - rate) / count), 0.0),
            min(rate + 1.96 * math.sqrt(rate * (1 - rate) / count), 1.0),
        ),
    }
    total = math.fsum(row["probability"] for row in tested)
    found["total_ratio"] = (total / len(ones) if ones else None, None, None)

    def right(high: float, low: float) -> float:
        return 1.0 if high > low else 0.5 if high == low else 0.0

    if ones and zeros:
        of_ones = [sum(right(one, zero) for zero in zeros) / len(zeros) for one in ones]
        of_zeros = [sum(right(one, zero) for one in ones) / len(ones) for zero in zeros]
        area = math.fsum(of_ones) / len(ones)
        half = 1.96 * math.sqrt(
            deviation(of_ones) ** 2 / len(ones) + deviation(of_zeros) ** 2 / len(zeros)
        )
        found["auc"] = (area, max(area - half, 0.0), min(area + half, 1.0))
    else:
        found["auc"] = (None, None, None)
    ordered = sorted(tested, key=lambda row: (row["probability"], row["one_id"]))
    # of bins that cannot be equal the first are one larger
    size, larger = divmod(count, 10)
    start, distance = 0, 0.0
    for number in range(min(count, 10)):
        end = start + size + (number < larger)
        distance += abs(math.fsum(r["probability"] - r["outcome"] for r in ordered[start:end]))
        start = end
    found["calibration_error"] = (distance / count, None, None)
    return found


def deviation(values: list[float]) -> float:
    """Standard deviation of a sample; 0 of a single value."""
    if len(values) < 2:
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
