"""Linear models on the score frame, by scikit-learn called as the docs of predictions say."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression, PoissonRegressor

from tests.python.independent.predictions import FEATURES, deviation
from tests.python.independent.world import Row, Rows, World

BASELINES: dict[str, tuple[str, ...]] = {
    "base_rate": (),
    "recency": ("recency_days",),
    "rfm": ("recency_days", "order_days", "net_amount"),
}
SQUARED = ("recency_days", "order_days", "net_amount", "overdue_ratio")

#: What is learnt from, and what is tested against, per purpose.
Outcome = Callable[[Row], float]


def versions(world: World, family: str, learnt_from: dict[str, Outcome]) -> Rows:
    """Every version with its parameters, or why it could not be fitted."""
    rows = []
    of_step: dict[tuple[int, int], Rows] = defaultdict(list)
    for row in world["steps.score_frame"]:
        of_step[row["horizon_days"], row["step"]].append(row)
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
            for purpose, outcome in learnt_from.items():
                for method, columns in {**BASELINES, family: FEATURES}.items():
                    outcomes = np.array([outcome(row) for row in learnt], dtype=float)
                    reason, parameters = fitted(
                        world, learnt, outcomes, columns, family, date["last_step"]
                    )
                    if reason is None:
                        year = date["step"] + {28: 13, 90: 4}[horizon]
                        newest, then, before = (
                            of_step[horizon, step] for step in (date["step"] + 1, year, year + 1)
                        )
                        season = [then, before] if then and before else []
                        if season and before[0]["history"] < 182:
                            season = []
                        move_the_level(parameters, outcome, family, newest, season)
                    names = ("feature", "coefficient", "square_coefficient", "centre", "scale")
                    text = json.dumps({name: [p[name] for p in parameters] for name in names})
                    label = (
                        "none" if reason else "v" + hashlib.sha256(text.encode()).hexdigest()[:8]
                    )
                    last = max((row["date"] for row in learnt), default=None)
                    rows.append(
                        {
                            "purpose": f"{purpose}_{horizon}",
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
    world: World,
    learnt: Rows,
    outcome: np.ndarray,
    columns: tuple[str, ...],
    family: str,
    last_step: int,
) -> tuple[str | None, Rows]:
    """Why nothing can be fitted, or None; and a row of parameters per feature."""
    fewest = world.setting("prediction_min_customers")
    is_one = outcome > 0
    rarer = min(is_one.sum(), len(outcome) - is_one.sum())
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
            [r[name] for r, o in zip(learnt, is_one, strict=True) if o == k] for k in (1, 0)
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
    unit = outcome.mean() if family == "poisson" else 1.0
    if matrix and family == "poisson":
        # its loss is a mean, and its penalty half of alpha
        regression = PoissonRegressor(
            alpha=1 / len(outcome), solver="newton-cholesky", tol=1e-13, max_iter=1000
        )
        regression.fit(np.column_stack(matrix), outcome / unit)
        intercept, coefficients = regression.intercept_ + math.log(unit), regression.coef_
    elif matrix:
        model = LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000)
        model.fit(np.column_stack(matrix), outcome)
        intercept, coefficients = model.intercept_[0], model.coef_[0]
    else:
        share = outcome.mean()
        intercept = math.log(share if family == "poisson" else share / (1 - share))
        coefficients = np.zeros(0)
    found = [float(np.round(c, 9)) for c in coefficients]
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


def move_the_level(
    parameters: Rows, outcome: Outcome, family: str, newest: Rows, season: list[Rows]
) -> None:
    """Move the intercept by what lasts of the newest distance, and by half the season's change."""

    def off(rows: Rows) -> float:
        residual = variance = 0.0
        for row in rows:
            odds = linear(row, parameters)
            if family == "poisson":
                mean = math.exp(min(max(odds, -20), 30))
                variance += mean
            else:
                mean = 1 / (1 + math.exp(-odds))
                variance += mean * (1 - mean)
            residual += float(outcome(row)) - mean
        return min(max(residual / variance, -1.0), 1.0)

    shift = 0.5 ** (newest[0]["horizon_days"] / 90) * off(newest)
    if season:
        then, before = season
        shift += (off(then) - off(before)) / 2
    parameters[0]["coefficient"] = float(np.round(parameters[0]["coefficient"] + shift, 9))


def linear(customer: Row, parameters: Rows) -> float:
    """What a version gives a customer, before it becomes a probability or a mean."""
    odds = 0.0
    for row in parameters:
        if row["feature"] == "intercept":
            odds += row["coefficient"]
        else:
            scaled = (math.log(1 + customer[row["feature"]]) - row["centre"]) / row["scale"]
            odds += row["coefficient"] * scaled + row["square_coefficient"] * scaled**2
    return odds


def beats_the_base_rate(
    errors: dict[Any, dict[bool, float]], base: dict[Any, dict[bool, float]]
) -> bool:
    """Whether customers gain more by a method than by chance, each over its tested dates."""
    gains: dict[str, float] = defaultdict(float)
    for (date, one_id), error in errors.items():
        if True in error:
            gains[one_id] += base[date, one_id][True] - error[True]
    if len(gains) < 2:
        return False
    limit = 1.645 * deviation(list(gains.values())) * math.sqrt(len(gains))
    return sum(gains.values()) > limit


def judged(
    versions: Rows, tested: Rows, family: str, baselines: Iterable[str] = tuple(BASELINES)
) -> Rows:
    """Every version, and which one scores."""
    errors: dict[tuple[str, str], list[float]] = defaultdict(list)
    pairs: dict[tuple[str, str], dict[Any, dict[bool, float]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for row in tested:
        error = row["error"]
        if row["is_own_date"]:
            errors[row["purpose"], row["method"]].append(error)
        where = (row["tested_date"], row["one_id"])
        pairs[row["purpose"], row["method"]][where][row["is_own_date"]] = error
    rows = []
    for version in versions:
        purpose, method = version["purpose"], version["method"]
        means = {
            m: round(sum(errors[purpose, m]) / len(errors[purpose, m]), 12)
            for m in (*baselines, family)
            if beats_the_base_rate(pairs[purpose, m], pairs[purpose, "base_rate"])
        }
        # of equal ones the first
        best = min(means, key=lambda m: means[m]) if means else None
        more = [p[True] - p[False] for p in pairs[purpose, method].values() if len(p) == 2]
        is_worse = len(more) > 1 and sum(more) / len(more) > 1.645 * deviation(more) / math.sqrt(
            len(more)
        )
        is_best = method == best
        is_chosen = is_best and version["reason"] is None and version["step"] == int(is_worse)
        if version["reason"]:
            reason = version["reason"]
        elif is_chosen:
            reason = "beats_the_baselines" if method == family else "baseline_not_beaten"
            reason = "previous_version_kept" if is_worse else reason
        elif is_best:
            reason = "replaced" if version["step"] else "worse_than_the_previous_version"
        else:
            reason = "does_not_beat_a_baseline" if method == family else "baseline"
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
