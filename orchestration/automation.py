"""When the assets are made: the night, the day, files that arrived; and who hears of a failure."""

import datetime as dt
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg

from one360.runs.alerts import Alert, Channels, failures, send, without_values
from orchestration.assets import PAST, one360, retries
from orchestration.settings import Settings

#: Runs with one value of this tag wait for each other (dagster.yaml).
RUN_TAGS = {"one360/warehouse": "in use"}


def nightly(assets: list[Any]) -> Any:
    """Raw files, models, checks and the published file."""
    return dg.define_asset_job(
        "nightly",
        selection=dg.AssetSelection.assets(*assets) - dg.AssetSelection.assets(PAST),
        tags=RUN_TAGS,
        executor_def=dg.in_process_executor,
        description="Raw files, all models with their checks, then the published file.",
    )


def backfill() -> Any:
    """The past of tags."""
    return dg.define_asset_job(
        "backfill",
        selection=dg.AssetSelection.assets(PAST),
        tags=RUN_TAGS,
        executor_def=dg.in_process_executor,
        description="Tags as of the last days of months; the next night publishes them.",
    )


def intraday(settings: Settings) -> Any:
    """Hot tags, between two nights."""

    @dg.op(retry_policy=retries(settings))
    def hot_tags(context: dg.OpExecutionContext) -> None:
        """Bring customers and hot tags up to date and publish them."""
        one360(context, settings, "intraday", "--dataset", settings.paths.dataset)

    @dg.job(
        tags=RUN_TAGS,
        executor_def=dg.in_process_executor,
        description="Customers and hot tags, brought up to date and published.",
    )
    def intraday() -> None:
        hot_tags()

    return intraday


def schedules(settings: Settings, night: Any, day: Any) -> list[Any]:
    """The night runs once Dagster does; the day is switched on by whoever wants it."""
    return [
        dg.ScheduleDefinition(
            name="every_night",
            job=night,
            cron_schedule=settings.nightly,
            execution_timezone=settings.timezone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
        ),
        dg.ScheduleDefinition(
            name="in_the_day",
            job=day,
            cron_schedule=settings.intraday,
            execution_timezone=settings.timezone,
            default_status=dg.DefaultScheduleStatus.STOPPED,
        ),
    ]


def what_arrived(raw: Path) -> tuple[str, float]:
    """A fingerprint of names, sizes and times of the raw files, and the newest time."""
    newest, seen = 0.0, hashlib.sha256()
    for file in sorted(raw.rglob("*")):
        if file.is_file() and not file.name.startswith("."):
            state = file.stat()
            newest = max(newest, state.st_mtime)
            seen.update(f"{file.relative_to(raw)}|{state.st_size}|{state.st_mtime_ns}\n".encode())
    return seen.hexdigest(), newest


def files_arrived(settings: Settings, night: Any) -> Any:
    """Starts a build when raw files have changed and none is still being written."""

    @dg.sensor(
        name="files_arrived",
        job=night,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="A build as soon as raw files changed and have been quiet for a while.",
    )
    def files_arrived(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        fingerprint, newest = what_arrived(settings.paths.raw)
        if not newest:
            return dg.SkipReason(f"{settings.paths.raw} has no files")
        if fingerprint == context.cursor:
            return dg.SkipReason("nothing has changed since the last build that this started")
        if time.time() - newest < settings.settled_seconds:
            return dg.SkipReason(f"a file changed within {settings.settled_seconds} seconds")
        context.update_cursor(fingerprint)
        return dg.RunRequest(run_key=fingerprint)

    return files_arrived


def on_failure(
    settings: Settings,
    to: Channels,
    sender: Callable[[Alert, Channels], list[str]] = send,
) -> Any:
    """Tells people of every run that failed."""

    @dg.run_failure_sensor(
        name="tell_of_failures",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Webhook and e-mail for every run that failed (ONE360_ALERT_…).",
    )
    def tell_of_failures(context: dg.RunFailureSensorContext) -> None:
        sent = sender(alert_of(context, settings), to)
        context.log.info(f"told by: {', '.join(sent) or 'nobody is to be told'}")

    return tell_of_failures


def alert_of(context: dg.RunFailureSensorContext, settings: Settings) -> Alert:
    """What people are told of a run."""
    run = context.dagster_run
    steps = context.get_step_failure_events()
    errors = [step.step_failure_data.error for step in steps]
    # a message begins with the class of the exception
    words = [(error.cause or error).message.partition(": ")[2] for error in errors if error]
    started = context.instance.get_run_stats(run.run_id).start_time
    since = dt.datetime.fromtimestamp(started, dt.UTC) if started else None
    return Alert(
        dataset=settings.paths.dataset,
        job=run.job_name,
        what=without_values(words[0] if words else context.failure_event.message or "failed"),
        details=failures(settings.target, since),
        at=dt.datetime.now(dt.UTC),
        url=f"{settings.page}/runs/{run.run_id}" if settings.page else None,
    )
