"""Brings who is who, core and the hot tags up to date in the course of a day.

Which tags are hot is in the tag catalogue. A run builds the tables that make them, core,
and all these rest on; then what shows the tags of all families; then the tests that check
what is published of it. What readers get is the publication of the last nightly build with
these tables in place of their namesakes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from one360.engines.dbt import Dbt, dbt_environment
from one360.engines.lock import held
from one360.errors import One360Error, one_line
from one360.paths import DatasetPaths, shown, target_path
from one360.publish.build import check_published_build, open_warehouse
from one360.publish.publication import Publication, refresh
from one360.publish.tables import PUBLISHED_SCHEMAS
from one360.sql import literal

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

#: dbt tag of models and tests that a run builds besides: what shows tags of all families,
#: hot or not, and the assertions that are quick enough.
INTRADAY = "intraday"

#: Evaluates shares of whole feeds, which a few new rows cannot move; the nightly build does it.
LEFT_TO_THE_NIGHT = ("gx_raw_in",)

#: What a rule tag is made of. Its inputs are tags of any family, as they were last built.
RULE_TAGS = "rule_tags"
RULE_TAG_MODELS = ("int_registry__rule_tags", "customer_rule_tags")

#: Tests of a primary key.
KEY_TESTS = ("key", "unique", "unique_combination")


@dataclass(frozen=True)
class Selection:
    """What a run builds and tests, by name."""

    models: tuple[str, ...]
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Intraday:
    """What a run did."""

    publication: Publication
    selection: Selection
    build_seconds: float


def run_intraday(
    paths: DatasetPaths,
    project: Path,
    bar: Callable[[str], AbstractContextManager[Callable[..., None]]],
) -> Intraday:
    """Build what is hot and publish it.

    Args:
        paths: the data set; its last nightly build is published.
        project: folder of the dbt project.
        bar: makes of a title what is told how far it is, while a block lasts.

    Raises:
        One360Error: the published file is not of the last build, or the run failed; what
            was published before is untouched.
    """
    started = time.perf_counter()
    hot = _hot_models(paths)
    with held(paths), dbt_environment(paths, project), bar("building") as report:
        dbt = Dbt("duckdb", progress=report)
        selection = select_intraday(dbt.manifest, hot)
        dbt.build(
            "nothing is published",
            *("--select", *selection.models, *selection.tests, f"tag:{INTRADAY}"),
            *("--indirect-selection", "empty"),
        )
    built = time.perf_counter()
    with bar("publishing") as report:
        publication = refresh(paths, target_path(), report)
    return Intraday(publication, selection, built - started)


def _hot_models(paths: DatasetPaths) -> set[str]:
    """Names of the models of hot tags, by the catalogue of the last nightly build."""
    for file in (paths.warehouse, paths.published):
        if not file.exists():
            raise One360Error(f"{shown(file)} does not exist: make build DATASET={paths.dataset}")
    connection = duckdb.connect()
    try:
        open_warehouse(connection, paths, paths.warehouse)
        connection.execute(f"attach {literal(paths.published)} as published (read_only)")
        check_published_build(connection, paths, paths.dataset, "published")
        rows = connection.execute(
            f"""
            select distinct model_name from {paths.dataset}.seeds.tag_catalogue
            where refresh = 'hot' and status = 'live'
            """
        ).fetchall()
    except duckdb.Error as error:
        raise One360Error(f"{shown(paths.published)} cannot be read: {one_line(error)}") from None
    finally:
        connection.close()
    return {str(name) for (name,) in rows}


def select_intraday(manifest: Manifest, hot: Collection[str]) -> Selection:
    """What a run builds for the tag models called ``hot``, by the graph of the project."""
    nodes = {
        node.unique_id: node
        for node in manifest.nodes.values()
        if node.resource_type in ("model", "test")
    }
    models = {key: node for key, node in nodes.items() if node.resource_type == "model"}
    built = _with_parents(
        models, (key for key, node in models.items() if node.name in hot or node.schema == "core")
    )
    also = RULE_TAG_MODELS if RULE_TAGS in hot else ()
    shows = {
        key for key, node in models.items() if INTRADAY in node.tags or node.name in also
    } - built
    built |= shows
    # and steps towards these that now have nothing but new tables behind them
    built |= {
        parent
        for key in shows
        for parent in _parents(models, key)
        if models[parent].schema not in PUBLISHED_SCHEMAS
        and set() < _parents(models, parent) <= built
    }
    tests = {
        node.name
        for node in nodes.values()
        if (tested := _key_tested(node)) in built and nodes[tested].schema in PUBLISHED_SCHEMAS
    }
    return Selection(
        models=tuple(sorted(models[key].name for key in built)), tests=tuple(sorted(tests))
    )


def _key_tested(node: Any) -> str:
    """The model whose primary key the node tests; "" where it tests none."""
    metadata = getattr(node, "test_metadata", None)
    is_key_test = metadata is not None and metadata.name in KEY_TESTS
    return str(node.attached_node) if is_key_test else ""


def _with_parents(models: dict[str, Any], keys: Iterable[str]) -> set[str]:
    """The models and all that they rest on."""
    found: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in found and models[key].name not in LEFT_TO_THE_NIGHT:
            found.add(key)
            waiting += _parents(models, key)
    return found


def _parents(models: dict[str, Any], key: str) -> set[str]:
    return set(models[key].depends_on.nodes) & models.keys()
