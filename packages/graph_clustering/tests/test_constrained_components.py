"""Tiers and exclusivity against plain Python that takes one link after the other.

Every case is a random graph with random tokens; hundreds of them, disjoint, run in one
build, in an order of rows of their own.
"""

import random
from collections import defaultdict
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tests.python.tiny_project import TinyProject

PACKAGES = ("graph_clustering",)
GRAPHS = 300

Link = tuple[str, str, int, int, str]
Token = tuple[str, str, str, int]

MODELS = {
    "tokens": "select * from given_tokens",
    "clusters": "-- depends_on: {{ ref('tokens') }}\n"
    "{{ config(materialized='constrained_components', cannot_link={'model': 'tokens'}) }}\n"
    "select node, neighbour, tier, obeys, link_key from given_links",
    "refused": "select * from {{ graph_clustering.refused_links(ref('clusters')) }}",
}


# every node that there is, so that those without a link have a row as well
ALL_NODES = {
    "nodes": "select node as node_id from given_links where node <> neighbour"
    " union select neighbour from given_links where node <> neighbour"
    " union select 'lonely ' || (count(*) % 3) from given_links",
    "clusters": MODELS["clusters"]
    .replace("config(", "config(nodes={'model': 'nodes', 'node': 'node_id'}, ")
    .replace("-- depends_on", "-- depends_on: {{ ref('nodes') }}\n-- depends_on"),
}


