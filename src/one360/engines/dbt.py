"""Runs dbt in this process, so that the project is parsed once for several commands."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from one360.engines import lock
from one360.errors import One360Error, one_line
from one360.paths import DatasetPaths

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


def environment_of(paths: DatasetPaths, project: Path) -> dict[str, str]:
    """Variables by which profile and plugin find a data set."""
    return {
        "ONE360_HOME": str(paths.home.absolute()),
        "ONE360_DATASET": paths.dataset,
        "DBT_PROJECT_DIR": str(project.absolute()),
        "DBT_PROFILES_DIR": os.environ.get("DBT_PROFILES_DIR") or str(project.absolute()),
    }


@contextmanager
def dbt_environment(paths: DatasetPaths, project: Path, **more: str) -> Iterator[None]:
    """The environment by which profile and plugin find the data set, put back afterwards.

    ``more`` are further variables, such as DBT_TARGET_PATH.
    """
    given = {**environment_of(paths, project), **more}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class Dbt:
    """dbt on one project and target; its environment is that of ``dbt_environment``.

    Attributes:
        manifest: the parsed project.
    """

    manifest: Manifest

    def __init__(self, target: str | None = None, variables: str | None = None) -> None:
        """Parse the project.

        Args:
            target: target of the profile, its default without.
            variables: dbt variables of all commands, as JSON or YAML.

        Raises:
            One360Error: the project cannot be parsed.
        """
        from dbt.cli.main import dbtRunner
        from dbt.contracts.graph.manifest import Manifest

        self._options = ["--target", target] if target else []
        self._options += ["--vars", variables] if variables else []
        result = dbtRunner().invoke(["-q", "parse", *self._options])
        if not result.success or not isinstance(result.result, Manifest):
            raise One360Error(f"the project cannot be parsed: {_said(result)}")
        self.manifest = result.result
        self._runner = dbtRunner(manifest=self.manifest)

    def build(self, what: str, *options: str) -> None:
        """``dbt build`` with the options; the error says that ``what`` failed, and where.

        Raises:
            One360Error: a node failed, or dbt did.
        """
        self._run(what, "build", *options)

    def operation(self, macro: str, **arguments: Any) -> None:
        """``dbt run-operation`` of a macro.

        Raises:
            One360Error: the macro failed, or dbt did.
        """
        self._run(macro, "run-operation", macro, "--args", json.dumps(arguments))

    def _run(self, what: str, command: str, *options: str) -> None:
        try:
            result = self._runner.invoke(["-q", command, *self._options, *options])
        finally:
            let_go()
        if not result.success:
            raise One360Error(f"{what} failed: {_said(result)}")


def let_go() -> None:
    """Close the warehouse file and give its lock back, so that others may open it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()
    lock.let_go()


def _said(result: Any) -> str:
    """The first thing that went wrong, in one line."""
    if result.exception is not None:
        return one_line(result.exception, 400)
    for node in getattr(result.result, "results", ()):
        if str(node.status) in ("error", "fail"):
            return f"{node.node.name}: {one_line(node.message, 400)}"
    return "dbt stopped without a word"
