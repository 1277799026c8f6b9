"""The shop of every kind of row, built over two nights, once for all tests of a run.

    def test_x(every_kind):
        every_kind.query(2, "select count(*) from core.customers")

Building it takes as long as many a test file, so all processes of a run of pytest share one
build: the first that asks makes it, the others wait. A folder named by TEST_EVERY_KIND is kept
and used again, to write tests without waiting; what it holds is then as old as it is.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from tests.python.independent import shop
from tests.python.project import Project, made_once

#: Names a folder where the built shop is kept.
KEPT = "TEST_EVERY_KIND"

NIGHTS = (1, 2)

#: What dbt ran in both nights, beside the kept shop.
STATEMENTS = "statements.jsonl"


@dataclass(frozen=True)
class EveryKind:
    """What the two nights left: warehouses, raw files and what dbt said. Nobody writes to it."""

    folder: Path

    def warehouse(self, night: int) -> Path:
        """The warehouse file after a night."""
        return self.folder / f"night{night}" / f"{shop.DATASET}.duckdb"

    def query(self, night: int, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse after a night."""
        with duckdb.connect(str(self.warehouse(night)), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    @property
    def compiled(self) -> Path:
        """The compiled SQL of the last night, which brought most tables up to date."""
        return self.folder / "project" / "target" / "compiled" / "one360"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The project as dbt parsed it, with the variables of the shop."""
        return self._artifact(NIGHTS[-1], "manifest.json")

    @property
    def statements(self) -> list[tuple[str, str]]:
        """Connection and SQL of every statement of both nights, in their order."""
        with (self.folder / STATEMENTS).open(encoding="utf-8") as file:
            return [(name, sql) for name, sql in map(json.loads, file)]

    def results(self, night: int) -> dict[str, dict[str, Any]]:
        """What dbt says of every model, seed and test of a night, by its unique id."""
        found = self._artifact(night, "run_results.json")["results"]
        return {result["unique_id"]: result for result in found}

    def _artifact(self, night: int, name: str) -> dict[str, Any]:
        text = (self.folder / f"night{night}" / name).read_text(encoding="utf-8")
        return json.loads(text)


def built_every_kind() -> EveryKind:
    """The built shop, made here unless another process has made it or is making it."""
    kept = os.environ.get(KEPT)
    return EveryKind(made_once("every_kind", _build, Path(kept) if kept else None))


def _build(folder: Path) -> None:
    shutil.rmtree(folder / "project", ignore_errors=True)
    (folder / STATEMENTS).unlink(missing_ok=True)
    project = Project(
        folder / "project",
        dataset=shop.DATASET,
        variables=shop.VARIABLES,
        statements=folder / STATEMENTS,
    )
    for night in NIGHTS:
        project.clear()
        shop.write(project.raw, night=night)
        built = project.dbt("build", "--exclude-resource-type", "unit_test")
        print(built.output, file=sys.stderr)
        built.check()
        project.close()
        kept = folder / f"night{night}"
        kept.mkdir(exist_ok=True)
        shutil.copy(project.warehouse, kept)
        shutil.copytree(project.home / "raw", kept / "raw", dirs_exist_ok=True)
        for name in ("manifest.json", "run_results.json"):
            shutil.copy(project.target / name, kept)
