"""Methods that tell customers labelled 1 from those labelled 0, as parameters that SQL scores from.

All give log odds: sums of terms of ln(1 + x), sums over bins, or a forest. Where a method gives
another score, its scale is learnt from rows that were not learnt from (Platt 1999).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from one360.predictions.learnt_bins import Bins, binned, selected
from one360.predictions.linear import DIGITS, NotFitted, fit_linear, linear

#: Customers that must have a feature, and that a leaf of a tree holds.
FEWEST_HOLDERS = 10

#: Folds within which the scale of a score is learnt, and how near to 0 and 1 a forest comes.
INNER_FOLDS = 3
NEAREST = 0.001

#: Trees of a forest; how deep they are is what SQL walks (macro tree_depth).
TREES = 50
SEED = 360

#: Weight of errors against a wide margin.
SVM_COST = 0.01

#: Share of spies below whom a customer is reliably none of the crowd (Liu and others 2002).
SPY_NOISE = 0.05
FEWEST_NEGATIVES = 10

BASELINE = ("recency_days", "order_days", "net_amount")


@dataclass(frozen=True)
class Sample:
    """Labelled customers that a version learns from.

    features: a row per customer, values from 0; outcome: 1 or 0; is_spy: ones that methods with
    spies hide among the zeros; fewest: customers that must be labelled; tree_depth: how deep trees
    may be.
    """

    features: pd.DataFrame
    outcome: np.ndarray
    is_spy: np.ndarray
    fewest: int
    tree_depth: int

    def where(self, rows: np.ndarray) -> Sample:
        """Some of the customers."""
        return replace(
            self,
            features=self.features[rows],
            outcome=self.outcome[rows],
            is_spy=self.is_spy[rows],
        )


def _by_recency(sample: Sample) -> pd.DataFrame:
    return _terms(sample, [name for name in BASELINE if name in sample.features])


def _by_logistic(sample: Sample) -> pd.DataFrame:
    return _terms(sample, list(map(str, sample.features)))


def _terms(sample: Sample, names: Sequence[str]) -> pd.DataFrame:
    # whether the sample is too small, or one feature tells all apart, is asked before
    fitted = fit_linear(sample.features[names], sample.outcome, fewest=1, may_separate=True)
    fitted = fitted.drop(columns="square_coefficient")
    fitted.loc[fitted["feature"] == "intercept", ["centre", "scale"]] = np.nan
    return fitted


def _by_spies(sample: Sample) -> pd.DataFrame:
    is_one = sample.outcome > 0
    kept = is_one | reliable_negatives(sample.features, is_one, sample.is_spy)
    negatives = int((kept & ~is_one).sum())
    if negatives < FEWEST_NEGATIVES:
        raise NotFitted("no_reliable_negatives")
    fitted = _terms(sample.where(kept), list(map(str, sample.features)))
    return fitted.assign(spies=int(sample.is_spy.sum()), reliable_negatives=negatives)


def reliable_negatives(
    features: pd.DataFrame, is_one: np.ndarray, is_spy: np.ndarray
) -> np.ndarray:
    """Who is less likely to be of the crowd than nearly all spies, one flag per row.

    Spies are ones that are put among the zeros; a logistic regression tells the rest of the ones
    from these, and below what it gives SPY_NOISE of the spies lie the reliable negatives
    (Liu, Lee, Yu and Li 2002, with logistic regression for naive Bayes). Without spies there are
    none.
    """
    if not is_spy.any() or not (is_one & ~is_spy).any():
        return np.zeros(len(features), dtype=bool)
    first = fit_linear(features, is_one & ~is_spy, fewest=1, may_separate=True)
    odds = linear(features, first).round(DIGITS)
    limit = np.quantile(odds[is_spy], SPY_NOISE, method="lower")
    below: np.ndarray = ~is_one & (odds < limit)
    return below


def _by_scorecard(sample: Sample) -> pd.DataFrame:
    from sklearn.linear_model import LogisticRegression

    features, outcome = sample.features, sample.outcome
    all_bins, told = selected(features, outcome)
    kept = set(told.loc[told["reason"] == "kept", "feature"])
    bins = [each for each in all_bins if each.feature in kept]
    if not bins:
        raise NotFitted("no_feature_tells_the_labels_apart")
    evidence = np.column_stack([b.evidence(features[b.feature].to_numpy(float)) for b in bins])
    model = LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(evidence, outcome)
    return _of_bins(bins, model.coef_[0], float(model.intercept_[0]))


def _by_bayes(sample: Sample) -> pd.DataFrame:
    features, outcome = sample.features, sample.outcome
    bins = [binned(str(name), features[name].to_numpy(float), outcome) for name in features]

    def sums(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        total = np.zeros(int(others.sum()))
        for name in features:
            values = features[name].to_numpy(float)
            total += binned(str(name), values[rows], outcome[rows]).evidence(values[others])
        return total

    begin, slope = _scale(sums, outcome)
    return _of_bins(bins, np.full(len(bins), slope), begin)


def _of_bins(bins: Sequence[Bins], slopes: np.ndarray, intercept: float) -> pd.DataFrame:
    """Rows of bins; log odds count from the first bin of each feature, in which all zeros are."""
    begin = intercept + sum(slope * b.woe[0] for b, slope in zip(bins, slopes, strict=True))
    rows: list[dict[str, object]] = [{"feature": "intercept", "coefficient": begin}]
    for each, slope in zip(bins, slopes, strict=True):
        edges = each.edges.tolist()
        rows += [
            {
                "feature": each.feature,
                "node": n,
                "low": low,
                "high": high,
                "coefficient": slope * (each.woe[n] - each.woe[0]),
                "weight_of_evidence": each.woe[n],
                "customers": int(each.customers[n]),
                "positives": int(each.ones[n]),
            }
            for n, (low, high) in enumerate(zip([None, *edges], [*edges, None], strict=True))
        ]
    return pd.DataFrame(rows)


def _by_svm(sample: Sample) -> pd.DataFrame:
    from sklearn.svm import LinearSVC

    features, outcome = sample.features, sample.outcome
    logs = np.log1p(features.to_numpy(float))
    centre, scale = logs.mean(axis=0).round(DIGITS), logs.std(axis=0).round(DIGITS)
    varies = scale > 0
    scaled = (logs[:, varies] - centre[varies]) / scale[varies]

    def fitted(rows: np.ndarray) -> LinearSVC:
        # the primal problem has one solution, whatever is drawn
        model = LinearSVC(dual=False, C=SVM_COST, tol=1e-8, max_iter=10000)
        return model.fit(scaled[rows], outcome[rows])

    begin, slope = _scale(
        lambda rows, others: fitted(rows).decision_function(scaled[others]), outcome
    )
    model = fitted(np.ones(len(outcome), dtype=bool))
    names = [str(name) for name, is_kept in zip(features, varies, strict=True) if is_kept]
    terms = pd.DataFrame(
        {
            "feature": names,
            "coefficient": slope * model.coef_[0],
            "centre": centre[varies],
            "scale": scale[varies],
        }
    )
    first = pd.DataFrame(
        {"feature": ["intercept"], "coefficient": [begin + slope * float(model.intercept_[0])]}
    )
    return pd.concat([first, terms], ignore_index=True)


def _by_forest(sample: Sample) -> pd.DataFrame:
    from sklearn.ensemble import RandomForestClassifier

    outcome = sample.outcome
    # trees compare numbers of 32 bits
    x = sample.features.to_numpy(np.float32)

    def fitted(rows: np.ndarray) -> RandomForestClassifier:
        model = RandomForestClassifier(
            TREES,
            max_depth=sample.tree_depth,
            min_samples_leaf=FEWEST_HOLDERS,
            random_state=SEED,
        )
        return model.fit(x[rows], outcome[rows])

    def odds(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        share = np.clip(fitted(rows).predict_proba(x[others])[:, 1], NEAREST, 1 - NEAREST)
        log_odds: np.ndarray = np.log(share / (1 - share))
        return log_odds

    begin, slope = _scale(odds, outcome)
    model = fitted(np.ones(len(outcome), dtype=bool))
    rows: list[dict[str, object]] = [
        {"feature": "intercept", "coefficient": begin},
        {"feature": "trees", "coefficient": slope, "low": NEAREST, "high": 1 - NEAREST},
    ]
    names = list(map(str, sample.features))
    for number, tree in enumerate(model.estimators_, start=1):
        rows += _nodes(number, tree.tree_, names)
    return pd.DataFrame(rows)


def _nodes(number: int, tree: object, names: Sequence[str]) -> list[dict[str, object]]:
    """Nodes of a tree: below node n lie 2n + 1 (at most high) and 2n + 2."""
    rows: list[dict[str, object]] = []
    places = [(0, 0)]
    left, right = tree.children_left, tree.children_right  # type: ignore[attr-defined]
    while places:
        at, node = places.pop()
        is_leaf = left[at] < 0
        value = tree.value[at][0]  # type: ignore[attr-defined]
        rows.append(
            {
                "feature": "leaf" if is_leaf else names[tree.feature[at]],  # type: ignore[attr-defined]
                "tree": number,
                "node": node,
                "high": None if is_leaf else float(tree.threshold[at]),  # type: ignore[attr-defined]
                "coefficient": float(value[1] / value.sum()) if is_leaf else None,
            }
        )
        if not is_leaf:
            places += [(right[at], 2 * node + 2), (left[at], 2 * node + 1)]
    return rows


def _scale(
    given: Callable[[np.ndarray, np.ndarray], np.ndarray], outcome: np.ndarray
) -> tuple[float, float]:
    """Log odds that a score of 0 stands for, and log odds per unit of it (Platt 1999).

    ``given`` learns from some rows and scores others: the scale is that of scores of rows that
    were not learnt from.
    """
    from sklearn.linear_model import LogisticRegression

    number = np.where(outcome > 0, np.cumsum(outcome > 0), np.cumsum(outcome <= 0))
    scores = np.zeros(len(outcome))
    for fold in range(INNER_FOLDS):
        others = number % INNER_FOLDS == fold
        scores[others] = given(~others, others)
    model = LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(scores[:, None], outcome)
    # a score that turns round on rows that were not learnt from says nothing
    return float(model.intercept_[0]), max(float(model.coef_[0][0]), 0.0)


Method = Callable[[Sample], pd.DataFrame]

#: Methods by scope; the first is the baseline.
METHODS: dict[str, dict[str, Method]] = {
    "look_alike": {"rfm": _by_recency, "logistic": _by_logistic, "spy_logistic": _by_spies},
    "learnt_tag": {
        "rfm": _by_recency,
        "scorecard": _by_scorecard,
        "naive_bayes": _by_bayes,
        "svm": _by_svm,
        "forest": _by_forest,
    },
}
