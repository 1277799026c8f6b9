"""What a dbt Python model needs of its engine: DuckDB relations or Spark data frames.

Both take the SQL expressions that the project's models are written in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

#: Hexadecimal digits of the hash that decides about a sample.
_DIGITS = 8


def is_spark(relation: Any) -> bool:
    """Whether a relation is a Spark data frame."""
    return hasattr(relation, "selectExpr")


def select(relation: Any, expressions: Sequence[str], where: str | None = None) -> pd.DataFrame:
    """Rows of a relation for which ``where`` holds, with the given SQL expressions as columns."""
    if where is not None:
        relation = relation.filter(where)
    if is_spark(relation):
        return relation.selectExpr(*expressions).toPandas()
    return relation.project(", ".join(expressions)).df()


def aggregate(relation: Any, expressions: Mapping[str, str]) -> dict[str, Any]:
    """One value per SQL aggregate over the whole relation."""
    columns = [f"{expression} as {name}" for name, expression in expressions.items()]
    if is_spark(relation):
        frame = relation.selectExpr(*columns).toPandas()
    else:
        frame = relation.aggregate(", ".join(columns)).df()
    return {str(name): frame[name].iloc[0] for name in frame.columns}


def row_count(relation: Any) -> int:
    """Number of rows of a relation."""
    return int(aggregate(relation, {"row_count": "count(*)"})["row_count"])


def sample(relation: Any, by: Sequence[str], rows: int, most_rows: int) -> Any:
    """About ``most_rows`` of the ``rows`` of a relation, the same ones every time.

    A row is in the sample when the hash of its key, the columns ``by``, is small. So
    both engines draw the same rows, a smaller sample is part of a larger one, two tables
    sampled by one key match, and all rows of a key are in or out together. Where there
    are no more, all rows are taken.
    """
    if rows <= most_rows:
        return relation
    key = ", ".join(f"cast({name} as string)" for name in by)
    limit = format(int(most_rows / rows * 16**_DIGITS), f"0{_DIGITS}x")
    return relation.filter(f"substr(md5(coalesce({key}, '')), 1, {_DIGITS}) < '{limit}'")


def deliver(session: Any, table: pa.Table) -> Any:
    """An Arrow table as what dbt writes: itself on DuckDB, a data frame of the session on Spark."""
    if hasattr(session, "createDataFrame"):
        return session.createDataFrame(table)
    return table
