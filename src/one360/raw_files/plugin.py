"""What dbt calls at the start of a command: it is told of raw tables and how they are read."""

from __future__ import annotations

import json
from pathlib import Path

from dbt.flags import get_flags
from dbt.plugins.manager import dbtPlugin
from dbt_common.context import get_invocation_context

from one360 import __version__
from one360.raw_files.declared import (
    as_json,
    declared_tables,
    event_columns,
    retention_limits,
)


class RawTables(dbtPlugin):
    """Gives env_var ONE360_RAW_TABLES, ONE360_EVENT_COLUMNS and ONE360_RETENTION_LIMITS.

    A model that reads one is parsed again when it changes.
    """

    def initialize(self) -> None:
        """Read the declaration of one360, which dbt runs or which a project has as a package.

        Raises:
            One360Error: a raw table is not declared as expected.
        """
        folder = Path(getattr(get_flags(), "PROJECT_DIR", None) or ".")
        context = get_invocation_context()
        context._env = {
            **context.env,
            "ONE360_VERSION": __version__,
            "ONE360_RAW_TABLES": as_json(declared_tables(folder)),
            "ONE360_EVENT_COLUMNS": json.dumps(event_columns(folder), ensure_ascii=False),
            "ONE360_RETENTION_LIMITS": json.dumps(retention_limits(folder), ensure_ascii=False),
        }
