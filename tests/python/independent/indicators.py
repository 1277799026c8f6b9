"""Scores of 0 to 1 from weighted indicators, as tag_brand_loyalty describes them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from tests.python.independent.statistics import quantile


def weighted_scores(
    rows: Iterable[Mapping[str, Any]], weights: Mapping[str, float], window_days: int
) -> list[float | None]:
    """The weighted sum of each row's indicators; None where nobody has any of them.

    Indicators called last_… hold days since something happened (None: never), those called
    …_against_like shares, all others counts, seconds or amounts. An indicator that nobody has
    gives its weight to the others.
    """
    rows = list(rows)
    used = {}
    caps = {}
    for name in weights:
        if name.startswith("last_"):
            used[name] = any(row[name] is not None for row in rows)
        else:
            positive = [row[name] for row in rows if (row[name] or 0) > 0]
            used[name] = bool(positive)
            caps[name] = quantile(positive, 0.99)
    total = math.fsum(weight for name, weight in weights.items() if used[name])
    if not total:
        return [None for _ in rows]
    scores = []
    for row in rows:
        points = []
        for name, weight in weights.items():
            if not used[name]:
                continue
            if name.startswith("last_"):
                points.append(weight * falling(row[name], window_days))
            elif name.endswith("_against_like"):
                points.append(weight * (row[name] or 0))
            else:
                points.append(weight * on_log_scale(row[name], caps[name] or 0))
        scores.append(math.fsum(points) / total)
    return scores


def falling(days: int | None, window_days: int) -> float:
    """1 for today, 0 for a window ago or never, a straight line between."""
    return 0.0 if days is None else 1 - min(days, window_days) / window_days


def on_log_scale(value: Any, cap: float) -> float:
    """0 for nothing, 1 from the cap on, ln(1 + value) between."""
    return math.log1p(min(max(float(value or 0), 0), cap)) / math.log1p(cap)
