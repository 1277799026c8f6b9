"""The shop of every kind of row, built on Spark and held against the independent computation.

    python -m tests.spark.shop write HOME      in the environment of the tests: raw files, settings
    python -m tests.spark.check HOME           in that of Spark: build, tables as Parquet
    python -m tests.spark.shop compare HOME    in that of the tests again

`compare` computes every published table in plain Python, as the first build of that night, and
exits with 1 if a cell or a type differs.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import duckdb

from tests.python.independent import shop
from tests.python.independent.compare import STEPS, differences, load_all, read_built
from tests.python.independent.world import TABLES, Rows, World
from tests.python.project import SALT
from tests.python.published import of_duckdb, published_columns

#: The night that has all rows.
NIGHT = 2

#: Tables to compare; what publishing itself adds is not of a build.
PUBLISHED = {name: of for name, of in published_columns().items() if not name.startswith("main.")}


def write(home: Path) -> None:
    """Raw files in HOME/shop, and what the build needs to know of them."""
    shop.write(home / "shop", night=NIGHT)
    known = {
        "dataset": shop.DATASET,
        "salt": SALT,
        "variables": shop.VARIABLES,
        "tables": [*PUBLISHED, *STEPS.values()],
    }
    (home / "shop.json").write_text(json.dumps(known), encoding="utf-8")


def compare(home: Path) -> int:
    """Print what differs; 1 if anything does."""
    load_all()
    world = World(shop.nights()[NIGHT - 1], variables=shop.VARIABLES, salt=SALT)
    wrong, count = [], 0
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for name, columns in sorted(PUBLISHED.items()):
            found = load(connection, home / "exported" / name, name)
            wrong += [
                f"{name}.{column} is {found.get(column)}, not {kind}"
                for column, kind in columns.items()
                if found.get(column) != kind
            ]
            built = to_the_second(name, read_built(connection, name) or [])
            count += len(built)
            expected = to_the_second(name, world[name])
            wrong += [f"{name}: {line}" for line in differences(expected, built, TABLES[name].key)]
    print("\n".join(wrong[:100]))
    print(f"{len(PUBLISHED)} tables, {count:,} rows on Spark, {len(wrong)} differences")
    return 1 if wrong else 0


def load(connection: duckdb.DuckDBPyConnection, folder: Path, name: str) -> dict[str, str]:
    """Create a table from its Parquet files; return its columns with their types."""
    source = f"read_parquet('{folder}/*.parquet', hive_partitioning = false)"
    # Spark writes times as instants; here all times are UTC without a zone
    columns = ", ".join(
        f'cast("{column}" as timestamp) as "{column}"'
        if str(kind).startswith("TIMESTAMP")
        else f'"{column}"'
        for column, kind, *_ in connection.execute(f"describe from {source}").fetchall()
    )
    connection.execute(f"create schema if not exists {name.split('.')[0]}")
    connection.execute(f"create table {name} as select {columns} from {source}")
    described = connection.execute(f"describe {name}").fetchall()
    return {column: of_duckdb(kind) for column, kind, *_ in described}


def to_the_second(name: str, rows: Rows) -> Rows:
    """Rejected rows with the times within their record cut, as Spark's JSON writer cuts them."""
    if name != "quality.rejected_records":
        return rows
    return [{**row, "raw_record": _cut(json.loads(row["raw_record"]))} for row in rows]


def _cut(record: dict[str, Any]) -> str:
    time = re.compile(r"(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2})[.]\d+Z?")
    cut = {
        key: time.sub(r"\1", value) if isinstance(value, str) else value
        for key, value in record.items()
    }
    return json.dumps(cut, ensure_ascii=False, sort_keys=True)


if __name__ == "__main__":
    verb, folder = sys.argv[1:]
    if verb == "write":
        write(Path(folder))
    else:
        sys.exit(compare(Path(folder)))
