"""Fits what makes an item stand in a customer's next basket."""

from __future__ import annotations

import numpy as np
import pandas as pd

from one360.predictions.linear import NotFitted, fit_linear
from one360.predictions.versions import NOTHING, version_label

#: What is known of an item and a customer on a date, as in int_next_products__candidates.
FEATURES = ("own_orders", "own_weight", "own_share", "days_since", "popularity", "similarity")
SQUARED = ("own_share", "days_since", "popularity")

PARAMETER_TYPES: dict[str, str] = {
    "model_version": "str",
    "feature": "str",
    "reason": "str",
    "library_versions": "str",
    "coefficient": "float64",
    "square_coefficient": "float64",
    "centre": "float64",
    "scale": "float64",
    "rows_trained": "int64",
}


def fit_next_products(candidates: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """Parameters of the logistic regression that ranks items anew, a row per feature.

    ``candidates`` has one_id, is_bought and FEATURES of the training date. With fewer than
    ``fewest`` customers, or fewer than a tenth of it of either outcome, there is one row, of the
    intercept without a coefficient, and its reason; with one item alone it is one_item.
    """
    parameters = pd.DataFrame({"feature": ["intercept"]})
    reason = None
    try:
        if candidates["item"].nunique() == 1:
            raise NotFitted("one_item")
        if candidates["one_id"].nunique() < fewest:
            raise NotFitted("too_few_customers")
        parameters = fit_linear(
            candidates[list(FEATURES)],
            candidates["is_bought"].to_numpy(dtype=float),
            SQUARED,
            fewest,
        )
    except NotFitted as why:
        reason = str(why)
    version = NOTHING if reason else version_label(parameters.to_dict("list"))
    parameters = parameters.assign(
        model_version=version,
        reason=reason,
        library_versions=f"numpy {np.__version__}, pandas {pd.__version__}",
        rows_trained=len(candidates),
    )
    return parameters.reindex(columns=list(PARAMETER_TYPES))
