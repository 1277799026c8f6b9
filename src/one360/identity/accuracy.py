"""How well an assignment of records to customers agrees with the truth.

Two kinds of scores, since each hides what the other shows: pairwise scores weigh a
customer by the square of its size, B-cubed scores (Bagga and Baldwin 1998) ask every
record once how many of its companions belong to it.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


def _f1(precision: float, recall: float) -> float:
    both = precision + recall
    return 2 * precision * recall / both if both else 0.0


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
        return _f1(self.precision, self.recall)


@dataclass(frozen=True)
class BCubedScores:
    """Agreement as the average record sees it.

    Attributes:
        precision: of the records given the same customer as this one (itself
            included), the share that belong to the same person; mean over records.
        recall: of the records of the same person, the share given the same customer;
            mean over records. Both are 1 where there are no records.
    """

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _f1(self.precision, self.recall)


@dataclass(frozen=True)
class WorstCluster:
    """One group of records that is wrong, and how wrong.

    Attributes:
        kind: ``merged`` (a customer that holds several people) or ``split`` (a person
            who became several customers).
        label: the customer or the person.
        records: records in the group.
        wrong_pairs: pairs joined wrongly, or pairs missed.
        parts: the people (customers) in the group, each with its number of records,
            the largest first.
    """

    kind: str
    label: Hashable
    records: int
    wrong_pairs: int
    parts: tuple[tuple[Hashable, int], ...]


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
    _check_lengths(people, customers)
    return PairwiseScores(
        true_pairs=_pairs(Counter(people)),
        found_pairs=_pairs(Counter(customers)),
        right_pairs=_pairs(Counter(zip(people, customers, strict=True))),
    )


def b_cubed_scores(people: Sequence[Hashable], customers: Sequence[Hashable]) -> BCubedScores:
    """B-cubed precision and recall of the same two labellings, linear in the records.

    The n records that share person and customer each see n right companions, out of
    the size of their customer (precision) or of their person (recall).

    Args:
        people: the true person of each record.
        customers: the customer that each record was given, in the same order.

    Raises:
        ValueError: the two differ in length.
    """
    _check_lengths(people, customers)
    if not people:
        return BCubedScores(1.0, 1.0)
    person_sizes, customer_sizes = Counter(people), Counter(customers)
    precision = recall = 0.0
    for (person, customer), size in Counter(zip(people, customers, strict=True)).items():
        precision += size * size / customer_sizes[customer]
        recall += size * size / person_sizes[person]
    return BCubedScores(precision / len(people), recall / len(people))


def worst_clusters(
    people: Sequence[Hashable], customers: Sequence[Hashable], limit: int = 10
) -> list[WorstCluster]:
    """The groups that cost the most pairs, wrong merges and splits alike.

    Args:
        people: the true person of each record.
        customers: the customer that each record was given, in the same order.
        limit: how many groups to give at most.

    Returns:
        The worst first; of equally bad ones the merged before the split, then by label.

    Raises:
        ValueError: the two differ in length.
    """
    _check_lengths(people, customers)
    cells = Counter(zip(people, customers, strict=True))
    merged: dict[Hashable, list[tuple[Hashable, int]]] = defaultdict(list)
    split: dict[Hashable, list[tuple[Hashable, int]]] = defaultdict(list)
    for (person, customer), size in cells.items():
        merged[customer].append((person, size))
        split[person].append((customer, size))
    found = [
        _worst("merged" if groups is merged else "split", label, parts)
        for groups in (merged, split)
        for label, parts in groups.items()
        if len(parts) > 1
    ]
    return sorted(found, key=lambda x: (-x.wrong_pairs, x.kind, str(x.label)))[:limit]


def _worst(kind: str, label: Hashable, parts: list[tuple[Hashable, int]]) -> WorstCluster:
    records = sum(size for _, size in parts)
    right = sum(size * (size - 1) // 2 for _, size in parts)
    ordered = tuple(sorted(parts, key=lambda part: (-part[1], str(part[0]))))
    return WorstCluster(kind, label, records, records * (records - 1) // 2 - right, ordered)


def _check_lengths(people: Sequence[Hashable], customers: Sequence[Hashable]) -> None:
    if len(people) != len(customers):
        raise ValueError(f"{len(people)} people but {len(customers)} customers")


def _pairs(groups: Counter) -> int:
    return sum(size * (size - 1) // 2 for size in groups.values())