class Sets:
    """Disjoint sets, named after their smallest member."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def find(self, item: str) -> str:
        self.parent.setdefault(item, item)
        while self.parent[item] != item:
            item = self.parent[item]
        return item

    def join(self, one: str, other: str) -> str:
        low, high = sorted((self.find(one), self.find(other)))
        self.parent[high] = low
        return low


def one_by_one(
    links: list[Link], tokens: list[Token]
) -> tuple[dict[str, str], dict[Link, tuple[str, str, str]]]:
    """Take links in order; refuse what would give a cluster two values that it obeys.

    Values that met anyhow count as one among all that links offer to join, and not beyond. Why a
    link is refused is told once all links of its tier are taken: the first kind in which its
    two ends differ, and the smallest of the values that count as that of each end.
    """
    clusters, values, regions = Sets(), Sets(), Sets()
    held: dict[str, set[tuple[str, str, int]]] = defaultdict(set)
    nodes = {end for link in links for end in link[:2]}
    for link in links:
        regions.join(*link[:2])
    for node, kind, value, level in tokens:
        held[node].add((kind, f"{regions.find(node)} {value}", level))

    def meet(cluster: str) -> None:
        first: dict[str, str] = {}
        for kind, value, _ in held[cluster]:
            name = f"{kind}={value}"
            values.join(first.setdefault(kind, name), name)

    def differences(link: Link) -> list[tuple[str, str, str]]:
        one, other = clusters.find(link[0]), clusters.find(link[1])
        return sorted(
            (kind, *(end.split(" ", 1)[1] for end in ends))
            for kind, value, level in held[one]
            for other_kind, other_value, _ in held[other]
            if kind == other_kind and level <= link[3]
            if (ends := (values.find(f"{kind}={value}"), values.find(f"{kind}={other_value}")))
            and ends[0] != ends[1]
        )

    for node in nodes:
        meet(node)
    refused: dict[Link, tuple[str, str, str]] = {}
    waiting: list[Link] = []

    def order(link: Link) -> tuple:
        low, high = sorted(link[:2])
        return (link[2], link[3], link[4], low, high, link[0])

    for link in sorted(set(links), key=order):
        if link[0] == link[1]:
            continue
        if waiting and waiting[0][2:4] != link[2:4]:
            refused |= {one: differences(one)[0] for one in waiting}
            waiting = []
        one, other = clusters.find(link[0]), clusters.find(link[1])
        if one == other:
            continue
        if differences(link):
            waiting.append(link)
            continue
        joined = clusters.join(one, other)
        held[joined] = held[one] | held[other]
        meet(joined)
    refused |= {one: differences(one)[0] for one in waiting}
    return {node: clusters.find(node) for node in nodes}, refused


REFUSED = "node, neighbour, tier, link_key, token_type, held_value, other_value"


def rows_of(refused: dict[Link, tuple[str, str, str]]) -> list[tuple]:
    return sorted((n, o, tier, key, *why) for (n, o, tier, _, key), why in refused.items())


def random_case(rng: random.Random, name: str) -> tuple[list[Link], list[Token]]:
    size = rng.randint(3, 25)
    nodes = [f"{name}:{i:03d}" for i in range(size)]
    rng.shuffle(nodes)
    shape = rng.choice(["path", "star", "random", "dense"])
    if shape == "path":
        pairs = list(zip(nodes, nodes[1:], strict=False))
    elif shape == "star":
        pairs = [(nodes[0], other) for other in nodes[1:]]
    else:
        count = size if shape == "random" else 4 * size
        pairs = [(rng.choice(nodes), rng.choice(nodes)) for _ in range(count)]
    # what a tier obeys belongs to the tier, as in the rules
    links = []
    for one, other in pairs:
        tier = rng.randint(1, 4)
        links.append((one, other, tier, 1 if tier == 2 else 2, f"{rng.randrange(50):03d}"))
    levels = {"never": 0, "unionid": 1, "member": 2}
    share = rng.choice([0.1, 0.4, 0.8])
    tokens = [
        (node, kind, f"{name}:{rng.randint(1, 3)}", level)
        for node in nodes
        for kind, level in levels.items()
        if rng.random() < share
    ]
    return links, tokens


@pytest.mark.parametrize("seed", range(2))
def test_clusters_and_refusals_are_those_of_taking_links_one_by_one(
    tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    links: list[Link] = []
    tokens: list[Token] = []
    for graph in range(GRAPHS):
        more_links, more_tokens = random_case(rng, f"g{graph}")
        links += more_links
        tokens += more_tokens
    expected, refused = one_by_one(links, tokens)
    assert refused, "the cases must hold conflicts"

    project = TinyProject(tmp_path, MODELS, packages=PACKAGES)
    for _ in range(2):
        rng.shuffle(links)
        rng.shuffle(tokens)
        write(project, links, tokens)
        project.run(["run"])
        found = dict(project.query("select node, component from clusters"))
        assert found == {n: c for n, c in expected.items() if n in found}
        assert set(found) == {end for link in links if link[0] != link[1] for end in link[:2]}
        assert sorted(project.query(f"select {REFUSED} from refused")) == rows_of(refused)


def test_a_refusal_names_the_value_of_each_side_of_its_link(tmp_path: Path) -> None:
    """The link runs from the larger node to the smaller, and a record without a value came first.

    Of two kinds that clash the first in the alphabet is told.
    """
    links = [("c", "z", 1, 2, "01"), ("z", "b", 2, 2, "02"), ("b", "a", 2, 2, "03")]
    tokens = [("c", "unionid", "u-c", 1), ("b", "unionid", "u-b", 1), ("c", "member", "m-c", 2),
              ("b", "member", "m-b", 2)]  # fmt: skip
    project = TinyProject(tmp_path, MODELS, packages=PACKAGES)
    write(project, links, tokens)
    project.run(["run"])
    told = "select node, neighbour, token_type, held_value, other_value from refused"
    assert project.query(told) == [("z", "b", "member", "m-c", "m-b")]


# keeps what a run gave and puts the next step's rows in place, so that one process runs all
MACRO = """
{% macro keep(step) %}
    {% for table in ["clusters", "refused"] %}
        {% do run_query("create or replace table " ~ table ~ "_" ~ step ~ " as from " ~ table) %}
    {% endfor %}
    {% for table in ["given_links", "given_tokens"] %}
        {% do run_query(
            "create or replace table " ~ table ~ " as select * exclude (step) from all_" ~ table
            ~ " where step = " ~ (step + 1)
        ) %}
    {% endfor %}
{% endmacro %}
"""

STEPS = 5


@pytest.mark.parametrize("seed", range(2))
def test_a_run_on_what_changed_ends_as_a_full_run_does(tmp_path: Path, seed: int) -> None:
    """Random histories: links and tokens come, go (deleted records) and change their rule.

    120 disjoint graphs over five runs, some of them untouched in a run; once with the nodes of
    links, once with a list of all nodes, in which lonely ones come and go.
    """
    rng = random.Random(100 + seed)
    cases = [random_case(rng, f"g{i}") for i in range(120)]
    project = TinyProject(tmp_path, {**MODELS, **(ALL_NODES if seed else {})}, packages=PACKAGES)
    history: list[tuple[list[Link], list[Token]]] = []
    for _ in range(STEPS):
        links, tokens = [], []
        for case_links, case_tokens in cases:
            name = case_links[0][0].split(":")[0] + ":"
            choice = rng.random() if history else 0
            if choice < 0.4:
                links += [x for x in case_links if rng.random() < 0.8]
                tokens += [x for x in case_tokens if rng.random() < 0.8]
                continue
            old_links = [x for x in history[-1][0] if x[0].startswith(name)]
            old_tokens = [x for x in history[-1][1] if x[0].startswith(name)]
            if choice < 0.7:  # one record comes, one goes: the rest of the graph stays as it was
                old_links = [*old_links[1:], rng.choice(case_links)]
                old_tokens = old_tokens[1:]
            links += old_links
            tokens += old_tokens
        if history:  # a late record joins what were two regions
            one, other = rng.sample(links, 2)
            links.append((one[0], other[1], 4, 2, "999"))
        history.append((links, tokens))
    write(project, *history[0])
    with duckdb.connect(str(project.warehouse)) as connection:
        for table in ("given_links", "given_tokens"):
            connection.execute(f"create table all_{table} as select 0 as step, * from {table}")
        for step, given in enumerate(history[1:], 1):
            write_to(connection, step, *given)
    project.add_macro(MACRO)
    commands = []
    for step in range(STEPS):
        commands += [["run"], ["run-operation", "keep", "--args", f"{{step: {step}}}"]]
    project.run(*commands)
    for step, (links, tokens) in enumerate(history):
        expected, refused = one_by_one(links, tokens)
        found = dict(project.query(f"select node, component from clusters_{step}"))
        linked = {end for link in links if link[0] != link[1] for end in link[:2]}
        lonely = {f"lonely {len(links) % 3}"} if seed else set()
        in_clusters = {n: c for n, c in expected.items() if n in linked}
        assert found == {**in_clusters, **{n: n for n in lonely}}, step
        assert sorted(project.query(f"select {REFUSED} from refused_{step}")) == rows_of(refused)


def write_to(
    connection: duckdb.DuckDBPyConnection, step: int, links: list[Link], tokens: list[Token]
) -> None:
    for table, rows in (("all_given_links", links), ("all_given_tokens", tokens)):
        given = pa.table({f"c{i}": list(cells) for i, cells in enumerate(zip(*rows, strict=True))})
        connection.register("given", given)
        connection.execute(f"insert into {table} select {step}, * from given")


def write(project: TinyProject, links: list[Link], tokens: list[Token]) -> None:
    project.write(
        "given_links",
        "node varchar, neighbour varchar, tier integer, obeys integer, link_key varchar",
        links,
    )
    project.write(
        "given_tokens",
        "node varchar, token_type varchar, token_value varchar, level integer",
        tokens,
    )


def test_a_star_of_conflicts_takes_few_rounds(tmp_path: Path) -> None:
    """One value on 3,000 records, each with a unionid of its own, and 3,000 without."""
    project = TinyProject(tmp_path, MODELS, packages=PACKAGES)
    links = [("hub", f"n{i:04d}", 1, 2, f"{i:04d}") for i in range(6000)]
    tokens = [(f"n{i:04d}", "unionid", f"u{i}", 1) for i in range(0, 6000, 2)]
    write(project, links, tokens)
    project.run(["run"])
    assert project.query("select count(*) from refused") == [(2999,)]
    assert project.query("select count(distinct component) from clusters") == [(3000,)]
    assert project.query("select component from clusters where node = 'n0000'") == [("hub",)]
