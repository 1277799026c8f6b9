"""Fits on the score frame: who does not buy within a horizon, how often, and for how much."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from one360.engines.python_models import deliver, select
from one360.predictions.linear import DIGITS, NotFitted, fit_linear, linear, mean_of
from one360.predictions.versions import NOTHING, version_label

#: Columns of the score frame that describe a customer on a date.
FEATURES = (
    "recency_days", "tenure_days", "order_days", "order_days_7", "order_days_28", "order_days_84",
    "order_weeks", "net_amount", "net_amount_28", "item_quantity", "mean_gap_days",
    "overdue_ratio",
)  # fmt: skip

#: What each baseline looks at; the model looks at all features.
BASELINES: dict[str, tuple[str, ...]] = {
    "base_rate": (),
    "recency": ("recency_days",),
    "rfm": ("recency_days", "order_days", "net_amount"),
}
SQUARED = ("recency_days", "order_days", "net_amount", "overdue_ratio")

#: Dates that a version learns from, and dates that versions are tested on.
LEARNT_DATES = 3
TESTED_DATES = 3

#: Steps that make a year, per horizon, and days of history that a year's comparison needs.
YEAR_STEPS = {28: 13, 90: 4}
SEASON_HISTORY_DAYS = 182

#: Days in which half of what a version was off on a date is gone.
LEVEL_HALF_LIFE_DAYS = 90

PARAMETER_TYPES: dict[str, str] = {
    "purpose": "str",
    "model_version": "str",
    "method": "str",
    "feature": "str",
    "reason": "str",
    "library_versions": "str",
    "horizon_days": "int32",
    "step": "int32",
    "coefficient": "float64",
    "square_coefficient": "float64",
    "centre": "float64",
    "scale": "float64",
    "rows_trained": "int64",
    "train_from_date": "date",
    "train_to_date": "date",
    "fit_date": "date",
}


#: Of the columns of parameters.
ARROW_TYPES = {
    "str": pa.string(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "date": pa.date32(),
}

#: Columns of the score frame that outcomes are made of.
OUTCOMES = ("order_days_after_known", "net_amount_after_known")


@dataclass(frozen=True)
class Target:
    """What is predicted.

    ``family`` is that of the linear model, and the name of the method that looks at all features.
    ``outcome`` makes it of the rows of the frame.
    """

    purpose: str
    family: Literal["logistic", "poisson"]
    outcome: Callable[[pd.DataFrame], pd.Series]


CHURN = (Target("churn", "logistic", lambda rows: rows["order_days_after_known"] == 0),)
REPEAT = (
    Target("orders", "poisson", lambda rows: rows["order_days_after_known"]),
    Target("spend", "poisson", lambda rows: rows["net_amount_after_known"].clip(lower=0)),
)


@dataclass(frozen=True)
class Fit:
    """One fit: of what, over which horizon, as of which step of the frame, by which method."""

    target: Target
    horizon_days: int
    step: int
    method: str

    @property
    def features(self) -> list[str]:
        """The features that it looks at."""
        return list(BASELINES.get(self.method, FEATURES))


def fit_frame(
    frame: pd.DataFrame, dates: pd.DataFrame, targets: Sequence[Target], fewest: int
) -> pd.DataFrame:
    """One row per fit and feature, with the columns of PARAMETER_TYPES.

    ``frame`` has the rows of the score frame of past dates: one_id, horizon_days, step,
    snapshot_date, FEATURES and OUTCOMES, any order. ``dates`` has horizon_days, step,
    last_step, history_days, snapshot_date and fit_date. The version of step s learns from the
    three steps before it, whose outcomes were all known on its date, and its intercept is moved
    by ``level_shift``. There is one of step 0, the fit date, and one of each date to be tested.
    Where a version cannot be fitted, it has the row of its intercept alone, without a
    coefficient, and the reason.
    """
    rows = []
    for horizon_days in sorted(set(dates["horizon_days"])):
        of_horizon = dates[dates["horizon_days"] == horizon_days]
        known = frame[frame["horizon_days"] == horizon_days].sort_values(["step", "one_id"])
        last_step = int(of_horizon["last_step"].iloc[0])
        fit_date = of_horizon["fit_date"].iloc[0]
        at = dict(zip(of_horizon["step"], of_horizon["snapshot_date"], strict=True))
        at[0] = fit_date
        seasonal = of_horizon["history_days"] >= SEASON_HISTORY_DAYS
        seasonal_steps = set(of_horizon.loc[seasonal, "step"])
        tested = range(min(last_step - 1, TESTED_DATES) + 1)
        for step in tested or range(1):
            learnt = known[known["step"].between(step + 1, step + LEARNT_DATES)]
            year_before = step + YEAR_STEPS[int(horizon_days)]
            season = known[known["step"].isin(seasonal_steps & {year_before, year_before + 1})]
            for target in targets:
                for method in (*BASELINES, target.family):
                    fit = Fit(target, int(horizon_days), step, method)
                    rows.append(_fitted(fit, learnt, season, at[step], fewest, last_step))
    columns = list(PARAMETER_TYPES)
    if not rows:
        return pd.DataFrame(columns=columns)
    return pd.concat(rows, ignore_index=True)[columns]


def level_shift(
    fit: Fit, parameters: pd.DataFrame, newest: pd.DataFrame, season: pd.DataFrame
) -> float:
    """How far the intercept lies from that of the date to come.

    What the parameters were off on the ``newest`` date they learnt from, as far as it lasts: half
    of it after LEVEL_HALF_LIFE_DAYS. And half of what the level changed a year ago between the
    same two dates, where ``season`` has both of them.
    """
    shift = 0.5 ** (fit.horizon_days / LEVEL_HALF_LIFE_DAYS) * _off(fit, parameters, newest)
    if season["step"].nunique() == 2:
        is_later = season["step"] == season["step"].min()
        later, earlier = (_off(fit, parameters, season[rows]) for rows in (is_later, ~is_later))
        shift += (later - earlier) / 2
    return shift


def _off(fit: Fit, parameters: pd.DataFrame, rows: pd.DataFrame) -> float:
    """One step of Newton's method on the intercept, at most 1 either way."""
    outcome = fit.target.outcome(rows).to_numpy(dtype=float)
    mean = mean_of(fit.target.family, linear(rows, parameters))
    variance = mean if fit.target.family == "poisson" else mean * (1 - mean)
    return float(np.clip((outcome - mean).sum() / variance.sum(), -1, 1))


