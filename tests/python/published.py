"""What is published, as tests/fixtures says: the promise to those who query the tables."""

from __future__ import annotations

import csv
from functools import cache

from tests.python.project import ROOT

COLUMNS_FILE = ROOT / "tests" / "fixtures" / "published_columns.csv"
TABLES_FILE = ROOT / "tests" / "fixtures" / "published_tables.csv"


@cache
def published_columns() -> dict[str, dict[str, str]]:
    """Table → column → type, in the order of the files."""
    columns: dict[str, dict[str, str]] = {}
    with COLUMNS_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            named = columns.setdefault(row["table"], {})
            assert row["column"] not in named, f"{row['table']}.{row['column']} stands twice"
            named[row["column"]] = row["type"]
    return columns


@cache
def published_keys() -> dict[str, tuple[str, ...]]:
    """Table → the columns that name one of its rows; none where rows may repeat."""
    with TABLES_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = {row["table"]: tuple(row["key"].split()) for row in rows}
    assert len(keys) == len(rows), "a table stands twice"
    return keys
