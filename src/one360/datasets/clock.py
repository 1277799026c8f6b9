"""Times of a shop whose source names no zone."""

from __future__ import annotations

from pathlib import Path

import duckdb

from one360.rules.project import Rules
from one360.sql import literal


def read_clocks(connection: duckdb.DuckDBPyConnection, project: Path) -> None:
    """Let SQL take a clock for that of the project's business time zone: ``utc(clock)``.

    The connection's own zone is UTC from then on.
    """
    zone = literal(Rules(project).business_timezone)
    connection.execute("set timezone = 'UTC'")
    connection.execute(f"create macro utc(clock) as timezone('UTC', timezone({zone}, clock))")
