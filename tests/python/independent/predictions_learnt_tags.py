"""Learnt tags (doc block predictions__learnt_tags); regressions, margins and forests by
scikit-learn, which scores by itself what SQL scores from tables."""

from __future__ import annotations

import hashlib
import json
import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy
import sklearn
from scipy.stats import chi2
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from tests.python.independent.customers import kept_out
from tests.python.independent.predictions import deviation, probability_metrics
from tests.python.independent.predictions_learnt import (
    md5,
    place_in_folds,
    ranking_metrics,
    right_sides,
)
from tests.python.independent.predictions_look_alikes import regression
from tests.python.independent.world import Row, Rows, World, table

METHODS = ("rfm", "scorecard", "naive_bayes", "svm", "forest")
BASELINE = ("recency_days", "order_days", "net_amount")
PREFERENCE = ("scorecard", "naive_bayes", "svm", "forest")

Scorer = Callable[[np.ndarray], np.ndarray]


class NotLearnt(Exception):
    """Why a method learns nothing."""


@table("steps.learnt_tag_customers")
def customers(world: World) -> Rows:
    """Who is labelled, and in which fold: of a condition `a = 'x'` who has a value of a."""
    result = []
    excluded = kept_out(world, "predictions")
    for label_code, label in world.setting("learnt_tags").items():
        column, value = label["where"].split(" = ")
        known = [
            (md5(label_code + row["one_id"]), row["one_id"], int(row[column] == value.strip("'")))
            for row in world["tags.customer_360"]
            if row["is_identified"] and row[column] is not None and row["one_id"] not in excluded
        ]
        dealt = {0: 0, 1: 0}
        for position, (_, one_id, outcome) in enumerate(sorted(known)):
            is_sampled = position < world.setting("prediction_sample_customers")
            fold = dealt[outcome] % 5 + 1
            dealt[outcome] += is_sampled
            result.append(
                {
                    "label_code": label_code,
                    "one_id": one_id,
                    "outcome": outcome,
                    "fold": fold if is_sampled else None,
                    "is_sampled": is_sampled,
                }
            )
    return result


