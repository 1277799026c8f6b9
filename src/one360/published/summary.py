"""What a build made, in fewer than twenty lines, read from what was published."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from one360.errors import One360Error, one_line
from one360.paths import DatasetPaths, shown, shown_program
from one360.publish.build import read_run_results
from one360.publish.nights import let_through
from one360.publish.withheld import withheld
from one360.engines.failures import descriptions, found

_SHOWN_WARNINGS = 3
_SHOWN_REASONS = 3

_TESTS = ("test", "unit_test")

SEGMENTS_QUERY = (
    "select segment_name_en, segment_name_zh, count(*) as customers, round(avg(monetary), 2) "
    "as average_spend from tags.tag_rfm group by all order by customers desc"
)
CUSTOMERS_QUERY = "select * from core.customers limit 10"


def open_published(paths: DatasetPaths) -> duckdb.DuckDBPyConnection:
    """Open the published file for reading."""
    if not paths.published.exists():
        raise One360Error(
            f"{shown(paths.published)} does not exist: make build DATASET={paths.dataset}"
        )
    try:
        return duckdb.connect(str(paths.published), read_only=True)
    except duckdb.Error as error:
        raise One360Error(f"{shown(paths.published)} cannot be read: {one_line(error)}") from None


def summarise(paths: DatasetPaths, target: Path) -> list[str]:
    """The lines of the summary."""
    results = read_run_results(target)
    connection = open_published(paths)
    try:
        tables = {
            f"{schema}.{table}"
            for schema, table in connection.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall()
        }
        lines = [_title(connection, paths), *_lines_of_intraday(connection)]
        said = let_through(connection, paths.published.stem)
        if said:
            lines.append(_line("let through", "; ".join(said)))
        hidden = withheld(connection, paths.published.stem)
        if hidden:
            lines.append(_line("withheld", "; ".join(hidden)))
        if results is not None:
            lines += _lines_of_build(results)
        if {"core.customers", "core.customer_profiles"} <= tables:
            lines.append(_line_of_customers(connection))
        if "core.orders" in tables:
            lines.append(_line_of_orders(connection))
        if "quality.rejected_records" in tables:
            lines.append(_line_of_rejects(connection))
        if "tags.tag_nes_calibration" in tables:
            lines += _lines_of_states(connection)
        if results is not None:
            lines += _lines_of_warnings(results, target)
        query = SEGMENTS_QUERY if "tags.tag_rfm" in tables else CUSTOMERS_QUERY
        option = "" if paths.dataset == "demo" else f" --dataset {paths.dataset}"
        lines += [
            _line("query it", f"{shown(paths.published)} with any DuckDB client, read-only, or:"),
            "",
            f'{shown_program("one360")} query{option} "{query}"',
        ]
        return lines
    finally:
        connection.close()


def _line(label: str, text: str) -> str:
    return f"  {label:<11} {text}"


def _title(connection: duckdb.DuckDBPyConnection, paths: DatasetPaths) -> str:
    row = connection.execute(
        """
        select cast(min(as_of_date) as varchar), strftime(min(published_at), '%Y-%m-%d %H:%M'),
            count(*)
        from main.publication
        """
    ).fetchone()
    as_of, published, tables = row or ("?", "?", 0)
    return f"{paths.dataset} as of {as_of}: {tables} tables published at {published} UTC"


def _lines_of_intraday(connection: duckdb.DuckDBPyConnection) -> list[str]:
    row = connection.execute(
        """
        select strftime(max(refreshed_at), '%Y-%m-%d %H:%M'), cast(max(as_of_date) as varchar),
            count(*)
        from main.publication where refreshed_at is not null
        """
    ).fetchone()
    at, as_of, tables = row or (None, None, 0)
    if at is None:
        return []
    return [_line("intraday", f"{tables} tables brought up to date at {at} UTC, as of {as_of}")]


def _lines_of_build(results: dict[str, Any]) -> list[str]:
    kinds = Counter(str(each["unique_id"]).split(".")[0] for each in results["results"])
    statuses = Counter(str(each["status"]) for each in results["results"])
    tests = sum(kinds[kind] for kind in _TESTS)
    text = (
        f"{kinds['model']:,} models and {kinds['seed']:,} seeds in "
        f"{float(results.get('elapsed_time', 0)):.0f} s, {tests:,} tests"
    )
    failed = statuses["error"] + statuses["fail"] + statuses["runtime error"]
    if failed:
        text += f"; {failed} failed"
    text += f", {statuses['warn']} warned" if statuses["warn"] else ", all passed"
    return [_line("build", text)]


def _line_of_customers(connection: duckdb.DuckDBPyConnection) -> str:
    customers = _one(connection, "select count(*) from core.customers")
    profiles = _one(connection, "select count(*) from core.customer_profiles")
    systems = connection.execute(
        """
        select source_system, count(*) from core.customer_profiles
        group by 1 order by 2 desc, 1 limit 4
        """
    ).fetchall()
    parts = ", ".join(f"{system} {count:,}" for system, count in systems)
    if not profiles:
        return _line("customers", "none")
    return _line("customers", f"{customers:,} from {profiles:,} profiles ({parts})")


def _line_of_orders(connection: duckdb.DuckDBPyConnection) -> str:
    row = connection.execute(
        """
        select count(*), count(*) filter (is_return), cast(min(ordered_date) as varchar),
            cast(max(ordered_date) as varchar), cast(sum(net_amount) as double)
        from core.orders
        """
    ).fetchone()
    orders, returns, first, last, amount = row or (0, 0, None, None, None)
    if not orders:
        return _line("orders", "none")
    text = f"{orders:,} ({returns:,} returns) from {first} to {last}, {amount or 0:,.2f} net"
    return _line("orders", text)


def _line_of_rejects(connection: duckdb.DuckDBPyConnection) -> str:
    reasons = connection.execute(
        "select reason_code, count(*) from quality.rejected_records group by 1 order by 2 desc, 1"
    ).fetchall()
    if not reasons:
        return _line("rejected", "no raw row")
    total = sum(count for _, count in reasons)
    parts = ", ".join(f"{reason} {count:,}" for reason, count in reasons[:_SHOWN_REASONS])
    further = len(reasons) - _SHOWN_REASONS
    more = f" and {further} more reason{'s' * (further > 1)}" if further > 0 else ""
    return _line("rejected", f"{total:,} raw rows: {parts}{more}; each in quality.rejected_records")


def _lines_of_states(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The NES states that do not keep what they say on past dates, if there are any."""
    said = [
        f"{state} not separable here ("
        + (
            f"{smallest:.0%} to {largest:.0%} bought again within a cycle on past dates)"
            if dates
            else "no past date has thirty customers to test)"
        )
        for state, dates, smallest, largest in connection.execute(
            """
            select nes_status, rolling_dates, smallest_share, largest_share
            from tags.tag_nes_calibration
            where not is_separable
            order by state_position
            """
        ).fetchall()
    ]
    return [_line("NES", "; ".join(said))] if said else []


def _lines_of_warnings(results: dict[str, Any], target: Path) -> list[str]:
    warned = [each for each in results["results"] if each["status"] == "warn"]
    said = descriptions(target) if warned else {}
    lines = []
    for each in warned[:_SHOWN_WARNINGS]:
        key = str(each["unique_id"])
        text = found(each.get("message") or "", said.get(key, ""))
        lines.append(_line("warning", f"{key.split('.')[2]}: {text}"[:200]))
    if len(warned) > _SHOWN_WARNINGS:
        lines.append(_line("", f"and {len(warned) - _SHOWN_WARNINGS} more warnings"))
    return lines


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
