"""Where the files of a data set live.

``ONE360_HOME`` (default: the current folder) holds ``raw/``, ``warehouse/`` and
``published/``; ``ONE360_DATASET`` (default: demo) names the data set. The dbt
profile reads the same two variables.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from one360.errors import UsageError, did_you_mean

DEFAULT_DATASET = "demo"

#: A DuckDB file is attached under its stem. A stem that equals a schema makes
#: ``core.customers`` ambiguous, and DuckDB keeps the last five for itself.
RESERVED_NAMES = frozenset(
    {
        "raw", "staging", "identity", "behaviour", "core", "tags", "predictions", "campaigns",
        "quality", "pii", "seeds", "main",
        "information_schema", "memory", "pg_catalog", "system", "temp",
    }
)  # fmt: skip

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST_NAME = 63
_NAMED_ONE360 = re.compile(r"^name: *['\"]?one360['\"]? *(#.*)?$", re.MULTILINE)


def check_dataset_name(name: str) -> str:
    """Return ``name`` if a data set may be called so, else raise UsageError."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise UsageError(
            f"{name!r} cannot name a data set: use lower-case letters, digits and _, "
            "beginning with a letter, as in my_shop_2026"
        )
    if name in RESERVED_NAMES:
        raise UsageError(
            f"{name!r} cannot name a data set: the warehouse has a schema of that name "
            f"(taken: {', '.join(sorted(RESERVED_NAMES))})"
        )
    return name


@dataclass(frozen=True)
class DatasetPaths:
    """The files of one data set below one home folder."""

    home: Path
    dataset: str

    @property
    def raw(self) -> Path:
        """Folder of the raw files, ``raw/<dataset>/<system>/<table>.*``."""
        return self.home / "raw" / self.dataset

    @property
    def prepared(self) -> Path:
        """What made the raw files: simulator or importer, and its settings."""
        return self.raw / ".prepared.json"

    @property
    def warehouse(self) -> Path:
        """The file dbt builds; only the build opens it for writing."""
        return self.home / "warehouse" / f"{self.dataset}.duckdb"

    @property
    def published(self) -> Path:
        """The file that readers open."""
        return self.home / "published" / f"{self.dataset}.duckdb"

    def has_raw_files(self) -> bool:
        """Whether any system has a raw file."""
        return any(
            path.is_file() and not path.name.startswith(".") for path in self.raw.glob("*/**/*")
        )


def datasets(home: Path) -> list[str]:
    """Names of all data sets of a home folder: what has raw files, a warehouse or a publication."""
    raw = {path.name for path in (home / "raw").glob("*") if path.is_dir()}
    built = {
        path.stem
        for folder in ("warehouse", "published")
        for path in (home / folder).glob("*.duckdb")
    }
    return sorted(name for name in raw | built if _NAME.fullmatch(name))


def check_known(paths: DatasetPaths) -> None:
    """Raise UsageError where others are there and nothing of this one: its name is mistyped."""
    known = datasets(paths.home)
    if known and paths.dataset not in known:
        raise UsageError(
            f"there is no data set {paths.dataset!r} in {shown(paths.home)}"
            f"{did_you_mean(paths.dataset, known) or ';'} there are: {', '.join(known)}"
        )


def dataset_paths(
    dataset: str | None = None,
    home: str | Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> DatasetPaths:
    """Paths of ``dataset``, from the arguments or else the environment."""
    env = os.environ if environ is None else environ
    name = dataset or env.get("ONE360_DATASET") or DEFAULT_DATASET
    folder = home or env.get("ONE360_HOME") or "."
    return DatasetPaths(Path(folder).expanduser(), check_dataset_name(name))


def dataset_name(environ: Mapping[str, str] | None = None) -> str:
    """Name of the data set the environment picks (``ONE360_DATASET``, else demo)."""
    return dataset_paths(environ=environ).dataset


def warehouse_path(dataset: str | None = None) -> Path:
    """The file dbt builds for ``dataset``."""
    return dataset_paths(dataset).warehouse


def target_path(environ: Mapping[str, str] | None = None) -> Path:
    """Folder where dbt writes run_results.json (``DBT_TARGET_PATH``, else target)."""
    env = os.environ if environ is None else environ
    return Path(env.get("DBT_TARGET_PATH") or "target")


def project_path(environ: Mapping[str, str] | None = None) -> Path:
    """Folder of the dbt project (``DBT_PROJECT_DIR``, else the current one)."""
    env = os.environ if environ is None else environ
    return Path(env.get("DBT_PROJECT_DIR") or ".")


def package_path(project: Path) -> Path | None:
    """Folder of the dbt package one360: the project itself or one of its packages, else None."""
    for folder in (project, *sorted((project / "dbt_packages").glob("*"))):
        settings = folder / "dbt_project.yml"
        if settings.is_file() and _NAMED_ONE360.search(settings.read_text(encoding="utf-8")):
            return folder
    return None


def shown(path: Path) -> str:
    """``path`` as a message shows it: relative to the current folder if below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def shown_program(name: str) -> str:
    """A program of the running environment, as one types it: .venv/bin/dbt."""
    return shown(Path(sys.executable).with_name(name))
