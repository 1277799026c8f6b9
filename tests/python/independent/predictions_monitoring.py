"""Whether models still fit, from the doc block predictions__monitoring."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from tests.python.independent.predictions import FEATURES
from tests.python.independent.world import Rows, World, table

MONITORED = ("churn", "orders", "spend", "learnt", "look")
OF_PROBABILITIES = ("churn_", "learnt_tag_", "look_alike_")


@table("quality.model_monitoring", key=["purpose", "measure", "feature"])
def model_monitoring(world: World) -> Rows:
    """Stability, calibration and coverage of each purpose that is scored."""
    before: dict[tuple[object, str], Counter[int]] = defaultdict(Counter)
    today: dict[tuple[object, str], Counter[int]] = defaultdict(Counter)
    for row in world["steps.score_frame"]:
        if row["step"] <= 3:
            counts = before if row["step"] else today
            for feature in FEATURES:
                bin_ = math.floor(2 * math.log(1 + row[feature]))
                counts[row["horizon_days"], feature][bin_] += 1
    models = [
        row
        for row in world["predictions.models"]
        if row["is_chosen"] and row["purpose"].split("_")[0] in MONITORED
    ]
    methods = {row["purpose"]: row["method"] for row in models}
    for name, score in (("churn", "probability"), ("repeat", "expected")):
        for row in world[f"steps.{name}_tested"]:
            if row["is_own_date"] and methods.get(row["purpose"]) == row["method"]:
                before[row["purpose"], "score"][bin_of(row["purpose"], row[score])] += 1
    for fit in world["steps.learnt_tag_chosen"]:
        purpose = f"learnt_tag_{fit['label_code']}"
        for score in fit["tested"]:
            before[purpose, "score"][bin_of(purpose, score)] += 1
    for row in world["predictions.learnt_tags"]:
        purpose = f"learnt_tag_{row['label_code']}"
        today[purpose, "score"][bin_of(purpose, row["score"])] += 1
    stood_for: dict[tuple[str, int], float] = defaultdict(float)
    for row in world["steps.look_alike_scores"]:
        today[row["purpose"], "score"][bin_of(row["purpose"], row["score"])] += 1
        if row["tested"] is not None:
            stood_for[row["purpose"], bin_of(row["purpose"], row["tested"])] += row["stands_for"]
    for (purpose, bin_), number in stood_for.items():
        before[purpose, "score"][bin_] = round(number)
    scored: Counter[str] = Counter()
    buyers: Counter[str] = Counter()
    for row in world["predictions.scores"]:
        buyers[row["purpose"]] += row["reason"] not in (
            "no_order_yet",
            "objected",
            "no_consent",
        )
        if row["score"] is not None:
            scored[row["purpose"]] += 1
            today[row["purpose"], "score"][bin_of(row["purpose"], row["score"])] += 1

    rows = []
    for model in models:
        purpose = model["purpose"]
        found: list[tuple[str, str, float, float, float, int]] = []
        for key in [(model["horizon_days"], name) for name in FEATURES] + [(purpose, "score")]:
            if before[key] and today[key]:
                found.append(
                    ("stability", key[1], stability(before[key], today[key]), 0.1, 0.25,
                     today[key].total())
                )  # fmt: skip
        metric = "calibration_error" if purpose.startswith(OF_PROBABILITIES) else "total_ratio"
        tests = [
            row
            for row in world["predictions.back_tests"]
            if (row["purpose"], row["method"], row["metric"]) == (purpose, model["method"], metric)
        ]
        if not purpose.startswith("look_alike_"):
            newest = max(tests, key=lambda row: (row["tested_date"], row["model_version"]))
            value, watch, act = newest["value"], 0.03, 0.1
            if metric == "total_ratio":
                value, watch, act = abs(value - 1), 0.1, 0.25
            found.append(("calibration", "score", value, watch, act, newest["customers"]))
        if buyers[purpose]:
            share = 1 - scored[purpose] / buyers[purpose]
            found.append(("not_covered", "score", share, 0.01, 0.1, buyers[purpose]))
        for measure, feature, value, watch, act, customers in found:
            rows.append(
                {
                    "purpose": purpose,
                    "model_version": model["model_version"],
                    "measure": measure,
                    "feature": feature,
                    "verdict": "act" if value >= act else "watch" if value >= watch else "ok",
                    "value": value,
                    "watch_from": watch,
                    "act_from": act,
                    "customers": customers,
                    "as_of_date": world.as_of_date,
                }
            )
    return rows


def bin_of(purpose: str, score: float) -> int:
    """The bin of a score."""
    if purpose.startswith(OF_PROBABILITIES):
        return min(math.floor(score * 10), 9)
    return math.floor(2 * math.log(1 + score))


def stability(before: Counter[int], today: Counter[int]) -> float:
    """The population stability index of two counts of the same bins."""
    bins = set(before) | set(today)
    total = 0.0
    for each in bins:
        old = (before[each] + 0.5) / (before.total() + len(bins) * 0.5)
        new = (today[each] + 0.5) / (today.total() + len(bins) * 0.5)
        total += (new - old) * math.log(new / old)
    return total
