"""What the schedule makes: raw files, the models of dbt, the published file, the past of tags."""

import datetime as dt
import json
import os
import subprocess
import sys
import time
from calendar import monthrange
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from one360.engines.failures import Failed, explained
from one360.errors import BUSY, RESOURCES, one_line
from one360.publish.tables import PUBLISHED_SCHEMAS
from one360.runs.backfill import parse_day
from orchestration.settings import Settings

#: Two of them never run at once on one data set.
POOL = "warehouse"
PUBLISHED = dg.AssetKey(["published", "file"])
PAST = dg.AssetKey(["published", "tag_history_of_month"])

#: Exit codes of what may pass by itself; a gate would find the same data again.
PASSING = (BUSY, RESOURCES)

_LONGEST_SAID = 4000
#: What dagster-dbt writes before the messages of dbt.
_PARSED = "Errors parsed from dbt logs:"


class Rooms(DagsterDbtTranslator):
    """Assets are grouped by schema, as the tables are; a raw table is in group raw."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The schema of the table."""
        if dbt_resource_props["resource_type"] == "source":
            return "raw"
        return str(dbt_resource_props["schema"])


def retries(settings: Settings) -> dg.RetryPolicy:
    """What may pass by itself, such as a file that is held, is tried three times."""
    return dg.RetryPolicy(
        max_retries=2, delay=settings.retry_seconds, backoff=dg.Backoff.EXPONENTIAL
    )


def one360(context: Any, settings: Settings, *words: str) -> str:
    """Run a command of one360; what it says goes into the log.

    Raises:
        dagster.Failure: it failed; it is tried again where that helps.
    """
    done = subprocess.run(
        [str(Path(sys.executable).with_name("one360")), *words],
        env={**os.environ, **settings.environment},
        cwd=settings.project,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout.strip()
    if said:
        context.log.info(said[-_LONGEST_SAID:])
    if done.returncode:
        wrong = done.stderr.strip().splitlines()
        raise dg.Failure(
            one_line(wrong[-1] if wrong else f"one360 {words[0]} failed", 500),
            metadata={"exit_code": done.returncode},
            allow_retries=done.returncode in PASSING,
        )
    return said


def raw_files(settings: Settings, manifest: Mapping[str, Any], rooms: Rooms) -> Any:
    """The raw tables as the systems delivered them; a table without a file says so."""
    sources = {
        rooms.get_asset_key(source): source
        for source in manifest["sources"].values()
        if source["package_name"] == "one360"
    }
    specs = [
        dg.AssetSpec(key, group_name="raw", description=source["description"])
        for key, source in sources.items()
    ]

    @dg.multi_asset(name="raw_files", specs=specs, pool=POOL)
    def prepared(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        if not settings.paths.has_raw_files():
            one360(context, settings, "prepare", "--dataset", settings.paths.dataset)
        for key, source in sources.items():
            folder = settings.paths.raw / source["source_name"]
            files = [*folder.glob(f"{source['name']}.*"), *folder.glob(f"{source['name']}/*")]
            yield dg.MaterializeResult(
                key,
                metadata={"files": len(files), "bytes": sum(f.stat().st_size for f in files)},
            )

    return prepared


def models(settings: Settings, rooms: Rooms) -> Any:
    """All models, SQL and Python, with their tests as checks."""

    @dbt_assets(
        manifest=settings.target / "manifest.json",
        name="dbt_build",
        dagster_dbt_translator=rooms,
        retry_policy=retries(settings),
        pool=POOL,
    )
    def dbt_build(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        words = ["build", "--exclude-resource-type", "unit_test", "--target", settings.engine]
        started = time.time()
        run = dbt.cli(words, context=context, target_path=settings.target, raise_on_error=False)
        yield from run.stream()
        error = run.get_error()
        if error is None:
            return
        text = (getattr(error, "description", "") or str(error)).rpartition(_PARSED)[2]
        text = text.strip().removeprefix("Encountered an error:")
        log = str(settings.target / "dbt.log")
        why = explained(log, failed_nodes(settings.target, started), text)
        raise dg.Failure(
            one_line(why, 500),
            metadata={"exit_code": why.exit_code},
            allow_retries=why.exit_code in PASSING,
        )

    return dbt_build


def failed_nodes(target: Path, since: float) -> list[Failed]:
    """What failed in a run that began at a time, in seconds since 1970."""
    file = target / "run_results.json"
    if not file.exists() or file.stat().st_mtime < since:
        return []
    failed = []
    for result in json.loads(file.read_text(encoding="utf-8"))["results"]:
        if result["status"] in ("error", "fail", "runtime error"):
            kind, _, name = result["unique_id"].split(".")[:3]
            failed.append(Failed(name, kind, result["status"], result["message"] or ""))
    return failed


def published(settings: Settings, manifest: Mapping[str, Any], rooms: Rooms) -> Any:
    """The file that readers open, replaced by one rename when every check has passed."""
    shown = [
        rooms.get_asset_key(node)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in PUBLISHED_SCHEMAS
    ]

    @dg.asset(
        key=PUBLISHED,
        deps=shown,
        group_name="published",
        description="The file that readers open; replaced by one rename when all checks passed.",
        retry_policy=retries(settings),
        pool=POOL,
    )
    def file(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        said = one360(
            context, settings, "publish",
            "--dataset", settings.paths.dataset, "--target", settings.engine,
        )  # fmt: skip
        summary = one360(context, settings, "summary", "--dataset", settings.paths.dataset)
        return dg.MaterializeResult(
            metadata={
                "said": said,
                "path": dg.MetadataValue.path(str(settings.paths.published)),
                "bytes": settings.paths.published.stat().st_size,
                "summary": dg.MetadataValue.md(f"```\n{summary}\n```"),
            }
        )

    return file


def last_day(day: dt.date) -> dt.date:
    """The last day of the month of a date."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def past(settings: Settings) -> Any:
    """The tags as they were at the end of a month; a range of months is one command."""

    @dg.asset(
        key=PAST,
        group_name="published",
        description="Tags as of the last day of a month, for their history (one360 backfill).",
        partitions_def=dg.MonthlyPartitionsDefinition(
            start_date=f"{settings.first_month}-01", timezone=settings.timezone
        ),
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=POOL,
    )
    def tag_history_of_month(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        ends = [last_day(parse_day(month)) for month in context.partition_keys]
        said = one360(
            context, settings, "backfill", "--dataset", settings.paths.dataset,
            "--target", settings.engine, "--dates", ",".join(day.isoformat() for day in ends),
        )  # fmt: skip
        return dg.MaterializeResult(metadata={"said": said})

    return tag_history_of_month
