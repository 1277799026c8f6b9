"""Betweenness of the nodes of a graph, from a sample of sources."""

from __future__ import annotations

import hashlib
import heapq

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

#: Sources from which shortest ways are counted, and how many of them at once.
SOURCES = 200
AT_ONCE = 16


def betweenness(edges: pd.DataFrame, sources: int = SOURCES) -> pd.DataFrame:
    """Columns one_id and betweenness: the share of shortest ways that lead over each node.

    ``edges`` has from_one_id and to_one_id; weights do not matter. Ways are counted from
    ``sources`` nodes, the first by a hash of their names, and scaled to all of them (Brandes and
    Pich 2007); with as many sources as nodes this is the betweenness of Brandes (2001), divided
    by (n - 1)(n - 2). A graph of fewer than three nodes has none.
    """
    names, numbers = np.unique(
        edges[["from_one_id", "to_one_id"]].to_numpy(str), return_inverse=True
    )
    numbers = numbers.reshape(-1, 2)
    count = len(names)
    total = np.zeros(count)
    if count < 3:
        return pd.DataFrame({"one_id": names, "betweenness": total})
    onward = csr_array(
        (np.ones(len(numbers)), (numbers[:, 0], numbers[:, 1])), shape=(count, count)
    )
    onward.data[:] = 1.0  # an edge that stands twice is one
    back = onward.T.tocsr()
    drawn = _drawn(names, min(sources, count))
    for first in range(0, len(drawn), AT_ONCE):
        total += _passed(onward, back, drawn[first : first + AT_ONCE])
    scale = count / len(drawn) / ((count - 1) * (count - 2))
    return pd.DataFrame({"one_id": names, "betweenness": total * scale})


def _drawn(names: np.ndarray, sources: int) -> np.ndarray:
    """Numbers of the names with the smallest hashes."""
    hashes = (hashlib.md5(name.encode()).hexdigest() for name in names)
    first = heapq.nsmallest(sources, zip(hashes, range(len(names)), strict=True))
    return np.array([number for _, number in first])


def _passed(onward: csr_array, back: csr_array, sources: np.ndarray) -> np.ndarray:
    """How much of the shortest ways from the sources leads over each node (Brandes 2001).

    A column per source: the number of shortest ways to each node is counted level by level, then
    what the nodes of a level owe to those of the level before is added up backwards.
    """
    columns = np.arange(len(sources))
    ways = np.zeros((onward.shape[0], len(sources)))
    ways[sources, columns] = 1.0
    level = np.full(ways.shape, -1, dtype=np.int32)
    level[sources, columns] = 0
    depth = 0
    reached = ways
    while True:
        arriving = back @ reached
        is_new = (arriving > 0) & (level < 0)
        if not is_new.any():
            break
        depth += 1
        level[is_new] = depth
        reached = np.where(is_new, arriving, 0.0)
        ways += reached
    owed = np.zeros(ways.shape)
    for at in range(depth, 0, -1):
        is_here = level == at
        share = np.divide(1 + owed, ways, out=np.zeros(ways.shape), where=is_here)
        owed += np.where(level == at - 1, (onward @ share) * ways, 0.0)
    owed[sources, columns] = 0.0
    total: np.ndarray = owed.sum(axis=1)
    return total
