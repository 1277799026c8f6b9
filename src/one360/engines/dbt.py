"""Runs dbt in this process, so that the project is parsed once for several commands."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from one360.engines import lock
from one360.engines.failures import failure_of
from one360.paths import DatasetPaths, shown

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

    def __init__(
        self,
        target: str | None = None,
        variables: str | None = None,
        progress: Callable[[str, float, float], None] | None = None,
    ) -> None:
        """Parse the project.

        Args:
            target: target of the profile, its default without.
            variables: dbt variables of all commands, as JSON or YAML.
            progress: told layer, number of nodes begun before, and how many there are.

        Raises:
            One360Error: the project cannot be parsed.
        """
        from dbt.cli.main import dbtRunner
        from dbt.contracts.graph.manifest import Manifest

        self._options = ["--target", target] if target else []
        self._options += ["--vars", variables] if variables else []
        result = dbtRunner().invoke(["-q", "parse", *self._options])
        if not result.success or not isinstance(result.result, Manifest):
            raise failure_of(result, dbt_log(), "the project cannot be parsed")
        self.manifest = result.result
        callbacks = [node_progress(progress)] if progress else []
        self._runner = dbtRunner(manifest=self.manifest, callbacks=callbacks)

    def build(self, what: str, *options: str) -> None:
        """``dbt build`` with the options; the error begins with ``what`` and says where it failed.

        Raises:
            One360Error: a node failed, or dbt did.
        """
        self._run(what, "build", *options)

    def operation(self, macro: str, **arguments: Any) -> None:
        """``dbt run-operation`` of a macro.

        Raises:
            One360Error: the macro failed, or dbt did.
        """
        self._run(f"{macro} failed", "run-operation", macro, "--args", json.dumps(arguments))

    def _run(self, what: str, command: str, *options: str) -> None:
        try:
            result = self._runner.invoke(["-q", command, *self._options, *options])
        finally:
            let_go()
        if not result.success:
            raise failure_of(result, dbt_log(), what, "run it again")


def dbt_log() -> str:
    """Where dbt's log lies, to be shown; of the project in the environment."""
    folder = os.environ.get("DBT_LOG_PATH") or Path(os.environ["DBT_PROJECT_DIR"]) / "logs"
    return shown(Path(folder) / "dbt.log")


def node_progress(tell: Callable[[str, float, float], None]) -> Callable[[Any], None]:
    """What dbt calls of each event, so that ``tell`` hears how far a command is.

    It is told layer, number of nodes begun before, and how many there are; 0 of 0 before the first.
    """
    layer, has_begun = "reading the project", False

    def hear(event: Any) -> None:
        nonlocal layer, has_begun
        if event.info.name == "LogStartLine":
            node, has_begun = event.data.node_info, True
            if node.resource_type in ("model", "seed"):
                is_model = node.resource_type == "model"
                layer = node.node_path.split("/")[0] if is_model else "seeds"
            tell(layer, event.data.index - 1, event.data.total)
        elif not has_begun:
            tell(layer, 0, 0)

    return hear


def let_go() -> None:
    """Close the warehouse file and give its lock back, so that others may open it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()
    lock.let_go()
