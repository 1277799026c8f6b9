"""``one360 build``: dbt build of a data set, with a failure told in one line."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from one360.engines.dbt import dbt_environment, let_go
from one360.engines.lock import held
from one360.errors import one_line
from one360.paths import DatasetPaths, shown
from one360.runs.failures import Failed, explained, found

#: Unit tests are about the SQL on rows of their own, not about the data: make test runs them.
_COMMAND = (
    "--log-level", "none", "--log-level-file", "debug", "build",
    "--exclude-resource-type", "unit_test",
)  # fmt: skip


@dataclass(frozen=True)
class Done:
    """A build that passed."""

    seconds: float
    warnings: tuple[str, ...]


def run_build(
    paths: DatasetPaths,
    project: Path,
    target: str,
    accepted: Sequence[str] = (),
    full_refresh: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> Done:
    """Build all models and run their tests.

    Args:
        paths: the data set.
        project: folder of the dbt project.
        target: target of the profile.
        accepted: raw tables and systems that are let through this night.
        full_refresh: whether every table is computed whole.
        say: told of warnings as they come.

    Raises:
        One360Error: something failed; the message is one line with cause and remedy.
    """
    started = time.monotonic()
    with held(paths), dbt_environment(paths, project):
        from dbt.cli.main import dbtRunner

        options = ["--target", target]
        if accepted:
            options += ["--vars", json.dumps({"accept_arrivals": list(accepted)})]
        if full_refresh:
            options.append("--full-refresh")

        def hear(event: Any) -> None:
            if event.info.name == "JinjaLogWarning":
                say(one_line(event.info.msg, 600))

        try:
            result = dbtRunner(callbacks=[hear]).invoke([*_COMMAND, *options])
        finally:
            let_go()
    nodes = list(getattr(result.result, "results", ()))
    if not result.success:
        failed = [
            Failed(
                each.node.name,
                str(each.node.resource_type),
                str(each.status),
                each.message or "",
                str(each.node.description or ""),
            )
            for each in nodes
            if str(each.status) in ("error", "fail", "runtime error")
        ]
        text = "" if result.exception is None else str(result.exception)
        raise explained(shown(_log(project)), failed, text)
    return Done(
        time.monotonic() - started,
        tuple(
            f"{each.node.name}: {found(each.message or '', str(each.node.description or ''))}"
            for each in nodes
            if str(each.status) == "warn"
        ),
    )


def _log(project: Path) -> Path:
    return Path(os.environ.get("DBT_LOG_PATH") or project / "logs") / "dbt.log"
