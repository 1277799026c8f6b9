"""Orders and spend expected, and when the next order is, from the docs of predictions."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from typing import Any

from tests.python.independent.customers import kept_out
from tests.python.independent.predictions import deviation
from tests.python.independent.predictions_fits import judged, linear, versions
from tests.python.independent.world import Row, Rows, World, table

LONGEST_WAIT = 730


def spend(amount: Any) -> float:
    """What sales came to, at least 0."""
    return max(float(amount), 0.0)


@table("steps.repeat_versions", key=["purpose", "model_version"])
def repeat_versions(world: World) -> Rows:
    """Every version with its parameters, or why it could not be fitted."""
    outcomes = {
        "orders": lambda row: row["days_after_known"],
        "spend": lambda row: spend(row["amount_after_known"]),
    }
    return versions(world, "poisson", outcomes)


def mean(customer: Row, parameters: Rows) -> float:
    """What a version expects of a customer."""
    return round(math.exp(min(max(linear(customer, parameters), -20), 30)), 12)


@table("steps.repeat_tested")
def repeat_tested(world: World) -> Rows:
    """What each version gave on its own date and the next, if these are tested."""
    rows = []
    for version in world["steps.repeat_versions"]:
        is_orders = version["purpose"].startswith("orders")
        for customer in world["steps.score_frame"]:
            if (
                version["reason"] is None
                and customer["is_tested"]
                and customer["horizon_days"] == version["horizon_days"]
                and version["step"] - customer["step"] in (0, 1)
            ):
                expected = mean(customer, version["parameters"])
                came = customer["days_after"] if is_orders else spend(customer["amount_after"])
                error = 2 * ((came * math.log(came / expected) if came else 0) - came + expected)
                rows.append(
                    {
                        "one_id": customer["one_id"],
                        "purpose": version["purpose"],
                        "model_version": version["model_version"],
                        "method": version["method"],
                        "is_own_date": version["step"] == customer["step"],
                        "tested_date": customer["date"],
                        "expected": expected,
                        "outcome": came,
                        "error": error,
                    }
                )
    return rows


@table("steps.repeat_back_tests")
def repeat_back_tests(world: World) -> Rows:
    """The metrics of each version and tested date."""
    groups: dict[tuple[Any, ...], Rows] = defaultdict(list)
    for row in world["steps.repeat_tested"]:
        key = (row["purpose"], row["model_version"], row["method"], row["tested_date"])
        groups[key].append(row)
    rows = []
    for (purpose, version, method, date), tested in groups.items():
        count = len(tested)
        errors = [row["error"] for row in tested]
        deviance = math.fsum(errors) / count
        half = 1.96 * deviation(errors) / math.sqrt(count) if count > 1 else None
        off = [abs(row["expected"] - row["outcome"]) for row in tested]
        came = math.fsum(row["outcome"] for row in tested)
        expected = math.fsum(row["expected"] for row in tested)
        found: dict[str, tuple[float | None, ...]] = {
            "deviance": (deviance, half and deviance - half, half and deviance + half),
            "root_mean_squared_error": (
                math.sqrt(math.fsum(o**2 for o in off) / count),
                None,
                None,
            ),
            "mean_absolute_error": (math.fsum(off) / count, None, None),
            "mean_outcome": (came / count, None, None),
            "total_ratio": (expected / came if came else None, None, None),
        }
        for metric, (value, low, high) in found.items():
            rows.append(
                {
                    "purpose": purpose,
                    "model_version": version,
                    "method": method,
                    "metric": metric,
                    "value": value,
                    "value_low": low,
                    "value_high": high,
                    "customers": count,
                    "is_baseline": method != "poisson",
                    "tested_date": date,
                }
            )
    return rows


@table("steps.repeat_models", key=["purpose", "model_version"])
def repeat_models(world: World) -> Rows:
    """Every version, and which one scores."""
    return judged(world["steps.repeat_versions"], world["steps.repeat_tested"], "poisson")


@table("steps.repeat_scores", key=["one_id", "purpose"])
def repeat_scores(world: World) -> Rows:
    """What is expected of every customer, or why nothing is."""
    today = {
        (row["horizon_days"], row["one_id"]): row
        for row in world["steps.score_frame"]
        if row["step"] == 0
    }
    chosen = {
        row["purpose"]: row["model_version"]
        for row in world["steps.repeat_models"]
        if row["is_chosen"]
    }
    by_key = {(row["purpose"], row["model_version"]): row for row in world["steps.repeat_versions"]}
    excluded = kept_out(world, "predictions")
    rows = []
    for newest in world["steps.repeat_versions"]:
        if newest["step"] or newest["method"] != "poisson":
            continue
        purpose = newest["purpose"]
        for customer in world["core.customers"]:
            features = today.get((newest["horizon_days"], customer["one_id"]))
            row: Row = {"score": None, "model_version": None, "reason": None}
            if customer["one_id"] in excluded:
                row["reason"] = "objected"
            elif features is None:
                row["reason"] = "no_order_yet"
            elif purpose not in chosen:
                row["reason"] = newest["reason"] or "no_model_beats_the_base_rate"
            else:
                row["score"] = mean(features, by_key[purpose, chosen[purpose]]["parameters"])
                row["model_version"] = chosen[purpose]
            rows.append(
                {
                    "one_id": customer["one_id"],
                    "purpose": purpose,
                    "level": None,
                    "horizon_days": newest["horizon_days"],
                    "as_of_date": world.as_of_date,
                    **row,
                }
            )
    return rows


@table("predictions.next_orders", key=["one_id"])
def next_orders(world: World) -> Rows:
    """When each customer is likely to buy next."""
    scores = {(row["one_id"], row["purpose"]): row for row in world["predictions.scores"]}
    rows = []
    for customer in world["core.customers"]:
        near, far = (scores[customer["one_id"], f"buys_{days}"] for days in (28, 90))
        reason, dates = near["reason"], [None, None, None]
        if reason is None:
            dates = [
                world.as_of_date + dt.timedelta(days=max(math.ceil(days), 1))
                if days <= LONGEST_WAIT
                else None
                for days in waits(near["score"], far["score"])
            ]
            if dates[1] is None:
                reason, dates = "not_expected", [None, None, None]
        rows.append(
            {
                "one_id": customer["one_id"],
                "reason": reason,
                "buys_28_probability": near["score"],
                "buys_90_probability": far["score"],
                "next_order_from_date": dates[0],
                "next_order_date": dates[1],
                "next_order_until_date": dates[2],
                "as_of_date": world.as_of_date,
            }
        )
    return rows


def waits(near: float, far: float | None) -> list[float]:
    """Days after which one in ten, every second and nine in ten have bought."""
    hazard, shape = -math.log(1 - near), 1.0
    if far is not None and -math.log(1 - far) > hazard:
        shape = math.log(-math.log(1 - far) / hazard) / math.log(90 / 28)
    return [28 * (-math.log(1 - q) / hazard) ** (1 / shape) for q in (0.1, 0.5, 0.9)]
