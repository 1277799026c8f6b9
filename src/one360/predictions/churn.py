"""Fits of churn: the chance that a customer does not buy within a horizon."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import pandas as pd

from one360.predictions.logistic import NotFitted, fit_logistic

#: Columns of the score frame that describe a customer on a date.
FEATURES = (
    "recency_days", "tenure_days", "order_days", "order_days_7", "order_days_28", "order_days_84",
    "order_weeks", "net_amount", "net_amount_28", "item_quantity", "mean_gap_days",
    "overdue_ratio",
)  # fmt: skip

#: What each method looks at; all but the last are baselines.
METHODS: dict[str, tuple[str, ...]] = {
    "base_rate": (),
    "recency": ("recency_days",),
    "rfm": ("recency_days", "order_days", "net_amount"),
    "logistic": FEATURES,
}
SQUARED = ("recency_days", "order_days", "net_amount", "overdue_ratio")

#: Dates that a version learns from, and dates that versions are tested on.
LEARNT_DATES = 3
TESTED_DATES = 3

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


@dataclass(frozen=True)
class Fit:
    """One fit: of which horizon, as of which step of the frame, by which method."""

    horizon_days: int
    step: int
    method: str


def fit_churn(frame: pd.DataFrame, dates: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """One row per fit and feature, with the columns of PARAMETER_TYPES.

    ``frame`` has the rows of the score frame of past dates: one_id, horizon_days, step,
    snapshot_date, FEATURES and order_days_after_known, any order. ``dates`` has horizon_days,
    step, last_step, snapshot_date and fit_date. The version of step s learns from the three
    steps before it, whose outcomes were all known on its date. There is one of step 0, the fit
    date, and one of each date to be tested. Where a version cannot be fitted, it has the row of
    its intercept alone, without a coefficient, and the reason.
    """
    rows = []
    for horizon_days in sorted(set(dates["horizon_days"])):
        of_horizon = dates[dates["horizon_days"] == horizon_days]
        last_step = int(of_horizon["last_step"].iloc[0])
        fit_date = of_horizon["fit_date"].iloc[0]
        at = dict(zip(of_horizon["step"], of_horizon["snapshot_date"], strict=True))
        at[0] = fit_date
        tested = range(min(last_step - 1, TESTED_DATES) + 1)
        for step in tested or range(1):
            learnt = frame[
                (frame["horizon_days"] == horizon_days)
                & frame["step"].between(step + 1, step + LEARNT_DATES)
            ].sort_values(["step", "one_id"])
            for method in METHODS:
                fit = Fit(int(horizon_days), step, method)
                rows.append(_fitted(fit, learnt, at[step], fewest, last_step))
    columns = list(PARAMETER_TYPES)
    if not rows:
        return pd.DataFrame(columns=columns)
    return pd.concat(rows, ignore_index=True)[columns]


def _fitted(
    fit: Fit, learnt: pd.DataFrame, fit_date: pd.Timestamp, fewest: int, last_step: int
) -> pd.DataFrame:
    reason = None
    outcome = (learnt["order_days_after_known"].to_numpy() == 0).astype(float)
    try:
        if last_step < 2:
            # one date to learn from and a later one to be tested on are the least
            raise NotFitted("history_too_short")
        parameters = fit_logistic(learnt[list(METHODS[fit.method])], outcome, SQUARED, fewest)
    except NotFitted as why:
        reason = str(why)
        parameters = pd.DataFrame({"feature": ["intercept"]})
        for name in ("coefficient", "square_coefficient", "centre", "scale"):
            parameters[name] = np.nan
    text = json.dumps(parameters.to_dict("list"))
    label = "none" if reason else hashlib.sha256(text.encode()).hexdigest()[:8]
    day = pd.Timestamp(fit_date).date()
    horizon = pd.Timedelta(days=fit.horizon_days)
    return parameters.assign(
        purpose=f"churn_{fit.horizon_days}",
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
