"""Chains of shared values and bridges, against networkx on random graphs."""

import random
from pathlib import Path

import networkx
import pytest

from tests.python.tiny_project import TinyProject

PACKAGES = ("graph_clustering",)
GRAPHS = 250
SHAPES = ("path", "star", "ring", "random", "dense")

Row = tuple[str, str, int, bool]


def random_rows(rng: random.Random, name: str) -> list[Row]:
    """Records and the values they share, connected; one record is the first."""
    records = [f"{name}:r{i:02d}" for i in range(rng.randint(2, 14))]
    rng.shuffle(records)
    shape = rng.choice(SHAPES)
    if shape == "star":
        holders = [records]
    elif shape == "path":
        holders = [list(pair) for pair in zip(records, records[1:], strict=False)]
    elif shape == "ring":
        holders = [list(pair) for pair in zip(records, records[1:] + records[:1], strict=True)]
    else:
        # a tree of small values, and some more on top
        holders = []
        for i in range(1, len(records)):
            holders.append([records[rng.randrange(i)], records[i]])
        for _ in range(rng.randint(0, 2) if shape == "random" else len(records)):
            holders.append(rng.sample(records, rng.randint(1, min(5, len(records)))))
    if rng.random() < 0.3:
        holders.append(rng.sample(records, rng.randint(1, len(records))))
    root = rng.choice(records)
    return [
        (record, f"{name}:v{number:02d}", rng.randint(0, 99), record == root)
        for number, group in enumerate(holders)
        for record in sorted(set(group))
    ]


@pytest.mark.parametrize("seed", range(2))
def test_chains_are_shortest_and_bridges_are_those_of_networkx(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    rows = [row for i in range(GRAPHS) for row in random_rows(rng, f"g{i:03d}")]
    project = TinyProject(
        tmp_path,
        {"chains": "{{ config(materialized='shortest_chains') }} select * from given_rows"},
        packages=PACKAGES,
    )
    columns = "node varchar, shared_value varchar, priority integer, is_root boolean"
    results = []
    for _ in range(2):
        rng.shuffle(rows)
        project.write("given_rows", columns, rows)
        project.run(["run"])
        results.append(project.query("select * from chains order by node, step_number"))
    assert results[0] == results[1], "the order of rows tells nothing"

    graph = networkx.Graph()
    graph.add_edges_from((node, shared_value) for node, shared_value, _, _ in rows)
    bridges = {frozenset(edge) for edge in networkx.bridges(graph)}
    assert 0 < len(bridges) < graph.number_of_edges()
    roots = {node for node, _, _, is_root in rows if is_root}
    steps: dict[str, list[tuple]] = {}
    for node, *step in results[0]:
        steps.setdefault(node, []).append(tuple(step))
    assert set(steps) == {node for node, *_ in rows} - roots
    distance: dict[str, int] = {}
    for root in roots:
        distance |= networkx.single_source_shortest_path_length(graph, root)
    for node, chain in steps.items():
        assert [number for number, *_ in chain] == list(range(1, len(chain) + 1))
        assert 2 * len(chain) == distance[node], "the chain is the shortest there is"
        at = chain[0][1]
        assert at in roots
        for _, came_from, shared_value, to, is_bridge in chain:
            assert came_from == at
            assert graph.has_edge(came_from, shared_value) and graph.has_edge(shared_value, to)
            assert is_bridge == bool(
                {frozenset((came_from, shared_value)), frozenset((shared_value, to))} & bridges
            )
            at = to
        assert at == node


def test_of_equally_short_chains_the_stronger_is_told(tmp_path: Path) -> None:
    project = TinyProject(
        tmp_path,
        {"chains": "{{ config(materialized='shortest_chains') }} select * from given_rows"},
        packages=PACKAGES,
    )
    columns = "node varchar, shared_value varchar, priority integer, is_root boolean"
    project.write(
        "given_rows",
        columns,
        [("a", "weak", 90, True), ("b", "weak", 90, False),
         ("a", "strong", 5, True), ("b", "strong", 5, False)],
    )  # fmt: skip
    project.run(["run"])
    assert project.query("select shared_value, is_bridge from chains") == [("strong", False)]
    project.write("given_rows", columns, [])
    project.run(["run"])
    assert project.query("select * from chains") == []
