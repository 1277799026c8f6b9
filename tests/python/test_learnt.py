"""What is learnt from labelled customers: bins, selection, every method against scikit-learn,
planted crowds, SQL against Python, refusals."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.svm import LinearSVC

from one360.predictions.learnt import PARAMETER_TYPES, fit_learnt
from one360.predictions.learnt_bins import binned, selected
from one360.predictions.learnt_methods import FEWEST_NEGATIVES, METHODS, TREES, reliable_negatives
from tests.python.every_kind import NIGHTS, EveryKind

#: How far SQL and Python may differ.
PRECISION = 1e-9

NAMES = ("tea", "cups", "net_amount", "noise")
CROWD_NAMES = ("recency_days", "order_days", "net_amount", "category_tea", "city_x")

#: How deep trees grow here, and folds per scope: what SQL has as well.
DEPTH = 4
FOLDS = {"look_alike": 3, "learnt_tag": 5}
TAG_METHODS = METHODS["learnt_tag"]

Given = tuple[pd.DataFrame, pd.DataFrame]


def labelled(customers: int = 2000, seed: int = 3) -> tuple[pd.DataFrame, np.ndarray]:
    """Who buys tea has the label; cups go with tea, noise with nothing, many have no tea."""
    random = np.random.default_rng(seed)
    x = pd.DataFrame(random.gamma(1.0, 3.0, (customers, 4)), columns=list(NAMES))
    x.index = pd.Index([f"c{n:05d}" for n in range(customers)], name="one_id")
    x.loc[random.random(customers) < 0.4, "tea"] = 0.0
    x["cups"] = 2 * x["tea"] + random.random(customers) * 0.1
    odds = (2 * np.log1p(x["tea"]) - 0.5 * np.log1p(x["net_amount"]) - 1.5).to_numpy()
    return x, (random.random(customers) < 1 / (1 + np.exp(-odds))).astype(float)


def as_tables(x: pd.DataFrame, y: np.ndarray, scope: str = "learnt_tag") -> Given:
    """The labelled customers and their features as the dbt model gives them."""
    number = np.where(y > 0, np.cumsum(y > 0), np.cumsum(y == 0)) - 1
    customers = pd.DataFrame(
        {
            "purpose": "x",
            "one_id": list(x.index),
            "outcome": y,
            "fold": number % FOLDS[scope] + 1,
            "is_spy": (y > 0) & np.isin(number // FOLDS[scope] % 20, (3, 10, 17)),
        }
    )
    long = x.stack().rename_axis(["one_id", "feature"]).reset_index(name="value")
    return customers, long[long["value"] > 0].assign(purpose="x")


def fit(
    customers: pd.DataFrame,
    features: pd.DataFrame,
    scope: str = "learnt_tag",
    leave_out: str = "[]",
) -> pd.DataFrame:
    """The parameters of one purpose."""
    purposes = pd.DataFrame(
        {
            "purpose": ["x"],
            "scope": [scope],
            "folds": [FOLDS[scope]],
            "tree_depth": [DEPTH],
            "leave_out": [leave_out],
        }
    )
    return fit_learnt(purposes, customers, features, 100, "2026-01-01")


def made_crowd(
    customers: int, seeds: int, strength: float = 1.5, seed: int = 5
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Customers of whom some belong to a hidden crowd, and a part of these are its seeds.

    Those of the crowd buy more tea. Returns features, who is a seed and who is of the crowd.
    """
    random = np.random.default_rng(seed)
    values = random.gamma(1.0, 3.0, (customers, len(CROWD_NAMES)))
    pull = strength * (np.log1p(values[:, 3]) - 1.5)
    is_of_crowd = pull + random.logistic(0, 1, customers) > 0
    is_seed = np.zeros(customers)
    is_seed[random.choice(np.flatnonzero(is_of_crowd), seeds, replace=False)] = 1
    ids = pd.Index([f"c{n:05d}" for n in range(customers)], name="one_id")
    return pd.DataFrame(values, columns=list(CROWD_NAMES), index=ids), is_seed, is_of_crowd


def of_version(fitted: pd.DataFrame, method: str, fold: int = 0) -> pd.DataFrame:
    return fitted[(fitted["method"] == method) & (fitted["fold"] == fold)]


