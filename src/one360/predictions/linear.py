"""Linear models on logs of features, written as one row of parameters per feature."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

#: Decimals of what is written; more of them depend on the order of additions.
DIGITS = 9

_RIDGE = 1.0
_MOST_STEPS = 100
_PRECISION = 1e-11


class NotFitted(ValueError):
    """Why nothing can be fitted; the message is a reason code."""


def fit_linear(
    features: pd.DataFrame,
    outcome: np.ndarray,
    squared: Sequence[str] = (),
    fewest: int = 100,
    family: Literal["logistic", "poisson"] = "logistic",
    may_separate: bool = False,
) -> pd.DataFrame:
    """Parameters that give the log odds, or the log of the mean, for a row of ``features``.

    ``outcome`` is 0 or 1 for the family logistic; for poisson at least 0, and fitted in units of
    its mean (McCullagh and Nelder 1989, 9: right for any outcome whose mean is, not for counts
    alone).

    Each feature (at least 0) is taken as ln(1 + x), shifted and scaled to mean 0 and standard
    deviation 1; the features of ``squared`` enter with the square of that as well. The
    likelihood is penalised by half the sum of the squared coefficients, the intercept's apart
    (Hastie, Tibshirani and Friedman 2009, 4.4), and maximised by Newton's method, so that the
    result does not depend on the order of rows.

    Returns columns feature, coefficient, square_coefficient, centre, scale; the first row is
    that of 'intercept'. A feature that does not vary is left out. Raises NotFitted:
    too_few_customers with fewer than ``fewest`` rows, or a tenth of them without or with an
    outcome; one_outcome_only; leak_<feature> where a feature alone separates the two, unless it
    ``may_separate`` them.
    """
    outcome = np.asarray(outcome, dtype=float)
    _check(features, outcome, fewest, may_separate)
    unit = float(outcome.mean()) if family == "poisson" else 1.0

    logs = np.log1p(features.to_numpy(dtype=float))
    centre = logs.mean(axis=0).round(DIGITS) if logs.shape[1] else np.zeros(0)
    scale = logs.std(axis=0).round(DIGITS) if logs.shape[1] else np.zeros(0)
    kept = [i for i in range(logs.shape[1]) if scale[i] > 0]
    names = [str(features.columns[i]) for i in kept]
    scaled = (logs[:, kept] - centre[kept]) / scale[kept]
    squares = [i for i, name in enumerate(names) if name in squared]
    columns = np.column_stack([np.ones(len(outcome)), scaled, scaled[:, squares] ** 2])
    found = _maximised(columns, outcome / unit, family)
    found[0] += math.log(unit)
    found = found.round(DIGITS)

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


def linear(features: pd.DataFrame, parameters: pd.DataFrame) -> np.ndarray:
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


def mean_of(family: Literal["logistic", "poisson"], total: np.ndarray) -> np.ndarray:
    """The probabilities, or the means, that belong to what ``linear`` gives."""
    mean: np.ndarray = (
        np.exp(np.clip(total, -20, 30)) if family == "poisson" else 1 / (1 + np.exp(-total))
    )
    return mean


def find_leak(features: pd.DataFrame, is_one: np.ndarray) -> str | None:
    """The first feature that alone separates those with the outcome from those without."""
    for name in features:
        values = features[name].to_numpy(dtype=float)
        ones, zeros = values[is_one], values[~is_one]
        if ones.max() < zeros.min() or zeros.max() < ones.min():
            return str(name)
    return None


def _check(features: pd.DataFrame, outcome: np.ndarray, fewest: int, may_separate: bool) -> None:
    """Raise NotFitted where there is too little to learn, or a feature says it all."""
    if len(outcome) < fewest:
        raise NotFitted("too_few_customers")
    is_one = outcome > 0
    rarer = min(is_one.sum(), (~is_one).sum())
    if rarer == 0:
        raise NotFitted("one_outcome_only")
    if rarer * 10 < fewest:
        raise NotFitted("too_few_customers")
    if not may_separate and (name := find_leak(features, is_one)) is not None:
        raise NotFitted(f"leak_{name}")


def _maximised(columns: np.ndarray, outcome: np.ndarray, family: str) -> np.ndarray:
    """Coefficients of the largest penalised likelihood; the first is not penalised."""
    penalty = np.full(columns.shape[1], _RIDGE)
    penalty[0] = 0.0
    found = np.zeros(columns.shape[1])

    def loss(at: np.ndarray) -> float:
        odds = columns @ at
        normaliser = np.exp(odds) if family == "poisson" else np.logaddexp(0, odds)
        return float((normaliser - outcome * odds).sum() + (penalty * at * at).sum() / 2)

    # a step that goes too far may overflow: then half of it is tried
    with np.errstate(over="ignore"):
        least = loss(found)
        for _ in range(_MOST_STEPS):
            odds = columns @ found
            mean = np.exp(odds) if family == "poisson" else 1 / (1 + np.exp(-odds))
            gradient = columns.T @ (mean - outcome) + penalty * found
            weights = mean if family == "poisson" else mean * (1 - mean)
            curvature = (columns * weights[:, None]).T @ columns + np.diag(penalty)
            step = np.linalg.solve(curvature, gradient)
            share = 1.0
            # the loss is convex, so that it falls along the step
            while not loss(found - share * step) <= least + 1e-9:
                share /= 2
            found = found - share * step
            least = loss(found)
            if np.abs(step).max() < _PRECISION:
                break
    return found
