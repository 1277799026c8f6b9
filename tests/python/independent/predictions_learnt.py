"""How well held-out customers are ranked, from the doc block predictions__learnt."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict

from tests.python.independent.predictions import deviation, probability_metrics
from tests.python.independent.world import Rows

#: Value, ends of its interval, customers.
Metric = tuple[float | None, float | None, float | None, int]


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def place_in_folds(rows: Rows) -> None:
    """Write into each row where it stands in its fold, which share is above it, and its own."""
    folds: dict[int, Rows] = defaultdict(list)
    for row in rows:
        folds[row["fold"]].append(row)
    for fold in folds.values():
        total = math.fsum(row["stands_for"] for row in fold)
        fold.sort(key=lambda row: (-row["score"], md5(row["one_id"]), row["one_id"]))
        down = 0.0
        for row in fold:
            below = math.fsum(o["stands_for"] for o in fold if o["score"] < row["score"])
            equal = math.fsum(o["stands_for"] for o in fold if o["score"] == row["score"])
            down += row["stands_for"]
            row["place"] = round((below + equal / 2) / total, 12)
            row["down"] = down / total
            row["own"] = row["stands_for"] / total


def right_sides(tested: Rows) -> dict[str, float]:
    """Share of the other outcome that each customer is on the right side of, half of equal ones."""
    ones = [row["probability"] for row in tested if row["outcome"]]
    zeros = [row["probability"] for row in tested if not row["outcome"]]
    return {
        row["one_id"]: (
            sum((row["probability"] > z) + (row["probability"] == z) / 2 for z in zeros)
            / len(zeros)
            if row["outcome"]
            else sum((row["probability"] < o) + (row["probability"] == o) / 2 for o in ones)
            / len(ones)
        )
        for row in tested
    }


def ranking_metrics(tested: Rows, baseline: dict[str, float] | None) -> dict[str, Metric]:
    """Area, its gain over the baseline, largest distance and lifts; probability is the standing."""
    count = len(tested)
    ones = [row["probability"] for row in tested if row["outcome"]]
    zeros = [row["probability"] for row in tested if not row["outcome"]]
    distance = max(
        abs(
            sum(one <= at for one in ones) / len(ones)
            - sum(zero <= at for zero in zeros) / len(zeros)
        )
        for at in ones + zeros
    )
    area, low, high = probability_metrics(tested)["auc"]
    metrics: dict[str, Metric] = {
        "auc": (area, low, high, count),
        "ks": (distance, None, None, count),
    }
    if baseline is not None:
        gain = {k: v - baseline[k] for k, v in right_sides(tested).items()}
        groups = [[gain[r["one_id"]] for r in tested if r["outcome"] == o] for o in (0, 1)]
        mean = sum(math.fsum(group) / len(group) for group in groups) / 2
        error = math.sqrt(sum(deviation(group) ** 2 / len(group) for group in groups))
        metrics["auc_gain"] = (mean, mean - 1.96 * error, mean + 1.96 * error, count)
    for percent in (1, 5, 10):
        share = percent / 100
        caught = math.fsum(
            row["outcome"] * min(max((share - row["down"] + row["own"]) / row["own"], 0), 1)
            for row in tested
        ) / len(ones)  # fmt: skip
        half = 1.96 * math.sqrt(caught * (1 - caught) / len(ones))
        metrics[f"lift_at_{percent}"] = (
            caught / share, max(caught - half, 0) / share, min(caught + half, 1) / share, count,
        )  # fmt: skip
    return metrics
