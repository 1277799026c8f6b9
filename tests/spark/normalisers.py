"""The normalisers and the staging models on Spark, held against what DuckDB is held against.

Runs in the environment of Spark, in the process of check.py: the vectors of
tests/fixtures/normaliser_vectors.toml, then the rows of tests/fixtures/rejected_rows.toml through
staging. Writes what differs.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from tests.fixtures import normaliser_vectors, rejected_rows

DATASET = "rejects"
MODELS = ("+path:models/staging", "+rejected_records", "+row_conservation")
ROOT = Path(__file__).resolve().parents[2]

#: A call of one of the project's functions in compiled SQL.
FUNCTION = re.compile(r"\bfunctions\.(\w+)")


class Dbt:
    """dbt on Spark in this process; the project is read once, with the variables given."""

    def __init__(self, **variables: Any) -> None:
        from dbt.cli.main import dbtRunner

        self._runner = dbtRunner()
        self._runner = dbtRunner(manifest=self("parse", **variables))

    def __call__(self, *command: str, **variables: Any) -> Any:
        words = ["--log-level", "warn", *command, "--target", "spark"]
        result = self._runner.invoke([*words, "--vars", json.dumps(variables)])
        if not result.success:
            raise SystemExit(f"dbt {' '.join(command)[:200]}: {result.exception or 'failed'}")
        return result.result

    def render(self, snippets: Sequence[str], **variables: Any) -> list[str]:
        """SQL of several snippets of Jinja, from one command."""
        between = "\n--next snippet\n"
        inline = between.join(snippets)
        with redirect_stdout(StringIO()):  # dbt prints what it compiled
            compiled = self("compile", "--inline", inline, **variables)
        return compiled.results[0].node.compiled_code.split(between)


def wrong_vectors(dbt: Dbt) -> list[str]:
    """What differs in the vectors, as lines."""
    from pyspark.sql import SparkSession

    groups = normaliser_vectors.groups("spark")
    by_variables: dict[str, list[normaliser_vectors.Group]] = {}
    for group in groups:
        by_variables.setdefault(json.dumps(group.variables), []).append(group)
    wrong = []
    for variables, together in by_variables.items():
        queries = dbt.render([group.jinja for group in together], **json.loads(variables))
        called = {f"+{name}" for query in queries for name in FUNCTION.findall(query)}
        if called:
            dbt("build", "--select", *sorted(called), **json.loads(variables))
        session = SparkSession.builder.getOrCreate()
        own_salt = session.sql("select one360_salt").collect()[0][0]
        for group, query in zip(together, queries, strict=True):
            session.sql(f"declare or replace variable one360_salt string default '{group.salt}'")
            rows = [(n, *row.values()) for n, row in enumerate(group.rows)]
            columns = ", ".join(f"{name} string" for name in group.columns)
            given = session.createDataFrame(rows, f"position int, {columns}")
            given.createOrReplaceTempView("given")
            session.sql(group.typed("given")).createOrReplaceTempView("vectors")
            wrong += group.wrong({row[0]: row[1] for row in session.sql(query).collect()})
        # the next build is of the same warehouse
        session.sql(f"declare or replace variable one360_salt string default '{own_salt}'")
    print(f"{sum(len(group.rows) for group in groups)} vectors, {len(wrong)} differ", flush=True)
    return wrong


def wrong_rows(dbt: Dbt) -> list[str]:
    """What differs in the rejected and in the kept rows, as lines."""
    from pyspark.sql import SparkSession

    leave_out = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    dbt("build", "--select", *MODELS, *leave_out)
    session = SparkSession.builder.getOrCreate()
    wrong = []
    for table in rejected_rows.declared():
        system, name = table.split(".")
        records = session.sql(
            "select natural_key, reason_code, raw_record, rejected_at "
            "from quality.rejected_records "
            f"where source_system = '{system}' and source_table = '{name}'"
        ).collect()
        wrong += rejected_rows.wrongly_rejected(table, (tuple(record) for record in records))
        staged = session.table(f"staging.stg_{system}__{name}").where(rejected_rows.ACCEPTED)
        columns = [column for column in staged.columns if column not in rejected_rows.OF_STAGING]
        texts = [f"cast({column} as string) as {column}" for column in columns]
        kept = [row.asDict() for row in staged.selectExpr(*texts).collect()]
        wrong += rejected_rows.wrongly_staged(table, kept)
    lost = session.sql("select * from quality.row_conservation where difference <> 0").collect()
    wrong += [f"quality.row_conservation: {row.asDict()}" for row in lost]
    print(f"{len(rejected_rows.rows())} raw rows, {len(wrong)} differ", flush=True)
    return wrong


def main(home: Path, dbt: Dbt) -> int:
    """Run both; 0 if nothing differs."""
    rejected_rows.write(home / "raw" / DATASET)
    wrong = wrong_vectors(dbt) + wrong_rows(dbt)
    print("\n".join(wrong))
    return 1 if wrong else 0


def begin(home: Path) -> None:
    """Let dbt work on a data set in a home of its own."""
    os.environ |= {
        "ONE360_HOME": str(home),
        "ONE360_DATASET": DATASET,
        "DBT_TARGET_PATH": str(home / "target"),
        "DBT_LOG_PATH": str(home / "logs"),
    }
    os.chdir(ROOT)
    (home / "warehouse").mkdir(parents=True, exist_ok=True)
