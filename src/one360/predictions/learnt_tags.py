"""Tags learnt from labels: four methods held against each other, all scored in SQL.

The steps of scoring by a card (Siddiqi 2006): bins of each feature with their weight of evidence,
the choice of features by information value, chi-square and clusters of features, a logistic
regression of the weights, points per bin. Beside it naive Bayes on the same bins, a linear
support vector machine, a random forest and, as the baseline, recency, frequency and spend.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from one360.predictions.linear import DIGITS, NotFitted, find_leak, fit_linear
from one360.predictions.look_alikes import FEWEST_HOLDERS, MOST_FEATURES

#: Folds that are left out in turn; version 0 learns from all.
FOLDS = 5

#: Bins of a feature beside that of customers without it; customers that a bin needs.
MOST_BINS = 10
FEWEST_IN_BIN = 20

#: A feature is kept from this information value on, and below this chance of independence.
LEAST_INFORMATION = 0.02
MOST_CHANCE = 0.05

#: Features whose weights of evidence correlate this much are one cluster: the best of it is kept.
ALIKE = 0.75

#: Folds within which the scale of a score is learnt, and how near to 0 and 1 a forest comes.
INNER_FOLDS = 3
NEAREST = 0.001

#: Trees of a forest and their depth: what SQL can walk.
TREES = 50
DEPTH = 6
SEED = 360

#: Points that double the odds.
POINTS_TO_DOUBLE = 20

#: Weight of errors against a wide margin.
SVM_COST = 0.01

BASELINE = ("recency_days", "order_days", "net_amount")

PARAMETER_TYPES: dict[str, str] = {
    "label_code": "str",
    "method": "str",
    "model_version": "str",
    "fold": "int32",
    "feature": "str",
    "tree": "int32",
    "node": "int32",
    "low": "float64",
    "high": "float64",
    "coefficient": "float64",
    "centre": "float64",
    "scale": "float64",
    "reason": "str",
    "library_versions": "str",
    "rows_trained": "int64",
    "positives_trained": "int64",
    "selection": "str",
    "cluster_feature": "str",
    "customers": "int64",
    "positives": "int64",
    "points": "int32",
    "weight_of_evidence": "float64",
    "information_value": "float64",
    "chi_square": "float64",
    "chi_square_p": "float64",
}


@dataclass(frozen=True)
class Bins:
    """Bins of one feature.

    edges: the values at which bins begin, after the one of all below the first; woe: weight of
    evidence per bin, ln of its share of ones by its share of zeros; customers, ones: per bin.
    """

    feature: str
    edges: np.ndarray
    woe: np.ndarray
    customers: np.ndarray
    ones: np.ndarray

    def place(self, values: np.ndarray) -> np.ndarray:
        """The bin of each value."""
        bins: np.ndarray = np.searchsorted(self.edges, values, side="right")
        return bins

    def evidence(self, values: np.ndarray) -> np.ndarray:
        """The weight of evidence of each value."""
        woe: np.ndarray = self.woe[self.place(values)]
        return woe

    @property
    def information(self) -> float:
        """Information value: the sum of differences of shares times weights of evidence."""
        ones, zeros = _shares(self.ones), _shares(self.customers - self.ones)
        return float(((ones - zeros) * self.woe).sum())

    @property
    def chi_square(self) -> float:
        """Pearson's chi-square of bins and outcome."""
        rate = self.ones.sum() / self.customers.sum()
        if len(self.customers) < 2 or rate in (0, 1):
            return 0.0
        expected = self.customers * rate
        return float(((self.ones - expected) ** 2 / expected / (1 - rate)).sum())

    @property
    def chance(self) -> float:
        """Probability of such differences between bins by chance."""
        from scipy.stats import chi2

        if len(self.customers) < 2:
            return 1.0
        return float(chi2.sf(self.chi_square, len(self.customers) - 1))


