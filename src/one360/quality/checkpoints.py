"""The two points of a build at which data is evaluated as a whole.

Called by the dbt Python models ``gx_raw_in`` and ``gx_marts_out``, whose tables
hold the results; tests on those tables stop the build.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from one360.engines.python_models import deliver, row_count, select
from one360.quality.frames import read_samples
from one360.quality.marts_out import mart_facts, marts_out_suites, published_text
from one360.quality.order_facts import order_facts
from one360.quality.raw_in import raw_in_suites
from one360.quality.run import report_failures, run_suites, to_arrow
from one360.raw_files.declared import declared_tables


def check_raw_in(
    session: Any,
    source: Callable[[str, str], Any],
    most_rows: int,
    largest_multiple: float,
) -> Any:
    """Evaluate the declared raw tables; returns the results as a table for dbt.

    Args:
        session: What dbt hands to a Python model.
        source: Gives the relation of a system and a table.
        most_rows: About how many rows of a table are looked at.
        largest_multiple: How many times the usual amount or quantity of a table is plausible.
    """
    tables = declared_tables()
    relations = {name: source(*name.split(".")) for name in tables}
    has_products = row_count(relations["pos.products"]) > 0
    suites = raw_in_suites(tables, largest_multiple, has_products)
    frames, counts = read_samples(relations, suites, most_rows)
    frames["order_facts"] = order_facts(frames, counts)
    return _deliver(session, run_suites("raw_in", frames, suites))


def check_marts_out(
    session: Any,
    relations: Mapping[str, Any],
    records: Sequence[Any],
    as_of: Any,
    most_rows: int,
    high_share: float,
) -> Any:
    """Evaluate the marts; returns the results as a table for dbt.

    Args:
        session: What dbt hands to a Python model.
        relations: ``<schema>.<table>`` → relation, for every mart with a suite; all of
            them are searched for personal values.
        records: Relations whose rows make customers; where all are empty, the marts may be
            without any.
        as_of: Relation with one row: as_of_date and as_of_at.
        most_rows: About how many rows of a table are looked at.
        high_share: Share of customers that are to be highly active.
    """
    moment = _one_row(as_of)
    suites = marts_out_suites(
        pd.Timestamp(moment["as_of_date"]),
        high_share,
        has_records=any(row_count(relation) for relation in records),
    )
    frames, _ = read_samples(relations, suites, most_rows)
    frames["mart_facts"] = mart_facts(relations, pd.Timestamp(moment["as_of_at"]))
    frames["published_text"] = published_text(relations)
    return _deliver(session, run_suites("marts_out", frames, suites))


def _one_row(relation: Any) -> dict[str, Any]:
    return dict(select(relation, ["*"]).iloc[0])


def _deliver(session: Any, results: pd.DataFrame) -> Any:
    """Name failures on the screen and hand the results to the engine."""
    report_failures(results)
    return deliver(session, to_arrow(results))
