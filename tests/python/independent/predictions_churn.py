"""Churn and its opposite, from the doc block predictions__churn."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import numpy as np

from tests.python.independent.customers import kept_out
from tests.python.independent.predictions import probability_metrics
from tests.python.independent.predictions_fits import judged, linear, versions
from tests.python.independent.world import Row, Rows, World, table

LEVELS = ("normal", "mild", "serious", "very_serious")


@table("steps.churn_versions", key=["purpose", "model_version"])
def churn_versions(world: World) -> Rows:
    """Every version with its parameters, or why it could not be fitted."""
    return versions(world, "logistic", {"churn": lambda row: row["days_after_known"] == 0})


def probability(customer: Row, parameters: Rows) -> float:
    """What a version gives a customer, with twelve decimals."""
    return round(1 / (1 + math.exp(-linear(customer, parameters))), 12)


@table("steps.churn_tested")
def churn_tested(world: World) -> Rows:
    """What each version gave on its own date and the next, if these are tested."""
    rows = []
    for version in world["steps.churn_versions"]:
        for customer in world["steps.score_frame"]:
            if (
                version["reason"] is None
                and customer["is_tested"]
                and customer["horizon_days"] == version["horizon_days"]
                and version["step"] - customer["step"] in (0, 1)
            ):
                rows.append(
                    {
                        "one_id": customer["one_id"],
                        "purpose": version["purpose"],
                        "model_version": version["model_version"],
                        "method": version["method"],
                        "is_own_date": version["step"] == customer["step"],
                        "tested_date": customer["date"],
                        "probability": probability(customer, version["parameters"]),
                        "outcome": int(customer["days_after"] == 0),
                    }
                )
    for row in rows:
        row["error"] = (row["probability"] - row["outcome"]) ** 2
    return rows


@table("steps.churn_back_tests")
def churn_back_tests(world: World) -> Rows:
    """The metrics of each version and tested date, of leaving and of buying."""
    groups: dict[tuple[Any, ...], Rows] = defaultdict(list)
    for row in world["steps.churn_tested"]:
        key = (row["purpose"], row["model_version"], row["method"], row["tested_date"])
        groups[key].append(row)
    rows = []
    for (purpose, version, method, date), tested in groups.items():
        for metric, (value, low, high) in probability_metrics(tested).items():
            rows.append(
                {
                    "purpose": purpose,
                    "model_version": version,
                    "method": method,
                    "metric": metric,
                    "value": value,
                    "value_low": low,
                    "value_high": high,
                    "customers": len(tested),
                    "is_baseline": method != "logistic",
                    "tested_date": date,
                }
            )
    for row in [row for row in rows if row["metric"] != "total_ratio"]:
        opposite = {**row, "purpose": row["purpose"].replace("churn", "buys")}
        if row["metric"] == "rate":
            for name, other in (
                ("value", "value"),
                ("value_low", "value_high"),
                ("value_high", "value_low"),
            ):
                opposite[name] = 1 - row[other]
        rows.append(opposite)
    return rows


@table("steps.churn_models", key=["purpose", "model_version"])
def churn_models(world: World) -> Rows:
    """Every version, and which one scores; the same ones for buying."""
    rows = judged(world["steps.churn_versions"], world["steps.churn_tested"], "logistic")
    return rows + [{**row, "purpose": row["purpose"].replace("churn", "buys")} for row in rows]


@table("steps.churn_levels", key=["purpose", "level"])
def churn_cuts(world: World) -> Rows:
    """Where levels begin, and what happened in them on the tested dates."""
    rows = []
    for model in world["steps.churn_models"]:
        if not model["is_chosen"] or model["purpose"].startswith("buys"):
            continue
        tested = [
            row
            for row in world["steps.churn_tested"]
            if row["is_own_date"]
            and (row["purpose"], row["method"]) == (model["purpose"], model["method"])
        ]
        values = [row["probability"] for row in tested]
        cuts, cut_by = [0.0, 0.2, 0.5, 0.8, 1.0], "fixed"
        if {sum(value >= cut for cut in cuts[1:4]) for value in values} != {0, 1, 2, 3}:
            cuts, cut_by = (
                [0.0, *(float(q) for q in np.quantile(values, [0.5, 0.75, 0.9])), 1.0],
                "quantiles",
            )
        for number, level in enumerate(LEVELS):
            inside = [row for row in tested if level_of(row["probability"], cuts) == level]
            rows.append(
                {
                    "purpose": model["purpose"],
                    "level": level,
                    "cut_by": cut_by,
                    "level_position": number + 1,
                    "low": cuts[number],
                    "high": cuts[number + 1],
                    "tested_customers": len(inside),
                    "churned": sum(row["outcome"] for row in inside),
                }
            )
    return rows


def level_of(score: float, cuts: list[float]) -> str:
    """The level that a score lies in."""
    return LEVELS[sum(score >= cut for cut in cuts[1:4])]


@table("steps.churn_scores", key=["one_id", "purpose"])
def churn_scores(world: World) -> Rows:
    """The score of every customer, or why there is none."""
    today = {
        (row["horizon_days"], row["one_id"]): row
        for row in world["steps.score_frame"]
        if row["step"] == 0
    }
    chosen = {
        row["purpose"]: row["model_version"]
        for row in world["steps.churn_models"]
        if row["is_chosen"]
    }
    versions = {
        (row["purpose"], row["model_version"]): row for row in world["steps.churn_versions"]
    }
    excluded = kept_out(world, "predictions")
    rows = []
    for newest in world["steps.churn_versions"]:
        if newest["step"] or newest["method"] != "logistic":
            continue
        purpose = newest["purpose"]
        levels = [row for row in world["steps.churn_levels"] if row["purpose"] == purpose]
        cuts = [0.0, *(row["high"] for row in levels)]
        for customer in world["core.customers"]:
            features = today.get((newest["horizon_days"], customer["one_id"]))
            row = {"score": None, "level": None, "model_version": None, "reason": None}
            if customer["one_id"] in excluded:
                row["reason"] = "objected"
            elif features is None:
                row["reason"] = "no_order_yet"
            elif purpose not in chosen:
                row["reason"] = newest["reason"] or "no_model_beats_the_base_rate"
            else:
                version = versions[purpose, chosen[purpose]]
                row["score"] = probability(features, version["parameters"])
                row["level"] = level_of(row["score"], cuts)
                row["model_version"] = chosen[purpose]
            rows.append(
                {
                    "one_id": customer["one_id"],
                    "purpose": purpose,
                    "horizon_days": newest["horizon_days"],
                    "as_of_date": world.as_of_date,
                    **row,
                }
            )
    for row in list(rows):
        score = None if row["score"] is None else 1 - row["score"]
        purpose = row["purpose"].replace("churn", "buys")
        rows.append({**row, "purpose": purpose, "score": score, "level": None})
    return rows


@table("predictions.churn_levels", key=["purpose", "level"])
def churn_levels(world: World) -> Rows:
    """The levels with the customers of today and the measured rates."""
    rows = []
    for level in world["steps.churn_levels"]:
        tested, churned = level["tested_customers"], level["churned"]
        centre = (churned + 1.9208) / (tested + 3.8416)
        half = 1.96 * math.sqrt(centre * (1 - centre) / (tested + 3.8416))
        rows.append(
            {
                **level,
                "customers": sum(
                    (row["purpose"], row["level"]) == (level["purpose"], level["level"])
                    for row in world["predictions.scores"]
                ),
                "measured_rate": churned / tested if tested else None,
                "rate_low": max(centre - half, 0.0) if tested else None,
                "rate_high": min(centre + half, 1.0) if tested else None,
                "as_of_date": world.as_of_date,
            }
        )
    return rows
