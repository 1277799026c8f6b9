"""From likely pairs of records to customers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

#: Pairs below this weight (bits) are not kept; far below any threshold of use.
FLOOR = -8.0


def components(one: Sequence[str], other: Sequence[str]) -> dict[str, str]:
    """Connected components: record → smallest record of its component (union-find)."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for left, right in zip(one, other, strict=True):
        a, b = root(left), root(right)
        if a != b:
            parent[max(a, b)] = min(a, b)
    return {node: root(node) for node in list(parent)}


def groups_of(pairs: pd.DataFrame) -> list[list[str]]:
    """Connected components of the pairs record_id, other_id; each in order."""
    members: dict[str, list[str]] = {}
    for record, first in components(list(pairs["record_id"]), list(pairs["other_id"])).items():
        members.setdefault(first, []).append(record)
    return [sorted(group) for group in members.values()]


def cluster_records(
    record_ids: Sequence[str],
    pairs: pd.DataFrame,
    threshold: float = 0.0,
    cap: float = 20.0,
) -> list[str]:
    """Group records so that within a group the evidence speaks for one person on average.

    Connected components join two people through one likely pair. Here the records of a
    component are merged from the most alike on, and two groups only while the mean
    weight between them is above the threshold (average linkage, Sokal and Michener 1958);
    a pair that was never scored counts as FLOOR.

    Args:
        record_ids: all records; those in no pair stay alone.
        pairs: record_id, other_id, match_weight, as from :func:`link_records`.
        threshold: mean match weight (bits) that two groups need.
        cap: weights beyond ± this count as this, so that no single pair decides.

    Returns:
        For each record, in order, the smallest record of its group.
    """
    likely = pairs[pairs["match_weight"] > threshold]
    groups = groups_of(likely)
    group_of = {record: place for place, group in enumerate(groups) for record in group}
    weights: dict[tuple[str, str], float] = {
        (a, b): w
        for a, b, w in zip(
            pairs["record_id"], pairs["other_id"], pairs["match_weight"], strict=True
        )
        if a in group_of and group_of[a] == group_of.get(b)
    }
    label: dict[str, str] = {}
    for together in groups:
        if len(together) == 2:
            label.update(dict.fromkeys(together, together[0]))
        else:
            label.update(_average_linkage(together, weights, threshold, cap))
    return [label.get(str(record), str(record)) for record in record_ids]


def _average_linkage(
    group: list[str], weights: dict[tuple[str, str], float], threshold: float, cap: float
) -> dict[str, str]:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    size = len(group)
    distance = np.full((size, size), cap - FLOOR)
    for row in range(size):
        for column in range(row + 1, size):
            weight = weights.get((group[row], group[column]))
            if weight is not None:
                distance[row, column] = cap - float(np.clip(weight, -cap, cap))
    distance = np.minimum(distance, distance.T)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    cut = fcluster(tree, t=cap - threshold, criterion="distance")
    first: dict[int, str] = {}
    for record, number in zip(group, cut, strict=True):
        first.setdefault(int(number), record)
    return {record: first[int(number)] for record, number in zip(group, cut, strict=True)}
