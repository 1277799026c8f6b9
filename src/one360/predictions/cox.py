"""Cox's regression: how variables change the rate at which customers leave."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from one360.predictions.linear import NotFitted

HAZARD_TYPES: dict[str, str] = {
    "variable": "str",
    "coefficient": "float64",
    "hazard_ratio": "float64",
    "standard_error": "float64",
    "z": "float64",
    "p": "float64",
    "proportionality_p": "float64",
    "reason": "str",
    "customers": "int64",
    "events": "int64",
}

#: Events that a variable needs (Peduzzi and others 1995).
EVENTS_PER_VARIABLE = 10

#: Deviation of what is left of a variable below which it is told by the others.
_SAME = 1e-6
_MOST_STEPS = 50
_PRECISION = 1e-10
#: A step, in deviations of a variable, that says after so many that the effect has no bound.
_STILL_MOVING = 1e-3


def fit_cox(variables: pd.DataFrame, days: np.ndarray, has_left: np.ndarray) -> pd.DataFrame:
    """One row per variable: the first columns of HAZARD_TYPES.

    ``days`` each customer was watched (positive), and whether it ``has_left`` at their end (1) or
    was still there (0); the order of rows does not matter. The partial likelihood with the ties of
    Efron (1977) is maximised by Newton's method. proportionality_p tests whether the effect of a
    variable is the same at all times, by its Schoenfeld residuals against the rank of time
    (Grambsch and Therneau 1994). A variable that does not vary is left out, and so is one that is a
    sum of multiples of those before it: the likelihood cannot tell which of them it is.

    Raises NotFitted: too_few_customers where there are fewer than ten events per variable,
    one_outcome_only where nobody has left, separated where a variable tells all who leave from all
    who stay, so that its effect has no bound.
    """
    varying = [str(name) for name in variables if variables[name].nunique() > 1]
    left = np.asarray(has_left, dtype=bool)
    if not left.any():
        raise NotFitted("one_outcome_only")
    if not varying or left.sum() < EVENTS_PER_VARIABLE * len(varying):
        raise NotFitted("too_few_customers")
    values = variables[varying].to_numpy(dtype=float)
    scale = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / scale
    kept = _independent(scaled)
    names, scale = [varying[i] for i in kept], scale[kept]
    likelihood = _Likelihood(scaled[:, kept], np.asarray(days), left)

    found = np.zeros(len(names))
    level, gradient, curvature = likelihood.at(found)
    for _ in range(_MOST_STEPS):
        try:
            step = np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError:
            raise NotFitted("separated") from None
        share = 1.0
        # the likelihood is concave, so that it rises along the step
        while likelihood.at(found + share * step)[0] < level - 1e-9:
            share /= 2
        found = found + share * step
        level, gradient, curvature = likelihood.at(found)
        if np.abs(step).max() < _PRECISION:
            break
    # numbers that went out of bounds are no step either
    if not np.abs(step).max() <= _STILL_MOVING:
        raise NotFitted("separated")

    covariance = np.linalg.inv(curvature)
    coefficient = found / scale
    error = np.sqrt(np.diag(covariance)) / scale
    return pd.DataFrame(
        {
            "variable": names,
            "coefficient": coefficient,
            "hazard_ratio": np.exp(coefficient),
            "standard_error": error,
            "z": coefficient / error,
            "p": 2 * norm.sf(np.abs(coefficient / error)),
            "proportionality_p": likelihood.proportionality(found, covariance),
        }
    )


def hazard_table(variables: pd.DataFrame, days: np.ndarray, has_left: np.ndarray) -> pd.DataFrame:
    """What fit_cox gives, with the columns of HAZARD_TYPES.

    Every variable has a row; without numbers, but with the reason, where nothing could be fitted,
    it does not vary, or it is collinear with those before it.
    """
    reason = None
    try:
        found = fit_cox(variables, days, has_left)
    except NotFitted as why:
        reason = str(why)
        found = pd.DataFrame({"variable": []})
    names = pd.DataFrame({"variable": list(map(str, variables))})
    found = names.merge(found, how="left", on="variable").reindex(columns=list(HAZARD_TYPES))
    left_out = {
        str(name): "collinear" if variables[name].nunique() > 1 else "does_not_vary"
        for name in variables
    }
    found["reason"] = [
        reason or left_out[name] if pd.isna(coefficient) else None
        for name, coefficient in zip(found["variable"], found["coefficient"], strict=True)
    ]
    return found.assign(customers=len(days), events=int(np.sum(has_left)))


def _independent(scaled: np.ndarray) -> list[int]:
    """Columns, each of mean 0 and deviation 1, that are no combination of the ones before them."""
    kept: list[int] = []
    for column in range(scaled.shape[1]):
        before, values = scaled[:, kept], scaled[:, column]
        rest = values - before @ np.linalg.lstsq(before, values, rcond=None)[0]
        if rest.std() > _SAME:
            kept.append(column)
    return kept


class _Likelihood:
    """The partial likelihood of given customers.

    Customers are sorted by falling days, so that whoever is at risk when an event happens stands
    before the last one of equal days.
    """

    def __init__(self, values: np.ndarray, days: np.ndarray, left: np.ndarray) -> None:
        order = np.lexsort((*values.T, -days))
        self.values, self.days, left = values[order], days[order], left[order]
        self.events = np.flatnonzero(left)
        of_event = self.days[self.events]
        # the last customer at risk of each event, and the first event of the same day
        self.last_at_risk = np.searchsorted(-self.days, -of_event, side="right") - 1
        _, self.first, self.tie, ties = np.unique(
            -of_event, return_index=True, return_inverse=True, return_counts=True
        )
        position = np.arange(len(self.events)) - self.first[self.tie]
        self.share = position / ties[self.tie]

    def at(self, found: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Logarithm, gradient and curvature (the negative second derivative)."""
        risk = np.exp(self.values @ found)
        events = self.values[self.events]
        sums = self._sums(risk)
        means = sums[1] / sums[0][:, None]
        level = float((events @ found).sum() - np.log(sums[0]).sum())
        gradient = (events - means).sum(axis=0)
        curvature = (sums[2] / sums[0][:, None, None]).sum(axis=0) - means.T @ means
        return level, gradient, curvature

    def _sums(self, risk: np.ndarray) -> list[np.ndarray]:
        """Risk, risk times values and times their products of those at risk of each event."""
        outer = self.values[:, :, None] * self.values[:, None, :]
        weighted = (
            risk, risk[:, None] * self.values, risk[:, None, None] * outer
        )  # fmt: skip
        sums = []
        for each in weighted:
            at_risk = np.cumsum(each, axis=0)[self.last_at_risk]
            tied = np.add.reduceat(each[self.events], self.first, axis=0)[self.tie]
            share = self.share.reshape(-1, *[1] * (each.ndim - 1))
            sums.append(at_risk - share * tied)
        return sums

    def proportionality(self, found: np.ndarray, covariance: np.ndarray) -> np.ndarray:
        """Probability of effects that drift so much over time by chance, per variable."""
        sums = self._sums(np.exp(self.values @ found))
        means = sums[1] / sums[0][:, None]
        # events of one day share the mean of its terms
        of_day = np.add.reduceat(means, self.first, axis=0)
        ties = np.bincount(self.tie)[:, None]
        residuals = self.values[self.events] - (of_day / ties)[self.tie]
        scaled = len(self.events) * residuals @ covariance
        rank = self._ranks()
        rank = rank - rank.mean()
        drift = (rank[:, None] * scaled).sum(axis=0) ** 2
        spread = len(self.events) * np.diag(covariance) * (rank**2).sum()
        probability: np.ndarray = chi2.sf(drift / spread, 1)
        return probability

    def _ranks(self) -> np.ndarray:
        """Rank of the time of each event among the events; those of one day share the mean."""
        ties = np.bincount(self.tie)
        # events stand by falling days
        ranks: np.ndarray = (len(self.events) - self.first - (ties + 1) / 2)[self.tie]
        return ranks
