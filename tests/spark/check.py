"""All that is held against Spark, in one process, since a session takes long to open.

    python -m tests.spark.check HOME

Runs in the environment of Spark: the normalisers' vectors and the rejected rows
(normalisers.py), then every model on the shop that `tests.spark.shop write HOME` has written;
its published tables are left as Parquet for `tests.spark.shop compare HOME`.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from tests.spark import normalisers


def main(home: Path) -> int:
    """Run all; 0 if nothing differs."""
    known = json.loads((home / "shop.json").read_text(encoding="utf-8"))
    # Spark's Python workers keep the name of the data set that they were started with.
    normalisers.DATASET = known["dataset"]
    # one warehouse has one salt
    os.environ["ONE360_SALT"] = known["salt"]
    normalisers.begin(home)
    # read once, with what the shop's configurations are made of: the others are told each time
    dbt = normalisers.Dbt(**known["variables"])
    wrong = normalisers.main(home, dbt)
    raw = home / "raw" / known["dataset"]
    shutil.rmtree(raw)
    (home / "shop").rename(raw)
    from pyspark.sql import SparkSession

    session = SparkSession.builder.getOrCreate()
    # another shop in the same warehouse: the nights of the first are none of its own
    session.sql("drop table if exists main.arrivals")
    leave_out = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    dbt("build", *leave_out, **known["variables"])
    for table in known["tables"]:
        session.table(table).coalesce(1).write.parquet(str(home / "exported" / table))
    return wrong


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
