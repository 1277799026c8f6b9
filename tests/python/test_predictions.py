"""Predictions: the fits, and what a shop gets of which little is known."""

from __future__ import annotations

import datetime as dt
import json
import re

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression, PoissonRegressor

from one360.lookups.personal_text import PersonalText
from one360.predictions.cox import fit_cox, hazard_table
from one360.predictions.frame_fits import BASELINES, CHURN, FEATURES, REPEAT, SQUARED, fit_frame
from one360.predictions.linear import NotFitted, fit_linear, linear
from one360.predictions.versions import version_label
from tests.python.every_kind import NIGHTS, EveryKind
from tests.python.independent.predictions_survival import cox as plain_cox


def customers(seed: int, rows: int, columns: int = 3) -> tuple[pd.DataFrame, np.ndarray]:
    """Features and an outcome that depends on the first one."""
    random = np.random.default_rng(seed)
    features = pd.DataFrame(
        {f"x{i}": random.gamma(1.0, 10.0 ** (i % 3), rows) for i in range(columns)}
    )
    odds = np.log1p(features["x0"].to_numpy()) - 0.7
    outcome = (random.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)
    outcome[:2] = [0, 1]
    return features, outcome


# --- the version -------------------------------------------------------------------------


def test_no_version_looks_personal() -> None:
    """Of 3,000 hashes some seventy are of digits alone: publishing took them for phones."""
    looks = PersonalText(["CN", "HK", "MO", "TW", "SG", "JP", "US", "DE", "FR", "GB"])
    labels = [version_label({"coefficient": [number]}) for number in range(3000)]
    assert len(set(labels)) == 3000
    for label in labels:
        for version in (f"own_decayed_frequency-{label}", f"logistic-2026-06-04-{label}"):
            assert not [*looks.kinds_in(version)], version


# --- the fit -----------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), rows=st.integers(60, 400), columns=st.integers(1, 6))
def test_the_fit_is_that_of_scikit_learn(seed: int, rows: int, columns: int) -> None:
    features, outcome = customers(seed, rows, columns)
    try:
        found = fit_linear(features, outcome, squared=["x0"], fewest=10)
    except NotFitted as why:
        assert str(why) == "too_few_customers" or str(why).startswith("leak_")
        return
    logs = np.log1p(features.to_numpy())
    scaled = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    matrix = np.column_stack([scaled, scaled[:, 0] ** 2])
    model = LogisticRegression(solver="newton-cholesky", tol=1e-12).fit(matrix, outcome)
    assert linear(features, found) == pytest.approx(model.decision_function(matrix), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), rows=st.integers(60, 400), columns=st.integers(1, 6))
