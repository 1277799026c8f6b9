"""What a dbt Python model needs of its engine: DuckDB relations or Spark data frames.

Both take the SQL expressions that the project's models are written in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa


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


def deliver(session: Any, table: pa.Table) -> Any:
    """An Arrow table as what dbt writes: itself on DuckDB, a data frame of the session on Spark."""
    if hasattr(session, "createDataFrame"):
        return session.createDataFrame(table)
    return table
