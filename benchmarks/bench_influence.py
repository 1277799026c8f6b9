"""Time PageRank, communities and betweenness on EDGES edges beside networkx and igraph.

    python benchmarks/bench_influence.py --edges 1000000

Customers follow others by a power law and mostly within groups of a thousand. networkx finds
communities and betweenness in minutes, so of it PageRank alone is timed; igraph is timed where it
can be imported. Seconds of the clock, of one run on this machine, in this order.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import networkx
import numpy as np
import pandas as pd

from one360.predictions.betweenness import betweenness
from tests.python.tiny_project import TinyProject

RANKS = "{{ config(materialized='page_rank') }}\nselect from_node, to_node, weight from edges"
COMMUNITIES = (
    "{{ config(materialized='communities') }}\n"
    "select from_node as node, to_node as neighbour, weight from edges"
)


def made_edges(count: int) -> pd.DataFrame:
    """Edges among a fifth as many customers."""
    random = np.random.default_rng(360)
    nodes = count // 5
    source = random.integers(0, nodes, count)
    popular = (random.pareto(1.2, count) * 20).astype(np.int64)
    within = source // 1000 * 1000 + popular % 1000
    target = np.where(random.random(count) < 0.7, within, popular * 7919 % nodes) % nodes
    name = pd.Series([f"{number:032x}" for number in random.permutation(nodes)])
    found = pd.DataFrame({"from_one_id": source, "to_one_id": target}).drop_duplicates()
    found = found[found["from_one_id"] != found["to_one_id"]]
    weight = random.integers(1, 6, len(found))
    return found.apply(lambda column: name[column].to_numpy()).assign(weight=weight)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long it took."""
    start = time.perf_counter()
    yield
    print(f"{what:<40}{time.perf_counter() - start:8.1f} s", flush=True)


def main() -> None:
    """Time them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=1_000_000)
    edges = made_edges(parser.parse_args().edges)
    nodes = pd.unique(edges[["from_one_id", "to_one_id"]].to_numpy().ravel())
    print(f"{len(edges)} edges, {len(nodes)} customers")
    with tempfile.TemporaryDirectory() as folder:
        project = TinyProject(
            Path(folder),
            {"ranks": RANKS, "communities": COMMUNITIES},
            packages=("graph_clustering",),
        )
        with duckdb.connect(str(project.warehouse)) as connection:
            connection.register("given", edges)
            connection.execute(
                "create table edges as "
                "select from_one_id as from_node, to_one_id as to_node, weight from given"
            )
        for model in ("ranks", "communities"):
            with timed(f"{model}, SQL on DuckDB, with dbt's start"):
                project.run(["run", "--select", model])
        ranks = dict(project.query("select node, page_rank from ranks"))
        community = dict(project.query("select node, community from communities"))
    with timed("betweenness, 200 sources, scipy"):
        betweenness(edges)
    with timed("networkx: graph and PageRank"):
        graph = networkx.from_pandas_edgelist(
            edges, "from_one_id", "to_one_id", "weight", create_using=networkx.DiGraph
        )
        other = networkx.pagerank(graph, tol=1e-12 / len(graph), max_iter=1000)
    print(f"largest difference of ranks {max(abs(ranks[n] - other[n]) for n in ranks):.1e}")
    against_igraph(edges, nodes, community)


def against_igraph(edges: pd.DataFrame, nodes: Any, community: dict[str, str]) -> None:
    """The same by igraph."""
    try:
        import igraph
    except ImportError:
        print("igraph is not installed")
        return
    number = {name: place for place, name in enumerate(nodes)}
    pairs = [edges[name].map(number).to_numpy() for name in ("from_one_id", "to_one_id")]
    with timed("igraph: graph"):
        directed = igraph.Graph(len(nodes), np.column_stack(pairs), directed=True)
        directed.es["weight"] = edges["weight"].to_numpy(float)
        plain = directed.as_undirected(combine_edges="sum")
    with timed("igraph: PageRank"):
        directed.pagerank(weights="weight")
    with timed("igraph: Louvain"):
        best = plain.community_multilevel(weights="weight")
    own = [community[name] for name in nodes]
    labels = {name: place for place, name in enumerate(dict.fromkeys(own))}
    mine = plain.modularity([labels[name] for name in own], weights="weight")
    print(f"modularity {mine:.4f} in SQL, {best.modularity:.4f} by igraph")


if __name__ == "__main__":
    sys.exit(main())
