"""What the schedule takes from the environment."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from one360.engines.dbt import environment_of
from one360.errors import UsageError
from one360.paths import DatasetPaths, dataset_paths, target_path
from one360.rules.project import Rules

ENGINES = ("duckdb", "spark")


@dataclass(frozen=True)
class Settings:
    """One data set and when it is built.

    Attributes:
        project: folder of the dbt project.
        paths: the data set.
        target: folder of dbt's manifest and results.
        engine: target of dbt.
        timezone: of the schedules: the business time zone of the project.
        nightly: when the night begins, in five fields of cron.
        intraday: when hot tags are brought up to date, likewise.
        settled_seconds: a file that changed less long ago may still be written.
        retry_seconds: after how long a step that failed is tried again; twice as long after that.
        first_month: from which on the past can be built, as 2024-01.
        page: address of Dagster's page, for links in alerts; empty without.
        dbt: the program, of this environment.
    """

    project: Path
    paths: DatasetPaths
    target: Path
    engine: str
    timezone: str
    nightly: str
    intraday: str
    settled_seconds: int
    retry_seconds: int
    first_month: str
    page: str
    dbt: Path

    @property
    def environment(self) -> dict[str, str]:
        """By which one360 and dbt find the data set."""
        return environment_of(self.paths, self.project) | {"DBT_TARGET_PATH": str(self.target)}

    @property
    def results_file(self) -> Path:
        """What holds quality.data_quality_results: the warehouse, of Spark what was published."""
        return self.paths.warehouse if self.engine == "duckdb" else self.paths.published


def read_settings(project: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings of the environment; UsageError names a variable that cannot be."""
    env = os.environ if environ is None else environ
    engine = env.get("ONE360_TARGET") or "duckdb"
    if engine not in ENGINES:
        raise UsageError(f"ONE360_TARGET is {engine!r}; allowed: {', '.join(ENGINES)}")
    return Settings(
        project=project,
        paths=dataset_paths(environ=env),
        target=target_path(env).absolute(),
        engine=engine,
        timezone=Rules(project).business_timezone,
        nightly=_cron(env, "ONE360_NIGHTLY", "0 2 * * *"),
        intraday=_cron(env, "ONE360_INTRADAY", "0 9-21 * * *"),
        settled_seconds=_seconds(env, "ONE360_SETTLED_SECONDS"),
        retry_seconds=_seconds(env, "ONE360_RETRY_SECONDS"),
        first_month=_month(env, "ONE360_FIRST_MONTH", "2020-01"),
        page=(env.get("ONE360_DAGSTER_URL") or "").rstrip("/"),
        dbt=Path(sys.executable).with_name("dbt"),
    )


def _seconds(env: Mapping[str, str], name: str) -> int:
    given = env.get(name) or "60"
    if not given.isdecimal():
        raise UsageError(f"{name} is {given!r}; expected a number of seconds")
    return int(given)


def _cron(env: Mapping[str, str], name: str, default: str) -> str:
    given = env.get(name) or default
    try:
        dg.ScheduleDefinition(name="tried", job_name="tried", cron_schedule=given)
    except dg.DagsterInvalidDefinitionError:
        raise UsageError(
            f"{name} is {given!r}; expected five fields of cron, as in {default!r}"
        ) from None
    return given


def _month(env: Mapping[str, str], name: str, default: str) -> str:
    given = env.get(name) or default
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", given):
        raise UsageError(f"{name} is {given!r}; expected a month as 2026-01")
    return given
