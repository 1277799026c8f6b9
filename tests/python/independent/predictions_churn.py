"""Churn, by scikit-learn called as the doc block predictions__churn says."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections import defaultdict
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from tests.python.independent.predictions import FEATURES, deviation, probability_metrics
from tests.python.independent.world import Row, Rows, World, table

METHODS: dict[str, tuple[str, ...]] = {
    "base_rate": (),
    "recency": ("recency_days",),
    "rfm": ("recency_days", "order_days", "net_amount"),
    "logistic": FEATURES,
}
SQUARED = ("recency_days", "order_days", "net_amount", "overdue_ratio")
LEVELS = ("normal", "mild", "serious", "very_serious")


@table("steps.churn_versions", key=["purpose", "model_version"])
def churn_versions(world: World) -> Rows:
    """Every version with its parameters, or why it could not be fitted."""
    rows = []
    for horizon in sorted({row["horizon_days"] for row in world["steps.prediction_dates"]}):
        dates = [r for r in world["steps.prediction_dates"] if r["horizon_days"] == horizon]
        for date in dates:
            if date["step"] and not date["is_tested"]:
                continue
            learnt = [
                row
                for row in world["steps.score_frame"]
                if row["horizon_days"] == horizon and 1 <= row["step"] - date["step"] <= 3
            ]
            learnt.sort(key=lambda row: (row["step"], row["one_id"]))
            for method, columns in METHODS.items():
                reason, parameters = fitted(world, learnt, columns, date["last_step"])
                names = ("feature", "coefficient", "square_coefficient", "centre", "scale")
                text = json.dumps({name: [p[name] for p in parameters] for name in names})
                label = "none" if reason else hashlib.sha256(text.encode()).hexdigest()[:8]
                last = max((row["date"] for row in learnt), default=None)
                rows.append(
                    {
                        "purpose": f"churn_{horizon}",
                        "horizon_days": horizon,
                        "step": date["step"],
                        "method": method,
                        "model_version": f"{method}-{date['fit_date']}-{label}",
                        "parameters": parameters,
                        "reason": reason,
                        "rows_trained": len(learnt),
                        "train_from_date": min((row["date"] for row in learnt), default=None),
                        "train_to_date": last and last + dt.timedelta(days=horizon),
                        "fit_date": date["fit_date"],
                    }
                )
    return rows


def fitted(
    world: World, learnt: Rows, columns: tuple[str, ...], last_step: int
) -> tuple[str | None, Rows]:
    """Why nothing can be fitted, or None; and a row of parameters per feature."""
    fewest = world.setting("prediction_min_customers")
    outcome = np.array([row["days_after_known"] == 0 for row in learnt], dtype=int)
    rarer = min(outcome.sum(), len(outcome) - outcome.sum())
    if last_step < 2:
        return "history_too_short", []
    if len(learnt) < fewest:
        return "too_few_customers", []
    if rarer == 0:
        return "one_outcome_only", []
    if rarer < fewest / 10:
        return "too_few_customers", []
    for name in columns:
        ones, zeros = (
            [r[name] for r, o in zip(learnt, outcome, strict=True) if o == k] for k in (1, 0)
        )
        if max(zeros) < min(ones) or max(ones) < min(zeros):
            return f"leak_{name}", []
    parameters: list[dict[str, Any]] = []
    scaled: dict[str, np.ndarray] = {}
    for name in columns:
        logs = np.log1p([row[name] for row in learnt])
        centre, scale = (float(np.round(f(logs), 9)) for f in (np.mean, np.std))
        if scale:
            scaled[name] = (logs - centre) / scale
            parameters.append({"feature": name, "centre": centre, "scale": scale})
    squares = [name for name in scaled if name in SQUARED]
    matrix = [*scaled.values(), *(scaled[name] ** 2 for name in squares)]
    if matrix:
        model = LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000)
        model.fit(np.column_stack(matrix), outcome)
        intercept, found = model.intercept_[0], [float(np.round(c, 9)) for c in model.coef_[0]]
    else:
        share = outcome.mean()
        intercept, found = math.log(share / (1 - share)), []
    for number, row in enumerate(parameters):
        row["coefficient"] = found[number]
        row["square_coefficient"] = 0.0
        if row["feature"] in squares:
            row["square_coefficient"] = found[len(parameters) + squares.index(row["feature"])]
    first = {
        "feature": "intercept",
        "coefficient": float(np.round(intercept, 9)),
        "square_coefficient": 0.0,
        "centre": 0.0,
        "scale": 1.0,
    }
    return None, [first, *parameters]


def probability(customer: Row, parameters: Rows) -> float:
    """What a version gives a customer, with twelve decimals."""
    odds = 0.0
    for row in parameters:
        if row["feature"] == "intercept":
            odds += row["coefficient"]
        else:
            scaled = (math.log(1 + customer[row["feature"]]) - row["centre"]) / row["scale"]
            odds += row["coefficient"] * scaled + row["square_coefficient"] * scaled**2
    return round(1 / (1 + math.exp(-odds)), 12)


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
    return rows


@table("steps.churn_back_tests")
def churn_back_tests(world: World) -> Rows:
    """The metrics of each version and tested date."""
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
    return rows


@table("steps.churn_models", key=["purpose", "model_version"])
def churn_models(world: World) -> Rows:
    """Every version, and which one scores."""
    errors: dict[tuple[str, str], list[float]] = defaultdict(list)
    pairs: dict[tuple[str, str], dict[Any, dict[bool, float]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for row in world["steps.churn_tested"]:
        error = (row["probability"] - row["outcome"]) ** 2
        if row["is_own_date"]:
            errors[row["purpose"], row["method"]].append(error)
        where = (row["tested_date"], row["one_id"])
        pairs[row["purpose"], row["method"]][where][row["is_own_date"]] = error
    rows = []
    for version in world["steps.churn_versions"]:
        purpose, method = version["purpose"], version["method"]
        means = {
            m: sum(errors[purpose, m]) / len(errors[purpose, m])
            for m in METHODS
            if errors[purpose, m]
        }
        best = min(means, key=lambda m: means[m]) if means else None
        more = [p[True] - p[False] for p in pairs[purpose, method].values() if len(p) == 2]
        is_worse = len(more) > 1 and sum(more) / len(more) > 1.645 * deviation(more) / math.sqrt(
            len(more)
        )
        is_best = method == best != "base_rate"
        is_chosen = is_best and version["reason"] is None and version["step"] == int(is_worse)
        if version["reason"]:
            reason = version["reason"]
        elif is_chosen:
            reason = "beats_the_baselines" if method == "logistic" else "baseline_not_beaten"
            reason = "previous_version_kept" if is_worse else reason
        elif is_best:
            reason = "replaced" if version["step"] else "worse_than_the_previous_version"
        else:
            reason = "does_not_beat_a_baseline" if method == "logistic" else "baseline"
        rows.append(
            {
                "purpose": purpose,
                "model_version": version["model_version"],
                "method": method,
                "library_versions": f"numpy {np.__version__}",
                "reason": reason,
                "horizon_days": version["horizon_days"],
                "rows_trained": version["rows_trained"],
                "seed": None,
                "is_chosen": is_chosen,
                "train_from_date": version["train_from_date"],
                "train_to_date": version["train_to_date"],
                "as_of_date": version["fit_date"],
            }
        )
    return rows


@table("steps.churn_levels", key=["purpose", "level"])
def churn_cuts(world: World) -> Rows:
    """Where levels begin, and what happened in them on the tested dates."""
    rows = []
    for model in world["steps.churn_models"]:
        if not model["is_chosen"]:
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
            if features is None:
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
