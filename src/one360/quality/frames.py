"""Fetches what the suites look at: needed columns of a bounded, repeatable sample.

A relation is what ``dbt.ref`` and ``dbt.source`` give: a DuckDB relation or a
Spark data frame. Both take the SQL expressions used here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from one360.engines.python_models import aggregate, is_spark, row_count, sample, select
from one360.quality.suite import Suite
from one360.sql import literal

#: The end of a time that says how far it is from UTC.
NAMES_OFFSET = r":\d{2}.*(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?) *$"


def columns_of_relation(relation: Any) -> tuple[str, ...]:
    """Names of the columns of a relation."""
    return tuple(relation.columns)


def read_sample(relation: Any, suite: Suite, rows_in_table: int, most_rows: int) -> pd.DataFrame:
    """Columns of ``suite`` for about ``most_rows`` rows, as ``python_models.sample`` draws them.

    Raises:
        KeyError: the table lacks a column that the suite looks at.
    """
    present = set(columns_of_relation(relation))
    wanted = [name for name in suite.columns if name not in suite.derived]
    missing = [name for name in wanted if name not in present]
    if missing:
        raise KeyError(f"suite {suite.name}: {suite.table} has no column {', '.join(missing)}")
    spark = is_spark(relation)
    expressions = [
        _typed(name, suite.types.get(name), suite.zones.get(name), spark) for name in wanted
    ]
    expressions += [f"{sql} as {name}" for name, sql in suite.derived.items()]
    if suite.sample_by:
        relation = sample(relation, suite.sample_by, rows_in_table, most_rows)
    frame = select(relation, expressions)
    return _with_engine_neutral_types(frame)


def read_samples(
    relations: Mapping[str, Any], suites: Iterable[Suite], most_rows: int
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Sample and row count of the table of every suite that has a relation."""
    suites = [suite for suite in suites if suite.table in relations]
    counts = {suite.table: row_count(relations[suite.table]) for suite in suites}
    frames = {
        suite.table: read_sample(
            relations[suite.table],
            suite,
            max(counts[suite.table], counts.get(suite.sampled_with or "", 0)),
            most_rows,
        )
        for suite in suites
    }
    return frames, counts


def count_matches(
    relation: Any, columns: Iterable[str], patterns: Mapping[str, str], hint: str
) -> pd.DataFrame:
    """Rows per column and pattern in which the text contains the pattern.

    Args:
        relation: The table.
        columns: Its columns to look into.
        patterns: Name → regular expression, in words that both engines know.
        hint: A pattern that is quick to look for and is in all that any other matches.

    Returns:
        Columns ``column_name``, ``pattern`` and ``matching_rows``.
    """
    pairs = [(column, name) for column in columns for name in patterns]
    if not pairs:
        return pd.DataFrame(columns=["column_name", "pattern", "matching_rows"])
    spark = is_spark(relation)
    expressions = {}
    for number, (column, name) in enumerate(pairs):
        hinted = _contains(column, hint, spark)
        matched = _contains(column, patterns[name], spark)
        expressions[f"match_{number}"] = (
            f"count(case when {hinted} then case when {matched} then 1 end end)"
        )
    counts = aggregate(relation, expressions)
    return pd.DataFrame(
        {
            "column_name": [column for column, _ in pairs],
            "pattern": [name for _, name in pairs],
            "matching_rows": [int(counts[f"match_{number}"]) for number in range(len(pairs))],
        }
    )


def text_columns(relation: Any) -> tuple[str, ...]:
    """Columns of a relation that hold text."""
    if is_spark(relation):
        return tuple(name for name, kind in relation.dtypes if kind == "string")
    return tuple(
        name
        for name, kind in zip(relation.columns, relation.types, strict=True)
        if str(kind) == "VARCHAR"
    )


def _contains(column: str, pattern: str, spark: bool) -> str:
    if spark:
        escaped = pattern.replace("\\", "\\\\")
        return f"cast({column} as string) rlike {literal(escaped)}"
    return f"regexp_matches(cast({column} as varchar), {literal(pattern)})"


def _typed(column: str, sql_type: str | None, zone: str | None, spark: bool) -> str:
    if sql_type is None:
        return column
    # Bare, DuckDB 2.0 hands the type to its CSV reader, which stops at the first value
    # that does not fit; within another function the cast stays a try.
    value = f"coalesce(try_cast({column} as {sql_type}), null)"
    if sql_type == "timestamp":
        value = _in_utc(column, value, zone, spark)
    return f"{value} as {column}"


def _in_utc(column: str, clock: str, zone: str | None, spark: bool) -> str:
    """A time in UTC, as staging reads it (macro ``time_in_utc``).

    One that names its offset is taken by that, any other is a clock of the zone: of an hour
    that comes twice the first, an hour left out is an hour later.
    """
    at_zone = literal(zone or "UTC")
    if spark:
        by_offset, by_zone = clock, f"to_utc_timestamp({clock}, {at_zone})"
    else:
        text = f"regexp_replace(cast({column} as varchar), ' +([+-][0-9:]+) *$', '\\1')"
        instant = f"try_cast({text} as timestamptz)"
        by_offset = f"coalesce({instant} at time zone 'UTC', {clock})"
        moment = f"({clock} at time zone {at_zone})"
        hour_before = f"({moment} - interval 1 hour)"
        by_zone = (
            f"try(case when {hour_before} at time zone {at_zone} = {clock} then {hour_before} "
            f"else {moment} end at time zone 'UTC')"
        )
    names_offset = _contains(column, NAMES_OFFSET, spark)
    return f"case when {names_offset} then {by_offset} else {by_zone if zone else clock} end"


def _with_engine_neutral_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Dates and decimals as what pandas compares: timestamps and floats."""
    for name in frame.columns:
        if frame[name].dtype == object:
            inferred = pd.api.types.infer_dtype(frame[name], skipna=True)
            if inferred in ("date", "datetime"):
                frame[name] = pd.to_datetime(frame[name])
            elif inferred == "decimal":
                frame[name] = frame[name].astype(float)
    return frame
