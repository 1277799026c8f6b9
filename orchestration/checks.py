"""What Great Expectations found, as checks of the tables that it looked at."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb

from one360.quality.docs import suite_titles
from orchestration.assets import Rooms
from orchestration.settings import Settings

#: What could not be told, or is none of the tables, is a check of the results themselves.
_RESULTS = "data_quality_results"

_FOUND = """
    select
        checkpoint,
        suite,
        count(*) as expectations,
        count(*) filter (where not is_success and severity = 'critical') as critical,
        count(*) filter (where not is_success) as failed,
        list(rule order by rule) filter (where not is_success) as rules
    from quality.data_quality_results
    group by checkpoint, suite
"""


def tables(manifest: Mapping[str, Any], rooms: Rooms) -> dict[str, dg.AssetKey]:
    """Assets by the name that a suite has: crm_members, customers."""
    named = {
        f"{source['source_name']}_{source['name']}": rooms.get_asset_key(source)
        for source in manifest["sources"].values()
    }
    return named | {
        node["name"]: rooms.get_asset_key(node)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }


def expectations(settings: Settings, manifest: Mapping[str, Any], rooms: Rooms) -> Any:
    """A check for each table that has a suite; a critical expectation that fails is an error."""
    assets = tables(manifest, rooms)
    results = assets[_RESULTS]
    keys = {assets.get(suite, results) for suite in suite_titles()} | {results}
    specs = [
        dg.AssetCheckSpec("great_expectations", asset=key, additional_deps=[results])
        for key in sorted(keys, key=str)
        if key != results
    ] + [dg.AssetCheckSpec("great_expectations", asset=results)]

    @dg.multi_asset_check(name="great_expectations", specs=specs)
    def great_expectations(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with duckdb.connect(str(settings.results_file), read_only=True) as connection:
            rows = connection.execute(_FOUND).fetchall()
        by_key: dict[dg.AssetKey, list[tuple[Any, ...]]] = {key: [] for key in keys}
        for row in rows:
            by_key[assets.get(row[1], results)].append(row)
        for key, found in by_key.items():
            yield result(key, found)

    return great_expectations


def result(key: dg.AssetKey, found: list[tuple[Any, ...]]) -> dg.AssetCheckResult:
    """The verdict on a table, of the rows of its suites."""
    critical, failed = sum(row[3] for row in found), sum(row[4] for row in found)
    rules = [rule for row in found for rule in row[5] or []]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name="great_expectations",
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if critical else dg.AssetCheckSeverity.WARN,
        metadata={
            "expectations": sum(row[2] for row in found),
            "failed": failed,
            "what_failed": "; ".join(rules) or "nothing",
        },
    )
