"""How well an assignment of records to customers agrees with the truth."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PairwiseScores:
    """Agreement counted in pairs of records.

    Attributes:
        true_pairs: pairs that belong to one person.
        found_pairs: pairs that were given one customer.
        right_pairs: pairs that are both.
    """

    true_pairs: int
    found_pairs: int
    right_pairs: int

    @property
    def precision(self) -> float:
        """Share of found pairs that are right; 1 where none was found."""
        return self.right_pairs / self.found_pairs if self.found_pairs else 1.0

    @property
    def recall(self) -> float:
        """Share of true pairs that were found; 1 where there is none."""
        return self.right_pairs / self.true_pairs if self.true_pairs else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def pairwise_scores(people: Sequence[Hashable], customers: Sequence[Hashable]) -> PairwiseScores:
    """Compare two labellings of the same records without listing the pairs.

    A group of n records holds n (n - 1) / 2 pairs, so counting the groups of each
    labelling and of both together is enough: linear in the number of records.

    Args:
        people: the true person of each record.
        customers: the customer that each record was given, in the same order.

    Raises:
        ValueError: the two differ in length.
    """
    if len(people) != len(customers):
        raise ValueError(f"{len(people)} people but {len(customers)} customers")
    return PairwiseScores(
        true_pairs=_pairs(Counter(people)),
        found_pairs=_pairs(Counter(customers)),
        right_pairs=_pairs(Counter(zip(people, customers, strict=True))),
    )


def _pairs(groups: Counter) -> int:
    return sum(size * (size - 1) // 2 for size in groups.values())
