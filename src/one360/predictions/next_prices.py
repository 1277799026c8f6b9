"""Fits which price band of a category a customer buys next."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from one360.engines.python_models import deliver, select
from one360.predictions.frame_fits import (
    ARROW_TYPES,
    LEARNT_DATES,
    PARAMETER_TYPES,
    TESTED_DATES,
)
from one360.predictions.linear import DIGITS, NotFitted
from one360.predictions.versions import NOTHING, version_label

BANDS = ("low", "mid", "high")

#: What bands are told apart by: int_next_prices__customers has a logarithm of each per band.
FEATURES = ("category", "own", "last", "faded", "recent", "elsewhere")

#: The method that is fitted, and what it looks at.
MODEL = "conditional_logit"
FITTED = ("category", "own", "faded", "recent", "elsewhere")

#: Baselines are the same formula with one feature, taken as it is.
BASELINES = {"base_rate": "category", "last_band": "last", "own_frequency": "own"}

HORIZON_DAYS = 28
PURPOSE = f"price_band_{HORIZON_DAYS}"

COLUMNS = {
    name: kind
    for name, kind in PARAMETER_TYPES.items()
    if name not in ("square_coefficient", "centre", "scale")
}

_RIDGE = 1.0
_MOST_STEPS = 100
_PRECISION = 1e-11


def fit_conditional_logit(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Weights of features of alternatives, of which one each was chosen.

    ``values`` has the shape (rows, alternatives, features), ``chosen`` the number of the
    alternative per row. The probability of an alternative is in proportion to exp(features ·
    weights) (McFadden 1974, Conditional logit analysis of qualitative choice behavior). The
    likelihood is penalised by half the sum of the squared weights and maximised by Newton's method,
    so that the result does not depend on the order of rows.
    """
    rows = np.arange(len(chosen))
    found = np.zeros(values.shape[2])

    def loss(at: np.ndarray) -> float:
        odds = values @ at
        largest = odds.max(axis=1)
        normaliser = largest + np.log(np.exp(odds - largest[:, None]).sum(axis=1))
        return float((normaliser - odds[rows, chosen]).sum() + _RIDGE * (at @ at) / 2)

    least = loss(found)
    for _ in range(_MOST_STEPS):
        odds = values @ found
        raised = np.exp(odds - odds.max(axis=1, keepdims=True))
        share = raised / raised.sum(axis=1, keepdims=True)
        mean = np.einsum("na,naf->nf", share, values)
        gradient = (mean - values[rows, chosen]).sum(axis=0) + _RIDGE * found
        curvature = np.einsum("na,naf,nag->fg", share, values, values, optimize=True)
        curvature += _RIDGE * np.eye(len(found)) - mean.T @ mean
        step = np.linalg.solve(curvature, gradient)
        part = 1.0
        # the loss is convex, so that it falls along the step
        while not loss(found - part * step) <= least + 1e-9:
            part /= 2
        found = found - part * step
        least = loss(found)
        if np.abs(step).max() < _PRECISION:
            break
    return found.round(DIGITS)


def fit_next_prices(rows: pd.DataFrame, dates: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """One row per version and feature, with the columns of COLUMNS.

    ``rows`` has the rows of int_next_prices__customers of past dates: one_id, step, snapshot_date,
    band_after_known and <band>_<feature>, any order. ``dates`` has step, last_step, snapshot_date
    and fit_date of the horizon. The version of step s learns from the three steps before it, from
    what was known at the end of their horizons. There is one of step 0, the fit date, and one of
    each date to be tested. Where a version cannot be fitted, it has one row, of the intercept
    without a coefficient, and the reason: history_too_short, too_few_customers (fewer than
    ``fewest`` bought again), one_outcome_only.
    """
    if not len(dates):
        return pd.DataFrame(columns=list(COLUMNS))
    last_step = int(dates["last_step"].iloc[0])
    at = dict(zip(dates["step"], dates["snapshot_date"], strict=True))
    at[0] = dates["fit_date"].iloc[0]
    known = rows[rows["band_after_known"].notna()].sort_values(["step", "one_id", "category"])
    fitted = []
    for step in range(min(max(last_step - 1, 0), TESTED_DATES) + 1):
        learnt = known[known["step"].between(step + 1, step + LEARNT_DATES)]
        for method in (*BASELINES, MODEL):
            fitted.append(_fitted(learnt, method, step, at[step], fewest, last_step))
    return pd.concat(fitted, ignore_index=True)[list(COLUMNS)]


def _fitted(
    learnt: pd.DataFrame,
    method: str,
    step: int,
    fit_date: pd.Timestamp,
    fewest: int,
    last_step: int,
) -> pd.DataFrame:
    reason = None
    parameters = pd.DataFrame({"feature": ["intercept"], "coefficient": [np.nan]})
    try:
        _check(learnt, fewest, last_step)
        if method == MODEL:
            features: tuple[str, ...] = FITTED
            values = np.stack(
                [learnt[[f"{b}_{f}" for b in BANDS]].to_numpy(dtype=float) for f in features],
                axis=2,
            )
            chosen = learnt["band_after_known"].map(BANDS.index).to_numpy(dtype=int)
            coefficients = [float(value) for value in fit_conditional_logit(values, chosen)]
        else:
            features, coefficients = (BASELINES[method],), [1.0]
        parameters = pd.DataFrame(
            {"feature": ["intercept", *features], "coefficient": [0.0, *coefficients]}
        )
    except NotFitted as why:
        reason = str(why)
    label = NOTHING if reason else version_label(parameters.to_dict("list"))
    horizon = pd.Timedelta(days=HORIZON_DAYS)
    return parameters.assign(
        purpose=PURPOSE,
        model_version=f"{method}-{pd.Timestamp(fit_date).date()}-{label}",
        method=method,
        reason=reason,
        library_versions=f"numpy {np.__version__}",
        horizon_days=HORIZON_DAYS,
        step=step,
        rows_trained=len(learnt),
        train_from_date=learnt["snapshot_date"].min() if len(learnt) else None,
        train_to_date=learnt["snapshot_date"].max() + horizon if len(learnt) else None,
        fit_date=fit_date,
    )


def _check(learnt: pd.DataFrame, fewest: int, last_step: int) -> None:
    if last_step < 2:
        # one date to learn from and a later one to be tested on are the least
        raise NotFitted("history_too_short")
    if learnt["one_id"].nunique() < fewest:
        raise NotFitted("too_few_customers")
    if learnt["band_after_known"].nunique() < 2:
        raise NotFitted("one_outcome_only")


def fitted_table(session: Any, customers: Any, dates: Any, fewest: int) -> Any:
    """What the dbt model returns: the versions of all dates."""
    values = [f"{band}_{feature}" for feature in FITTED for band in BANDS]
    learnt = select(
        customers,
        ["one_id", "category", "step", "snapshot_date", "band_after_known", *values],
        where="step > 0",
    )
    at = select(
        dates,
        ["step", "last_step", "snapshot_date", "fit_date"],
        where=f"horizon_days = {HORIZON_DAYS} and step between 0 and last_step",
    )
    for each in (learnt, at):
        for name in set(each.columns) & {"snapshot_date", "fit_date"}:
            each[name] = pd.to_datetime(each[name])
    fitted = fit_next_prices(learnt, at, fewest)
    for name, kind in COLUMNS.items():
        if kind == "date":
            fitted[name] = [None if pd.isna(day) else day.date() for day in fitted[name]]
    schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in COLUMNS.items()])
    return deliver(session, pa.Table.from_pandas(fitted, schema=schema, preserve_index=False))
