"""Statistics that several tables rest on, each from its source in the literature."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise


def rounded(value: Decimal | float | int, places: int) -> Decimal:
    """A number with so many decimals, halves away from zero, as decimals are published.

    Six digits more are rounded first, so that what a computer keeps as 0.61524999999999996
    is the half that it was meant to be.
    """
    for digits in (places + 6, places):
        value = Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return Decimal(value)


def known(value: Decimal | float | int | None, places: int) -> Decimal | None:
    """The same of a number that may be missing."""
    return None if value is None else rounded(value, places)


def quantile(values: Iterable[Decimal | float | int], share: float) -> float | None:
    """The type-7 quantile of Hyndman and Fan (1996), which R and numpy take; None of nothing."""
    ordered = sorted(float(value) for value in values)
    if not ordered:
        return None
    position = (len(ordered) - 1) * share
    below = math.floor(position)
    above = math.ceil(position)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def probability_above(mean: float, variance: float, limit: float) -> float:
    """Probability that a normal value lies above a limit: 1 / (1 + exp(−1.702 z)), |z| ≤ 20."""
    deviations = (mean - limit) / max(math.sqrt(variance), 1e-6)
    return 1 / (1 + math.exp(-1.702 * min(max(deviations, -20), 20)))


# -- shares drawn towards those of all customers -----------------------------------------


def drawn(count: float, total: float, share: float, prior_size: float) -> float:
    """A share of one customer, drawn towards one that counts for so many choices."""
    return (count + prior_size * share) / (total + prior_size)


def share_variance(share: float, total: float) -> float:
    """Variance of a share that rests on so many choices, those of the prior included."""
    return share * (1 - share) / (total + 1)


def difference_variance(share: float, other: float, total: float) -> float:
    """Variance of the difference of two shares of one Dirichlet distribution."""
    return (share + other - (share - other) ** 2) / (total + 1)


def choice_shares(counts: Iterable[Mapping[str, int]]) -> dict[str, float]:
    """Share of each choice among all choices of all customers."""
    sums: Counter[str] = Counter()
    for row in counts:
        sums.update(row)
    return {choice: count / sums.total() for choice, count in sums.items()}


def dirichlet_prior_size(counts: Iterable[Mapping[str, float]]) -> float:
    """How many choices the population counts for in the shares of one customer.

    Kleinman (1973), Proportions with extraneous variance, JASA 68, with weights n, summed
    over what can be chosen: customers' shares vary around the population's by
    p·(1 − p)·(1 + (n − 1)·θ) / n, and θ = 1 / (prior_size + 1) lies within 0.001 and 0.999. Where
    nothing can be learnt, customers are taken to be alike.

    Args:
        counts: per customer, how often it chose what.
    """
    customers = [row for row in counts if any(row.values())]
    totals = [sum(row.values()) for row in customers]
    everything = sum(totals)
    shares: dict[str, float] = {}
    for row in customers:
        for choice, count in row.items():
            shares[choice] = shares.get(choice, 0) + count / everything
    evenness = 1 - sum(share * share for share in shares.values())
    spread = sum(
        total * sum((row.get(choice, 0) / total - share) ** 2 for choice, share in shares.items())
        for row, total in zip(customers, totals, strict=True)
    )
    chance = len(customers) - 1
    most = everything - sum(total * total for total in totals) / everything if customers else 0
    if not customers or evenness < 1e-12 or most - chance < 1e-12:
        likeness = 0.0
    else:
        likeness = (spread / evenness - chance) / (most - chance)
    likeness = min(max(likeness, 0.001), 0.999)
    return (1 - likeness) / likeness


def beta_prior_size(cases: Iterable[tuple[float, float]]) -> float:
    """The same for a rate.

    Args:
        cases: per customer, successes and trials.
    """
    return dirichlet_prior_size({"yes": k, "no": n - k} for k, n in cases)


# -- values drawn towards those of all customers -----------------------------------------


@dataclass(frozen=True)
class Components:
    """How values vary within customers and between them."""

    within: float | None
    between: float | None
    groups: int


def variance_components(groups: Sequence[Sequence[float]]) -> Components:
    """Moments of a one-way analysis of variance with unequal numbers.

    Searle, Casella and McCulloch (1992), Variance Components, ch. 3: within is the mean
    square of the customers' values around their own means, between the mean square of the
    means less within, over n₀ = (N − Σn²/N) / (g − 1). None where there is nothing to
    estimate it from.
    """
    groups = [group for group in groups if group]
    numbers = [len(group) for group in groups]
    means = [math.fsum(group) / len(group) for group in groups]
    freedom = sum(numbers) - len(groups)
    within = None
    if freedom:
        pairs = zip(groups, means, strict=True)
        squares = math.fsum((value - mean) ** 2 for group, mean in pairs for value in group)
        within = squares / freedom
    between = None
    if within is not None and len(groups) > 1:
        total = sum(numbers)
        mean = math.fsum(n * m for n, m in zip(numbers, means, strict=True)) / total
        square = math.fsum(n * (m - mean) ** 2 for n, m in zip(numbers, means, strict=True))
        typical = (total - sum(n * n for n in numbers) / total) / (len(groups) - 1)
        between = (square / (len(groups) - 1) - within) / typical
    return Components(within, between, len(groups))


def gaps(days: Iterable[int]) -> list[int]:
    """Differences of neighbours in sorted order."""
    return [later - earlier for earlier, later in pairwise(sorted(days))]
