"""Who left after a past date, by what predictions.churn_changes had said of them.

    python benchmarks/bench_churn_changes.py --dataset demo --as-of 2026-03-31

Builds the past date of a built data set in a temporary home and holds it against the orders that
the data set knows today: a customer has left where none of the profiles that were its own then
bought within as many days as the purpose has. Both builds have one salt, so profiles have one id.
A purpose whose days are not over today is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import date
from pathlib import Path

import duckdb
from bench_build import BUILD, environment_of, run_step
from rich.console import Console
from rich.table import Table

from one360.paths import DatasetPaths, dataset_paths
from one360.salt import read_or_make_salt

#: Customers of a purpose by level and direction, with the share that left.
LEFT = """
    with compared as (
        select
            *,
            as_of_date + cast(split_part(purpose, '_', 2) as integer) as until_date
        from predictions.churn_changes
        where direction is not null
    ),

    bought as (
        select distinct compared.one_id, compared.purpose
        from compared
        inner join core.customer_profiles as profiles using (one_id)
        inner join today.core.orders as orders using (profile_id)
        where
            not orders.is_return
            and orders.ordered_date > compared.as_of_date
            and orders.ordered_date <= compared.until_date
    )

    select
        compared.purpose,
        compared.{level} as level,
        compared.direction,
        count(*) as customers,
        avg(cast(bought.one_id is null as integer)) as left_share
    from compared
    left join bought using (one_id, purpose)
    where compared.until_date <= (select max(ordered_date) from today.core.orders)
    group by all
    order by compared.purpose, min(compared.{score}), compared.direction
"""


def build(paths: DatasetPaths, home: Path, as_of: date) -> Path:
    """Build the past date in a home; the path of its warehouse."""
    (home / "raw").mkdir()
    (home / "raw" / paths.dataset).symlink_to(paths.raw.resolve(), target_is_directory=True)
    environment = {
        **environment_of(home),
        "ONE360_DATASET": paths.dataset,
        "ONE360_SALT": read_or_make_salt(paths.dataset),
    }
    command = [str(Path(sys.executable).with_name("dbt")), *BUILD]
    command += [
        "--exclude-resource-type",
        "test",
        "--select",
        "+churn_changes",
        "+customer_profiles",
    ]
    command += ["--vars", json.dumps({"as_of": as_of.isoformat()})]
    run_step(f"dbt build as of {as_of}", command, environment)
    return home / "warehouse" / f"{paths.dataset}.duckdb"


def shares(warehouse: Path, today: Path, when: str) -> Table:
    """Customers and the share that left, by level (``before`` or ``at the date``), direction."""
    level, score = ("level_before", "score_before") if when == "before" else ("level", "score")
    table = Table("purpose", f"level {when}", "direction", "customers", "left")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute(f"attach '{today}' as today (read_only)")
        for purpose, name, direction, customers, left in connection.execute(
            LEFT.format(level=level, score=score)
        ).fetchall():
            table.add_row(purpose, name, direction, f"{customers:,}", f"{left:.3f}")
    return table


def main() -> int:
    """Build and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--dataset", default="demo", help="a data set that is built (default: demo)"
    )
    parser.add_argument("--as-of", type=date.fromisoformat, required=True, help="the past date")
    options = parser.parse_args()
    paths = dataset_paths(options.dataset)
    if not paths.warehouse.exists():
        raise SystemExit(f"{paths.warehouse} is not there: make dbt DATASET={paths.dataset}")
    with tempfile.TemporaryDirectory(prefix="one360-bench-") as folder:
        warehouse = build(paths, Path(folder), options.as_of)
        for when in ("before", "at the date"):
            Console().print(shares(warehouse, paths.warehouse, when))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
