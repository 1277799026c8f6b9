"""Is there a build to publish: the last one, whole, green, and nothing begun since?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from one360.errors import One360Error, one_line
from one360.paths import DatasetPaths, project_path, shown
from one360.rules.project import rules_of
from one360.sql import literal

# dbt options that leave out models, tests or rows
_PARTIAL = ("select", "exclude", "selector", "resource_types", "empty", "sample")

#: What a scheduler selects where it selects everything.
_EVERYTHING = (["fqn:*"], ["*"])

#: Where no project says otherwise.
_SETTINGS: dict[str, Any] = {
    "default_region": "CN", "phone_regions": [], "personal_values": "withhold",
}  # fmt: skip

_GOOD = {"success", "pass", "warn", "no-op"}


@dataclass(frozen=True)
class Build:
    """The last dbt build, from its run_results.json.

    ``accepted`` are the sources that variable accept_arrivals let through.
    """

    invocation_id: str
    built_at: str
    relations: frozenset[tuple[str, str]]
    accepted: tuple[str, ...] = ()


def read_run_results(target: Path) -> dict[str, Any] | None:
    """What dbt wrote of its last command, or None if there is nothing."""
    try:
        results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return results if isinstance(results, dict) and "results" in results else None


def read_settings(target: Path) -> dict[str, Any]:
    """Variables of the last build by which it is published; ``target`` is dbt's target folder."""
    given = (read_run_results(target) or {}).get("args", {}).get("vars") or {}
    rules = rules_of(project_path(), given)
    return {**_SETTINGS, **(rules.variables if rules else given)}


def read_green_build(target: Path, dataset: str, whole: bool = True) -> Build:
    """The last build, if it was a build of ``dataset`` and nothing failed.

    It must have been of all models, unless ``whole`` is false.
    """
    again = f"run make build DATASET={dataset}"
    found = read_run_results(target)
    if found is None:
        raise One360Error(
            f"nothing to publish: {shown(target / 'run_results.json')} is not there; {again}"
        )
    args = found.get("args", {})
    command = args.get("which") or args.get("invocation_command", "").removeprefix("dbt ")
    if command != "build":
        raise One360Error(
            f"nothing is published: the last dbt command was {command!r}, not a build; {again}"
        )
    # unit tests say nothing about the data
    left_out = set(args.get("exclude_resource_types") or ()) - {"unit_test"}
    chosen = {option: args.get(option) for option in _PARTIAL}
    if chosen["select"] is not None and list(chosen["select"]) in _EVERYTHING:
        chosen["select"] = None
    if whole and (left_out or any(chosen.values())):
        raise One360Error(
            f"nothing is published: the last build was of a selection of models; {again}"
        )
    results = found["results"]
    relations = {
        tuple(part.strip('"`') for part in result["relation_name"].split("."))
        for result in results
        if result.get("relation_name")
    }
    others = {relation[0] for relation in relations if len(relation) == 3} - {dataset}
    if others:
        raise One360Error(
            f"nothing is published: the last build was of {sorted(others)[0]}, "
            f"not of {dataset}; {again}"
        )
    bad = [result for result in results if result.get("status") not in _GOOD]
    if bad:
        failed = [result for result in bad if result.get("status") != "skipped"] or bad
        names = ", ".join(_short_name(result["unique_id"]) for result in failed[:3])
        more = f" and {len(failed) - 3} more" if len(failed) > 3 else ""
        raise One360Error(
            f"nothing is published: in the last build {names}{more} did not pass; "
            "what was published before is untouched"
        )
    if not results:
        raise One360Error(f"nothing is published: the last build built nothing; {again}")
    if "retry" in str(args.get("invocation_command", "")).split():
        # what a retry left out had passed before: together they are the whole build
        relations |= _relations_of_project(target)
    metadata = found.get("metadata", {})
    return Build(
        invocation_id=str(metadata.get("invocation_id", "")),
        built_at=str(metadata.get("generated_at", "")),
        relations=frozenset(relation[-2:] for relation in relations if len(relation) > 1),
        accepted=tuple((args.get("vars") or {}).get("accept_arrivals") or ()),
    )


def _relations_of_project(target: Path) -> set[tuple[str, ...]]:
    """Schema and name of every model and seed of the parsed project."""
    try:
        nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    except (OSError, ValueError, KeyError):
        raise One360Error(
            f"nothing is published: {shown(target / 'manifest.json')} is not there; build again"
        ) from None
    return {
        (node["schema"], node["alias"])
        for node in nodes.values()
        if node["resource_type"] in ("model", "seed")
    }


def _short_name(unique_id: str) -> str:
    """test.one360.not_null_x.123abc → not_null_x."""
    parts = unique_id.split(".")
    return parts[2] if len(parts) > 2 else unique_id


def open_warehouse(connection: duckdb.DuckDBPyConnection, paths: DatasetPaths, built: Path) -> None:
    """Attach the warehouse, for reading; One360Error where it is in use."""
    try:
        # Views name the catalog they were made in, so it must be called as in the build.
        connection.execute(f"attach {literal(built)} as {paths.dataset} (read_only)")
    except duckdb.Error as error:
        if "could not set lock" in str(error).lower():
            raise One360Error(
                f"{shown(paths.warehouse)} is in use, most likely by a running build; "
                "publish when that is done"
            ) from None
        raise One360Error(f"{shown(paths.warehouse)} cannot be read: {one_line(error)}") from None


def check_build_is_last(
    connection: duckdb.DuckDBPyConnection, paths: DatasetPaths, build: Build
) -> None:
    """Refuse when another build was begun since the green one, and was killed.

    The build notes its invocation at its start in ``main.last_build``.
    """
    noted = connection.execute(
        """
        select count(*) from duckdb_tables()
        where database_name = ? and schema_name = 'main' and table_name = 'last_build'
        """,
        [paths.dataset],
    ).fetchone()
    if not noted or not noted[0]:
        return
    row = connection.execute(
        f"select invocation_id from {paths.dataset}.main.last_build limit 1"
    ).fetchone()
    if row and row[0] != build.invocation_id:
        raise One360Error(
            "nothing is published: a later build was begun and did not end; "
            f"run make build DATASET={paths.dataset}"
        )


def check_published_build(
    connection: duckdb.DuckDBPyConnection, paths: DatasetPaths, built: str, published: str
) -> None:
    """Refuse an intraday run where its tables would meet others than those published.

    Args:
        connection: has both files attached.
        paths: the data set.
        built: catalog of the warehouse; ``main.last_build`` names in ``build_id`` the last
            run that was no intraday one.
        published: catalog of the published file.

    Raises:
        One360Error: what was published is not of that build, or nothing is known of it.
    """
    try:
        same = connection.execute(
            f"""
            select count(*) from {built}.main.last_build as last_build
            inner join {published}.main.publication as publication
                on last_build.build_id = publication.build_id
            where publication.refreshed_at is null
            """
        ).fetchone()
    except duckdb.Error:
        same = None
    if not same or not same[0]:
        raise One360Error(
            f"{shown(paths.published)} is not of the last build of the warehouse, and an intraday "
            f"run only brings up to date what is; run make build DATASET={paths.dataset}"
        )
