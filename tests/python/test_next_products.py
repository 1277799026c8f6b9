"""Next products: the fit, SQL against Python, and what a shop gets of which little is known."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from one360.predictions import next_network
from one360.predictions.linear import linear
from one360.predictions.next_network import network_scores
from one360.predictions.next_products import FEATURES, fit_next_products
from tests.python.every_kind import NIGHTS, EveryKind
from tests.python.independent import shop
from tests.python.project import Project

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


def test_as_many_customers_as_are_needed_are_enough() -> None:
    assert fit_next_products(candidates(100, 5), 100)["reason"].isna().all()


def test_the_order_of_rows_does_not_matter() -> None:
    frame = candidates(200, 5)
    mixed = frame.sample(frac=1, random_state=1)
    one, other = fit_next_products(frame, 100), fit_next_products(mixed, 100)
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (candidates(99, 5), "too_few_customers"),
        (candidates(200, 1), "one_item"),
        (candidates(200, 5).assign(is_bought=False), "one_outcome_only"),
        (candidates(200, 5).head(0), "too_few_customers"),
        (
            candidates(200, 5).assign(own_orders=lambda frame: frame["is_bought"] * 1.0),
            "leak_own_orders",
        ),
    ],
    ids=["99 customers", "one item", "nothing bought", "nobody", "a leak"],
)
def test_what_cannot_be_fitted_says_why(frame: pd.DataFrame, reason: str) -> None:
    (row,) = fit_next_products(frame, 100).to_dict("records")
    assert row["reason"] == reason
    assert pd.isna(row["coefficient"]) and row["model_version"] == "none"


def habits(customers: int, splits: tuple[str, ...] = ("training", "test")) -> pd.DataFrame:
    """Each customer bought one of ten items, twice as much as another one."""
    rows = []
    for number in range(customers):
        for split in splits:
            rows.append((split, f"c{number:04d}", f"item {number % 10}", 1.0))
            rows.append((split, f"c{number:04d}", f"item {(3 * number + 1) % 10}", 0.5))
    return pd.DataFrame(rows, columns=["split_code", "one_id", "item", "own_share"])


def bought_next(customers: int) -> pd.DataFrame:
    """What follows on an item is always the item with the next number."""
    rows = [(f"c{number:04d}", f"item {(number + 1) % 10}") for number in range(customers)]
    return pd.DataFrame(rows, columns=["one_id", "item"])


def test_a_network_learns_what_follows_on_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(next_network, "AT_ONCE", 300)  # customers of the last batch are scored too
    found = network_scores(habits(1000), bought_next(1000), 100, kept=3)
    assert set(found["split_code"]) == {"test"} and len(found) == 3 * 1000
    assert found["network_score"].between(0, 1).all()
    assert found.groupby("one_id")["network_score"].sum().max() < 1 + 1e-6
    assert found.groupby("one_id")["network_score"].is_monotonic_decreasing.all()
    first = found.drop_duplicates("one_id").merge(bought_next(1000), on="one_id")
    assert (first["item_x"] == first["item_y"]).all()


def test_a_network_does_not_depend_on_the_order_of_rows() -> None:
    purchases, wanted = habits(120), bought_next(120)
    mixed = purchases.sample(frac=1, random_state=1), wanted.sample(frac=1, random_state=2)
    one, other = network_scores(purchases, wanted, 100), network_scores(*mixed, 100)
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize(
    ("purchases", "wanted"),
    [
        (habits(99), bought_next(99)),
        (habits(200), bought_next(200).assign(item="tea")),
        (habits(200), bought_next(200).head(0)),
        (habits(200, ("test",)), bought_next(200)),
        (habits(200, ("training",)), bought_next(200)),
    ],
    ids=["too few", "one item", "nothing next", "nobody to learn from", "nobody to score"],
)
def test_a_network_that_cannot_learn_names_nothing(
    purchases: pd.DataFrame, wanted: pd.DataFrame
) -> None:
    found = network_scores(purchases, wanted, 100)
    assert list(found) == list(next_network.SCORE_TYPES) and found.empty


@pytest.mark.build
def test_a_network_that_is_asked_for_is_compared(every_kind: EveryKind, tmp_path: Path) -> None:
    """It has a row beside the regression, and names are those of whatever found most."""
    project = Project(tmp_path, dataset=shop.DATASET, variables=shop.VARIABLES)
    shutil.copy(every_kind.warehouse(NIGHTS[-1]), project.warehouse)
    shop.write(project.raw, night=NIGHTS[-1])
    project.dbt(
        "run", "--select", "int_next_products__networks+", "--exclude", "tag:intraday",
        next_product_network=True,
    ).check()  # fmt: skip
    recalls = dict(
        project.query(
            "select method, value from predictions.back_tests "
            "where purpose = 'next_product' and metric = 'recall_at_10'"
        )
    )
    learnt = ("logistic_reranker", "three_layer_network")
    best = max(learnt, key=lambda method: recalls[method])
    if recalls["own_decayed_frequency"] > recalls[best]:
        best = "own_decayed_frequency"
    assert project.query("select distinct method from predictions.next_products") == [(best,)]
    assert project.query(
        "select method, is_chosen, seed from predictions.models "
        "where purpose = 'next_product' order by 1"
    ) == [
        (method, method == best, next_network.SEED if method == "three_layer_network" else None)
        for method in sorted((*learnt, "own_decayed_frequency"))
    ]


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
