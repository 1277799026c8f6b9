"""Next prices: the fit, SQL against Python, and what a shop gets of which little is known."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest

from one360.predictions.next_prices import (
    BANDS,
    FEATURES,
    FITTED,
    MODEL,
    fit_conditional_logit,
    fit_next_prices,
)
from tests.python.every_kind import NIGHTS, EveryKind

#: How far SQL and Python may differ.
PRECISION = 1e-9

#: What the values of `choices` were drawn with.
WEIGHTS = np.array([0.2, 0.0, 1.0, -0.5, 0.4])


def choices(customers: int) -> pd.DataFrame:
    """Bands that customers bought, drawn from a conditional logit with WEIGHTS."""
    random = np.random.default_rng(7)
    values = random.normal(0, 1, (customers, len(BANDS), len(FITTED)))
    noise = random.gumbel(0, 1, (customers, len(BANDS)))
    came = (values @ WEIGHTS + noise).argmax(axis=1)
    frame = pd.DataFrame(
        {
            f"{band}_{feature}": values[:, b, f]
            for b, band in enumerate(BANDS)
            for f, feature in enumerate(FITTED)
        }
    )
    return frame.assign(
        one_id=[f"c{number}" for number in range(customers)],
        category="tea",
        step=np.where(np.arange(customers) % 2 == 0, 1, 2),
        snapshot_date=pd.Timestamp("2026-01-01"),
        band_after_known=[BANDS[band] for band in came],
    )


def dates(last_step: int = 2) -> pd.DataFrame:
    """The fit date and two dates before it."""
    days = pd.to_datetime(["2026-02-26", "2026-01-29", "2026-01-01"])
    return pd.DataFrame(
        {"step": [0, 1, 2], "last_step": last_step, "snapshot_date": days, "fit_date": days[0]}
    )


def test_weights_that_were_planted_are_found() -> None:
    frame = choices(20_000)
    values = np.stack([frame[[f"{b}_{f}" for b in BANDS]].to_numpy() for f in FITTED], axis=2)
    came = frame["band_after_known"].map(BANDS.index).to_numpy()
    assert np.abs(fit_conditional_logit(values, came) - WEIGHTS).max() < 0.05


def test_the_order_of_rows_does_not_matter() -> None:
    frame = choices(400)
    mixed = frame.sample(frac=1, random_state=1)
    one, other = (fit_next_prices(rows, dates(), 100) for rows in (frame, mixed))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert set(one.loc[one["method"] == MODEL, "feature"]) == {"intercept", *FITTED}
    assert one["reason"].isna().all()


@pytest.mark.parametrize(
    ("frame", "last_step", "reason"),
    [
        (choices(40), 2, "too_few_customers"),
        (choices(400).assign(one_id="c"), 2, "too_few_customers"),
        (choices(400).assign(band_after_known="low"), 2, "one_outcome_only"),
        (choices(400).assign(band_after_known=None), 2, "too_few_customers"),
        (choices(400), 1, "history_too_short"),
        (choices(400).head(0), 0, "history_too_short"),
    ],
    ids=["40 customers", "one customer", "one band", "nothing known", "short", "nobody"],
)
def test_what_cannot_be_fitted_says_why(frame: pd.DataFrame, last_step: int, reason: str) -> None:
    fitted = fit_next_prices(frame, dates(last_step), 100)
    newest = fitted[fitted["step"] == 0]
    assert set(newest["reason"]) == {reason} and newest["coefficient"].isna().all()
    assert newest["model_version"].str.endswith("-none").all()


@pytest.mark.build
@pytest.mark.parametrize("night", NIGHTS)
def test_sql_gives_the_probabilities_of_python(every_kind: EveryKind, night: int) -> None:
    schema = "predictions_internal.int_next_prices__"
    with duckdb.connect(str(every_kind.warehouse(night)), read_only=True) as connection:
        parameters = connection.sql(f"from {schema}parameters where reason is null").df()
        rows = connection.sql(f"from {schema}customers").df()
        tested = connection.sql(f"from {schema}tested").df()
    assert len(tested) > 100 and set(tested["method"]) > {MODEL}
    for version, of_version in parameters.groupby("model_version"):
        weights = of_version.set_index("feature")["coefficient"]
        odds = np.column_stack(
            [
                sum(weights.get(f, 0.0) * rows[f"{band}_{f}"].to_numpy() for f in FEATURES)
                for band in BANDS
            ]
        )
        share = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
        given = rows.assign(python=share.max(axis=1))
        both = tested[tested["model_version"] == version].merge(
            given,
            left_on=["tested_step", "one_id", "category"],
            right_on=["step", "one_id", "category"],
        )
        assert np.abs(both["probability"] - both["python"]).max() < PRECISION or both.empty


@pytest.mark.build
@pytest.mark.parametrize("night", NIGHTS)
def test_every_row_has_a_band_or_a_reason(every_kind: EveryKind, night: int) -> None:
    rows = every_kind.query(
        night,
        "select price_band, reason_code, low_probability + mid_probability + high_probability"
        " from predictions.next_prices",
    )
    spoken = {"own_habit", "habit_elsewhere", "usual_in_category"}
    assert len(rows) > 100
    for band, reason, whole in rows:
        assert (band in BANDS) == (reason in spoken) and reason
        assert whole is None if band is None else abs(whole - 1) < PRECISION
