"""Bins of features with their weight of evidence, and which of them a card keeps (Siddiqi 2006)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from one360.predictions.linear import DIGITS

#: Bins of a feature beside that of customers without it; customers that a bin needs.
MOST_BINS = 10
FEWEST_IN_BIN = 20

#: A feature is kept from this information value on, and below this chance of independence.
LEAST_INFORMATION = 0.02
MOST_CHANCE = 0.05

#: Features whose weights of evidence correlate this much are one cluster: the best of it is kept.
ALIKE = 0.75


@dataclass(frozen=True)
class Bins:
    """Bins of one feature.

    edges: the values at which bins begin, after the one of all below the first; woe: weight of
    evidence per bin, ln of its share of ones by its share of zeros; customers, ones: per bin.
    """

    feature: str
    edges: np.ndarray
    woe: np.ndarray
    customers: np.ndarray
    ones: np.ndarray

    def place(self, values: np.ndarray) -> np.ndarray:
        """The bin of each value."""
        bins: np.ndarray = np.searchsorted(self.edges, values, side="right")
        return bins

    def evidence(self, values: np.ndarray) -> np.ndarray:
        """The weight of evidence of each value."""
        woe: np.ndarray = self.woe[self.place(values)]
        return woe

    @property
    def information(self) -> float:
        """Information value: the sum of differences of shares times weights of evidence."""
        ones, zeros = _shares(self.ones), _shares(self.customers - self.ones)
        return float(((ones - zeros) * self.woe).sum())

    @property
    def chi_square(self) -> float:
        """Pearson's chi-square of bins and outcome."""
        rate = self.ones.sum() / self.customers.sum()
        if len(self.customers) < 2 or rate in (0, 1):
            return 0.0
        expected = self.customers * rate
        return float(((self.ones - expected) ** 2 / expected / (1 - rate)).sum())

    @property
    def chance(self) -> float:
        """Probability of such differences between bins by chance."""
        from scipy.stats import chi2

        if len(self.customers) < 2:
            return 1.0
        return float(chi2.sf(self.chi_square, len(self.customers) - 1))


def _shares(counts: np.ndarray) -> np.ndarray:
    """Share of each bin, with half a customer more in each."""
    shares: np.ndarray = (counts + 0.5) / (counts.sum() + 0.5 * len(counts))
    return shares


def binned(feature: str, values: np.ndarray, outcome: np.ndarray) -> Bins:
    """Bins of about equally many customers; those without the feature (0) are one of their own."""
    has = values[values > 0]
    # a bin needs customers, and equal values are never apart
    count = int(min(MOST_BINS, len(has) // FEWEST_IN_BIN))
    edges = np.zeros(0)
    if count:
        edges = np.unique(np.quantile(has, np.arange(count) / count, method="lower"))
    if len(values) - len(has) < FEWEST_IN_BIN and len(edges):
        edges = edges[1:]
    place = np.searchsorted(edges, values, side="right")
    customers = np.bincount(place, minlength=len(edges) + 1).astype(float)
    ones = np.bincount(place, weights=outcome, minlength=len(edges) + 1)
    woe = np.log(_shares(ones)) - np.log(_shares(customers - ones))
    return Bins(feature, edges, woe, customers, ones)


def selected(features: pd.DataFrame, outcome: np.ndarray) -> tuple[list[Bins], pd.DataFrame]:
    """Bins of all features, and a row per feature that says whether the card keeps it.

    Columns feature, cluster (name of the best feature of it) and reason: kept, constant, too_rare,
    no_information, by_chance, like_another.
    """
    values = {str(name): features[name].to_numpy(float) for name in features}
    all_bins = [binned(name, of, outcome) for name, of in values.items()]
    rows = {
        bins.feature: {
            "feature": bins.feature,
            "cluster": bins.feature,
            "reason": _useless(bins, values[bins.feature]) or "kept",
        }
        for bins in all_bins
    }
    useful = [bins for bins in all_bins if rows[bins.feature]["reason"] == "kept"]
    useful.sort(key=lambda bins: (-round(bins.information, 9), bins.feature))
    kept: dict[str, np.ndarray] = {}
    for bins in useful:
        own = bins.evidence(values[bins.feature])
        alike = next(
            (name for name, of in kept.items() if abs(np.corrcoef(own, of)[0, 1]) >= ALIKE), None
        )
        if alike is None:
            kept[bins.feature] = own
        else:
            rows[bins.feature].update(cluster=alike, reason="like_another")
    return all_bins, pd.DataFrame(list(rows.values()), columns=["feature", "cluster", "reason"])


def _useless(bins: Bins, values: np.ndarray) -> str | None:
    """Why a feature is of no use by itself."""
    if values.min() == values.max():
        return "constant"
    if len(bins.customers) < 2:
        return "too_rare"
    if bins.information < LEAST_INFORMATION:
        return "no_information"
    if bins.chance > MOST_CHANCE:
        return "by_chance"
    return None


def with_selection(
    parameters: pd.DataFrame, features: pd.DataFrame, outcome: np.ndarray
) -> pd.DataFrame:
    """Rows of bins with what ``selected`` found of their features."""
    all_bins, told = selected(features, outcome)
    measured = told.rename(columns={"reason": "selection", "cluster": "cluster_feature"}).assign(
        information_value=[round(bins.information, DIGITS) for bins in all_bins],
        chi_square=[round(bins.chi_square, DIGITS) for bins in all_bins],
        chi_square_p=[round(bins.chance, DIGITS) for bins in all_bins],
    )
    return parameters.merge(measured, on="feature", how="left")
