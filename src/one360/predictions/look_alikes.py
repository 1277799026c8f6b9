"""Fits what tells the seeds of a crowd from other customers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from one360.predictions.linear import NotFitted, find_leak, fit_linear, linear

#: What each method looks at; nothing: all features.
METHODS: dict[str, tuple[str, ...]] = {
    "rfm": ("recency_days", "order_days", "net_amount"),
    "logistic": (),
    "spy_logistic": (),
}

#: Folds that are left out in turn; version 0 learns from all.
FOLDS = 3

#: Customers of the sample that must have a feature, and most features that are looked at.
FEWEST_HOLDERS = 10
MOST_FEATURES = 60

#: Share of spies below whom a customer is reliably none of the crowd (Liu and others 2002).
SPY_NOISE = 0.05
FEWEST_NEGATIVES = 10

PARAMETER_TYPES: dict[str, str] = {
    "crowd_code": "str",
    "method": "str",
    "model_version": "str",
    "fold": "int32",
    "feature": "str",
    "reason": "str",
    "library_versions": "str",
    "coefficient": "float64",
    "centre": "float64",
    "scale": "float64",
    "rows_trained": "int64",
    "seeds_trained": "int64",
    "spies": "int64",
    "reliable_negatives": "int64",
}


@dataclass
class _Fitted:
    """Parameters of one method and fold, and what they were learnt from."""

    parameters: pd.DataFrame
    rows: int
    seeds: int
    spies: int | None = None
    negatives: int | None = None
    reason: str | None = None
    names: list[str] = field(default_factory=list)


def fit_look_alikes(
    customers: pd.DataFrame,
    features: pd.DataFrame,
    leave_out: Mapping[str, Sequence[str]],
    fewest: int,
    date: str,
) -> pd.DataFrame:
    """One row per crowd, method, fold and feature, with the columns of PARAMETER_TYPES.

    ``customers`` has crowd_code, one_id, is_seed, fold (1 to FOLDS) and is_spy of the sampled
    customers; ``features`` crowd_code, one_id, feature and value of what they have (all else is
    0); ``leave_out`` per crowd the features, or the beginnings of their names, that are not looked
    at. The fit of fold n learns from the other folds, that of fold 0 from all, and gives the
    version its name. A method that cannot be fitted has the row of its intercept in fold 0 alone,
    with the reason; ``fewest`` is that of fit_linear.
    """
    found = []
    for crowd_code in sorted(set(customers["crowd_code"])):
        rows = customers[customers["crowd_code"] == crowd_code].sort_values("one_id")
        wide = _wide(rows, features[features["crowd_code"] == crowd_code])
        named = tuple(leave_out.get(str(crowd_code), ()))
        wide = wide[[name for name in map(str, wide) if not name.startswith(named)]]
        found += list(_of_crowd(crowd_code, rows, wide, fewest, date))
    columns = list(PARAMETER_TYPES)
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def _wide(rows: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    """A row per customer, a column per feature that enough of them have."""
    holders = features.groupby("feature")["one_id"].nunique()
    kept = holders[holders >= FEWEST_HOLDERS].reset_index(name="holders")
    kept = kept.sort_values(["holders", "feature"], ascending=[False, True]).head(MOST_FEATURES)
    names = sorted(kept["feature"])
    wide = features[features["feature"].isin(names)].pivot(
        index="one_id", columns="feature", values="value"
    )
    return wide.reindex(index=list(rows["one_id"]), columns=names).fillna(0.0).astype(float)


def _of_crowd(
    crowd_code: str, rows: pd.DataFrame, wide: pd.DataFrame, fewest: int, date: str
) -> Iterator[pd.DataFrame]:
    is_seed = rows["is_seed"].to_numpy(dtype=bool)
    leak = find_leak(wide, is_seed) if is_seed.any() and not is_seed.all() else None
    for method, names in METHODS.items():
        looked_at = wide[[name for name in names or wide if name in wide]]
        fits: list[_Fitted] = []
        reason = f"leak_{leak}" if leak else None
        for fold in range(FOLDS + 1) if reason is None else ():
            learnt = (rows["fold"] != fold).to_numpy()
            fit = _fitted(method, looked_at[learnt], rows[learnt], fewest)
            reason = reason or fit.reason
            fits.append(fit)
        if reason is not None:
            nothing = pd.DataFrame({"feature": ["intercept"]})
            fits = [_Fitted(nothing, len(rows), int(is_seed.sum()))]
        text = json.dumps(fits[0].parameters.to_dict("list"))
        label = "none" if reason else hashlib.sha256(text.encode()).hexdigest()[:8]
        for fold, fit in enumerate(fits):
            yield fit.parameters.assign(
                crowd_code=crowd_code,
                method=method,
                model_version=f"{method}-{date}-{label}",
                fold=fold,
                reason=reason,
                library_versions=f"numpy {np.__version__}, pandas {pd.__version__}",
                rows_trained=fit.rows,
                seeds_trained=fit.seeds,
                spies=fit.spies,
                reliable_negatives=fit.negatives,
            ).reindex(columns=list(PARAMETER_TYPES))


def _fitted(method: str, wide: pd.DataFrame, rows: pd.DataFrame, fewest: int) -> _Fitted:
    is_seed = rows["is_seed"].to_numpy(dtype=bool)
    nothing = pd.DataFrame({"feature": ["intercept"]})
    fit = _Fitted(nothing, len(rows), int(is_seed.sum()))
    try:
        if method == "spy_logistic":
            fit.spies = int(rows["is_spy"].sum())
            kept = is_seed | reliable_negatives(wide, is_seed, rows["is_spy"].to_numpy(bool))
            fit.negatives = int((kept & ~is_seed).sum())
            if fit.negatives < FEWEST_NEGATIVES:
                raise NotFitted("no_reliable_negatives")
            # they were chosen for what sets them apart, which is no leak
            fit.parameters = fit_linear(wide[kept], is_seed[kept], fewest=fewest, may_separate=True)
        else:
            fit.parameters = fit_linear(wide, is_seed, fewest=fewest)
        fit.parameters = fit.parameters.drop(columns="square_coefficient")
    except NotFitted as why:
        fit.reason = str(why)
    return fit


def reliable_negatives(wide: pd.DataFrame, is_seed: np.ndarray, is_spy: np.ndarray) -> np.ndarray:
    """Who is less likely to be of the crowd than nearly all spies.

    Spies are seeds that are put among the others; a logistic regression tells the rest of the
    seeds from these, and below what it gives SPY_NOISE of the spies lie the reliable negatives
    (Liu, Lee, Yu and Li 2002, with logistic regression for naive Bayes). Without spies there are
    none.
    """
    if not is_spy.any() or not (is_seed & ~is_spy).any():
        return np.zeros(len(wide), dtype=bool)
    first = fit_linear(wide, is_seed & ~is_spy, fewest=1, may_separate=True)
    odds = linear(wide, first).round(9)
    limit = np.quantile(odds[is_spy], SPY_NOISE, method="lower")
    below: np.ndarray = ~is_seed & (odds < limit)
    return below