def log_odds(x: pd.DataFrame, version: pd.DataFrame) -> np.ndarray:
    """What a version gives, row by row of its parameters."""
    total = np.zeros(len(x))
    shares = np.zeros(len(x))
    slope = 0.0
    nodes: dict[tuple[int, int], dict] = {}
    for row in version.to_dict("records"):
        name = row["feature"]
        if row["tree"]:
            nodes[row["tree"], row["node"]] = row
        elif name == "intercept":
            total += row["coefficient"]
        elif name == "trees":
            slope = row["coefficient"]
        elif row["scale"] == row["scale"]:
            values = np.log1p(x[name].to_numpy())
            total += row["coefficient"] * (values - row["centre"]) / row["scale"]
        else:
            values = x[name].to_numpy()
            low = -1.0 if np.isnan(row["low"]) else row["low"]
            high = np.inf if np.isnan(row["high"]) else row["high"]
            total += row["coefficient"] * ((low <= values) & (values < high))
    if nodes:
        narrow = x.astype(np.float32)
        for number, (_, customer) in enumerate(narrow.iterrows()):
            for tree in {tree for tree, _ in nodes}:
                node = 0
                while nodes[tree, node]["feature"] != "leaf":
                    at = nodes[tree, node]
                    node = 2 * node + (1 if float(customer[at["feature"]]) <= at["high"] else 2)
                shares[number] += nodes[tree, node]["coefficient"]
        shares = np.clip(shares / len({tree for tree, _ in nodes}), 0.001, 0.999)
        total += slope * np.log(shares / (1 - shares))
    return total


def test_bins_are_those_of_pandas_and_chance_that_of_scipy() -> None:
    x, y = labelled()
    bins = binned("tea", x["tea"].to_numpy(), y)
    assert bins.edges[0] > 0 and bins.customers[0] == (x["tea"] == 0).sum()
    table = pd.crosstab(pd.cut(x["tea"], [-1, *bins.edges, np.inf], right=False), y).to_numpy()
    assert (table.sum(axis=1) == bins.customers).all() and (table[:, 1] == bins.ones).all()
    chi_square, chance, *_ = chi2_contingency(table, correction=False)
    assert bins.chi_square == pytest.approx(chi_square, rel=1e-9)
    assert bins.chance == pytest.approx(chance, rel=1e-9)


def test_features_are_kept_that_tell_something_of_their_own() -> None:
    x, y = labelled()
    rare = (np.arange(len(x)) < 15) * 1.0
    _, told = selected(x.assign(always=1.0, rare=rare), y)
    reason = dict(zip(told["feature"], told["reason"], strict=True))
    cluster = dict(zip(told["feature"], told["cluster"], strict=True))
    assert sorted((reason["tea"], reason["cups"])) == ["kept", "like_another"]
    assert cluster["tea"] == cluster["cups"] and reason["net_amount"] == "kept"
    assert reason["noise"] in ("no_information", "by_chance")
    assert reason["always"] == "constant" and reason["rare"] == "too_rare"


@pytest.mark.parametrize(
    ("mixed", "correlation", "reason"), [(0.225, 0.761, "like_another"), (0.25, 0.744, "kept")]
)
def test_features_are_alike_from_three_quarters_on(
    mixed: float, correlation: float, reason: str
) -> None:
    x, y = labelled()
    tea = x["tea"].to_numpy()
    # of some customers the value is another's
    is_mixed = np.random.default_rng(6).random(len(x)) < mixed
    near = np.where(is_mixed, np.random.default_rng(7).permutation(tea), tea)
    evidence = [binned("x", values, y).evidence(values) for values in (tea, near)]
    assert np.corrcoef(*evidence)[0, 1] == pytest.approx(correlation, abs=0.001)
    _, told = selected(x[["tea"]].assign(near=near), y)
    assert told.set_index("feature")["reason"].to_dict() == {"tea": "kept", "near": reason}


def test_the_card_is_the_regression_of_scikit_learn() -> None:
    x, y = labelled()
    version = of_version(fit(*as_tables(x, y)), "scorecard")
    kept = [name for name in version["feature"].unique() if name != "intercept"]
    bins = [binned(name, x[name].to_numpy(), y) for name in kept]
    evidence = np.column_stack([b.woe[b.place(x[b.feature].to_numpy())] for b in bins])
    model = LogisticRegression(tol=1e-10, max_iter=10000).fit(evidence, y)
    assert np.abs(log_odds(x, version) - model.decision_function(evidence)).max() < 1e-3
    probability = 1 / (1 + np.exp(-log_odds(x, version)))
    assert probability.mean() == pytest.approx(y.mean(), abs=1e-6)
    # the first bin of a feature has no points, and 20 of them double the odds
    rows = version[version["feature"] == kept[0]]
    assert rows["points"].iloc[0] == 0
    assert rows["points"].iloc[-1] == round(20 / np.log(2) * rows["coefficient"].iloc[-1])


