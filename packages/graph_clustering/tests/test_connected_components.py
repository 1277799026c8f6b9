"""Connected components by graph contraction against networkx on random and hard graphs."""

import random
from pathlib import Path

import networkx
import pytest

from tests.python.tiny_project import TinyProject

PACKAGES = ("graph_clustering",)
GRAPHS = 300


def random_edges(rng: random.Random, kind: int) -> list[tuple[int, int]]:
    size = rng.randint(2, 40)
    if kind == 0:
        return [(i, i + 1) for i in range(size)]
    if kind == 1:
        return [(0, i) for i in range(1, size)]
    if kind == 2:
        side = max(2, int(size**0.5))
        right = [(i, i + 1) for i in range(side * side) if i % side < side - 1]
        return right + [(i, i + side) for i in range(side * (side - 1))]
    count = rng.choice([size // 2, size, 2 * size])
    return [(rng.randrange(size), rng.randrange(size)) for _ in range(count)]


def all_graphs(rng: random.Random) -> list[tuple[str, str]]:
    """Many disjoint graphs in one edge list: paths, stars, grids, sparse and dense random ones."""
    edges: list[tuple[str, str]] = []
    for graph in range(GRAPHS):
        drawn = random_edges(rng, graph % 5)
        names = list(range(2000))
        rng.shuffle(names)
        for one, other in drawn:
            pair = (f"{graph}:{names[one]:04d}", f"{graph}:{names[other]:04d}")
            edges.append(pair if rng.random() < 0.5 else pair[::-1])
    # one long chain: what stops at direct neighbours splits it
    edges += [(f"chain:{i:05d}", f"chain:{i + 1:05d}") for i in range(3000)]
    return edges


def expected_components(edges: list[tuple[str, str]]) -> dict[str, str]:
    graph = networkx.Graph([edge for edge in edges if edge[0] != edge[1]])
    return {
        node: min(component)
        for component in networkx.connected_components(graph)
        for node in component
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_components_are_those_of_networkx_in_any_row_order(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    edges = all_graphs(rng)
    project = TinyProject(
        tmp_path,
        {
            "components": "{{ config(materialized='connected_components') }}\n"
            "select node, neighbour from edges"
        },
        packages=PACKAGES,
    )
    rng.shuffle(edges)
    project.write("edges", "node varchar, neighbour varchar", edges)
    project.run(["run"])
    assert dict(project.query("select node, component from components")) == expected_components(
        edges
    )
    left_behind = project.query(
        "select table_name from information_schema.tables"
        " where starts_with(table_name, 'components__')"
    )
    assert left_behind == []


def test_no_edges_give_no_components(tmp_path: Path) -> None:
    project = TinyProject(
        tmp_path,
        {
            "components": "{{ config(materialized='connected_components') }}\n"
            "select node, neighbour from edges"
        },
        packages=PACKAGES,
    )
    project.write(
        "edges", "node varchar, neighbour varchar", [("a", "a"), ("b", None), (None, None)]
    )
    project.run(["run"])
    assert project.query("select * from components") == []
