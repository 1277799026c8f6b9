"""The rules of dbt-project-evaluator 1.x, asked of the parsed project.

The package itself needs `dbt deps`. Each rule below gives the resources that break it; those in
`tests/fixtures/ecosystem_exceptions.csv` may, for the reason given there. An exception that is
broken by nobody any more fails, too.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

import pytest

from tests.python.project import ROOT

EXCEPTIONS = ROOT / "tests/fixtures/ecosystem_exceptions.csv"

#: Limits, those of the evaluator.
MOST_LEAVES = 3
MOST_PARENTS = 7
MOST_CHAINED_VIEWS = 4

#: Tests that make a key: tests/generic/key.sql asks unique and not null in one scan.
KEY_TESTS = {"key", "unique_combination", "unique"}


class Graph:
    """Models and sources of the manifest with what they read and who reads them."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.manifest = manifest
        self.sources: dict[str, dict[str, Any]] = manifest["sources"]
        self.models = {
            key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
        }

    def parents(self, key: str) -> list[str]:
        """Models, sources and seeds that a model reads."""
        parents = self.manifest["parent_map"][key]
        return [p for p in parents if not p.startswith(("macro.", "function."))]

    def children(self, key: str) -> list[str]:
        """Models that read a resource."""
        return [c for c in self.manifest["child_map"].get(key, []) if c in self.models]

    def layer(self, key: str) -> str:
        """source, seed, base, staging, intermediate or mart."""
        if key in self.sources:
            return "source"
        if key not in self.models:
            return "seed"
        prefix = self.models[key]["name"].split("_", 1)[0]
        return {"base": "base", "stg": "staging", "int": "intermediate"}.get(prefix, "mart")

    def name(self, key: str) -> str:
        if key in self.sources:
            return f"{self.sources[key]['source_name']}.{self.sources[key]['name']}"
        return key.rsplit(".", 1)[1]

    def is_leaf(self, key: str) -> bool:
        return not self.children(key)

    @cached_property
    def keyed(self) -> set[str]:
        """Models with a test of their key."""
        return {
            node["attached_node"]
            for node in self.manifest["nodes"].values()
            if (test := node.get("test_metadata")) and test["name"] in KEY_TESTS
        }

    def views_above(self, key: str) -> int:
        """The longest chain of views that ends in a model."""
        if self.models[key]["config"]["materialized"] not in ("replaced_view", "ephemeral"):
            return 0
        above = [self.views_above(p) for p in self.parents(key) if p in self.models]
        return 1 + max(above, default=0)