def test_terms_and_trees_are_those_of_scikit_learn() -> None:
    x, y = labelled(600)
    x = x[sorted(x)]
    fitted = fit(*as_tables(x, y))
    logs = np.log1p(x.to_numpy())
    scaled = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    svm = LinearSVC(dual=False, C=0.01, tol=1e-8).fit(scaled, y).decision_function(scaled)
    given = log_odds(x, of_version(fitted, "svm"))
    # the scale of the margin is learnt: a line through it
    slope, begin = np.polyfit(svm, given, 1)
    assert np.abs(begin + slope * svm - given).max() < 1e-6 and slope > 0
    forest = RandomForestClassifier(TREES, max_depth=DEPTH, min_samples_leaf=10, random_state=360)
    share = forest.fit(x.to_numpy(np.float32), y).predict_proba(x.to_numpy(np.float32))[:, 1]
    version = of_version(fitted, "forest")
    slope = version.loc[version["feature"] == "trees", "coefficient"].iloc[0]
    begin = version.loc[version["feature"] == "intercept", "coefficient"].iloc[0]
    expected = begin + slope * np.log(share / (1 - share))
    assert np.abs(log_odds(x, version) - expected).max() < 1e-6


def test_every_method_tells_unseen_customers_apart_and_the_baseline_does_not() -> None:
    x, y = labelled(1000)
    customers, features = as_tables(x, y)
    fitted = fit(customers, features)
    area, error = {}, {}
    for method in TAG_METHODS:
        given = np.zeros(len(x))
        for fold in range(1, FOLDS["learnt_tag"] + 1):
            of_fold = (customers["fold"] == fold).to_numpy()
            given[of_fold] = log_odds(x[of_fold], of_version(fitted, method, fold))
        area[method] = roc_auc_score(y, given)
        error[method] = abs((1 / (1 + np.exp(-given))).mean() - y.mean())
    assert min(area[method] for method in TAG_METHODS if method != "rfm") > 0.75 > area["rfm"]
    assert max(error.values()) < 0.02


@pytest.mark.parametrize("scope", METHODS)
def test_the_order_of_rows_does_not_matter(scope: str) -> None:
    customers, features = as_tables(*labelled(300), scope)
    mixed = (customers.sample(frac=1, random_state=1), features.sample(frac=1, random_state=2))
    one, other = fit(customers, features, scope), fit(*mixed, scope)
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert list(one) == list(PARAMETER_TYPES)


def test_the_regression_of_a_crowd_is_that_of_scikit_learn() -> None:
    x, y, _ = made_crowd(600, 90)
    fitted = of_version(fit(*as_tables(x, y, "look_alike"), "look_alike"), "logistic")
    names = sorted(CROWD_NAMES)
    logs = np.log1p(x[names].to_numpy())
    scaled = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    model = LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(scaled, y)
    assert list(fitted["feature"]) == ["intercept", *names]
    found = fitted["coefficient"].to_numpy()
    assert np.abs(found - [*model.intercept_, *model.coef_[0]]).max() < 1e-6


def test_spies_find_negatives_that_are_none_of_the_crowd() -> None:
    x, y, is_of_crowd = made_crowd(3000, 300, strength=3)
    customers, _ = as_tables(x, y, "look_alike")
    found = reliable_negatives(x, y > 0, customers["is_spy"].to_numpy())
    assert found.sum() > 500
    hidden = is_of_crowd & (y == 0)
    # of all others a good part is of the crowd, of the reliable ones hardly anybody
    assert hidden[found].mean() < 0.2 * hidden.sum() / (y == 0).sum()
    assert not (found & (y > 0)).any()


def test_the_hidden_part_of_the_crowd_ranks_first() -> None:
    x, y, is_of_crowd = made_crowd(3000, 150, strength=3)
    fitted = fit(*as_tables(x, y, "look_alike"), "look_alike")
    others = y == 0
    for method in ("logistic", "spy_logistic"):
        odds = log_odds(x, of_version(fitted, method))[others]
        first = is_of_crowd[others][np.argsort(-odds)][:100].mean()
        assert first > 2 * is_of_crowd[others].mean(), method


