"""A dbt project of a few models in a folder of its own, with packages of this repository."""

import os
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa

from tests.python.project import ROOT, DbtProcess


class TinyProject:
    """Runs given models over given tables; of this repository it has the named packages alone.

    Args:
        folder: an empty folder.
        models: model name → SQL.
        packages: names of folders of packages/.
        name: of the project.
        materialized: how models are that do not say.
        macros: folders of macros besides the project's own.
        functions: folders of functions.
        settings: what else dbt_project.yml says.
    """

    def __init__(
        self,
        folder: Path,
        models: dict[str, str],
        *,
        packages: tuple[str, ...],
        name: str = "tiny",
        materialized: str = "table",
        macros: tuple[Path, ...] = (),
        functions: tuple[Path, ...] = (),
        settings: str = "",
    ) -> None:
        self.folder = folder
        self.salt = "0123456789abcdef"
        self.warehouse = folder / "tiny_test.duckdb"
        self.lacks_functions = bool(functions)
        for part in ("models", "macros", "dbt_packages"):
            (folder / part).mkdir()
        # copies: dbt writes what it ran of a function beside its path, which is to lie in here
        for source in functions:
            shutil.copytree(source, folder / "functions" / source.name)
        for package in packages:
            (folder / "dbt_packages" / package).symlink_to(ROOT / "packages" / package)
        for model, sql in models.items():
            (folder / "models" / f"{model}.sql").write_text(sql)
        (folder / "dbt_project.yml").write_text(
            f"name: {name}\nversion: '1.0'\nprofile: test\n"
            f"macro-paths: {['macros', *map(str, macros)]}\n"
            "function-paths: [functions]\n"
            "flags: {send_anonymous_usage_stats: false}\n"
            f"models: {{{name}: {{+materialized: {materialized}}}}}\n{settings}"
        )
        (folder / "profiles.yml").write_text(
            "test:\n  target: duckdb\n  outputs:\n    duckdb:\n      type: duckdb\n"
            f"      path: {self.warehouse}\n      threads: 1\n"
            "      plugins: [{module: one360.runs.plugin}]\n"
        )

    def add_macro(self, sql: str) -> None:
        """Give the project a macro of the test's own."""
        folder = self.folder / "macros"
        (folder / f"macro_{len(list(folder.iterdir()))}.sql").write_text(sql)

    def write(self, table: str, columns: str, rows: list[tuple]) -> None:
        """Create main.<table> with the given columns (SQL) and rows."""
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute(f"create or replace table {table} ({columns})")
            if rows:
                names = [f"c{i}" for i in range(len(rows[0]))]
                given = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
                connection.register("given", given)
                connection.execute(f"insert into {table} select * from given")

    def run(self, *commands: list[str]) -> None:
        """Run dbt commands one after the other in one new process; fail with what dbt printed."""
        succeeded, output = self.attempt(*commands)
        assert succeeded, output[-3000:]

    def attempt(self, *commands: list[str]) -> tuple[bool, str]:
        """As run, but return whether all succeeded and what dbt printed."""
        if self.lacks_functions:
            commands = (["build", "--resource-type", "function"], *commands)
            self.lacks_functions = False
        parses_once = len(commands) > 1 and not any("--vars" in command for command in commands)
        environment = {
            **_environment(),
            "ONE360_SALT": self.salt,
            "DBT_PROFILES_DIR": ".",
            "DBT_LOG_LEVEL_FILE": "none",
        }
        dbt, said = DbtProcess(environment, self.folder), ""
        try:
            for command in commands:
                done = dbt.run(["-q", *command], given={} if parses_once else None)
                said += done.output
                if not done.success:
                    return False, said
        finally:
            dbt.close()
        return True, said

    def query(self, sql: str) -> list[tuple]:
        """Return the rows of a query on what was built."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def _environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(("DBT_", "ONE360_"))}