def _fitted(
    fit: Fit,
    learnt: pd.DataFrame,
    season: pd.DataFrame,
    fit_date: pd.Timestamp,
    fewest: int,
    last_step: int,
) -> pd.DataFrame:
    reason = None
    outcome = fit.target.outcome(learnt).to_numpy(dtype=float)
    try:
        if last_step < 2:
            # one date to learn from and a later one to be tested on are the least
            raise NotFitted("history_too_short")
        parameters = fit_linear(learnt[fit.features], outcome, SQUARED, fewest, fit.target.family)
        newest = learnt[learnt["step"] == learnt["step"].min()]
        shift = level_shift(fit, parameters, newest, season)
        moved = np.round(parameters["coefficient"].iloc[0] + shift, DIGITS)
        parameters.loc[0, "coefficient"] = moved
    except NotFitted as why:
        reason = str(why)
        parameters = pd.DataFrame({"feature": ["intercept"]})
        for name in ("coefficient", "square_coefficient", "centre", "scale"):
            parameters[name] = np.nan
    label = NOTHING if reason else version_label(parameters.to_dict("list"))
    day = pd.Timestamp(fit_date).date()
    horizon = pd.Timedelta(days=fit.horizon_days)
    return parameters.assign(
        purpose=f"{fit.target.purpose}_{fit.horizon_days}",
        model_version=f"{fit.method}-{day}-{label}",
        method=fit.method,
        reason=reason,
        library_versions=f"numpy {np.__version__}",
        horizon_days=fit.horizon_days,
        step=fit.step,
        rows_trained=len(learnt),
        train_from_date=learnt["snapshot_date"].min() if len(learnt) else None,
        train_to_date=learnt["snapshot_date"].max() + horizon if len(learnt) else None,
        fit_date=fit_date,
    )


def fitted_table(
    session: Any, frame: Any, dates: Any, targets: Sequence[Target], fewest: int
) -> Any:
    """What the dbt model of a room returns: the fits of its targets on the score frame."""
    outcomes = [f"cast({name} as double) as {name}" for name in OUTCOMES]
    learnt = select(
        frame,
        ["one_id", "horizon_days", "step", "snapshot_date", *FEATURES, *outcomes],
        where="step > 0",
    )
    at = select(
        dates,
        ["horizon_days", "step", "last_step", "history_days", "snapshot_date", "fit_date"],
        where="step >= 0",
    )
    for each in (learnt, at):
        for name in set(each.columns) & {"snapshot_date", "fit_date"}:
            each[name] = pd.to_datetime(each[name])
    fitted = fit_frame(learnt, at, targets, fewest)
    for name, kind in PARAMETER_TYPES.items():
        if kind == "date":
            fitted[name] = [None if pd.isna(day) else day.date() for day in fitted[name]]
    schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in PARAMETER_TYPES.items()])
    return deliver(session, pa.Table.from_pandas(fitted, schema=schema, preserve_index=False))
