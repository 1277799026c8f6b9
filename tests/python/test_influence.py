"""Influence: betweenness against networkx, communities whatever the salt."""

from __future__ import annotations

import random
from pathlib import Path

import networkx
import numpy as np
import pandas as pd
import pytest

from one360.predictions.betweenness import betweenness
from tests.python.identity_project import IdentityProject


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


def test_communities_are_those_of_the_data_whatever_the_hashes(tmp_path: Path) -> None:
    graph = random_graph(3, 120, 400)
    names = sorted({*graph["from_one_id"], *graph["to_one_id"]})
    found = []
    for salt in range(2):
        hashes = [f"{number:04d}" for number in range(len(names))]
        random.Random(salt).shuffle(hashes)
        one_id = dict(zip(names, hashes, strict=True))
        folder = tmp_path / str(salt)
        folder.mkdir()
        project = IdentityProject(
            folder,
            {
                "int_influence__edges": "select * from edges",
                "int_identity__tie_breaks": "select * from ranks",
                "int_influence__communities": None,
            },
        )
        project.write(
            "edges",
            "from_one_id varchar, to_one_id varchar, weight bigint",
            [(one_id[a], one_id[b], 1) for a, b in graph.itertuples(index=False)],
        )
        project.write(
            "ranks",
            "one_id varchar, natural_key_rank bigint",
            [(one_id[name], rank) for rank, name in enumerate(names, 1)],
        )
        project.run(["run"])
        query = "select left(node, 12), left(community, 12) from int_influence__communities"
        found.append(sorted(project.query(query)))
    assert len({community for _, community in found[0]}) > 3
    assert found[0] == found[1]