Rule = Callable[[Graph], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    RULES[function.__name__] = function
    return function


# --- modelling -------------------------------------------------------------------------


@rule
def direct_join_to_source(graph: Graph) -> Iterator[str]:
    """A model reads a source beside another model."""
    for key in graph.models:
        layers = {graph.layer(parent) for parent in graph.parents(key)} - {"seed"}
        if "source" in layers and len(layers) > 1:
            yield graph.name(key)


@rule
def downstream_models_dependent_on_source(graph: Graph) -> Iterator[str]:
    """A mart or an intermediate model reads a source."""
    for key in graph.models:
        if graph.layer(key) in ("intermediate", "mart") and any(
            parent in graph.sources for parent in graph.parents(key)
        ):
            yield graph.name(key)


@rule
def duplicate_sources(graph: Graph) -> Iterator[str]:
    """Two sources are one table."""
    tables = Counter((s["schema"], s["identifier"]) for s in graph.sources.values())
    yield from (".".join(table) for table, count in tables.items() if count > 1)


@rule
def hard_coded_references(graph: Graph) -> Iterator[str]:
    """SQL names a table of a schema without ref or source."""
    table = re.compile(
        r"\b(?:from|join)\s+(?:staging|identity|behaviour|core|tags|tags_internal|predictions"
        r"|predictions_internal|campaigns"
        r"|quality|pii|seeds|raw|information_schema)\.\w+",
        re.IGNORECASE,
    )
    for key, node in graph.models.items():
        if table.search(node["raw_code"]):
            yield graph.name(key)


@rule
def model_fanout(graph: Graph) -> Iterator[str]:
    """Many leaves read one model."""
    for key in graph.models:
        if sum(map(graph.is_leaf, graph.children(key))) >= MOST_LEAVES:
            yield graph.name(key)


@rule
def multiple_sources_joined(graph: Graph) -> Iterator[str]:
    """A model reads more than one source."""
    for key in graph.models:
        if sum(parent in graph.sources for parent in graph.parents(key)) > 1:
            yield graph.name(key)


@rule
def rejoining_of_upstream_concepts(graph: Graph) -> Iterator[str]:
    """A model reads what its parent reads, and nobody else reads that parent."""
    for key in graph.models:
        children = graph.children(key)
        if len(children) == 1:
            for parent in graph.parents(key):
                if parent in graph.models and parent in graph.parents(children[0]):
                    yield f"{graph.name(parent)} > {graph.name(key)} > {graph.name(children[0])}"


@rule
def root_models(graph: Graph) -> Iterator[str]:
    """A model reads nothing."""
    yield from (graph.name(key) for key in graph.models if not graph.parents(key))


@rule
def source_fanout(graph: Graph) -> Iterator[str]:
    """More than one model reads a source."""
    for key in graph.sources:
        if len(graph.children(key)) > 1:
            yield graph.name(key)


@rule
def staging_models_dependent_on_downstream_models(graph: Graph) -> Iterator[str]:
    """Staging reads what lies behind it."""
    for key in graph.models:
        if graph.layer(key) in ("base", "staging") and any(
            graph.layer(p) in ("intermediate", "mart") for p in graph.parents(key)
        ):
            yield graph.name(key)


@rule
def staging_models_dependent_on_staging_models(graph: Graph) -> Iterator[str]:
    """A staging model reads another."""
    for key in graph.models:
        if graph.layer(key) == "staging" and any(
            graph.layer(p) == "staging" for p in graph.parents(key)
        ):
            yield graph.name(key)


@rule
def too_many_joins(graph: Graph) -> Iterator[str]:
    """A model reads seven or more."""
    for key in graph.models:
        if len(graph.parents(key)) >= MOST_PARENTS:
            yield graph.name(key)


@rule
def unused_sources(graph: Graph) -> Iterator[str]:
    """No model reads a source."""
    yield from (graph.name(key) for key in graph.sources if not graph.children(key))


# --- testing, documentation ------------------------------------------------------------


@rule
def missing_primary_key_tests(graph: Graph) -> Iterator[str]:
    """A model whose key no test asks for. Views and staging models pass rows on."""
    for key, node in graph.models.items():
        if key not in graph.keyed and node["config"]["materialized"] != "replaced_view":
            yield graph.name(key)


@rule
def sources_without_freshness(graph: Graph) -> Iterator[str]:
    """A source of which nobody says how old it may be."""
    for key, source in graph.sources.items():
        if not any((source["freshness"] or {}).get(age) for age in ("warn_after", "error_after")):
            yield graph.name(key)


@rule
def undocumented(graph: Graph) -> Iterator[str]:
    """A model, a source, a table of a source, a group, an exposure without a description."""
    for key, node in [*graph.models.items(), *graph.sources.items()]:
        if not node["description"] or not node.get("source_description", "-"):
            yield graph.name(key)
    for kind in ("exposures", "groups"):
        for key, node in graph.manifest[kind].items():
            if not node["description"]:
                yield graph.name(key)


# --- structure -------------------------------------------------------------------------


@rule
def source_directories(graph: Graph) -> Iterator[str]:
    """A source is declared outside the folder of its staging models."""
    for key, source in graph.sources.items():
        if source["original_file_path"].split("/")[1:-1] != ["staging", source["source_name"]]:
            yield graph.name(key)


@rule
def model_and_test_directories(graph: Graph) -> Iterator[str]:
    """A model is described and tested outside its folder, or the folder of its system."""
    for key, node in graph.models.items():
        described = node["patch_path"].split("/")[3:-1]
        if node["original_file_path"].split("/")[1:][: len(described)] != described:
            yield graph.name(key)


# --- performance, governance -----------------------------------------------------------


@rule
def chained_views(graph: Graph) -> Iterator[str]:
    """Views upon views."""
    yield from (
        graph.name(key) for key in graph.models if graph.views_above(key) >= MOST_CHAINED_VIEWS
    )


@rule
def exposure_parents_materializations(graph: Graph) -> Iterator[str]:
    """What others show is a source or no table."""
    for exposure in graph.manifest["exposures"].values():
        for parent in exposure["depends_on"]["nodes"]:
            if parent in graph.sources:
                yield f"{exposure['name']}: {graph.name(parent)}"


@rule
def exposures_dependent_on_private_models(graph: Graph) -> Iterator[str]:
    """What others show is not public."""
    for exposure in graph.manifest["exposures"].values():
        for parent in exposure["depends_on"]["nodes"]:
            if graph.models.get(parent, {}).get("access") != "public":
                yield f"{exposure['name']}: {graph.name(parent)}"


@rule
def public_models_without_contracts(graph: Graph) -> Iterator[str]:
    """A public model promises nothing."""
    for key, node in graph.models.items():
        if node["access"] == "public" and not node["config"]["contract"]["enforced"]:
            yield graph.name(key)


# --- held against the exceptions -------------------------------------------------------


def exceptions() -> list[dict[str, str]]:
    with EXCEPTIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", RULES)
def test_the_project_keeps_the_rule_or_says_why_not(manifest: dict[str, Any], name: str) -> None:
    allowed = {row["resource"] for row in exceptions() if row["rule"] == name}
    broken = set(RULES[name](Graph(manifest)))
    unexplained = sorted(b for b in broken if not any(fnmatchcase(b, a) for a in allowed))
    stale = sorted(a for a in allowed if not any(fnmatchcase(b, a) for b in broken))
    assert (unexplained, stale) == ([], []), RULES[name].__doc__


def test_every_exception_has_a_rule_and_a_reason() -> None:
    rows = exceptions()
    assert {row["rule"] for row in rows} <= set(RULES)
    assert [row for row in rows if len(row["reason"].split()) < 4] == []
    assert max(Counter((row["rule"], row["resource"]) for row in rows).values()) == 1


def test_every_exposure_has_a_parent_that_is_published(manifest: dict[str, Any]) -> None:
    assert manifest["exposures"]
    for exposure in manifest["exposures"].values():
        assert exposure["depends_on"]["nodes"], exposure["name"]
