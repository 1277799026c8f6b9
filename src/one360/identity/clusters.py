"""From likely pairs of records to customers."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

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
    weight between them speaks for one person (average linkage, Sokal and Michener 1958)
    and one pair between them is above the threshold; a pair that was never scored counts
    as FLOOR. Only pairs that are there are kept, so a
    component of n records and e pairs takes e log e steps, whatever n.

    Args:
        record_ids: all records; those in no pair stay alone.
        pairs: record_id, other_id, match_weight, as from :func:`link_records`.
        threshold: weight (bits) above which one pair of two groups must be; what their mean
            must be above is this too, but 0 at most.
        cap: weights beyond ± this count as this, so that no single pair decides.

    Returns:
        For each record, in order, the smallest record of its group.
    """
    likely = pairs[pairs["match_weight"] > threshold]
    group_of = {
        record: first
        for record, first in components(list(likely["record_id"]), list(likely["other_id"])).items()
    }
    weights = [
        (a, b, min(max(w, -cap), cap))
        for a, b, w in zip(
            pairs["record_id"], pairs["other_id"], pairs["match_weight"], strict=True
        )
        if a in group_of and group_of[a] == group_of.get(b)
    ]
    label = _average_linkage(weights, threshold)
    return [label.get(str(record), str(record)) for record in record_ids]


def _average_linkage(weights: list[tuple[str, str, float]], threshold: float) -> dict[str, str]:
    """Average linkage on the pairs that are there; record → smallest record of its group.

    Each group knows the sum of the weights and the number of pairs to every group it has a
    pair with. A queue holds the mean of two groups as it was; an entry whose groups have
    grown since is out of date.
    """
    links: dict[str, dict[str, tuple[float, int, float]]] = {}
    for a, b, weight in weights:
        links.setdefault(a, {})[b] = links.setdefault(b, {})[a] = (weight, 1, weight)
    members = {record: [record] for record in links}
    version = dict.fromkeys(links, 0)
    queue = [(-w, min(a, b), max(a, b), 0, 0) for a, b, w in weights if w > threshold]
    least_mean = min(threshold, 0.0)
    heapq.heapify(queue)

    def mean(one: str, other: str) -> float:
        total, count, _ = links[one][other]
        size = len(members[one]) * len(members[other])
        return (total + (size - count) * FLOOR) / size

    while queue:
        _, one, other, at_one, at_other = heapq.heappop(queue)
        if version.get(one) != at_one or version.get(other) != at_other:
            continue
        keep, gone = (one, other) if len(links[one]) >= len(links[other]) else (other, one)
        version[keep] += 1
        del version[gone], links[keep][gone]
        for neighbour, (total, count, best) in links.pop(gone).items():
            if neighbour == keep:
                continue
            del links[neighbour][gone]
            known, pairs, other_best = links[keep].get(neighbour, (0.0, 0, best))
            both = (known + total, pairs + count, max(best, other_best))
            links[keep][neighbour] = links[neighbour][keep] = both
        members[keep] += members.pop(gone)
        for neighbour in links[keep]:
            now = mean(keep, neighbour)
            if now > least_mean and links[keep][neighbour][2] > threshold:
                first, second = min(keep, neighbour), max(keep, neighbour)
                heapq.heappush(queue, (-now, first, second, version[first], version[second]))
    return {record: min(group) for group in members.values() for record in group}
