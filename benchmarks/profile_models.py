"""The models that cost most in the last build: time, share, and the plan's largest operator.

    make profile DATASET=demo
    python benchmarks/profile_models.py --most 20

Reads target/run_results.json for the seconds of each model, then runs the select of the
costly ones again on the warehouse, read-only, with DuckDB's profiler: largest operator by
its own time, peak memory of the query, rows. Python models and those that loop (clusters)
have no single plan; of them the seconds are shown.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from one360.paths import DatasetPaths, dataset_paths, target_path
from one360.salt import read_or_make_salt

#: Materializations that write what one select gives.
ONE_SELECT = ("replaced_table", "replaced_view", "incremental", "logged_table")
#: What a logged table's SQL says to later runs alone.
MARKED = re.compile(r"--<(\w+)\n.*?--\1>\n?", re.DOTALL)


@dataclass
class Cost:
    """What one model took."""

    name: str
    seconds: float
    share: float
    memory_megabytes: float | None = None
    rows: int | None = None
    operator: str = "no single plan"


def costs(target: Path, paths: DatasetPaths, most: int) -> list[Cost]:
    """The ``most`` costly models of the last build, the costliest first.

    Raises:
        SystemExit: there is no build to look at.
    """
    try:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    except (OSError, ValueError):
        raise SystemExit(
            f"{target}/run_results.json is not there: make dbt DATASET={paths.dataset}"
        ) from None
    taken = {
        result["unique_id"]: result
        for result in results
        if result["unique_id"].startswith("model.") and result["status"] == "success"
    }
    total = sum(result["execution_time"] for result in taken.values()) or 1.0
    chosen = sorted(taken.values(), key=lambda result: -result["execution_time"])[:most]
    found = []
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set threads = 2")
        connection.execute("set variable one360_salt = ?", [read_or_make_salt(paths.dataset)])
        connection.execute(f"attach '{paths.warehouse}' as {paths.dataset} (read_only)")
        connection.execute(f"use {paths.dataset}")
        for result in chosen:
            node = manifest["nodes"][result["unique_id"]]
            cost = Cost(
                f"{node['schema']}.{node['alias']}",
                result["execution_time"],
                result["execution_time"] / total,
            )
            select = result.get("compiled_code")
            if select and node["language"] == "sql" and _is_one_select(node):
                _add_plan(connection, MARKED.sub("", select), cost)
            found.append(cost)
    return found


def _is_one_select(node: dict[str, Any]) -> bool:
    return node["config"]["materialized"] in ONE_SELECT


def _add_plan(connection: duckdb.DuckDBPyConnection, select: str, cost: Cost) -> None:
    connection.execute("pragma enable_profiling = 'no_output'")
    connection.execute("set profiling_mode = 'detailed'")
    try:
        connection.execute(f"create or replace table memory.main.profiled as {select}")
        profile = json.loads(connection.get_profiling_information())
    except duckdb.Error as error:
        cost.operator = f"not run: {' '.join(str(error).split())[:60]}"
        return
    finally:
        connection.execute("pragma disable_profiling")
    cost.memory_megabytes = profile["system"]["peak_buffer_memory"] / 1e6
    row = connection.execute("select count(*) from memory.main.profiled").fetchone()
    cost.rows = int(row[0]) if row else None
    operators = list(_operators(profile))
    spent = sum(seconds for _, seconds in operators) or 1.0
    name, seconds = max(operators, key=lambda each: each[1], default=("none", 0.0))
    cost.operator = f"{name} {seconds / spent:.0%}"


def _operators(node: dict[str, Any]) -> Any:
    """Each operator of a plan with its own seconds; a scan with its table."""
    for child in node.get("operator", node.get("children", [])):
        extra = child.get("extra_info") or {}
        place = extra.get("Table") or extra.get("Function") or ""
        name = str(child.get("type", "?")).lower().replace("_", " ")
        yield f"{name} {str(place).split('.')[-1]}".strip(), float(child.get("timing", 0.0))
        yield from _operators(child)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default=os.environ.get("ONE360_DATASET", "demo"))
    parser.add_argument("--most", type=int, default=10, help="how many models (default 10)")
    options = parser.parse_args()
    paths = dataset_paths(options.dataset)
    print("| model | seconds | share | peak memory, MB | rows | largest operator |")
    print("|---|---:|---:|---:|---:|---|")
    for cost in costs(target_path(), paths, options.most):
        memory = "" if cost.memory_megabytes is None else f"{cost.memory_megabytes:,.0f}"
        rows = "" if cost.rows is None else f"{cost.rows:,}"
        print(
            f"| {cost.name} | {cost.seconds:.2f} | {cost.share:.0%} | {memory} | {rows} "
            f"| {cost.operator} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