def _shares(counts: np.ndarray) -> np.ndarray:
    """Share of each bin, with half a customer more in each."""
    shares: np.ndarray = (counts + 0.5) / (counts.sum() + 0.5 * len(counts))
    return shares


def binned(feature: str, values: np.ndarray, outcome: np.ndarray) -> Bins:
    """Bins of about equally many customers; those without the feature (0) are one of their own."""
    has = values[values > 0]
    # a bin needs customers, and equal values are never apart
    count = int(min(MOST_BINS, len(has) // FEWEST_IN_BIN))
    edges = np.zeros(0)
    if count:
        edges = np.unique(np.quantile(has, np.arange(count) / count, method="lower"))
    if len(values) - len(has) < FEWEST_IN_BIN and len(edges):
        edges = edges[1:]
    place = np.searchsorted(edges, values, side="right")
    customers = np.bincount(place, minlength=len(edges) + 1).astype(float)
    ones = np.bincount(place, weights=outcome, minlength=len(edges) + 1)
    woe = np.log(_shares(ones)) - np.log(_shares(customers - ones))
    return Bins(feature, edges, woe, customers, ones)


def selected(features: pd.DataFrame, outcome: np.ndarray) -> tuple[list[Bins], pd.DataFrame]:
    """Bins of all features, and a row per feature that says whether the card keeps it.

    Columns feature, cluster (name of the best feature of it) and reason: kept, constant, too_rare,
    no_information, by_chance, like_another.
    """
    values = {str(name): features[name].to_numpy(float) for name in features}
    all_bins = [binned(name, of, outcome) for name, of in values.items()]
    rows = {
        bins.feature: {
            "feature": bins.feature,
            "cluster": bins.feature,
            "reason": _useless(bins, values[bins.feature]) or "kept",
        }
        for bins in all_bins
    }
    useful = [bins for bins in all_bins if rows[bins.feature]["reason"] == "kept"]
    useful.sort(key=lambda bins: (-round(bins.information, 9), bins.feature))
    kept: dict[str, np.ndarray] = {}
    for bins in useful:
        own = bins.evidence(values[bins.feature])
        alike = next(
            (name for name, of in kept.items() if abs(np.corrcoef(own, of)[0, 1]) >= ALIKE), None
        )
        if alike is None:
            kept[bins.feature] = own
        else:
            rows[bins.feature].update(cluster=alike, reason="like_another")
    return all_bins, pd.DataFrame(list(rows.values()), columns=["feature", "cluster", "reason"])


def _useless(bins: Bins, values: np.ndarray) -> str | None:
    """Why a feature is of no use by itself."""
    if values.min() == values.max():
        return "constant"
    if len(bins.customers) < 2:
        return "too_rare"
    if bins.information < LEAST_INFORMATION:
        return "no_information"
    if bins.chance > MOST_CHANCE:
        return "by_chance"
    return None


# --- methods: features and outcome in, parameters of the log odds out ------------------


def _by_scorecard(features: pd.DataFrame, outcome: np.ndarray) -> pd.DataFrame:
    from sklearn.linear_model import LogisticRegression

    all_bins, told = selected(features, outcome)
    kept = set(told.loc[told["reason"] == "kept", "feature"])
    bins = [each for each in all_bins if each.feature in kept]
    if not bins:
        raise NotFitted("no_feature_tells_the_labels_apart")
    evidence = np.column_stack([b.evidence(features[b.feature].to_numpy(float)) for b in bins])
    model = LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(evidence, outcome)
    return _of_bins(bins, model.coef_[0], float(model.intercept_[0]))


def _by_bayes(features: pd.DataFrame, outcome: np.ndarray) -> pd.DataFrame:
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


def _by_svm(features: pd.DataFrame, outcome: np.ndarray) -> pd.DataFrame:
    from sklearn.svm import LinearSVC

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


def _by_forest(features: pd.DataFrame, outcome: np.ndarray) -> pd.DataFrame:
    from sklearn.ensemble import RandomForestClassifier

    # trees compare numbers of 32 bits
    x = features.to_numpy(np.float32)

    def fitted(rows: np.ndarray) -> RandomForestClassifier:
        model = RandomForestClassifier(
            TREES, max_depth=DEPTH, min_samples_leaf=FEWEST_HOLDERS, random_state=SEED
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
        {"feature": "trees", "coefficient": slope},
    ]
    names = list(map(str, features))
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


def _by_recency(features: pd.DataFrame, outcome: np.ndarray) -> pd.DataFrame:
    names = [name for name in BASELINE if name in features]
    fitted = fit_linear(features[names], outcome, fewest=1, may_separate=True)
    fitted = fitted.drop(columns="square_coefficient")
    fitted.loc[fitted["feature"] == "intercept", ["centre", "scale"]] = np.nan
    return fitted


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


Method = Callable[[pd.DataFrame, np.ndarray], pd.DataFrame]

METHODS: dict[str, Method] = {
    "rfm": _by_recency,
    "scorecard": _by_scorecard,
    "naive_bayes": _by_bayes,
    "svm": _by_svm,
    "forest": _by_forest,
}


# --- what the dbt model asks for -------------------------------------------------------


def fit_learnt_tags(
    customers: pd.DataFrame,
    features: pd.DataFrame,
    leave_out: Mapping[str, Sequence[str]],
    fewest: int,
    date: str,
) -> pd.DataFrame:
    """Parameters of every label, method and fold, with the columns of PARAMETER_TYPES.

    ``customers`` has label_code, one_id, outcome (0 or 1) and fold (1 to FOLDS) of labelled
    customers; ``features`` label_code, one_id, feature and value of what they have (all else is
    0); ``leave_out`` per label the features, or the beginnings of their names, that are not looked
    at. The fit of fold n learns from the other folds, that of fold 0 from all, and gives the
    version its name. A method that cannot be fitted has the row of its intercept in fold 0 alone,
    with the reason: too_few_customers (fewer than ``fewest``, or a tenth of them with either
    label, or fewer than two per fold), one_outcome_only, leak_<feature>,
    no_feature_tells_the_labels_apart.

    Rows of naive_bayes in fold 0 hold the bins of all features and why the card keeps them.
    """
    found = []
    for label_code in sorted(set(customers["label_code"])):
        rows = customers[customers["label_code"] == label_code].sort_values("one_id")
        long = features[features["label_code"] == label_code]
        wide, left_out = _wide(rows, long, tuple(leave_out.get(str(label_code), ())))
        for part in _of_label(rows, wide, fewest, date):
            found.append(part.assign(label_code=label_code))
        found.append(left_out.assign(label_code=label_code, method="none", fold=0, tree=0, node=0))
    columns = list(PARAMETER_TYPES)
    if not found:
        return pd.DataFrame(columns=columns)
    return pd.concat([part.reindex(columns=columns) for part in found], ignore_index=True)


def _wide(
    rows: pd.DataFrame, features: pd.DataFrame, named: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row per customer with a column per feature that is looked at, and why others are not."""
    holders = features.groupby("feature")["one_id"].nunique()
    table = holders.reset_index(name="holders").sort_values(
        ["holders", "feature"], ascending=[False, True]
    )
    is_named = np.array([name.startswith(named) for name in table["feature"]], dtype=bool)
    is_rare = (table["holders"] < FEWEST_HOLDERS).to_numpy(dtype=bool)
    place = np.cumsum(~is_named)
    is_kept = ~is_named & ~is_rare & (place <= MOST_FEATURES)
    why = np.where(is_named, "left_out", "too_rare")
    left_out = table.assign(selection=why)[~is_kept][["feature", "selection"]]
    names = sorted(table.loc[is_kept, "feature"])
    wide = features[features["feature"].isin(names)].pivot(
        index="one_id", columns="feature", values="value"
    )
    wide = wide.reindex(index=list(rows["one_id"]), columns=names).fillna(0.0).astype(float)
    return wide, left_out


def _of_label(
    rows: pd.DataFrame, wide: pd.DataFrame, fewest: int, date: str
) -> Iterator[pd.DataFrame]:
    outcome = rows["outcome"].to_numpy(dtype=float)
    fold = rows["fold"].to_numpy(dtype=int)
    why = _why_not(wide, outcome, fewest)
    for method, fit in METHODS.items():
        fits: list[pd.DataFrame] = []
        reason = why
        for number in range(FOLDS + 1) if why is None else ():
            learnt = fold != number
            try:
                fits.append(fit(wide[learnt], outcome[learnt]))
            except NotFitted as said:
                reason = str(said)
                break
        if reason is not None:
            fits = [pd.DataFrame({"feature": ["intercept"]})]
        fits = [_rounded(each) for each in fits]
        if method == "naive_bayes" and reason is None:
            fits[0] = _with_selection(fits[0], wide, outcome)
        named = fits[0][["feature", "tree", "node", "coefficient"]].astype(object)
        text = json.dumps(named.where(named.notna(), None).to_numpy().tolist())
        label = "none" if reason else hashlib.sha256(text.encode()).hexdigest()[:8]
        for number, parameters in enumerate(fits):
            learnt = fold != number
            yield parameters.assign(
                method=method,
                model_version=f"{method}-{date}-{label}",
                fold=number,
                reason=reason,
                library_versions=_libraries(),
                rows_trained=int(learnt.sum()),
                positives_trained=int(outcome[learnt].sum()),
            )


def _why_not(wide: pd.DataFrame, outcome: np.ndarray, fewest: int) -> str | None:
    """Why nothing is learnt from these labels."""
    rarer = int(min(outcome.sum(), len(outcome) - outcome.sum()))
    if len(outcome) < fewest:
        return "too_few_customers"
    if rarer == 0:
        return "one_outcome_only"
    if rarer * 10 < fewest or rarer < 2 * FOLDS:
        return "too_few_customers"
    leak = find_leak(wide, outcome > 0)
    if leak is not None:
        return f"leak_{leak}"
    varies = (wide.max() > wide.min()).any() if len(wide.columns) else False
    return None if varies else "no_feature_tells_the_labels_apart"


def _rounded(parameters: pd.DataFrame) -> pd.DataFrame:
    """Whole tables of parameters: coefficients rounded, points of bins, zeros for no tree."""
    made = parameters.reindex(
        columns=[*dict.fromkeys([*parameters, "tree", "node", "coefficient"])]
    )
    made["tree"] = made["tree"].fillna(0).astype(int)
    made["node"] = made["node"].fillna(0).astype(int)
    for name in ("coefficient", "weight_of_evidence"):
        if name in made:
            made[name] = made[name].astype(float).round(DIGITS)
    if "weight_of_evidence" in made:
        unit = POINTS_TO_DOUBLE / np.log(2)
        made["points"] = (unit * made["coefficient"]).round().astype(int)
    return made


def _with_selection(
    parameters: pd.DataFrame, wide: pd.DataFrame, outcome: np.ndarray
) -> pd.DataFrame:
    """Bins with what was found of their features."""
    all_bins, told = selected(wide, outcome)
    measured = told.rename(columns={"reason": "selection", "cluster": "cluster_feature"}).assign(
        information_value=[round(bins.information, DIGITS) for bins in all_bins],
        chi_square=[round(bins.chi_square, DIGITS) for bins in all_bins],
        chi_square_p=[round(bins.chance, DIGITS) for bins in all_bins],
    )
    return parameters.merge(measured, on="feature", how="left")


def _libraries() -> str:
    import scipy
    import sklearn

    return f"numpy {np.__version__}, scikit-learn {sklearn.__version__}, scipy {scipy.__version__}"