def test_nothing_labelled_is_nothing_learnt() -> None:
    customers, features = as_tables(*labelled(10))
    fitted = fit(customers[:0], features[:0])
    assert list(fitted) == list(PARAMETER_TYPES) and fitted.empty


ORDINARY, LABELS = labelled(400)


@pytest.mark.parametrize("scope", METHODS)
@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        (ORDINARY[:40], LABELS[:40], "too_few_customers"),
        (ORDINARY, (np.arange(400) < 9) * 1.0, "too_few_customers"),
        (ORDINARY, np.ones(400), "one_outcome_only"),
        (ORDINARY, np.zeros(400), "one_outcome_only"),
        (ORDINARY.assign(card_level_gold=LABELS), LABELS, "leak_card_level_gold"),
        (ORDINARY[[]].assign(always=1.0), LABELS, "no_feature_tells_the_labels_apart"),
        (ORDINARY[[]].assign(rare=(np.arange(400) < 9) * 1.0), LABELS,
         "no_feature_tells_the_labels_apart"),
    ],
    ids=["40 customers", "9 ones", "ones", "zeros", "a leak", "a constant", "a rare feature"],
)  # fmt: skip
def test_what_cannot_be_learnt_says_why(
    x: pd.DataFrame, y: np.ndarray, reason: str, scope: str
) -> None:
    fitted = fit(*as_tables(x, y, scope), scope)
    fits = fitted[fitted["method"] != "none"]
    assert set(fits["method"]) == set(METHODS[scope]) and len(fits) == len(METHODS[scope])
    assert fits["coefficient"].isna().all() and set(fits["reason"]) == {reason}


def test_without_spies_there_are_no_reliable_negatives() -> None:
    x, y, _ = made_crowd(400, 10)
    customers, features = as_tables(x, y, "look_alike")
    fitted = fit(customers.assign(is_spy=False), features, "look_alike")
    reason = fitted[fitted["fold"] == 0].groupby("method")["reason"].first()
    assert reason["spy_logistic"] == "no_reliable_negatives"
    assert pd.isna(reason["logistic"])


def test_the_sample_and_not_its_reliable_negatives_must_be_large_enough() -> None:
    x, y, _ = made_crowd(130, 20, strength=3)
    customers, features = as_tables(x, y, "look_alike")
    version = of_version(fit(customers, features, "look_alike"), "spy_logistic")
    assert version["reason"].isna().all()
    used = 20 + version["reliable_negatives"].iloc[0]
    assert 20 + FEWEST_NEGATIVES <= used < 100


def test_noise_has_no_card_and_other_methods_are_fitted() -> None:
    noise = ORDINARY[["noise"]]
    fitted = fit(*as_tables(noise, LABELS))
    reason = fitted[fitted["fold"] == 0].groupby("method")["reason"].first()
    assert reason["scorecard"] == "no_feature_tells_the_labels_apart"
    assert reason["forest"] is None or pd.isna(reason["forest"])


def test_a_leak_that_is_left_out_is_not_looked_at() -> None:
    leaky = ORDINARY.assign(card_level_gold=LABELS, always=1.0)
    fitted = fit(*as_tables(leaky, LABELS), leave_out='["card_level_"]')
    assert set(of_version(fitted, "svm")["feature"]) == {"intercept", *NAMES}
    told = fitted[fitted["fold"] == 0].groupby("feature")["selection"].first()
    assert told["card_level_gold"] == "left_out" and told["always"] == "constant"


@pytest.mark.build
@pytest.mark.parametrize("night", NIGHTS)
def test_sql_scores_as_python_does(every_kind: EveryKind, night: int) -> None:
    schema = "predictions_internal.int_learnt__"
    with duckdb.connect(str(every_kind.warehouse(night)), read_only=True) as connection:
        parameters = connection.sql(f"from {schema}parameters").df()
        tested = connection.sql(f"from {schema}tested").df()
        features = connection.sql("from predictions_internal.int_predictions__customer_features")
        wide = features.df().pivot(index="one_id", columns="feature", values="value").fillna(0.0)
    assert {*METHODS["look_alike"], *TAG_METHODS} - {"spy_logistic"} <= set(tested["method"])
    for (purpose, method, fold), rows in tested.groupby(["purpose", "method", "fold"]):
        version = of_version(parameters, str(method), int(fold))
        version = version[version["purpose"] == purpose]
        python = log_odds(wide.reindex(rows["one_id"]).fillna(0.0), version)
        assert np.abs(rows["score"].to_numpy() - python).max() < PRECISION
