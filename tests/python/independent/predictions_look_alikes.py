"""Look-alikes (doc block predictions__look_alikes), the regressions by scikit-learn."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections import defaultdict
from decimal import Decimal
from typing import Any

import numpy as np
import scipy
import sklearn
from sklearn.linear_model import LogisticRegression

from tests.python.independent.customers import kept_out
from tests.python.independent.predictions import FEATURES
from tests.python.independent.predictions_learnt import (
    md5,
    place_in_folds,
    ranking_metrics,
    right_sides,
)
from tests.python.independent.world import Row, Rows, World, table

METHODS = {"rfm": ("recency_days", "order_days", "net_amount"), "logistic": (), "spy_logistic": ()}
COUNTS = (
    "post_count", "reply_count", "like_count", "replies_received", "likes_received",
    "share_count", "referred_customers", "calls_last_90_days",
)  # fmt: skip


@table("steps.customer_features")
def customer_features(world: World) -> Rows:
    """A row per identified customer: its features that are not 0."""
    start = world.as_of_date - dt.timedelta(days=world.setting("prediction_look_back_days"))
    found: dict[str, dict[str, float]] = {}
    for customer in world["core.customers"]:
        if customer["is_identified"]:
            found[customer["one_id"]] = {
                f"{name}_{customer[name]}": 1.0
                for name in ("gender", "card_level", "city")
                if customer[name] is not None
            }
    for row in world["steps.score_frame"]:
        if row["horizon_days"] == 28 and row["step"] == 0 and row["one_id"] in found:
            found[row["one_id"]].update({name: row[name] for name in FEATURES})
    for row in world["core.customer_engagement"]:
        if row["one_id"] in found:
            found[row["one_id"]].update({name: float(row[name]) for name in COUNTS})
    for session in world["core.web_sessions"]:
        if session["one_id"] in found and session["started_date"] > start:
            of = found[session["one_id"]]
            of["web_visits"] = of.get("web_visits", 0.0) + 1
    category_of = {row["product_id"]: row["category"] for row in world["core.products"]}
    spend: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in world["core.order_lines"]:
        if (
            line["one_id"] in found
            and not line["is_return"]
            and not line["is_cancelled"]
            and line["ordered_date"] > start
        ):
            amount = max(Decimal(str(line["net_amount"] or 0)), Decimal())
            of = spend[line["one_id"]]
            of["all"] += amount
            of["discount"] += max(Decimal(str(line["discount_amount"] or 0)), Decimal())
            of[f"channel_{line['channel']}"] += amount
            if category_of.get(line["product_id"]) is not None:
                of[f"category_{category_of[line['product_id']]}"] += amount
    for one_id, sums in spend.items():
        of = {name: float(amount) for name, amount in sums.items()}
        if of["all"] > 0:
            found[one_id]["discount_percent"] = 100 * of["discount"] / (of["all"] + of["discount"])
            for name, amount in of.items():
                if name not in ("all", "discount"):
                    found[one_id][name] = 100 * amount / of["all"]
    return [
        {"one_id": one_id, "features": {k: v for k, v in features.items() if v > 0}}
        for one_id, features in found.items()
    ]


@table("steps.look_alike_customers")
def customers(world: World) -> Rows:
    """Seeds and others of each crowd, and what part they have in the test."""
    most = world.setting("look_alike_sample_customers")
    excluded = kept_out(world, "predictions")
    rows = []
    for crowd_code, crowd in world.setting("look_alike_crowds").items():
        column, value = crowd["where"].split(" = ")
        groups: dict[bool, list[str]] = {True: [], False: []}
        for customer in world["tags.customer_360"]:
            if customer["is_identified"] and customer["one_id"] not in excluded:
                groups[customer[column] == value.strip("'")].append(customer["one_id"])
        for is_seed, group in groups.items():
            group.sort(key=lambda one_id: (md5(crowd_code + one_id), one_id))
            for number, one_id in enumerate(group):
                is_sampled = number < most
                rows.append(
                    {
                        "crowd_code": crowd_code,
                        "one_id": one_id,
                        "is_seed": is_seed,
                        "fold": number % 3 + 1 if is_sampled else None,
                        "stands_for": len(group) / min(len(group), most),
                        "is_spy": is_seed and is_sampled and number // 3 % 20 in (3, 10, 17),
                        "is_sampled": is_sampled,
                    }
                )
    return rows


def regression(values: np.ndarray, names: list[str], outcome: np.ndarray) -> list[Row]:
    """Parameters, the intercept first."""
    logs = np.log1p(values)
    centre, scale = logs.mean(axis=0).round(9), logs.std(axis=0).round(9)
    kept = [n for n in range(len(names)) if scale[n] > 0]
    model = LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit((logs[:, kept] - centre[kept]) / scale[kept], outcome)
    rows = [{"feature": "intercept", "coefficient": model.intercept_[0], "centre": 0, "scale": 1}]
    rows += [
        {"feature": names[n], "coefficient": c, "centre": centre[n], "scale": scale[n]}
        for n, c in zip(kept, model.coef_[0], strict=True)
    ]
    return [
        {name: v if name == "feature" else float(np.round(v, 9)) for name, v in row.items()}
        for row in rows
    ]


def odds(parameters: list[Row], features: dict[str, float]) -> float:
    """What a version gives a customer."""
    total = 0.0
    for row in parameters:
        x = 1.0
        if row["feature"] != "intercept":
            x = (math.log1p(features.get(row["feature"], 0.0)) - row["centre"]) / row["scale"]
        total += row["coefficient"] * x
    return round(total, 9)


@table("steps.look_alike_fits")
def fits(world: World) -> Rows:
    """Every method of every crowd with the parameters of its folds, or why there are none."""
    features = {row["one_id"]: row["features"] for row in world["steps.customer_features"]}
    fewest = world.setting("prediction_min_customers")
    result = []
    for crowd_code in sorted(world.setting("look_alike_crowds")):
        sample = [
            row
            for row in world["steps.look_alike_customers"]
            if row["crowd_code"] == crowd_code and row["is_sampled"]
        ]
        sample.sort(key=lambda row: row["one_id"])
        holders: dict[str, int] = defaultdict(int)
        for row in sample:
            for name in features[row["one_id"]]:
                holders[name] += 1
        kept = sorted((-count, name) for name, count in holders.items() if count >= 10)[:60]
        names = sorted(name for _, name in kept)
        values = np.array([[features[r["one_id"]].get(n, 0.0) for n in names] for r in sample])
        seed = np.array([row["is_seed"] for row in sample])
        leak = next(
            (
                name
                for name, column in zip(names, values.T, strict=True)
                if column[seed].max() < column[~seed].min()
                or column[~seed].max() < column[seed].min()
            ),
            None,
        )
        assert leak is None, "a leak is for test_learnt.py"
        few = min(seed.sum(), len(seed) - seed.sum()) < max(fewest / 10, 6)
        for method, own in METHODS.items():
            chosen = [names.index(name) for name in own or names if name in names]
            used = [names[n] for n in chosen]
            found: dict[int, list[Row]] = {}
            told: dict[str, Any] = {"spies": None, "negatives": None}
            reason = "too_few_customers" if few or len(seed) < fewest else None
            for fold in range(4) if reason is None else ():
                learnt = np.array([row["fold"] != fold for row in sample])
                x, y = values[np.ix_(learnt, chosen)], seed[learnt]
                spy = np.array([row["is_spy"] for row in sample])[learnt]
                if method == "spy_logistic":
                    negative = np.zeros(len(y), dtype=bool)
                    if spy.any():
                        first = regression(x, used, y & ~spy)
                        given = np.array(
                            [odds(first, dict(zip(used, row, strict=True))) for row in x]
                        )
                        limit = sorted(given[spy])[math.floor(0.05 * (spy.sum() - 1))]
                        negative = ~y & (given < limit)
                    if not fold:
                        told = {"spies": int(spy.sum()), "negatives": int(negative.sum())}
                    if negative.sum() < 10:
                        reason = reason or "no_reliable_negatives"
                        continue
                    x, y = x[y | negative], y[y | negative]
                    if len(y) < fewest or min(y.sum(), len(y) - y.sum()) < fewest / 10:
                        reason = reason or "too_few_customers"
                        continue
                found[fold] = regression(x, used, y)
            text = ""
            if reason is None:
                text = json.dumps([[r["feature"], 0, 0, r["coefficient"]] for r in found[0]])
            label = label_of(text) if text else "none"
            result.append(
                {
                    "crowd_code": crowd_code,
                    "method": method,
                    "model_version": f"{method}-{world.as_of_date}-{label}",
                    "reason": reason,
                    "fits": {} if reason else found,
                    "rows": len(sample),
                    **({"spies": None, "negatives": None} if reason else told),
                }
            )
    return result


def label_of(text: str) -> str:
    return "v" + hashlib.sha256(text.encode()).hexdigest()[:8]


@table("steps.look_alikes_back_tests")
def back_tests(world: World) -> Rows:
    """Area and lift of each method on customers that its versions had not seen."""
    features = {row["one_id"]: row["features"] for row in world["steps.customer_features"]}
    result = []
    base: dict[str, dict[str, float]] = {}
    for fit in world["steps.look_alike_fits"]:
        if fit["reason"]:
            continue
        tested = [
            {
                **row,
                "outcome": int(row["is_seed"]),
                "score": odds(fit["fits"][row["fold"]], features[row["one_id"]]),
            }
            for row in world["steps.look_alike_customers"]
            if row["crowd_code"] == fit["crowd_code"] and row["is_sampled"]
        ]
        place_in_folds(tested)
        for row in tested:
            row["probability"] = row["place"]
        metrics = ranking_metrics(tested, base.get(fit["crowd_code"]))
        if fit["method"] == "rfm":
            base[fit["crowd_code"]] = right_sides(tested)
        result += [
            {
                "purpose": f"look_alike_{fit['crowd_code']}",
                "model_version": fit["model_version"],
                "method": fit["method"],
                "metric": metric,
                "value": value,
                "value_low": low,
                "value_high": high,
                "customers": count,
                "is_baseline": fit["method"] == "rfm",
                "tested_date": world.as_of_date,
            }
            for metric, (value, low, high, count) in metrics.items()
        ]
    return result


@table("steps.look_alike_scores")
def scores(world: World) -> Rows:
    """What the method that scores gives: the tested by their fold, and everybody."""
    features = {row["one_id"]: row["features"] for row in world["steps.customer_features"]}
    chosen = {
        (row["purpose"], row["method"])
        for row in world["steps.look_alikes_models"]
        if row["is_chosen"]
    }
    result = []
    for fit in world["steps.look_alike_fits"]:
        purpose = f"look_alike_{fit['crowd_code']}"
        if (purpose, fit["method"]) not in chosen:
            continue
        for row in world["steps.look_alike_customers"]:
            if row["crowd_code"] == fit["crowd_code"]:
                of = features[row["one_id"]]
                result.append(
                    {
                        "purpose": purpose,
                        "stands_for": row["stands_for"],
                        "tested": probability(odds(fit["fits"][row["fold"]], of))
                        if row["fold"] else None,
                        "score": probability(odds(fit["fits"][0], of)),
                    }
                )  # fmt: skip
    return result


def probability(score: float) -> float:
    return round(1 / (1 + math.exp(-score)), 12)


@table("steps.look_alikes_models")
def models(world: World) -> Rows:
    """Every method of every crowd."""
    area = {
        (row["purpose"], row["method"]): row
        for row in world["steps.look_alikes_back_tests"]
        if row["metric"] == "auc"
    }
    best: dict[str, str] = {}
    for crowd_code in world.setting("look_alike_crowds"):
        purpose = f"look_alike_{crowd_code}"
        useful = [m for m in METHODS if area.get((purpose, m), {"value_low": 0})["value_low"] > 0.5]
        if useful:
            best[crowd_code] = max(useful, key=lambda m: round(area[purpose, m]["value"], 9))
    result = []
    for fit in world["steps.look_alike_fits"]:
        purpose, method = f"look_alike_{fit['crowd_code']}", fit["method"]
        libraries = f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}"
        is_chosen = best.get(fit["crowd_code"]) == method
        if fit["reason"]:
            reason = fit["reason"]
        elif is_chosen:
            reason = "baseline_not_beaten" if method == "rfm" else "tells_seeds_best"
        elif not area[purpose, method]["value_low"] > 0.5:
            reason = "no_better_than_chance"
        else:
            reason = "baseline" if method == "rfm" else "another_method_is_better"
        result.append(
            {
                "purpose": purpose,
                "model_version": fit["model_version"],
                "method": method,
                "library_versions": f"numpy {np.__version__}, {libraries}",
                "reason": reason,
                "horizon_days": None,
                "rows_trained": fit["rows"],
                "seed": None,
                "is_chosen": is_chosen,
                "train_from_date": world.as_of_date,
                "train_to_date": world.as_of_date,
                "as_of_date": world.as_of_date,
            }
        )
    return result


@table("predictions.look_alikes", key=["crowd_code", "one_id"])
def look_alikes(world: World) -> Rows:
    """The customers most like the seeds, and why."""
    features = {row["one_id"]: row["features"] for row in world["steps.customer_features"]}
    chosen = {row["model_version"] for row in world["steps.look_alikes_models"] if row["is_chosen"]}
    result = []
    for fit in world["steps.look_alike_fits"]:
        if fit["model_version"] not in chosen:
            continue
        crowd = world.setting("look_alike_crowds")[fit["crowd_code"]]
        parameters = fit["fits"][0]
        given = [
            (odds(parameters, features[row["one_id"]]), row["one_id"], row["is_seed"])
            for row in world["steps.look_alike_customers"]
            if row["crowd_code"] == fit["crowd_code"]
        ]
        seeds = [score for score, _, is_seed in given if is_seed]
        others = sorted(
            (-score, md5(one_id), one_id) for score, one_id, is_seed in given if not is_seed
        )
        for place, (minus, _, one_id) in enumerate(others[: crowd.get("size", 1000)], start=1):
            similarity = sum(score <= -minus for score in seeds) / len(seeds)
            if similarity < crowd.get("min_similarity", 0):
                continue
            adds = sorted(
                (-added, row["feature"])
                for row in parameters[1:]
                if row["feature"] in features[one_id]
                and (
                    added := round(
                        row["coefficient"]
                        * (math.log1p(features[one_id][row["feature"]]) - row["centre"])
                        / row["scale"],
                        9,
                    )
                )
                > 0
            )
            top = [name for _, name in adds[:3]] + [None] * 3
            result.append(
                {
                    "crowd_code": fit["crowd_code"],
                    "one_id": one_id,
                    "method": fit["method"],
                    "model_version": fit["model_version"],
                    "top_feature_1": top[0],
                    "top_feature_2": top[1],
                    "top_feature_3": top[2],
                    "look_alike_position": place,
                    "similarity": similarity,
                    "score": -minus,
                    "as_of_date": world.as_of_date,
                }
            )
    return result


@table("predictions.look_alike_crowds", key=["crowd_code"])
def look_alike_crowds(world: World) -> Rows:
    """Each crowd."""
    result = []
    for crowd_code, crowd in world.setting("look_alike_crowds").items():
        purpose = f"look_alike_{crowd_code}"
        members = [
            row["is_seed"]
            for row in world["steps.look_alike_customers"]
            if row["crowd_code"] == crowd_code
        ]
        own = {r["method"]: r for r in world["steps.look_alikes_models"] if r["purpose"] == purpose}
        fit = next(
            f
            for f in world["steps.look_alike_fits"]
            if f["crowd_code"] == crowd_code and f["method"] == "spy_logistic"
        )
        used = next((row for row in own.values() if row["is_chosen"]), None)
        metric = {
            row["metric"]: row["value"]
            for row in world["steps.look_alikes_back_tests"]
            if used and row["purpose"] == purpose and row["method"] == used["method"]
        }
        named = [r for r in world["predictions.look_alikes"] if r["crowd_code"] == crowd_code]
        result.append(
            {
                "crowd_code": crowd_code,
                "seeded_by": crowd["where"],
                "reason": None if used else own["logistic"]["reason"],
                "method": used and used["method"],
                "model_version": used and used["model_version"],
                "given_keys": None,
                "refused_keys": None,
                "seeds": sum(members),
                "other_customers": len(members) - sum(members),
                "spies": fit["spies"],
                "reliable_negatives": fit["negatives"],
                "look_alikes": len(named),
                **{m: metric.get(m) for m in ("auc", "lift_at_1", "lift_at_5", "lift_at_10")},
                "as_of_date": world.as_of_date,
            }
        )
    return result
