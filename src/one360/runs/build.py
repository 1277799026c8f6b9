"""``one360 build``: dbt build of a data set, with a failure told in one line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from one360.engines.dbt import dbt_environment, dbt_log, let_go, node_progress
from one360.engines.failures import failure_of, found
from one360.engines.lock import held
from one360.errors import one_line
from one360.paths import DatasetPaths

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
    progress: Callable[[str, float, float], None] = lambda layer, done, total: None,
) -> Done:
    """Build all models and run their tests.

    Args:
        paths: the data set.
        project: folder of the dbt project.
        target: target of the profile.
        accepted: raw tables and systems that are let through this night.
        full_refresh: whether every table is computed whole.
        say: told of warnings as they come.
        progress: told layer, number of nodes begun before, and how many there are.

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
            callbacks = [hear, node_progress(progress)]
            result = dbtRunner(callbacks=callbacks).invoke([*_COMMAND, *options])
        finally:
            let_go()
        log = dbt_log()
    if not result.success:
        raise failure_of(result, log)
    return Done(
        time.monotonic() - started,
        tuple(
            f"{each.node.name}: {found(each.message or '', str(each.node.description or ''))}"
            for each in getattr(result.result, "results", ())
            if str(each.status) == "warn"
        ),
    )