def bins_of(values: Sequence[float], outcome: Sequence[float]) -> Row:
    """Edges of the bins of a feature, who is in them and their weights of evidence."""
    has = sorted(value for value in values if value > 0)
    count = min(10, len(has) // 20)
    edges = sorted({has[math.floor((len(has) - 1) * (n / count))] for n in range(count)})
    if len(values) - len(has) < 20:
        edges = edges[1:]
    number = [0] * (len(edges) + 1)
    ones = [0] * (len(edges) + 1)
    for value, one in zip(values, outcome, strict=True):
        number[bisect_right(edges, value)] += 1
        ones[bisect_right(edges, value)] += int(one)
    zeros = [n - one for n, one in zip(number, ones, strict=True)]

    def shares(counts: list[int]) -> list[float]:
        return [(n + 0.5) / (sum(counts) + 0.5 * len(counts)) for n in counts]

    pairs = list(zip(shares(ones), shares(zeros), strict=True))
    weight = [math.log(one) - math.log(zero) for one, zero in pairs]
    rate = sum(ones) / sum(number)
    square = 0.0
    if len(number) > 1:
        square = math.fsum(
            (one - n * rate) ** 2 / (n * rate) / (1 - rate)
            for one, n in zip(ones, number, strict=True)
        )
    return {
        "edges": edges,
        "customers": number,
        "positives": ones,
        "weight": weight,
        "information": math.fsum(
            (one - zero) * w for (one, zero), w in zip(pairs, weight, strict=True)
        ),
        "chi_square": square,
        "p": float(chi2.sf(square, len(number) - 1)) if len(number) > 1 else 1.0,
    }


def evidence(bins: Row, values: Sequence[float]) -> list[float]:
    return [bins["weight"][bisect_right(bins["edges"], value)] for value in values]


def selection(names: list[str], x: np.ndarray, y: np.ndarray) -> dict[str, Row]:
    """Bins of every feature, with why the card keeps it or not."""
    found: dict[str, Row] = {}
    for name, column in zip(names, x.T, strict=True):
        bins = bins_of(column.tolist(), y.tolist())
        if len(set(column.tolist())) == 1:
            why = "constant"
        elif len(bins["customers"]) == 1:
            why = "too_rare"
        elif bins["information"] < 0.02:
            why = "no_information"
        else:
            why = "by_chance" if bins["p"] > 0.05 else "kept"
        given = evidence(bins, column.tolist())
        found[name] = {**bins, "selection": why, "cluster": name, "evidence": given}
    kept: list[str] = []
    useful = [name for name in names if found[name]["selection"] == "kept"]
    for name in sorted(useful, key=lambda n: (-round(found[n]["information"], 9), n)):
        for other in kept:
            like = np.corrcoef(found[name]["evidence"], found[other]["evidence"])[0, 1]
            if abs(like) >= 0.75:
                found[name].update(selection="like_another", cluster=other)
                break
        else:
            kept.append(name)
    return found


def logistic(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    model = LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(x, y)
    return model.coef_[0], float(model.intercept_[0])


def scale_of(fit: Callable[[np.ndarray, np.ndarray], Scorer], x: np.ndarray, y: np.ndarray) -> Any:
    """Slope and start of log odds per score, by scores of customers that were not learnt from."""
    inner, seen = [], {0.0: 0, 1.0: 0}
    for one in y.tolist():
        seen[one] += 1
        inner.append(seen[one] % 3)
    place = np.array(inner)
    scores = np.zeros(len(y))
    for n in range(3):
        scores[place == n] = fit(x[place != n], y[place != n])(x[place == n])
    coefficients, begin = logistic(scores[:, None], y)
    return max(float(coefficients[0]), 0.0), begin


def by_bins(found: dict[str, Row], names: list[str], slopes: Sequence[float], begin: float) -> Row:
    """The parameters and the score of a sum over bins."""
    used = [n for n, name in enumerate(names) if name in found]
    start = begin + sum(
        slope * found[names[n]]["weight"][0] for n, slope in zip(used, slopes, strict=True)
    )
    parameters: list[list[Any]] = [["intercept", 0, 0, round(start, 9)]]
    given, points = {}, {}
    for n, slope in zip(used, slopes, strict=True):
        weight = found[names[n]]["weight"]
        above = [round(float(slope) * (w - weight[0]), 9) for w in weight]
        parameters += [[names[n], 0, node, w] for node, w in enumerate(above)]
        points[names[n]] = [round(20 / math.log(2) * w) for w in above]
        given[n] = above

    def score(x: np.ndarray) -> np.ndarray:
        total = np.full(len(x), round(start, 9))
        for n, above in given.items():
            edges = found[names[n]]["edges"]
            total += np.array([above[bisect_right(edges, value)] for value in x[:, n].tolist()])
        return total

    return {"parameters": parameters, "score": score, "points": points}


def learnt(method: str, names: list[str], x: np.ndarray, y: np.ndarray) -> Row:
    """One method: the parameters that name its version, and what scores."""
    if method == "rfm":
        own = [n for n, name in enumerate(names) if name in BASELINE]
        own.sort(key=lambda n: BASELINE.index(names[n]))
        rows = regression(x[:, own], [names[n] for n in own], y)

        def of_terms(values: np.ndarray) -> np.ndarray:
            total = np.full(len(values), rows[0]["coefficient"])
            for row in rows[1:]:
                logs = np.log1p(values[:, names.index(row["feature"])])
                total += row["coefficient"] * (logs - row["centre"]) / row["scale"]
            return total

        parameters = [[row["feature"], 0, 0, row["coefficient"]] for row in rows]
        return {"parameters": parameters, "score": of_terms}
    if method == "scorecard":
        found = {k: v for k, v in selection(names, x, y).items() if v["selection"] == "kept"}
        if not found:
            raise NotLearnt("no_feature_tells_the_labels_apart")
        columns = np.array([found[name]["evidence"] for name in names if name in found]).T
        slopes, begin = logistic(columns, y)
        return by_bins(found, names, slopes.tolist(), begin)
    if method == "naive_bayes":

        def sums(of: np.ndarray, labels: np.ndarray) -> Scorer:
            bins = [bins_of(column.tolist(), labels.tolist()) for column in of.T]
            return lambda values: np.array(
                [evidence(b, column.tolist()) for b, column in zip(bins, values.T, strict=True)]
            ).sum(axis=0)

        slope, begin = scale_of(sums, x, y)
        return by_bins(selection(names, x, y), names, [slope] * len(names), begin)
    if method == "svm":
        logs = np.log1p(x)
        centre, scale = logs.mean(axis=0).round(9), logs.std(axis=0).round(9)
        own = [n for n in range(len(names)) if scale[n] > 0]
        scaled = (logs[:, own] - centre[own]) / scale[own]

        def margin(of: np.ndarray, labels: np.ndarray) -> Scorer:
            model = LinearSVC(dual=False, C=0.01, tol=1e-8, max_iter=10000)
            return model.fit(of, labels).decision_function

        slope, begin = scale_of(margin, scaled, y)
        model = LinearSVC(dual=False, C=0.01, tol=1e-8, max_iter=10000).fit(scaled, y)
        weights = [round(slope * w, 9) for w in model.coef_[0].tolist()]
        start = round(begin + slope * float(model.intercept_[0]), 9)
        parameters = [["intercept", 0, 0, start]]
        parameters += [[names[n], 0, 0, w] for n, w in zip(own, weights, strict=True)]
        return {
            "parameters": parameters,
            "score": lambda values: (
                start + ((np.log1p(values)[:, own] - centre[own]) / scale[own]) @ np.array(weights)
            ),
        }

    def grown(of: np.ndarray, labels: np.ndarray) -> Any:
        model = RandomForestClassifier(50, max_depth=6, min_samples_leaf=10, random_state=360)
        return model.fit(of.astype(np.float32), labels)

    def odds(model: Any) -> Scorer:
        def of_shares(values: np.ndarray) -> np.ndarray:
            share = model.predict_proba(values.astype(np.float32))[:, 1].clip(0.001, 0.999)
            return np.log(share / (1 - share))

        return of_shares

    slope, begin = scale_of(lambda of, labels: odds(grown(of, labels)), x, y)
    forest = grown(x, y)
    slope, begin = round(slope, 9), round(begin, 9)
    parameters = [["intercept", 0, 0, begin], ["trees", 0, 0, slope]]
    for number, tree in enumerate(forest.estimators_, start=1):
        nodes = tree.tree_

        def walk(at: int, node: int, number: int = number, nodes: Any = nodes) -> None:
            if nodes.children_left[at] < 0:
                zeros, ones = nodes.value[at][0]
                share = round(float(ones / (zeros + ones)), 9)
                parameters.append(["leaf", number, node, share])
                return
            parameters.append([names[nodes.feature[at]], number, node, None])
            walk(nodes.children_left[at], 2 * node + 1)
            walk(nodes.children_right[at], 2 * node + 2)

        walk(0, 0)

    def of_leaves(values: np.ndarray) -> np.ndarray:
        share = np.zeros(len(values))
        for tree in forest.estimators_:
            zeros, ones = tree.tree_.value[:, 0, :].T
            share += (ones / (zeros + ones)).round(9)[tree.apply(values.astype(np.float32))]
        share = (share / 50).clip(0.001, 0.999)
        return begin + slope * np.log(share / (1 - share))

    return {"parameters": parameters, "score": of_leaves}


@table("steps.learnt_tag_fits")
def fits(world: World) -> Rows:
    """Every method of every label: probabilities of unseen customers, and of all."""
    features = {row["one_id"]: row["features"] for row in world["steps.customer_features"]}
    everybody = sorted(features.keys() - kept_out(world, "predictions"))
    fewest = world.setting("prediction_min_customers")
    result = []
    for label_code, label in world.setting("learnt_tags").items():
        sample = [
            row
            for row in world["steps.learnt_tag_customers"]
            if row["label_code"] == label_code and row["is_sampled"]
        ]
        sample.sort(key=lambda row: row["one_id"])
        holders: dict[str, int] = defaultdict(int)
        for row in sample:
            for name in features[row["one_id"]]:
                holders[name] += 1
        named = tuple(label.get("leave_out", ()))
        open_ = {name: n for name, n in holders.items() if not name.startswith(named)}
        most = sorted((-n, name) for name, n in open_.items() if n >= 10)[:60]
        names = sorted(name for _, name in most)
        x = np.array([[features[r["one_id"]].get(n, 0.0) for n in names] for r in sample])
        of_all = np.array([[features[one_id].get(n, 0.0) for n in names] for one_id in everybody])
        y = np.array([float(row["outcome"]) for row in sample])
        fold = np.array([row["fold"] for row in sample])
        refused = refusal(names, x, y, fewest)
        for method in METHODS:
            reason, tested, versions = refused, np.zeros(len(y)), {}
            for number in range(6) if refused is None else ():
                try:
                    versions[number] = learnt(method, names, x[fold != number], y[fold != number])
                except NotLearnt as why:
                    reason = str(why)
                    break
                if number:
                    of_fold = fold == number
                    tested[of_fold] = versions[number]["score"](x[of_fold])
            mark = "none"
            if not reason:
                text = json.dumps(versions[0]["parameters"])
                mark = "v" + hashlib.sha256(text.encode()).hexdigest()[:8]
            result.append(
                {
                    "label_code": label_code,
                    "method": method,
                    "model_version": f"{method}-{world.as_of_date}-{mark}",
                    "reason": reason,
                    "sample": sample,
                    "holders": dict(holders),
                    "names": names,
                    "named": named,
                    "points": {} if reason else versions[0].get("points", {}),
                    "selection": selection(names, x, y)
                    if method == "naive_bayes" and not refused else {},
                    "scores": [] if reason else [round(score, 9) for score in tested.tolist()],
                    "tested": [] if reason else of_odds(tested),
                    "all": {} if reason else dict(
                        zip(everybody, of_odds(versions[0]["score"](of_all)), strict=True)
                    ),
                }
            )  # fmt: skip
    return result


def refusal(names: list[str], x: np.ndarray, y: np.ndarray, fewest: int) -> str | None:
    """Why nothing is learnt from these labels."""
    rarer = min(y.sum(), len(y) - y.sum())
    if len(y) < fewest:
        return "too_few_customers"
    if not rarer:
        return "one_outcome_only"
    if rarer < max(fewest / 10, 10):
        return "too_few_customers"
    for name, column in zip(names, x.T, strict=True):
        ones, zeros = column[y > 0], column[y == 0]
        if ones.max() < zeros.min() or zeros.max() < ones.min():
            return f"leak_{name}"
    return None


def of_odds(scores: np.ndarray) -> list[float]:
    return [round(1 / (1 + math.exp(-round(score, 9))), 12) for score in scores.tolist()]


def positive_from(fit: Row) -> float:
    """The probability of the n-th customer where n have the label."""
    positives = sum(row["outcome"] for row in fit["sample"])
    return sorted(fit["tested"], reverse=True)[positives - 1]


@table("steps.learnt_tags_back_tests")
def back_tests(world: World) -> Rows:
    """What each method was worth on customers that its versions had not seen."""
    result = []
    base: dict[str, dict[str, float]] = {}
    for fit in world["steps.learnt_tag_fits"]:
        if fit["reason"]:
            continue
        tested = [
            {**row, "stands_for": 1.0, "score": score, "probability": p}
            for row, score, p in zip(fit["sample"], fit["scores"], fit["tested"], strict=True)
        ]
        place_in_folds(tested)
        metrics: dict[str, Any] = {
            name: (*values, len(tested)) for name, values in probability_metrics(tested).items()
        }
        metrics |= ranking_metrics(tested, base.get(fit["label_code"]))
        if fit["method"] == "rfm":
            base[fit["label_code"]] = right_sides(tested)
        cut = positive_from(fit)
        named = [row["outcome"] for row in tested if row["probability"] >= cut]
        ones = sum(row["outcome"] for row in tested)
        for name, base_count in (("precision", len(named)), ("recall", ones)):
            share = sum(named) / base_count
            half = 1.96 * math.sqrt(share * (1 - share) / base_count)
            metrics[name] = (share, max(share - half, 0.0), min(share + half, 1.0), base_count)
        result += [
            {
                "purpose": f"learnt_tag_{fit['label_code']}",
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


@table("steps.learnt_tags_models")
def models(world: World) -> Rows:
    """Every method of every label."""
    measured: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    for row in world["steps.learnt_tags_back_tests"]:
        measured[row["purpose"], row["method"]][row["metric"]] = row
    result = []
    for fit in world["steps.learnt_tag_fits"]:
        purpose = f"learnt_tag_{fit['label_code']}"

        def useful(method: str, purpose: str = purpose) -> bool:
            found = measured[purpose, method]
            return "auc" in found and found["auc"]["value_low"] > 0.5

        def gains(method: str, purpose: str = purpose) -> bool:
            found = measured[purpose, method]
            return "auc_gain" not in found or found["auc_gain"]["value_low"] > 0

        may = [m for m in PREFERENCE if useful(m) and gains(m)]
        best = max(
            may, key=lambda m: round(measured[purpose, m]["auc"]["value"], 9),
            default="rfm" if useful("rfm") else None,
        )  # fmt: skip
        method = fit["method"]
        if fit["reason"]:
            reason = fit["reason"]
        elif method == best:
            reason = "baseline_not_beaten" if method == "rfm" else "tells_labels_best"
        elif not useful(method):
            reason = "no_better_than_chance"
        elif method == "rfm":
            reason = "baseline"
        else:
            reason = "another_method_is_better" if method in may else "does_not_beat_a_baseline"
        libraries = f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}"
        result.append(
            {
                "purpose": purpose,
                "model_version": fit["model_version"],
                "method": method,
                "library_versions": f"numpy {np.__version__}, {libraries}",
                "reason": reason,
                "horizon_days": None,
                "rows_trained": len(fit["sample"]),
                "seed": 360 if method == "forest" else None,
                "is_chosen": method == best,
                "train_from_date": world.as_of_date,
                "train_to_date": world.as_of_date,
                "as_of_date": world.as_of_date,
            }
        )
    return result


@table("steps.learnt_tag_chosen")
def chosen(world: World) -> Rows:
    """The fits that score."""
    used = {
        (r["purpose"], r["method"]) for r in world["steps.learnt_tags_models"] if r["is_chosen"]
    }
    return [
        fit
        for fit in world["steps.learnt_tag_fits"]
        if (f"learnt_tag_{fit['label_code']}", fit["method"]) in used
    ]


@table("predictions.learnt_tag_grades", key=["label_code", "grade"])
def grades(world: World) -> Rows:
    """Tenths of the tested customers."""
    result = []
    for fit in world["steps.learnt_tag_chosen"]:
        rows = sorted(
            (p, row["one_id"], row["outcome"])
            for row, p in zip(fit["sample"], fit["tested"], strict=True)
        )
        size, larger = divmod(len(rows), 10)
        starts, at = [], 0
        for number in range(10):
            starts.append(rows[at][0])
            at += size + (number < larger)
        lows = [0.0, *sorted(set(starts) - {starts[0]})]
        for number, low in enumerate(lows, start=1):
            high = lows[number] if number < len(lows) else None
            inside = [r for r in rows if r[0] >= low and (high is None or r[0] < high)]
            rate = sum(r[2] for r in inside) / len(inside)
            half = 1.96 * math.sqrt(rate * (1 - rate) / len(inside))
            result.append(
                {
                    "label_code": fit["label_code"],
                    "grade": number,
                    "low": low,
                    "high": high,
                    "tested_customers": len(inside),
                    "positives": sum(r[2] for r in inside),
                    "mean_probability": math.fsum(r[0] for r in inside) / len(inside),
                    "rate": rate,
                    "rate_low": max(rate - half, 0.0),
                    "rate_high": min(rate + half, 1.0),
                    "as_of_date": world.as_of_date,
                }
            )
    return result


@table("predictions.learnt_tag_bins", key=["label_code", "feature", "bin"])
def bins(world: World) -> Rows:
    """The bins of all features, with the points of the card."""
    points = {
        fit["label_code"]: fit["points"]
        for fit in world["steps.learnt_tag_fits"]
        if fit["method"] == "scorecard"
    }
    result = []
    for fit in world["steps.learnt_tag_fits"]:
        for feature, of in fit["selection"].items():
            for n, count in enumerate(of["customers"]):
                own = points[fit["label_code"]].get(feature)
                result.append(
                    {
                        "label_code": fit["label_code"],
                        "feature": feature,
                        "bin": n + 1,
                        "points": own[n] if own else None,
                        "low": of["edges"][n - 1] if n else 0.0,
                        "high": of["edges"][n] if n < len(of["edges"]) else None,
                        "weight_of_evidence": round(of["weight"][n], 9),
                        "customers": count,
                        "positives": of["positives"][n],
                        "is_kept": of["selection"] == "kept",
                        "as_of_date": world.as_of_date,
                    }
                )
    return result


@table("predictions.learnt_tag_features", key=["label_code", "feature"])
def explored(world: World) -> Rows:
    """How features lie among labelled customers."""
    features = {row["one_id"]: row["features"] for row in world["steps.customer_features"]}
    result = []
    for fit in world["steps.learnt_tag_fits"]:
        if fit["method"] != "naive_bayes":
            continue
        positives = sum(row["outcome"] for row in fit["sample"])
        for name in fit["holders"]:
            having = [
                (features[row["one_id"]][name], row["outcome"])
                for row in fit["sample"]
                if name in features[row["one_id"]]
            ]
            values = [value for value, _ in having]
            logs = [math.log(1 + value) for value in values]
            mean = math.fsum(logs) / len(logs)
            limit = round(3 * deviation(logs), 9)
            of = fit["selection"].get(name)
            why = "left_out" if name.startswith(fit["named"]) else "too_rare"
            if fit["reason"] is not None and name in fit["names"]:
                why = "not_fitted"
            quarter, median, three_quarters = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
            result.append(
                {
                    "label_code": fit["label_code"],
                    "feature": name,
                    "selection": of["selection"] if of else why,
                    "cluster_feature": of["cluster"] if of else None,
                    "holders": len(values),
                    "outliers": sum(round(abs(log - mean), 9) > limit for log in logs)
                    if len(logs) > 1 else 0,
                    "bins": len(of["customers"]) if of else 0,
                    "missing_share": 1 - len(values) / len(fit["sample"]),
                    "mean_of_positives": math.fsum(v for v, o in having if o) / positives,
                    "mean_of_negatives": math.fsum(v for v, o in having if not o)
                    / (len(fit["sample"]) - positives),
                    "smallest": min(values),
                    "first_quartile": quarter,
                    "median": median,
                    "third_quartile": three_quarters,
                    "largest": max(values),
                    "information_value": round(of["information"], 9) if of else None,
                    "chi_square": round(of["chi_square"], 9) if of else None,
                    "chi_square_p": round(of["p"], 9) if of else None,
                    "is_kept": bool(of and of["selection"] == "kept"),
                    "as_of_date": world.as_of_date,
                }
            )  # fmt: skip
    return result


@table("predictions.learnt_tags", key=["label_code", "one_id"])
def learnt_tags(world: World) -> Rows:
    """What the version of each label says of everybody."""
    features = {row["one_id"]: row["features"] for row in world["steps.customer_features"]}
    labelled = {
        (row["label_code"], row["one_id"]): row["outcome"]
        for row in world["steps.learnt_tag_customers"]
    }
    found: dict[str, dict[str, Row]] = {
        fit["label_code"]: fit["selection"]
        for fit in world["steps.learnt_tag_fits"]
        if fit["method"] == "naive_bayes"
    }
    lows: dict[str, list[float]] = defaultdict(list)
    for row in world["predictions.learnt_tag_grades"]:
        lows[row["label_code"]].append(row["low"])
    result = []
    for fit in world["steps.learnt_tag_chosen"]:
        code = fit["label_code"]
        cut = positive_from(fit)
        for one_id in sorted(fit["all"]):
            speaks = []
            for name, value in features[one_id].items():
                of = found[code].get(name)
                if of and of["selection"] == "kept":
                    weight = round(of["weight"][bisect_right(of["edges"], value)], 9)
                    if weight > 0:
                        speaks.append((-weight, name))
            top = [name for _, name in sorted(speaks)[:3]] + [None] * 3
            score = fit["all"][one_id]
            result.append(
                {
                    "label_code": code,
                    "one_id": one_id,
                    "method": fit["method"],
                    "model_version": fit["model_version"],
                    "top_feature_1": top[0],
                    "top_feature_2": top[1],
                    "top_feature_3": top[2],
                    "grade": bisect_right(sorted(lows[code]), score),
                    "label_value": labelled.get((code, one_id)),
                    "score": score,
                    "is_positive": score >= cut,
                    "as_of_date": world.as_of_date,
                }
            )
    return result


@table("predictions.learnt_tag_models", key=["label_code"])
def learnt_tag_models(world: World) -> Rows:
    """Each label."""
    used = {fit["label_code"]: fit for fit in world["steps.learnt_tag_chosen"]}
    result = []
    for code, label in world.setting("learnt_tags").items():
        purpose = f"learnt_tag_{code}"
        outcomes = [
            row["outcome"]
            for row in world["steps.learnt_tag_customers"]
            if row["label_code"] == code
        ]
        fit = used.get(code)
        own = {r["method"]: r for r in world["steps.learnt_tags_models"] if r["purpose"] == purpose}
        tests = [r for r in world["steps.learnt_tags_back_tests"] if r["purpose"] == purpose]
        metric = {r["metric"]: r for r in tests if fit and r["method"] == fit["method"]}
        area = {r["method"]: r["value"] for r in tests if r["metric"] == "auc"}
        kept = [r for r in world["predictions.learnt_tag_features"] if r["label_code"] == code]
        scored = [r for r in world["predictions.learnt_tags"] if r["label_code"] == code]

        def of(name: str, part: str = "value", metric: dict[str, Row] = metric) -> Any:
            return metric[name][part] if name in metric else None

        result.append(
            {
                "label_code": code,
                "learnt_from": label["where"],
                "reason": own[fit["method"] if fit else "scorecard"]["reason"],
                "method": fit and fit["method"],
                "model_version": fit and fit["model_version"],
                **dict.fromkeys(
                    ("given_keys", "unknown_keys", "shared_keys", "contradicted_keys",
                     "later_keys", "labellers", "first_labelled_on", "last_labelled_on")
                ),
                "labelled_customers": len(outcomes),
                "positives": sum(outcomes),
                "features": len(kept),
                "kept_features": sum(row["is_kept"] for row in kept),
                "scored_customers": len(scored),
                "positive_customers": sum(row["is_positive"] for row in scored),
                "positive_from": positive_from(fit) if fit else None,
                "auc": of("auc"),
                "auc_low": of("auc", "value_low"),
                "auc_high": of("auc", "value_high"),
                "baseline_auc": area.get("rfm"),
                "auc_gain": of("auc_gain"),
                "auc_gain_low": of("auc_gain", "value_low"),
                "auc_gain_high": of("auc_gain", "value_high"),
                "ks": of("ks"),
                "calibration_error": of("calibration_error"),
                "precision_share": of("precision"),
                "precision_low": of("precision", "value_low"),
                "precision_high": of("precision", "value_high"),
                "recall_share": of("recall"),
                "as_of_date": world.as_of_date,
            }
        )  # fmt: skip
    return result
