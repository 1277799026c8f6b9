"""Holds tables computed here against tables that dbt built, cell by cell.

    python -m tests.python.independent.compare WAREHOUSE tags.tag_nes

computes tag_nes from what the warehouse holds of the tables it reads, and says what differs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import json
import math
import pkgutil
import sys
from collections import Counter
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tests.fixtures.rejected_rows import ACCEPTED, OF_STAGING
from tests.python import independent
from tests.python.independent.world import TABLES, Row, Rows, World

#: Floating-point numbers are equal within this share, or this much near 0.
RELATIVE = 1e-9
ABSOLUTE = 1e-9

#: When a row was written, and by which run, is no part of what it says.
RUN_TIME_COLUMNS = frozenset({"published_at", "built_at", "build_id", "recorded_at"})

#: Where a warehouse keeps what this computation calls a step.
STEPS = {
    "steps.as_of": "behaviour.int_behaviour__as_of",
    "steps.identity_profiles": "identity.int_identity__profiles",
    "steps.identity_tie_breaks": "identity.int_identity__tie_breaks",
}


def load_all() -> None:
    """Import every module of this package, so that all tables are registered."""
    for module in pkgutil.walk_packages(independent.__path__, f"{independent.__name__}."):
        importlib.import_module(module.name)


def read_built(connection: duckdb.DuckDBPyConnection, name: str) -> Rows | None:
    """Rows of a built table; None where there is none of this name."""
    rows = f"select * from {STEPS.get(name, name)}"
    if name.startswith("staging."):
        rows = f"select * exclude ({', '.join(OF_STAGING)}) from {name} where {ACCEPTED}"
    try:
        cursor = connection.execute(rows)
    except duckdb.CatalogException:
        return None
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def is_same(expected: Any, built: Any) -> bool:
    """Whether two cells hold the same value."""
    if expected is None or built is None:
        return expected is built
    if isinstance(built, float) or isinstance(expected, float):
        if isinstance(expected, bool | str) or isinstance(built, bool | str):
            return False
        one, other = float(expected), float(built)
        return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE) or (
            math.isnan(one) and math.isnan(other)
        )
    if isinstance(expected, bool) != isinstance(built, bool):
        return False
    if isinstance(expected, dt.datetime) != isinstance(built, dt.datetime):
        return False
    if isinstance(expected, int | Decimal) and isinstance(built, int | Decimal):
        return expected == built
    return type(expected) is type(built) and expected == built


def differences(expected: Rows, built: Rows, key: tuple[str, ...] = ()) -> list[str]:
    """What differs between two tables, a line each; rows are matched by key, in any order."""
    if not expected and not built:
        return []
    sides = [{column for row in rows for column in row} for rows in (expected, built)]
    if expected and built and sides[0] ^ sides[1]:
        return [
            f"columns: only expected {sorted(sides[0] - sides[1])}, "
            f"only built {sorted(sides[1] - sides[0])}"
        ]
    columns = sorted((sides[0] | sides[1]) - RUN_TIME_COLUMNS)
    if not key:
        return _unmatched(expected, built, columns)
    found = []
    by_key = []
    for label, rows in (("expected", expected), ("built", built)):
        counts = Counter(tuple(row[name] for name in key) for row in rows)
        found += [f"{label} {count} times: {k}" for k, count in counts.items() if count > 1]
        by_key.append({tuple(row[name] for name in key): row for row in rows})
    if found:
        return found
    expected_by_key, built_by_key = by_key
    for k in sorted(expected_by_key.keys() | built_by_key.keys(), key=_order):
        if k not in built_by_key:
            found.append(f"missing: {_row(expected_by_key[k])}")
        elif k not in expected_by_key:
            found.append(f"not expected: {_row(built_by_key[k])}")
        else:
            found += [
                f"{_row(dict(zip(key, k, strict=True)))} {name}: "
                f"expected {expected_by_key[k][name]!r}, built {built_by_key[k][name]!r}"
                for name in columns
                if not is_same(expected_by_key[k][name], built_by_key[k][name])
            ]
    return found


def _unmatched(expected: Rows, built: Rows, columns: list[str]) -> list[str]:
    left = [{name: row[name] for name in columns} for row in built]
    found = []
    for row in expected:
        match = next((o for o in left if all(is_same(row[n], o[n]) for n in columns)), None)
        if match is None:
            found.append(f"missing: {_row(row)}")
        else:
            left.remove(match)
    return found + [f"not expected: {_row(row)}" for row in left]


def _order(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple((value is None, str(value)) for value in key)


def _row(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, default=str)


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("tables", nargs="*", help="default: every table there is")
    parser.add_argument("--vars", type=json.loads, default={}, help="variables of the build")
    parser.add_argument("--before", type=Path, help="the warehouse after the build before")
    parser.add_argument("--salt", default="0123456789abcdef-test")
    parser.add_argument("--lines", type=int, default=10, help="differences shown of a table")
    options = parser.parse_args(arguments)
    load_all()
    failed = False
    given = {"variables": options.vars, "salt": options.salt}
    with ExitStack() as stack:

        def opened(warehouse: Path) -> duckdb.DuckDBPyConnection:
            connection = stack.enter_context(duckdb.connect(str(warehouse), read_only=True))
            connection.execute("set timezone = 'UTC'")
            return connection

        connection = opened(options.warehouse)
        before = None
        if options.before:
            earlier = opened(options.before)
            before = World(**given, built=lambda asked: read_built(earlier, asked))
        for name in options.tables or [name for name in TABLES if not name.startswith("steps.")]:
            world = World(**given, before=before, built=lambda asked: read_built(connection, asked))
            built = read_built(connection, name)
            if built is None:
                found = ["is not built"]
            else:
                found = differences(world.compute(name), built, TABLES[name].key)
            print(f"{name}: {len(found)} differences in {len(built or [])} rows")
            for line in found[: options.lines]:
                print("   ", line)
            failed = failed or bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
