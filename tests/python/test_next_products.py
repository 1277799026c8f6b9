"""Next products: the fit, SQL against Python, and what a shop gets of which little is known."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest

from one360.predictions.linear import linear
from one360.predictions.next_products import FEATURES, fit_next_products
from tests.python.every_kind import NIGHTS, EveryKind

#: How far SQL and Python may differ.
PRECISION = 1e-9


def candidates(customers: int, items: int) -> pd.DataFrame:
    """Items of customers, of which those with a large own share are bought."""
    random = np.random.default_rng(7)
    rows = customers * items
    frame = pd.DataFrame({name: random.gamma(1.0, 3.0, rows) for name in FEATURES})
    frame["one_id"] = np.repeat([f"c{number}" for number in range(customers)], items)
    frame["item"] = np.tile([f"item {number}" for number in range(items)], customers)
    frame["is_bought"] = frame["own_share"] + random.normal(0, 1, rows) > 3
    return frame


def test_what_is_bought_again_weighs() -> None:
    fitted = fit_next_products(candidates(200, 5), 100)
    assert set(fitted["feature"]) == {"intercept", *FEATURES}
    assert fitted["reason"].isna().all()
    coefficients = fitted.set_index("feature")["coefficient"]
    assert coefficients["own_share"] == coefficients.drop("intercept").max() > 0.5


def test_the_order_of_rows_does_not_matter() -> None:
    frame = candidates(200, 5)
    mixed = frame.sample(frac=1, random_state=1)
    one, other = fit_next_products(frame, 100), fit_next_products(mixed, 100)
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (candidates(40, 5), "too_few_customers"),
        (candidates(200, 1), "one_item"),
        (candidates(200, 5).assign(is_bought=False), "one_outcome_only"),
        (candidates(200, 5).head(0), "too_few_customers"),
        (
            candidates(200, 5).assign(own_orders=lambda frame: frame["is_bought"] * 1.0),
            "leak_own_orders",
        ),
    ],
    ids=["40 customers", "one item", "nothing bought", "nobody", "a leak"],
)
def test_what_cannot_be_fitted_says_why(frame: pd.DataFrame, reason: str) -> None:
    (row,) = fit_next_products(frame, 100).to_dict("records")
    assert row["reason"] == reason
    assert pd.isna(row["coefficient"]) and row["model_version"] == "none"


@pytest.mark.build
@pytest.mark.parametrize("night", NIGHTS)
def test_sql_scores_as_python_does(every_kind: EveryKind, night: int) -> None:
    schema = "predictions_internal.int_next_products__"
    with duckdb.connect(str(every_kind.warehouse(night)), read_only=True) as connection:
        parameters = connection.sql(f"from {schema}parameters").df()
        scored = connection.sql(f"from {schema}scored").df()
    assert parameters["coefficient"].notna().all() and len(scored) > 500
    python = 1 / (1 + np.exp(-linear(scored, parameters)))
    assert np.abs(scored["probability"].to_numpy() - python).max() < PRECISION


@pytest.mark.build
@pytest.mark.parametrize("night", NIGHTS)
def test_the_regression_is_used_where_it_recalls_no_less(every_kind: EveryKind, night: int) -> None:
    recalls = dict(
        every_kind.query(
            night,
            "select method, value from predictions.back_tests "
            "where purpose = 'next_product' and metric = 'recall_at_10'",
        )
    )
    regression, own = recalls["logistic_reranker"], recalls["own_decayed_frequency"]
    expected = "logistic_reranker" if regression >= own else "own_decayed_frequency"
    used = every_kind.query(night, "select distinct method from predictions.next_products")
    assert used == [(expected,)]
