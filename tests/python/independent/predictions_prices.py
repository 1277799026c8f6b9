"""The next price band and price (doc block predictions__next_prices), weights by scipy."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections import Counter, defaultdict
from typing import Any

import numpy as np
from scipy.optimize import minimize

from tests.python.independent.predictions_fits import judged
from tests.python.independent.statistics import rounded
from tests.python.independent.world import Row, Rows, World, table

BANDS = ("low", "mid", "high")
FITTED = ("category", "own", "faded", "recent", "elsewhere")
BASELINES = {"base_rate": "category", "own_frequency": "own", "last_band": "last"}
MODEL = "conditional_logit"
HORIZON = dt.timedelta(days=28)
ORDER = ("ordered_date", "ordered_at", "order_id", "line_no")


@table("steps.price_lines_known")
def known_lines(world: World) -> Rows:
    """Lines that have a price, with the day from which they are known."""
    known = {order["order_id"]: order for order in world["steps.known_orders"]}
    rows = []
    for line in world["core.order_lines"]:
        sale = known.get(line["order_id"])
        if sale is None or line["category"] is None:
            continue
        if line["quantity"] > 0 and line["list_amount"] > 0:
            price = float(rounded(float(line["list_amount"]) / float(line["quantity"]), 2))
            if price > 0:
                rows.append(
                    {
                        **{name: line[name] for name in (*ORDER, "category")},
                        "one_id": sale["one_id"],
                        "known_date": sale["known_date"],
                        "price": price,
                    }
                )
    return rows


def dates_of(world: World) -> Rows:
    """The dates of 28 days that the history allows."""
    return [
        row
        for row in world["steps.prediction_dates"]
        if row["horizon_days"] == HORIZON.days and row["step"] <= row["last_step"]
    ]


def category_of(world: World, lines: Rows) -> Row:
    """Where the bands of a category lie, by the lines known on a date."""
    counts = Counter(line["price"] for line in lines)
    bands: dict[float, str] = {}
    cheaper = 0
    for price in sorted(counts):
        # in sixths of the lines, so that nothing is rounded
        level = 3 * (2 * cheaper + counts[price])
        thirds = (level >= 2 * len(lines)) + (level >= 4 * len(lines))
        bands[price] = BANDS[thirds]
        cheaper += counts[price]
    of_band = {band: [p for p in counts.elements() if bands[p] == band] for band in BANDS}
    reason = None
    if len({line["one_id"] for line in lines}) < world.setting("min_group_customers"):
        reason = "too_few_customers"
    elif sum(bool(of_band[band]) for band in BANDS) == 1:
        reason = "one_price_band"
    return {
        "reason": reason,
        "low_to": max(of_band["low"], default=0.0),
        "mid_to": max(of_band["low"] + of_band["mid"], default=0.0),
        "share": {b: (len(of_band[b]) + 1) / (len(lines) + 3) for b in BANDS},
        "price": sum(counts.elements()) / len(lines),
    }


@table("steps.price_rows")
def price_rows(world: World) -> Rows:
    """What was known of each customer and category on each date, and what came next."""
    lines: dict[str, Rows] = defaultdict(list)
    for line in world["steps.price_lines_known"]:
        lines[line["one_id"]].append(line)
    sampled: dict[int, list[str]] = defaultdict(list)
    for row in world["steps.score_frame"]:
        if row["horizon_days"] == HORIZON.days:
            sampled[row["step"]].append(row["one_id"])
    rows = []
    for at in dates_of(world):
        start = at["date"] - dt.timedelta(days=at["look_back"])
        end = at["date"] + HORIZON
        before: dict[str, Rows] = defaultdict(list)
        for line in world["steps.price_lines_known"]:
            if start < line["ordered_date"] <= at["date"] and line["known_date"] <= at["date"]:
                before[line["category"]].append(line)
        categories = {name: category_of(world, sold) for name, sold in before.items()}

        def band_of(line: Row, categories: dict[str, Row] = categories) -> str:
            category = categories[line["category"]]
            if line["price"] <= category["low_to"]:
                return "low"
            return "mid" if line["price"] <= category["mid_to"] else "high"

        for one_id in sampled[at["step"]]:
            own: dict[str, Rows] = defaultdict(list)
            after: dict[str, Rows] = defaultdict(list)
            for line in sorted(lines[one_id], key=lambda line: [line[name] for name in ORDER]):
                if start < line["ordered_date"] <= at["date"] and line["known_date"] <= at["date"]:
                    own[line["category"]].append(line)
                elif at["date"] < line["ordered_date"] <= end and line["category"] in categories:
                    after[line["category"]].append(line)
            counts = {name: counted(bought, at["date"], band_of) for name, bought in own.items()}
            for name, bought in own.items():
                category = categories[name]
                if at["step"] and (category["reason"] or not after[name]):
                    continue
                known = [line for line in after[name] if line["known_date"] <= end]
                row = {
                    "one_id": one_id,
                    "category": name,
                    "step": at["step"],
                    "is_tested": at["is_tested"],
                    "date": at["date"],
                    "reason": category["reason"],
                    "line_count": len(bought),
                    "prices": {
                        "base_rate": category["price"],
                        "last_band": bought[-1]["price"],
                        "own_frequency": (sum(line["price"] for line in bought) + category["price"])
                        / (len(bought) + 1),
                    },
                }
                if at["step"]:
                    row["after"] = band_of(after[name][0])
                    row["price_after"] = after[name][0]["price"]
                    row["after_known"] = band_of(known[0]) if known else None
                others = [
                    counts[other]
                    for other in own
                    if other != name and categories[other]["reason"] is None
                ]
                for band in BANDS:
                    share = category["share"][band]
                    mine = counts[name]
                    row[band] = {
                        "lines": mine["lines"][band],
                        "elsewhere_lines": sum(other["lines"][band] for other in others),
                        "category": math.log(share),
                        "own": math.log(mine["lines"][band] + share),
                        "last": math.log((band_of(bought[-1]) == band) + share),
                        "faded": math.log(mine["faded"][band] + share),
                        "recent": math.log(mine["recent"][band] + share),
                        "elsewhere": math.log(1 + sum(o["faded"][band] for o in others)),
                    }
                rows.append(row)
    return rows


def counted(lines: Rows, date: dt.date, band_of: Any) -> dict[str, dict[str, float]]:
    """Lines of each band, counted plainly and by age."""
    found: dict[str, dict[str, float]] = {
        name: dict.fromkeys(BANDS, 0) for name in ("lines", "faded", "recent")
    }
    for line in lines:
        band, days = band_of(line), (date - line["ordered_date"]).days
        found["lines"][band] += 1
        found["faded"][band] += 0.5 ** (days / 120)
        found["recent"][band] += 0.5 ** (days / 30)
    return found


def fitted_weights(learnt: Rows) -> dict[str, float]:
    """Weights of the largest penalised likelihood, as scipy finds them."""
    values = np.array([[[row[b][f] for f in FITTED] for b in BANDS] for row in learnt])
    came = np.array([BANDS.index(row["after_known"]) for row in learnt])

    def shares(weights: np.ndarray) -> np.ndarray:
        odds = values @ weights
        odds = odds - odds.max(axis=1, keepdims=True)
        return np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)

    def loss(weights: np.ndarray) -> float:
        given = shares(weights)[np.arange(len(came)), came]
        return float(-np.log(given).sum() + weights @ weights / 2)

    def gradient(weights: np.ndarray) -> np.ndarray:
        given = shares(weights)
        given[np.arange(len(came)), came] -= 1
        return np.einsum("na,naf->f", given, values) + weights

    def curvature(weights: np.ndarray) -> np.ndarray:
        given = shares(weights)
        centred = values - np.einsum("na,naf->nf", given, values)[:, None, :]
        return np.einsum("na,naf,nag->fg", given, centred, centred) + np.eye(len(weights))

    found = minimize(
        loss,
        np.zeros(len(FITTED)),
        jac=gradient,
        hess=curvature,
        method="trust-exact",
        options={"gtol": 1e-9},
    ).x
    found = found - np.linalg.solve(curvature(found), gradient(found))
    return {name: float(np.round(w, 9)) for name, w in zip(FITTED, found, strict=True)}


@table("steps.next_prices_versions", key=["model_version"])
def versions(world: World) -> Rows:
    """Every version with its weights, or why it could not be fitted."""
    fewest = world.setting("prediction_min_customers")
    rows = []
    for date in dates_of(world):
        if date["step"] and not date["is_tested"]:
            continue
        learnt = [
            row
            for row in world["steps.price_rows"]
            if 1 <= row["step"] - date["step"] <= 3 and row["after_known"]
        ]
        reason = None
        if date["last_step"] < 2:
            reason = "history_too_short"
        elif len({row["one_id"] for row in learnt}) < fewest:
            reason = "too_few_customers"
        elif len({row["after_known"] for row in learnt}) < 2:
            reason = "one_outcome_only"
        for method in (*BASELINES, MODEL):
            weights: dict[str, float] = {}
            label = "none"
            if reason is None:
                weights = {BASELINES[method]: 1.0} if method in BASELINES else {}
                weights = weights or fitted_weights(learnt)
                written = {
                    "feature": ["intercept", *weights],
                    "coefficient": [0.0, *weights.values()],
                }
                label = "v" + hashlib.sha256(json.dumps(written).encode()).hexdigest()[:8]
            days = [row["date"] for row in learnt]
            rows.append(
                {
                    "purpose": "price_band_28",
                    "horizon_days": HORIZON.days,
                    "step": date["step"],
                    "method": method,
                    "model_version": f"{method}-{date['fit_date']}-{label}",
                    "weights": weights,
                    "reason": reason,
                    "rows_trained": len(learnt),
                    "train_from_date": min(days, default=None),
                    "train_to_date": max(days) + HORIZON if days else None,
                    "fit_date": date["fit_date"],
                }
            )
    return rows


def given(row: Row, version: Row) -> Row:
    """What a version gives: probabilities, the named band, the expected price."""
    odds = {b: sum(w * row[b][name] for name, w in version["weights"].items()) for b in BANDS}
    raised = {band: math.exp(value - max(odds.values())) for band, value in odds.items()}
    chance = {band: round(value / sum(raised.values()), 12) for band, value in raised.items()}
    # of equal ones mid, then low
    named = max(("mid", "low", "high"), key=lambda band: chance[band])
    return {
        "chance": chance,
        "named": named,
        "price": row["prices"].get(version["method"], row["prices"]["own_frequency"]),
    }


@table("steps.next_prices_tested")
def tested(world: World) -> Rows:
    """What each version gave on its own date and the next, if these are tested."""
    rows = []
    for version in world["steps.next_prices_versions"]:
        for row in world["steps.price_rows"]:
            if (
                version["reason"] is None
                and row["is_tested"]
                and version["step"] - row["step"] in (0, 1)
            ):
                one = given(row, version)
                rows.append(
                    {
                        **one,
                        "one_id": row["one_id"],
                        "category": row["category"],
                        "purpose": version["purpose"],
                        "model_version": version["model_version"],
                        "method": version["method"],
                        "is_own_date": version["step"] == row["step"],
                        "tested_date": row["date"],
                        "after": row["after"],
                        "price_after": row["price_after"],
                        "error": sum(
                            (one["chance"][band] - (row["after"] == band)) ** 2 for band in BANDS
                        ),
                    }
                )
    return rows


def ratio(rows: Rows, value: Any, high: float) -> tuple[float, float | None, float | None]:
    """Mean over lines, with an interval over customers."""
    sums: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        sums[row["one_id"]].append(value(row))
    mean = math.fsum(v for of in sums.values() for v in of) / len(rows)
    if len(sums) < 2:
        return mean, None, None
    off = math.fsum((math.fsum(of) - len(of) * mean) ** 2 for of in sums.values())
    half = 1.96 * math.sqrt(off * len(sums) / (len(sums) - 1)) / len(rows)
    return mean, max(mean - half, 0.0), min(mean + half, high)


@table("steps.next_prices_back_tests")
def back_tests(world: World) -> Rows:
    """The metrics of each version and tested date."""
    groups: dict[tuple[str, ...], Rows] = defaultdict(list)
    for row in world["steps.next_prices_tested"]:
        groups[row["model_version"], row["method"], row["tested_date"]].append(row)
    result = []
    for (version, method, date), rows in groups.items():
        ordered = sorted(
            rows,
            key=lambda r: (round(r["chance"][r["named"]], 9), r["one_id"], r["category"]),
        )
        size, larger = divmod(len(rows), 10)
        distance, start = 0.0, 0
        for number in range(10):
            end = start + size + (number < larger)
            distance += abs(
                math.fsum(
                    r["chance"][r["named"]] - (r["named"] == r["after"]) for r in ordered[start:end]
                )
            )
            start = end
        metrics: dict[str, tuple[float, float | None, float | None]] = {
            "accuracy": ratio(rows, lambda r: float(r["named"] == r["after"]), 1.0),
            "brier": ratio(rows, lambda r: r["error"], math.inf),
            "log_loss": ratio(
                rows, lambda r: -math.log(max(r["chance"][r["after"]], 1e-12)), math.inf
            ),
            "mean_absolute_error": ratio(
                rows, lambda r: abs(r["price"] - r["price_after"]), math.inf
            ),
            "calibration_error": (distance / len(rows), None, None),
            "total_ratio": (
                math.fsum(r["price"] for r in rows) / math.fsum(r["price_after"] for r in rows),
                None,
                None,
            ),
        }
        for metric, (value, low, high) in metrics.items():
            result.append(
                {
                    "purpose": "price_band_28",
                    "model_version": version,
                    "method": method,
                    "metric": metric,
                    "value": value,
                    "value_low": low,
                    "value_high": high,
                    "customers": len({r["one_id"] for r in rows}),
                    "is_baseline": method != MODEL,
                    "tested_date": date,
                }
            )
    return result


@table("steps.next_prices_models", key=["purpose", "model_version"])
def models(world: World) -> Rows:
    """Every version, and which one is used; a customer counts once, with all its categories."""
    errors: dict[tuple[Any, ...], float] = defaultdict(float)
    for row in world["steps.next_prices_tested"]:
        key = (
            row["purpose"], row["method"], row["is_own_date"], row["tested_date"], row["one_id"]
        )  # fmt: skip
        errors[key] += row["error"]
    names = ("purpose", "method", "is_own_date", "tested_date", "one_id")
    rows = [{**dict(zip(names, k, strict=True)), "error": round(e, 9)} for k, e in errors.items()]
    return judged(world["steps.next_prices_versions"], rows, MODEL, tuple(BASELINES))


def explained(row: Row, named: str, weights: dict[str, float]) -> tuple[str, str, str]:
    """Code and words of what speaks most for the named band."""

    def spoken(*features: str) -> float:
        rest = [band for band in BANDS if band != named]
        return round(
            sum(
                weights.get(f, 0.0) * (row[named][f] - sum(row[b][f] for b in rest) / 2)
                for f in features
            ),
            9,
        )

    own = spoken("own", "last", "faded", "recent")
    elsewhere, category = spoken("elsewhere"), spoken("category")
    if row[named]["lines"] and own > 0 and own >= max(elsewhere, category):
        text = f"{row[named]['lines']} / {row['line_count']}"
        return (
            "own_habit",
            f"{text} lines bought here were of this band",
            f"在该品类购买的 {text} 件属于该价位",
        )
    if row[named]["elsewhere_lines"] and elsewhere > 0 and elsewhere >= category:
        whole = sum(row[band]["elsewhere_lines"] for band in BANDS)
        text = f"{row[named]['elsewhere_lines']} / {whole}"
        return (
            "habit_elsewhere",
            f"{text} lines bought elsewhere were of this band",
            f"在其他品类购买的 {text} 件属于该价位",
        )
    return (
        "usual_in_category",
        "what most customers of the category buy",
        "该品类多数顾客购买的价位",
    )


@table("predictions.next_prices", key=["one_id", "category"])
def next_prices(world: World) -> Rows:
    """The band and price expected of each customer's next purchase in a category."""
    used = [row["model_version"] for row in world["steps.next_prices_models"] if row["is_chosen"]]
    of_versions = world["steps.next_prices_versions"]
    version = next((row for row in of_versions if row["model_version"] in used), None)
    newest = [r["reason"] for r in of_versions if r["step"] == 0 and r["method"] == MODEL]
    rows = []
    for row in world["steps.price_rows"]:
        if row["step"]:
            continue
        empty = dict.fromkeys(
            (
                "price_band", "reason_en", "reason_zh", "method", "model_version", "probability",
                *(f"{band}_probability" for band in BANDS), "expected_price",
            )
        )  # fmt: skip
        said: Row = {
            **empty,
            "reason_code": row["reason"] or newest[0] or "no_model_beats_the_base_rate",
        }
        if version and not row["reason"]:
            one = given(row, version)
            code, english, chinese = explained(row, one["named"], version["weights"])
            said = {
                "price_band": one["named"],
                "reason_code": code,
                "reason_en": english,
                "reason_zh": chinese,
                "method": version["method"],
                "model_version": version["model_version"],
                "probability": one["chance"][one["named"]],
                **{f"{band}_probability": one["chance"][band] for band in BANDS},
                "expected_price": rounded(one["price"], 2),
            }
        rows.append(
            {
                "one_id": row["one_id"],
                "category": row["category"],
                **said,
                "line_count": row["line_count"],
                "as_of_date": world.as_of_date,
            }
        )
    return rows
