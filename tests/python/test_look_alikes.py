"""Look-alikes: fits against scikit-learn, SQL against Python, planted crowds, what is refused."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from one360.predictions.linear import linear
from one360.predictions.look_alikes import METHODS, fit_look_alikes, reliable_negatives
from tests.python.every_kind import NIGHTS, EveryKind

#: How far SQL and Python may differ.
PRECISION = 1e-9

NAMES = ("recency_days", "order_days", "net_amount", "category_tea", "city_x")


def made_crowd(
    customers: int, seeds: int, strength: float = 1.5, seed: int = 5
) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Customers of whom some belong to a hidden crowd, and a part of these are its seeds.

    Those of the crowd buy more tea. Returns customers, features and who is of the crowd.
    """
    random = np.random.default_rng(seed)
    values = random.gamma(1.0, 3.0, (customers, len(NAMES)))
    pull = strength * (np.log1p(values[:, 3]) - 1.5)
    is_of_crowd = pull + random.logistic(0, 1, customers) > 0
    chosen = random.choice(np.flatnonzero(is_of_crowd), seeds, replace=False)
    is_seed = np.zeros(customers, dtype=bool)
    is_seed[chosen] = True
    number = np.empty(customers, dtype=int)
    for group in (chosen, np.flatnonzero(~is_seed)):
        number[group] = np.arange(len(group))
    ids = [f"c{n:05d}" for n in range(customers)]
    rows = pd.DataFrame(
        {
            "crowd_code": "x",
            "one_id": ids,
            "is_seed": is_seed,
            "fold": number % 3 + 1,
            "is_spy": is_seed & np.isin(number // 3 % 20, (3, 10, 17)),
        }
    )
    wide = pd.DataFrame(values, columns=list(NAMES), index=pd.Index(ids, name="one_id"))
    long = wide.stack().rename_axis(["one_id", "feature"]).reset_index(name="value")
    return rows, long.assign(crowd_code="x"), is_of_crowd


def of_version(fitted: pd.DataFrame, method: str, fold: int = 0) -> pd.DataFrame:
    return fitted[(fitted["method"] == method) & (fitted["fold"] == fold)]


def test_the_regression_is_that_of_scikit_learn() -> None:
    rows, long, _ = made_crowd(600, 90)
    fitted = of_version(fit_look_alikes(rows, long, {}, 100, "2026-01-01"), "logistic")
    wide = long.pivot(index="one_id", columns="feature", values="value")[sorted(NAMES)]
    logs = np.log1p(wide.to_numpy())
    scaled = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    model = LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(scaled, rows["is_seed"])
    assert list(fitted["feature"]) == ["intercept", *sorted(NAMES)]
    found = fitted["coefficient"].to_numpy()
    assert np.abs(found - [*model.intercept_, *model.coef_[0]]).max() < 1e-6


def test_spies_find_negatives_that_are_none_of_the_crowd() -> None:
    rows, long, is_of_crowd = made_crowd(3000, 300, strength=3)
    wide = long.pivot(index="one_id", columns="feature", values="value")
    found = reliable_negatives(wide, rows["is_seed"].to_numpy(), rows["is_spy"].to_numpy())
    assert found.sum() > 500
    hidden = is_of_crowd & ~rows["is_seed"].to_numpy()
    # of all others a good part is of the crowd, of the reliable ones hardly anybody
    assert hidden[found].mean() < 0.2 * hidden.sum() / (~rows["is_seed"]).sum()
    assert not (found & rows["is_seed"].to_numpy()).any()


def test_the_hidden_part_of_the_crowd_ranks_first() -> None:
    rows, long, is_of_crowd = made_crowd(3000, 150, strength=3)
    fitted = fit_look_alikes(rows, long, {}, 100, "2026-01-01")
    wide = long.pivot(index="one_id", columns="feature", values="value")
    others = ~rows["is_seed"].to_numpy()
    for method in ("logistic", "spy_logistic"):
        parameters = of_version(fitted, method).assign(square_coefficient=0.0)
        odds = linear(wide, parameters)[others]
        first = is_of_crowd[others][np.argsort(-odds)][:100].mean()
        assert first > 2 * is_of_crowd[others].mean(), method


def test_the_order_of_rows_does_not_matter() -> None:
    rows, long, _ = made_crowd(400, 60)
    mixed = rows.sample(frac=1, random_state=1), long.sample(frac=1, random_state=2)
    one = fit_look_alikes(rows, long, {}, 100, "2026-01-01")
    other = fit_look_alikes(*mixed, {}, 100, "2026-01-01")
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def with_feature(name: str, value: np.ndarray | float, made: tuple) -> tuple:
    """The crowd with one more feature."""
    rows, long, *_ = made
    more = rows[["crowd_code", "one_id"]].assign(feature=name, value=value)
    return rows, pd.concat([long, more[more["value"] > 0]], ignore_index=True)


ORDINARY = made_crowd(400, 60)


@pytest.mark.parametrize(
    ("rows", "long", "reason"),
    [
        (*made_crowd(40, 12)[:2], "too_few_customers"),
        (*made_crowd(400, 9)[:2], "too_few_customers"),
        (ORDINARY[0].assign(is_seed=True), ORDINARY[1], "one_outcome_only"),
        (ORDINARY[0].assign(is_seed=False), ORDINARY[1], "one_outcome_only"),
        (
            *with_feature("card_level_gold", ORDINARY[0]["is_seed"].to_numpy() * 1.0, ORDINARY),
            "leak_card_level_gold",
        ),
    ],
    ids=["40 customers", "9 seeds", "everybody", "nobody", "a leak"],
)
def test_what_cannot_be_fitted_says_why(
    rows: pd.DataFrame, long: pd.DataFrame, reason: str
) -> None:
    fitted = fit_look_alikes(rows, long, {}, 100, "2026-01-01")
    assert set(fitted["method"]) == set(METHODS) and len(fitted) == len(METHODS)
    assert fitted["coefficient"].isna().all()
    assert set(fitted["reason"]) - {"no_reliable_negatives"} == {reason}


def test_a_leak_that_is_left_out_and_a_constant_are_not_looked_at() -> None:
    leak = with_feature("card_level_gold", ORDINARY[0]["is_seed"].to_numpy() * 1.0, ORDINARY)
    rows, long = with_feature("always", 1.0, leak)
    fitted = fit_look_alikes(rows, long, {"x": ["card_level_"]}, 100, "2026-01-01")
    assert set(of_version(fitted, "logistic")["feature"]) == {"intercept", *NAMES}


@pytest.mark.build
@pytest.mark.parametrize("night", NIGHTS)
def test_sql_scores_as_python_does(every_kind: EveryKind, night: int) -> None:
    schema = "predictions_internal.int_look_alikes__"
    with duckdb.connect(str(every_kind.warehouse(night)), read_only=True) as connection:
        parameters = connection.sql(f"from {schema}parameters").df()
        tested = connection.sql(f"from {schema}tested").df()
        features = connection.sql("from predictions_internal.int_predictions__customer_features")
        wide = features.df().pivot(index="one_id", columns="feature", values="value").fillna(0.0)
    assert len(tested) > 100
    for (method, fold), rows in tested.groupby(["method", "fold"]):
        version = of_version(parameters, str(method), int(fold)).assign(square_coefficient=0.0)
        python = linear(wide.reindex(rows["one_id"]).fillna(0.0), version)
        assert np.abs(rows["score"].to_numpy() - python).max() < PRECISION
