"""What dbt calls at the start of a command: the warehouse is locked before anything is parsed."""

from __future__ import annotations

from pathlib import Path

from dbt.flags import get_flags
from dbt.plugins.manager import dbtPlugin

from one360.engines.lock import hold
from one360.paths import dataset_paths, package_path
from one360.private import make_private

#: Commands that open the warehouse.
OPENING = (
    "build", "clone", "compile", "freshness", "generate", "retry", "run", "run-operation", "seed",
    "show", "snapshot", "test",
)  # fmt: skip


#: Commands that need none.
WITHOUT_WAREHOUSE = ("clean", "deps", "init", None)


class WarehouseLock(dbtPlugin):
    """Stops a command at once where another one is at the same warehouse or target folder."""

    def initialize(self) -> None:
        """Take the locks; they last as long as the process, or until dbt lets go of the file.

        Raises:
            One360Error: another process has one.
        """
        flags = get_flags()
        project = Path(getattr(flags, "PROJECT_DIR", None) or ".")
        which = getattr(flags, "WHICH", None)
        if package_path(project) is None or which in WITHOUT_WAREHOUSE:
            return
        # a parse makes the file as well
        make_private(dataset_paths().warehouse.parent)
        if which in OPENING:
            folder = getattr(flags, "TARGET_PATH", None)
            hold(target=Path(folder) if folder else None)