def test_the_fit_of_amounts_is_that_of_scikit_learn(seed: int, rows: int, columns: int) -> None:
    features, bought = customers(seed, rows, columns)
    amounts = bought * np.random.default_rng(seed).gamma(2.0, 300.0, rows)
    try:
        found = fit_linear(features, amounts, squared=["x0"], fewest=10, family="poisson")
    except NotFitted as why:
        assert str(why) == "too_few_customers" or str(why).startswith("leak_")
        return
    logs = np.log1p(features.to_numpy())
    scaled = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    matrix = np.column_stack([scaled, scaled[:, 0] ** 2])
    model = PoissonRegressor(alpha=1 / rows, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(matrix, amounts / amounts.mean())
    expected = np.log(model.predict(matrix) * amounts.mean())
    assert linear(features, found) == pytest.approx(expected, abs=1e-6)


def test_the_order_of_rows_does_not_matter() -> None:
    features, outcome = customers(seed=1, rows=300)
    mixed = np.random.default_rng(2).permutation(300)
    one = fit_linear(features, outcome, squared=["x1"])
    other = fit_linear(features.iloc[mixed], outcome[mixed], squared=["x1"])
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_extreme_values_are_fitted() -> None:
    features, outcome = customers(seed=3, rows=500)
    features.loc[0, "x1"] = 1e15
    found = fit_linear(features, outcome)
    assert np.isfinite(found["coefficient"]).all()


def test_a_feature_that_does_not_vary_is_left_out() -> None:
    features, outcome = customers(seed=4, rows=300)
    found = fit_linear(features.assign(same=7.0), outcome)
    assert list(found["feature"]) == ["intercept", "x0", "x1", "x2"]


@pytest.mark.parametrize(
    ("rows", "change", "reason"),
    [
        (40, None, "too_few_customers"),
        (300, "one outcome", "one_outcome_only"),
        (300, "hardly any of one outcome", "too_few_customers"),
        (300, "leak", "leak_x1"),
        (300, "leak of the other sign", "leak_x1"),
    ],
)
def test_what_cannot_be_fitted_says_why(rows: int, change: str | None, reason: str) -> None:
    features, outcome = customers(seed=5, rows=rows)
    if change == "one outcome":
        outcome = np.ones(rows)
    elif change == "hardly any of one outcome":
        outcome = (np.arange(rows) < 9).astype(float)
    elif change == "leak":
        features["x1"] = outcome
    elif change == "leak of the other sign":
        features["x1"] = 1.0 - outcome
    with pytest.raises(NotFitted, match=f"^{reason}$"):
        fit_linear(features, outcome)


# --- versions ----------------------------------------------------------------------------


def frame_of(steps: int, rows: int = 150) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A score frame of one horizon whose outcome depends on recency_days, and its dates."""
    random = np.random.default_rng(11)
    fit_date = pd.Timestamp(2026, 1, 1)
    parts, dates = [], []
    for step in range(steps + 1):
        date = fit_date - pd.Timedelta(days=28 * step)
        shown = date if step else pd.Timestamp(2026, 1, 9)
        dates.append((28, step, min(steps, 6), 28 * (steps - step + 1), shown, fit_date))
        part = pd.DataFrame({name: random.gamma(1.0, 20.0, rows) for name in FEATURES})
        leaves = random.random(rows) < part["recency_days"] / (part["recency_days"] + 20)
        part["order_days_after_known"] = np.where(leaves, 0, 1)
        part["net_amount_after_known"] = 50.0 * part["order_days_after_known"]
        part["one_id"] = [f"c{i:03d}" for i in range(rows)]
        part["horizon_days"], part["step"], part["snapshot_date"] = 28, step, date
        parts.append(part)
    names = [
        "horizon_days", "step", "last_step", "history_days", "snapshot_date", "fit_date",
    ]  # fmt: skip
    frame = pd.concat(parts, ignore_index=True)
    return frame[frame["step"] > 0], pd.DataFrame(dates, columns=names)


def test_a_version_learns_from_nothing_later_than_its_date() -> None:
    """Outcomes of later dates are turned round: the version of step 2 does not move."""
    frame, dates = frame_of(steps=5)
    before = fit_frame(frame, dates, CHURN, 100)
    later = frame["step"] <= 2
    frame.loc[later, "order_days_after_known"] = 1 - frame.loc[later, "order_days_after_known"]
    after = fit_frame(frame, dates, CHURN, 100)
    same = before["step"] >= 2
    assert same.any()
    pd.testing.assert_frame_equal(before[same], after[same])
    assert not before[~same].equals(after[~same])


def level_of(frame: pd.DataFrame, dates: pd.DataFrame) -> float:
    """Mean probability that the version of the fit date gives the customers of step 1."""
    found = fit_frame(frame, dates, CHURN, 100)
    found = found[(found["step"] == 0) & (found["method"] == "logistic")]
    return float((1 / (1 + np.exp(-linear(frame[frame["step"] == 1], found)))).mean())


def test_the_level_is_nearer_to_the_newest_date_than_to_all() -> None:
    """On the newest date learnt from more leave than before."""
    frame, dates = frame_of(steps=5, rows=400)
    newest = (frame["step"] == 1) & (frame.index % 3 == 0)
    frame.loc[newest, "order_days_after_known"] = 0
    left = frame["order_days_after_known"] == 0
    rate = left[frame["step"] == 1].mean()
    all_dates = left[frame["step"].between(1, 3)].mean()
    assert abs(level_of(frame, dates) - rate) < abs(level_of(frame, dates) - all_dates)


@pytest.mark.parametrize(
    ("history", "moves"), [(182, True), (181, False)], ids=["half a year", "a day less"]
)
def test_the_season_of_a_year_ago_moves_the_level(history: int, moves: bool) -> None:
    """A year before the date to come everybody left, one step earlier nobody did."""
    frame, dates = frame_of(steps=14)
    dates["history_days"] += history - dates["history_days"].min()
    before = level_of(frame, dates)
    for step, bought in ((13, 0), (14, 1)):
        frame.loc[frame["step"] == step, "order_days_after_known"] = bought
    assert (level_of(frame, dates) > before + 0.05) is moves


def test_versions_are_of_the_fit_date_and_of_each_tested_date() -> None:
    frame, dates = frame_of(steps=5)
    found = fit_frame(frame, dates, CHURN, 100)
    assert set(found["step"]) == {0, 1, 2, 3}
    assert set(found["method"]) == {*BASELINES, "logistic"}
    days = found.groupby("step")["fit_date"].first().dt.date.to_list()
    assert days == [dt.date(2026, 1, 1) - dt.timedelta(days=28 * step) for step in range(4)]
    ends = found.groupby("step")["train_to_date"].first()
    assert (ends == found.groupby("step")["fit_date"].first()).all()
    assert found[["purpose", "model_version", "feature"]].duplicated().sum() == 0


def test_orders_and_spend_are_fitted_alike() -> None:
    frame, dates = frame_of(steps=3)
    found = fit_frame(frame, dates, REPEAT, 100)
    assert set(found["purpose"]) == {"orders_28", "spend_28"}
    assert set(found["method"]) == {*BASELINES, "poisson"}
    assert found["reason"].isna().all()


def test_one_date_alone_is_too_short_a_history() -> None:
    frame, dates = frame_of(steps=1)
    found = fit_frame(frame, dates, CHURN, 100)
    assert set(found["reason"]) == {"history_too_short"}
    assert found["coefficient"].isna().all()
    assert len(found) == len(BASELINES) + 1


def test_without_any_date_there_is_nothing() -> None:
    frame, dates = frame_of(steps=1)
    assert fit_frame(frame[:0], dates[:0], CHURN, 100).empty


# --- survival ----------------------------------------------------------------------------


def lifetimes_of(seed: int, rows: int) -> pd.DataFrame:
    """Lifetimes with ties, some of them not over, that the first of two variables shortens."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"log_order_days": random.normal(size=rows)})
    frame["log_net_amount"] = random.gamma(2.0, size=rows)
    ends = random.exponential(20 * np.exp(-frame["log_order_days"]))
    watched = random.uniform(5, 40, rows)
    frame["days"] = np.ceil(np.minimum(ends, watched)).astype(int)
    frame["has_left"] = ends <= watched
    frame["one_id"] = [str(i) for i in range(rows)]
    return frame


@pytest.mark.parametrize("seed", range(4))
def test_hazards_are_those_of_plain_python(seed: int) -> None:
    names = ["log_order_days", "log_net_amount"]
    frame = lifetimes_of(seed, rows=90)
    found = fit_cox(frame[names], frame["days"].to_numpy(), frame["has_left"].to_numpy())
    expected = plain_cox(frame.to_dict("records"), names)
    for row in found.to_dict("records"):
        for name, value in expected[row["variable"]].items():
            if name in row:
                assert row[name] == pytest.approx(value, rel=1e-7, abs=1e-9), name


def test_hazards_of_the_rossi_data() -> None:
    """Figures of Fox (2002) and of every other program."""
    datasets = pytest.importorskip("lifelines.datasets", reason="lifelines is not installed")
    rossi = datasets.load_rossi()
    names = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
    found = fit_cox(rossi[names], rossi["week"].to_numpy(), rossi["arrest"].to_numpy())
    published = [-0.3794, -0.0574, 0.3139, -0.1498, -0.4337, -0.0849, 0.0915]
    assert found["coefficient"].round(4).to_list() == published
    drifting = found.loc[found["proportionality_p"] < 0.05, "variable"]
    assert list(drifting) == ["age", "wexp"]


def test_a_variable_that_others_tell_has_no_hazard_of_its_own() -> None:
    """Where every line costs the same, what was spent is the number of lines."""
    frame = lifetimes_of(seed=1, rows=90)
    frame["log_item_quantity"] = 2 * frame["log_net_amount"] - frame["log_order_days"] + 3
    names = ["log_order_days", "log_net_amount", "log_item_quantity"]
    found = hazard_table(frame[names], frame["days"].to_numpy(), frame["has_left"].to_numpy())
    assert list(found["reason"].fillna("")) == ["", "", "collinear"]
    alone = hazard_table(frame[names[:2]], frame["days"].to_numpy(), frame["has_left"].to_numpy())
    numbers = ["variable", "coefficient", "standard_error", "proportionality_p"]
    pd.testing.assert_frame_equal(found[:2][numbers], alone[numbers])


@pytest.mark.parametrize("seed", range(6))
def test_a_variable_that_separates_has_no_bound(seed: int) -> None:
    has_left = np.arange(90) < 40
    frame = pd.DataFrame({"log_order_days": has_left.astype(float)})
    # what is ordinary beside it makes numbers of no size
    frame["log_net_amount"] = np.random.default_rng(seed).normal(size=90)
    for names in (["log_order_days"], ["log_order_days", "log_net_amount"]):
        found = hazard_table(frame[names], 1 + np.arange(90) % 7, has_left)
        assert found["reason"].to_list() == ["separated"] * len(names)


@pytest.mark.parametrize(
    ("change", "reason"),
    [("nobody left", "one_outcome_only"), ("few left", "too_few_customers"), ("same", None)],
)
def test_hazards_that_cannot_be_fitted_say_why(change: str, reason: str | None) -> None:
    names = ["log_order_days", "log_net_amount"]
    frame = lifetimes_of(seed=1, rows=90)
    if change == "same":
        frame["log_net_amount"] = 1.0
    else:
        frame["has_left"] = np.arange(90) < (19 if change == "few left" else 0)
    found = hazard_table(frame[names], frame["days"].to_numpy(), frame["has_left"].to_numpy())
    assert list(found["variable"]) == names
    assert list(found["reason"].fillna("")) == ([reason] * 2 if reason else ["", "does_not_vary"])
    assert found["coefficient"].isna().to_list() == ([True] * 2 if reason else [False, True])


# --- the built shop ----------------------------------------------------------------------


@pytest.mark.build
@pytest.mark.parametrize("night", NIGHTS)
def test_sql_scores_as_python_does(every_kind: EveryKind, night: int) -> None:
    with duckdb.connect(str(every_kind.warehouse(night)), read_only=True) as connection:
        connection.execute("use predictions_internal")
        frame = connection.sql("from int_predictions__frame where step = 0").df()
        parameters = connection.sql(
            "from int_churn__parameters union all by name from int_repeat__parameters"
        ).df()
        chosen = connection.sql("from predictions.models where is_chosen").df()
        scores = connection.sql("from predictions.scores where score is not null").df()
    families = {"churn": "logistic", "orders": "poisson", "spend": "poisson"}
    compared = set()
    for model in chosen.to_dict("records"):
        family = families.get(model["purpose"].split("_")[0])
        if family is None:
            continue
        own = frame[frame["horizon_days"] == model["horizon_days"]].set_index("one_id")
        is_own = (parameters["purpose"] == model["purpose"]) & (
            parameters["model_version"] == model["model_version"]
        )
        given_by = linear(own, parameters[is_own])
        expected = np.exp(given_by) if family == "poisson" else 1 / (1 + np.exp(-given_by))
        found = scores[scores["purpose"] == model["purpose"]].set_index("one_id")["score"]
        assert found.loc[own.index].to_numpy() == pytest.approx(expected, rel=1e-9, abs=1e-9)
        compared.add(model["purpose"])
    assert {name.split("_")[0] for name in compared} >= {"churn", "orders"}


@pytest.mark.build
@pytest.mark.parametrize("night", NIGHTS)
def test_no_next_order_lies_in_the_past(every_kind: EveryKind, night: int) -> None:
    (dated, past, mixed) = every_kind.query(
        night,
        """
        select
            count(next_order_date),
            count(*) filter (least(next_order_from_date, next_order_date) <= as_of_date),
            count(*) filter (next_order_from_date > next_order_date
                or next_order_date > next_order_until_date)
        from predictions.next_orders
        """,
    )[0]
    assert dated > 0
    assert (past, mixed) == (0, 0)


@pytest.mark.build
def test_no_score_is_the_same_for_all(every_kind: EveryKind) -> None:
    rows = every_kind.query(
        NIGHTS[-1],
        "select purpose, count(distinct score) from predictions.scores"
        " where score is not null group by purpose",
    )
    assert rows
    assert [purpose for purpose, values in rows if values < 5] == []


def test_features_are_those_of_the_frame() -> None:
    """The macros, the Python side and what is squared speak of the same columns."""
    from tests.python.project import ROOT

    text = (ROOT / "macros/predictions/frame_feature_groups.sql").read_text(encoding="utf-8")
    grouped = re.findall(r'"(\w+)"(?!:)', text)
    assert sorted(grouped) == sorted(FEATURES)
    text = (ROOT / "macros/predictions/frame_features.sql").read_text(encoding="utf-8")
    listed = json.loads(text[text.index("[") : text.index("]") + 1].replace(",\n    ]", "]"))
    assert tuple(listed) == FEATURES
    assert set(SQUARED) <= set(FEATURES)
