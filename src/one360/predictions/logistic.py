"""Logistic regression on logs of features, written as one row of parameters per feature."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

#: Decimals of what is written; more of them depend on the order of additions.
DIGITS = 9

_RIDGE = 1.0
_MOST_STEPS = 100
_PRECISION = 1e-11


class NotFitted(ValueError):
    """Why nothing can be fitted; the message is a reason code."""


def fit_logistic(
    features: pd.DataFrame, outcome: np.ndarray, squared: Sequence[str] = (), fewest: int = 100
) -> pd.DataFrame:
    """Parameters that give the log odds of ``outcome`` (0 or 1) for a row of ``features``.

    Each feature (at least 0) is taken as ln(1 + x), shifted and scaled to mean 0 and standard
    deviation 1; the features of ``squared`` enter with the square of that as well. The
    likelihood is penalised by half the sum of the squared coefficients, the intercept's apart
    (Hastie, Tibshirani and Friedman 2009, 4.4), and maximised by Newton's method, so that the
    result does not depend on the order of rows.

    Returns columns feature, coefficient, square_coefficient, centre, scale; the first row is
    that of 'intercept'. A feature that does not vary is left out. Raises NotFitted:
    too_few_customers with fewer than ``fewest`` rows or a tenth of them of either outcome,
    one_outcome_only, leak_<feature> where a feature alone separates the outcomes.
    """
    outcome = np.asarray(outcome, dtype=float)
    positives = int(outcome.sum())
    if len(outcome) < fewest:
        raise NotFitted("too_few_customers")
    rarer = min(positives, len(outcome) - positives)
    if rarer == 0:
        raise NotFitted("one_outcome_only")
    if rarer * 10 < fewest:
        raise NotFitted("too_few_customers")
    for name in features:
        values = features[name].to_numpy(dtype=float)
        ones, zeros = values[outcome == 1], values[outcome == 0]
        if ones.max() < zeros.min() or zeros.max() < ones.min():
            raise NotFitted(f"leak_{name}")

    logs = np.log1p(features.to_numpy(dtype=float))
    centre = logs.mean(axis=0).round(DIGITS) if logs.shape[1] else np.zeros(0)
    scale = logs.std(axis=0).round(DIGITS) if logs.shape[1] else np.zeros(0)
    kept = [i for i in range(logs.shape[1]) if scale[i] > 0]
    names = [str(features.columns[i]) for i in kept]
    scaled = (logs[:, kept] - centre[kept]) / scale[kept]
    squares = [i for i, name in enumerate(names) if name in squared]
    columns = np.column_stack([np.ones(len(outcome)), scaled, scaled[:, squares] ** 2])
    found = _maximised(columns, outcome).round(DIGITS)

    square_coefficients = np.zeros(len(names))
    square_coefficients[squares] = found[1 + len(names) :]
    return pd.DataFrame(
        {
            "feature": ["intercept", *names],
            "coefficient": found[: 1 + len(names)],
            "square_coefficient": [0.0, *square_coefficients],
            "centre": [0.0, *centre[kept]],
            "scale": [1.0, *scale[kept]],
        }
    )


def log_odds(features: pd.DataFrame, parameters: pd.DataFrame) -> np.ndarray:
    """What the parameters give for each row of ``features``, as the SQL of the scores does."""
    total = np.zeros(len(features))
    for row in parameters.to_dict("records"):
        if row["feature"] == "intercept":
            total += row["coefficient"]
            continue
        values = np.log1p(features[row["feature"]].to_numpy(dtype=float))
        scaled = (values - row["centre"]) / row["scale"]
        total += row["coefficient"] * scaled + row["square_coefficient"] * scaled * scaled
    return total


def _maximised(columns: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Coefficients of the largest penalised likelihood; the first is not penalised."""
    penalty = np.full(columns.shape[1], _RIDGE)
    penalty[0] = 0.0
    found = np.zeros(columns.shape[1])
    loss = _loss(columns, outcome, penalty, found)
    for _ in range(_MOST_STEPS):
        probability = 1 / (1 + np.exp(-(columns @ found)))
        gradient = columns.T @ (probability - outcome) + penalty * found
        weights = probability * (1 - probability)
        curvature = (columns * weights[:, None]).T @ columns + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        share = 1.0
        # the loss is convex: half of a step that went too far is tried until it falls
        while (new := _loss(columns, outcome, penalty, found - share * step)) > loss + 1e-9:
            share /= 2
        found, loss = found - share * step, new
        if np.abs(step).max() < _PRECISION:
            break
    return found


def _loss(
    columns: np.ndarray, outcome: np.ndarray, penalty: np.ndarray, found: np.ndarray
) -> float:
    linear = columns @ found
    likelihood = np.logaddexp(0, linear) - outcome * linear
    return float(likelihood.sum() + (penalty * found * found).sum() / 2)
