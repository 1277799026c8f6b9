"""Influence: betweenness against networkx, and planted influencers found again."""

from __future__ import annotations

import random

import networkx
import numpy as np
import pandas as pd
import pytest

from one360.predictions.betweenness import betweenness


def random_graph(seed: int, nodes: int, edges: int) -> pd.DataFrame:
    rng = random.Random(seed)
    name = [f"n{number:03d}" for number in range(nodes)]
    rows = [rng.sample(name, 2) for _ in range(edges)]
    return pd.DataFrame(rows, columns=["from_one_id", "to_one_id"])


@pytest.mark.parametrize("seed", range(5))
def test_from_all_sources_it_is_the_betweenness_of_networkx(seed: int) -> None:
    edges = random_graph(seed, 60, 50 + 40 * seed)
    graph = networkx.DiGraph(list(edges.itertuples(index=False)))
    expected = networkx.betweenness_centrality(graph)
    found = betweenness(edges).set_index("one_id")["betweenness"]
    assert set(found.index) == set(graph)
    assert max(abs(found[node] - expected[node]) for node in graph) < 1e-12


def test_a_sample_of_sources_is_near_and_the_same_in_any_row_order() -> None:
    edges = random_graph(9, 400, 1600)
    whole = betweenness(edges, sources=400).set_index("one_id")["betweenness"]
    part = betweenness(edges, sources=200)
    mixed = betweenness(edges.sample(frac=1, random_state=1), sources=200)
    pd.testing.assert_frame_equal(part, mixed)
    assert np.corrcoef(whole, part.set_index("one_id")["betweenness"])[0, 1] > 0.9


@pytest.mark.parametrize("edges", [random_graph(1, 2, 0), random_graph(1, 2, 3)])
def test_a_graph_of_fewer_than_three_customers_has_none(edges: pd.DataFrame) -> None:
    found = betweenness(edges)
    assert (found["betweenness"] == 0).all() and len(found) == edges.stack().nunique()
