"""What is learnt from labelled customers: look-alikes of crowds, and tags.

Methods are held against each other on folds that their versions had not seen; all of them are rows
of parameters from which SQL scores everybody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from one360.predictions.learnt_bins import with_selection
from one360.predictions.learnt_methods import FEWEST_HOLDERS, METHODS, Method, Sample
from one360.predictions.linear import DIGITS, NotFitted, find_leak
from one360.predictions.versions import NOTHING, version_label

#: Most features that are looked at.
MOST_FEATURES = 60

#: Points that double the odds.
POINTS_TO_DOUBLE = 20

PARAMETER_TYPES: dict[str, str] = {
    "purpose": "str",
    "method": "str",
    "model_version": "str",
    "fold": "int32",
    "feature": "str",
    "tree": "int32",
    "node": "int32",
    "low": "float64",
    "high": "float64",
    "coefficient": "float64",
    "centre": "float64",
    "scale": "float64",
    "reason": "str",
    "library_versions": "str",
    "rows_trained": "int64",
    "positives_trained": "int64",
    "spies": "int64",
    "reliable_negatives": "int64",
    "selection": "str",
    "cluster_feature": "str",
    "customers": "int64",
    "positives": "int64",
    "points": "int32",
    "weight_of_evidence": "float64",
    "information_value": "float64",
    "chi_square": "float64",
    "chi_square_p": "float64",
}


def fit_learnt(
    purposes: pd.DataFrame,
    customers: pd.DataFrame,
    features: pd.DataFrame,
    fewest: int,
    date: str,
) -> pd.DataFrame:
    """Parameters of every purpose, method and fold, with the columns of PARAMETER_TYPES.

    ``purposes`` has purpose, scope (a key of METHODS), folds, tree_depth and leave_out: a JSON list
    of features, or beginnings of their names, that are not looked at. ``customers`` has purpose,
    one_id, outcome (0 or 1), fold (1 to folds) and is_spy of labelled customers; ``features``
    purpose, one_id, feature and value of what they have (all else is 0). The fit of fold n learns
    from the other folds, that of fold 0 from all, and gives the version its name. A method that
    cannot be fitted has the row of its intercept in fold 0 alone, with the reason:
    too_few_customers (fewer than ``fewest``, or a tenth of them with either label, or fewer than
    two per fold), one_outcome_only, leak_<feature>, no_feature_tells_the_labels_apart,
    no_reliable_negatives.

    Rows of naive_bayes in fold 0 hold the bins of all features and why a card keeps them; those
    of method none, features that are not looked at.
    """
    found = []
    for purpose in purposes.sort_values("purpose").to_dict("records"):
        rows = customers[customers["purpose"] == purpose["purpose"]].sort_values("one_id")
        if rows.empty:
            continue
        long = features[features["purpose"] == purpose["purpose"]]
        wide, left_out = _wide(rows, long, tuple(json.loads(purpose["leave_out"])))
        sample = Sample(
            wide,
            rows["outcome"].to_numpy(dtype=float),
            rows["is_spy"].to_numpy(dtype=bool),
            fewest,
            int(purpose["tree_depth"]),
        )
        methods, folds = METHODS[purpose["scope"]], int(purpose["folds"])
        parts = list(_of_purpose(methods, sample, rows["fold"].to_numpy(dtype=int), folds, date))
        parts.append(left_out.assign(method="none", fold=0, tree=0, node=0))
        found += [part.assign(purpose=purpose["purpose"]) for part in parts]
    columns = list(PARAMETER_TYPES)
    if not found:
        return pd.DataFrame(columns=columns)
    return pd.concat([part.reindex(columns=columns) for part in found], ignore_index=True)


def _wide(
    rows: pd.DataFrame, features: pd.DataFrame, named: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row per customer with a column per feature that is looked at, and why others are not."""
    holders = features.groupby("feature")["one_id"].nunique()
    table = holders.reset_index(name="holders").sort_values(
        ["holders", "feature"], ascending=[False, True]
    )
    is_named = np.array([name.startswith(named) for name in table["feature"]], dtype=bool)
    is_rare = (table["holders"] < FEWEST_HOLDERS).to_numpy(dtype=bool)
    place = np.cumsum(~is_named)
    is_kept = ~is_named & ~is_rare & (place <= MOST_FEATURES)
    why = np.where(is_named, "left_out", "too_rare")
    left_out = table.assign(selection=why)[~is_kept][["feature", "selection"]]
    names = sorted(table.loc[is_kept, "feature"])
    wide = features[features["feature"].isin(names)].pivot(
        index="one_id", columns="feature", values="value"
    )
    wide = wide.reindex(index=list(rows["one_id"]), columns=names).fillna(0.0).astype(float)
    return wide, left_out


def _of_purpose(
    methods: Mapping[str, Method], sample: Sample, fold: np.ndarray, folds: int, date: str
) -> Iterator[pd.DataFrame]:
    why = _why_not(sample, folds)
    for method, fit in methods.items():
        fits: list[pd.DataFrame] = []
        reason = why
        for number in range(folds + 1) if why is None else ():
            try:
                fits.append(fit(sample.where(fold != number)))
            except NotFitted as said:
                reason = str(said)
                break
        if reason is not None:
            fits = [pd.DataFrame({"feature": ["intercept"]})]
        fits = [_rounded(each) for each in fits]
        if method == "naive_bayes" and reason is None:
            fits[0] = with_selection(fits[0], sample.features, sample.outcome)
        named = fits[0][["feature", "tree", "node", "coefficient"]].astype(object)
        fitted = named.where(named.notna(), None).to_numpy().tolist()
        label = NOTHING if reason else version_label(fitted)
        for number, parameters in enumerate(fits):
            learnt = fold != number
            yield parameters.assign(
                method=method,
                model_version=f"{method}-{date}-{label}",
                fold=number,
                reason=reason,
                library_versions=_libraries(),
                rows_trained=int(learnt.sum()),
                positives_trained=int(sample.outcome[learnt].sum()),
            )


def _why_not(sample: Sample, folds: int) -> str | None:
    """Why nothing is learnt from these labels."""
    outcome, features = sample.outcome, sample.features
    rarer = int(min(outcome.sum(), len(outcome) - outcome.sum()))
    if len(outcome) < sample.fewest:
        return "too_few_customers"
    if rarer == 0:
        return "one_outcome_only"
    if rarer * 10 < sample.fewest or rarer < 2 * folds:
        return "too_few_customers"
    leak = find_leak(features, outcome > 0)
    if leak is not None:
        return f"leak_{leak}"
    varies = (features.max() > features.min()).any() if len(features.columns) else False
    return None if varies else "no_feature_tells_the_labels_apart"


def _rounded(parameters: pd.DataFrame) -> pd.DataFrame:
    """Whole tables of parameters: coefficients rounded, points of bins, zeros for no tree."""
    made = parameters.reindex(
        columns=[*dict.fromkeys([*parameters, "tree", "node", "coefficient"])]
    )
    made["tree"] = made["tree"].fillna(0).astype(int)
    made["node"] = made["node"].fillna(0).astype(int)
    for name in ("coefficient", "weight_of_evidence"):
        if name in made:
            made[name] = made[name].astype(float).round(DIGITS)
    if "weight_of_evidence" in made:
        unit = POINTS_TO_DOUBLE / np.log(2)
        made["points"] = (unit * made["coefficient"]).round().astype(int)
    return made


def _libraries() -> str:
    import scipy
    import sklearn

    return f"numpy {np.__version__}, scikit-learn {sklearn.__version__}, scipy {scipy.__version__}"
