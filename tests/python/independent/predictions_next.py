"""Next products (doc block predictions__next_products), the regression by scikit-learn."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections import Counter, defaultdict
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from tests.python.independent.customers import kept_out
from tests.python.independent.predictions_rules import item_of
from tests.python.independent.world import Row, Rows, World, table

FEATURES = ("own_orders", "own_weight", "own_share", "days_since", "popularity", "similarity")
SQUARED = ("own_share", "days_since", "popularity")
RERANKER, BASELINE = "logistic_reranker", "own_decayed_frequency"
METHODS: dict[str, tuple[str, ...]] = {
    "popularity": ("popularity",),
    "own_frequency": ("own_orders", "popularity"),
    BASELINE: ("own_weight", "popularity"),
    "item_to_item": ("similarity", "popularity"),
    RERANKER: ("probability",),
}
FIRST, MOST_SIMILAR, MOST_POPULAR = 10, 20, 30

Order = tuple[dt.date, dt.datetime, str, frozenset[str]]


def orders_of(world: World) -> dict[str, list[Order]]:
    """Baskets with a known item, by customer and in their order."""
    named = item_of(world, world.setting("next_product_level"))
    held: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    excluded = kept_out(world, "predictions")
    for line in world["core.order_lines"]:
        if line["one_id"] in excluded:
            continue
        item = named.get(line["product_id"])
        if line["one_id"] and item and not line["is_return"] and not line["is_cancelled"]:
            key = (line["one_id"], line["ordered_date"], line["ordered_at"], line["order_id"])
            held[key].add(item)
    orders: dict[str, list[Order]] = defaultdict(list)
    for (one_id, date, at, order_id), items in sorted(held.items()):
        orders[one_id].append((date, at, order_id, frozenset(items)))
    return dict(orders)


def split_date(world: World, horizons: int) -> dt.date:
    """The as-of date, or so many horizons before it."""
    return world.as_of_date - dt.timedelta(
        days=horizons * world.setting("next_product_horizon_days")
    )


def neighbours(world: World) -> dict[str, dict[str, float]]:
    """The most similar items of each item, up to the training date."""
    cutoff = split_date(world, 2)
    start = cutoff - dt.timedelta(days=world.setting("prediction_look_back_days"))
    baskets = {
        order_id: items
        for orders in orders_of(world).values()
        for date, _, order_id, items in orders
        if start < date <= cutoff and len(items) <= world.setting("rule_largest_basket")
    }
    drawn = sorted(baskets, key=lambda key: (hashlib.md5(key.encode()).hexdigest(), key))
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for key in drawn[: world.setting("rule_sample_baskets")]:
        single.update(baskets[key])
        pairs.update(permutations(sorted(baskets[key]), 2))
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for (item, other), both in pairs.items():
        found[item].append((both / math.sqrt(single[item] * single[other]), other))
    return {
        item: {
            name: value
            for value, name in sorted(near, key=lambda one: (-round(one[0], 9), one[1]))[
                :MOST_SIMILAR
            ]
        }
        for item, near in found.items()
    }


def first(values: dict[str, float], most: int) -> list[str]:
    """Names of the largest values; of equal ones the first by name."""
    return sorted(values, key=lambda name: (-round(values[name], 9), name))[:most]


def candidates(world: World, horizons: int) -> Rows:
    """Items that can be named on a date, with what is known of them."""
    cutoff = split_date(world, horizons)
    horizon = dt.timedelta(days=world.setting("next_product_horizon_days"))
    look_back = world.setting("prediction_look_back_days")
    near = neighbours(world)
    everybody = orders_of(world)
    recent = [
        items
        for orders in everybody.values()
        for date, _, _, items in orders
        if cutoff - horizon < date <= cutoff
    ]
    counts = Counter(item for items in recent for item in items)
    popularity = {item: 1000 * count / len(recent) for item, count in counts.items()}
    popular = first(popularity, MOST_POPULAR)

    next_items: dict[str, frozenset[str]] = {}
    histories: dict[str, list[Order]] = {}
    for one_id, orders in everybody.items():
        known = [o for o in orders if cutoff - dt.timedelta(days=look_back) < o[0] <= cutoff]
        later = [order for order in orders if cutoff < order[0] <= cutoff + horizon]
        if known:
            histories[one_id] = known
            if later and horizons:
                next_items[one_id] = later[0][3]
    if horizons:
        drawn = sorted(next_items, key=lambda key: (hashlib.md5(key.encode()).hexdigest(), key))
        drawn = drawn[: world.setting("next_product_sample_customers")]
        histories = {one_id: histories[one_id] for one_id in drawn}
    rows = []
    for one_id, known in histories.items():
        weights = [
            0.5 ** ((cutoff - date).days / world.setting("next_product_half_life_days"))
            for date, *_ in known
        ]
        own: dict[str, Row] = {}
        for weight, (date, _, _, items) in zip(weights, known, strict=True):
            for item in items:
                row = own.setdefault(item, {"own_orders": 0.0, "own_weight": 0.0})
                row["own_orders"] += 1
                row["own_weight"] += weight
                row["own_share"] = row["own_weight"] / sum(weights)
                row["days_since"] = float((cutoff - date).days)
        similarity: dict[str, float] = defaultdict(float)
        for item in first({name: row["own_weight"] for name, row in own.items()}, MOST_SIMILAR):
            for other, value in near.get(item, {}).items():
                similarity[other] += 100 * own[item]["own_share"] * value
        names = {*own, *popular, *first(similarity, MOST_SIMILAR)}
        never = {
            "own_orders": 0.0, "own_weight": 0.0, "own_share": 0.0,
            "days_since": float(look_back),
        }  # fmt: skip
        rows += [
            {
                "one_id": one_id,
                "item": item,
                **(own.get(item) or never),
                "popularity": popularity.get(item, 0.0),
                "similarity": similarity.get(item, 0.0),
                "is_repeat": item in own,
                "is_bought": item in next_items.get(one_id, ()),
                "next_items": next_items.get(one_id, frozenset()),
                "own": own,
                "near": near,
            }
            for item in names
        ]
    return rows


@table("steps.next_products_fit")
def fit(world: World) -> Rows:
    """The regression, in one row; or why there is none."""
    rows = candidates(world, 2)
    fewest = world.setting("prediction_min_customers")
    outcome = np.array([row["is_bought"] for row in rows], dtype=int)
    rarer = min(outcome.sum(), len(outcome) - outcome.sum())
    reason = None
    if len({row["item"] for row in rows}) == 1:
        reason = "one_item"
    elif len({row["one_id"] for row in rows}) < fewest:
        reason = "too_few_customers"
    elif rarer == 0:
        reason = "one_outcome_only"
    elif rarer < fewest / 10:
        reason = "too_few_customers"
    found: dict[str, Any] = {"reason": reason, "label": "none", "rows": len(rows)}
    if reason:
        return [found]
    names, scaled, parts = [], [], {}
    for name in FEATURES:
        logs = np.log1p([row[name] for row in rows])
        centre, scale = (float(np.round(f(logs), 9)) for f in (np.mean, np.std))
        if scale:
            names.append(name)
            scaled.append((logs - centre) / scale)
            parts[name] = (centre, scale)
    squares = [name for name in names if name in SQUARED]
    columns = [*scaled, *(scaled[names.index(name)] ** 2 for name in squares)]
    model = LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(np.column_stack(columns), outcome)
    coefficients = [float(np.round(value, 9)) for value in model.coef_[0]]
    square_of = dict(zip(squares, coefficients[len(names) :], strict=True))
    written = {
        "feature": ["intercept", *names],
        "coefficient": [float(np.round(model.intercept_[0], 9)), *coefficients[: len(names)]],
        "square_coefficient": [0.0, *(square_of.get(name, 0.0) for name in names)],
        "centre": [0.0, *(parts[name][0] for name in names)],
        "scale": [1.0, *(parts[name][1] for name in names)],
    }
    found["label"] = "v" + hashlib.sha256(json.dumps(written).encode()).hexdigest()[:8]
    return [{**found, "parameters": written}]


def with_probability(rows: Rows, parameters: dict[str, list[Any]]) -> Rows:
    """Candidates with what the regression gives them."""
    for row in rows:
        odds = 0.0
        for name, one, square, centre, scale in zip(*parameters.values(), strict=True):
            x = 1.0 if name == "intercept" else (math.log1p(row[name]) - centre) / scale
            odds += one * x + square * x * x
        row["probability"] = 1 / (1 + math.exp(-odds))
    return rows


def ndcg(places: list[int], wanted: int) -> float:
    """Gain of what was found at these places, as a share of the best one."""
    best = sum(1 / math.log2(place + 1) for place in range(1, min(wanted, FIRST) + 1))
    return sum(1 / math.log2(place + 1) for place in places) / best


@table("steps.next_products_back_tests")
def back_tests(world: World) -> Rows:
    """Recall and gain of each method on the tested date."""
    (fitted,) = world["steps.next_products_fit"]
    if fitted["reason"]:
        return []
    by_customer: dict[str, Rows] = defaultdict(list)
    for row in with_probability(candidates(world, 1), fitted["parameters"]):
        by_customer[row["one_id"]].append(row)
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    for rows in by_customer.values():
        next_items, own = rows[0]["next_items"], set(rows[0]["own"])
        for kind, wanted in (
            ("", next_items), ("_repeat", next_items & own), ("_new", next_items - own)
        ):  # fmt: skip
            if not wanted:
                continue
            of_kind = [r for r in rows if not kind or r["is_repeat"] == (kind == "_repeat")]
            for method, columns in METHODS.items():
                ranked = sorted(
                    of_kind, key=lambda r: (*(-round(r[c], 9) for c in columns), r["item"])
                )
                places = [n for n, r in enumerate(ranked[:FIRST], start=1) if r["item"] in wanted]
                values[method, f"recall_at_10{kind}"].append(len(places) / len(wanted))
                values[method, f"ndcg_at_10{kind}"].append(ndcg(places, len(wanted)))
    result = []
    for (method, metric), measured in values.items():
        mean, margin = float(np.mean(measured)), 1.0
        if len(measured) > 1:
            margin = 1.96 * float(np.std(measured, ddof=1)) / math.sqrt(len(measured))
        result.append(
            {
                "purpose": "next_product",
                "model_version": f"{method}-{fitted['label']}",
                "method": method,
                "metric": metric,
                "value": mean,
                "value_low": max(mean - margin, 0.0),
                "value_high": min(mean + margin, 1.0),
                "customers": len(measured),
                "is_baseline": method != RERANKER,
                "tested_date": split_date(world, 1),
            }
        )
    return result


@table("steps.next_products_models")
def models(world: World) -> Rows:
    """Both methods that can be used."""
    (fitted,) = world["steps.next_products_fit"]
    recall = {
        row["method"]: round(row["value"], 9)
        for row in world["steps.next_products_back_tests"]
        if row["metric"] == "recall_at_10"
    }
    is_better = bool(recall) and recall[RERANKER] >= recall[BASELINE]
    reasons = (
        {RERANKER: "not_worse_than_the_baseline", BASELINE: "baseline"}
        if is_better
        else {RERANKER: "baseline_not_beaten", BASELINE: "better_than_the_reranker"}
    )
    training = split_date(world, 2)
    look_back = world.setting("prediction_look_back_days")
    return [
        {
            "purpose": "next_product",
            "model_version": f"{method}-{fitted['label']}",
            "method": method,
            "reason": fitted["reason"] or (reason if recall else "not_tested"),
            "library_versions": f"numpy {np.__version__}, pandas {pd.__version__}",
            "horizon_days": world.setting("next_product_horizon_days"),
            "rows_trained": fitted["rows"],
            "seed": None,
            "is_chosen": bool(recall) and is_better == (method == RERANKER),
            "train_from_date": training - dt.timedelta(days=look_back - 1),
            "train_to_date": split_date(world, 1),
            "as_of_date": world.as_of_date,
        }
        for method, reason in reasons.items()
    ]


def explained(row: Row) -> tuple[str, str | None, str, str]:
    """Code, item and words of the reason for which an item is named."""
    days = int(row["days_since"])
    if row["own_orders"] > 1:
        count = int(row["own_orders"])
        said = f"bought in {count} orders, last {days} days ago"
        return "own_habit", None, said, f"{count} 次购买，最近在 {days} 天前"
    if row["is_repeat"]:
        return "bought_before", None, f"bought {days} days ago", f"{days} 天前购买过"
    because = first(
        {
            item: bought["own_share"] * row["near"][item][row["item"]]
            for item, bought in row["own"].items()
            if row["item"] in row["near"].get(item, {})
        },
        1,
    )
    if because:
        name = row["names"].get(because[0], because[0])
        return "goes_with", because[0], f"goes with {name}", f"常与 {name} 一起购买"
    return "popular", None, "popular with all customers", "多数顾客都在购买"


@table("predictions.next_products", key=["one_id", "item_position"])
def next_products(world: World) -> Rows:
    """The ten items most likely in each customer's next basket."""
    chosen = [row for row in world["steps.next_products_models"] if row["is_chosen"]]
    if not chosen:
        return []
    (fitted,) = world["steps.next_products_fit"]
    level = world.setting("next_product_level")
    names = {}
    if level == "product":
        names = {
            row["product_id"]: row["product_name"]
            for row in world["core.products"]
            if row["product_name"]
        }
    by_customer: dict[str, Rows] = defaultdict(list)
    for row in with_probability(candidates(world, 0), fitted["parameters"]):
        row["score"] = row["probability" if chosen[0]["method"] == RERANKER else "own_share"]
        by_customer[row["one_id"]].append({**row, "names": names})
    result = []
    for one_id, rows in by_customer.items():
        rows.sort(key=lambda r: (-round(r["score"], 9), -round(r["popularity"], 9), r["item"]))
        for place, row in enumerate(rows[:FIRST], start=1):
            code, because, english, chinese = explained(row)
            result.append(
                {
                    "one_id": one_id,
                    "item_level": level,
                    "item_id": row["item"],
                    "item_name": names.get(row["item"], row["item"]),
                    "reason_code": code,
                    "because_item_id": because,
                    "reason_en": english,
                    "reason_zh": chinese,
                    "method": chosen[0]["method"],
                    "model_version": chosen[0]["model_version"],
                    "item_position": place,
                    "score": row["score"],
                    "as_of_date": world.as_of_date,
                }
            )
    return result
