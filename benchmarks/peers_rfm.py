"""RFM and customer summaries beside pandas and polars, on the same orders, in one run.

    make bench-rfm DATASET=demo
    python benchmarks/peers_rfm.py --repeat 5

Writes the orders of the built data set to one Parquet file, then lets each tool read it and
compute two things: the RFM values and scores of the last 365 days (quintiles by rank), and
the summary that customer-lifetime models start from (repeat purchase days, age and recency
in days, mean spend per repeat day). The rows of all tools are compared before a time is
printed. pandas and polars are written as their documentation writes such things.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl

from one360.paths import dataset_paths

WINDOW_DAYS = 365

DUCKDB_RFM = """
with
totals as (
    select
        one_id,
        max(ordered_date) as last_ordered_date,
        count(*) as frequency,
        sum(kept_amount) as monetary
    from read_parquet('{file}')
    where ordered_date > date '{as_of}' - {window}
    group by one_id
),
ranked as (
    select
        one_id,
        date '{as_of}' - last_ordered_date as recency_days,
        frequency,
        monetary,
        row_number() over (order by last_ordered_date, one_id) as r_rank,
        row_number() over (order by frequency, one_id) as f_rank,
        row_number() over (order by monetary, one_id) as m_rank,
        count(*) over () as customers
    from totals
)
select
    one_id, recency_days, frequency, cast(monetary as double) as monetary,
    cast(ceil(5.0 * r_rank / customers) as int) as r_score,
    cast(ceil(5.0 * f_rank / customers) as int) as f_score,
    cast(ceil(5.0 * m_rank / customers) as int) as m_score
from ranked
order by one_id
"""

DUCKDB_SUMMARY = """
with
days as (
    select one_id, ordered_date, sum(kept_amount) as amount
    from read_parquet('{file}')
    group by one_id, ordered_date
),
firsts as (
    select *, min(ordered_date) over (partition by one_id) as first_date
    from days
)
select
    one_id,
    count(*) - 1 as frequency,
    max(ordered_date) - min(first_date) as recency,
    date '{as_of}' - min(first_date) as age,
    cast(coalesce(
        avg(case when ordered_date > first_date then cast(amount as double) end), 0
    ) as double) as monetary
from firsts
group by one_id
order by one_id
"""


def rfm_by_pandas(file: Path, as_of: pd.Timestamp) -> pd.DataFrame:
    """One row per customer of the window, with pandas."""
    orders = pd.read_parquet(file)
    orders["ordered_date"] = pd.to_datetime(orders["ordered_date"])
    orders["kept_amount"] = orders["kept_amount"].astype(float)
    recent = orders[orders["ordered_date"] > as_of - pd.Timedelta(days=WINDOW_DAYS)]
    rfm = recent.groupby("one_id").agg(
        last_ordered_date=("ordered_date", "max"),
        frequency=("one_id", "size"),
        monetary=("kept_amount", "sum"),
    )
    rfm["recency_days"] = (as_of - rfm["last_ordered_date"]).dt.days
    for score, column in (
        ("r_score", "last_ordered_date"), ("f_score", "frequency"), ("m_score", "monetary"),
    ):  # fmt: skip
        rank = rfm[column].rank(method="first")
        rfm[score] = -(-5 * rank // len(rfm))
    return rfm.reset_index()


def rfm_by_polars(file: Path, as_of: pd.Timestamp) -> pl.DataFrame:
    """One row per customer of the window, with polars (lazy)."""
    day = as_of.date()
    return (
        pl.scan_parquet(file)
        .filter(pl.col("ordered_date") > pl.lit(day) - pl.duration(days=WINDOW_DAYS))
        .group_by("one_id")
        .agg(
            last_ordered_date=pl.col("ordered_date").max(),
            frequency=pl.len(),
            monetary=pl.col("kept_amount").cast(pl.Float64).sum(),
        )
        .sort("one_id")
        .with_columns(
            recency_days=(pl.lit(day) - pl.col("last_ordered_date")).dt.total_days(),
            **{
                score: (5 * pl.col(column).rank("ordinal") / pl.len()).ceil()
                for score, column in (
                    ("r_score", "last_ordered_date"),
                    ("f_score", "frequency"),
                    ("m_score", "monetary"),
                )
            },
        )
        .collect()
    )


def summary_by_pandas(file: Path, as_of: pd.Timestamp) -> pd.DataFrame:
    """One row per customer: frequency, recency, age, monetary, with pandas."""
    orders = pd.read_parquet(file)
    orders["ordered_date"] = pd.to_datetime(orders["ordered_date"])
    orders["kept_amount"] = orders["kept_amount"].astype(float)
    days = orders.groupby(["one_id", "ordered_date"], as_index=False)["kept_amount"].sum()
    first = days.groupby("one_id")["ordered_date"].transform("min")
    days["repeat_amount"] = days["kept_amount"].where(days["ordered_date"] > first)
    found = days.groupby("one_id").agg(
        first_date=("ordered_date", "min"),
        last_date=("ordered_date", "max"),
        days=("ordered_date", "size"),
        monetary=("repeat_amount", "mean"),
    )
    found["frequency"] = found["days"] - 1
    found["recency"] = (found["last_date"] - found["first_date"]).dt.days
    found["age"] = (as_of - found["first_date"]).dt.days
    found["monetary"] = found["monetary"].fillna(0.0)
    return found.reset_index()


def summary_by_polars(file: Path, as_of: pd.Timestamp) -> pl.DataFrame:
    """One row per customer: frequency, recency, age, monetary, with polars (lazy)."""
    day = as_of.date()
    return (
        pl.scan_parquet(file)
        .group_by("one_id", "ordered_date")
        .agg(amount=pl.col("kept_amount").cast(pl.Float64).sum())
        .with_columns(first_date=pl.col("ordered_date").min().over("one_id"))
        .group_by("one_id")
        .agg(
            frequency=pl.len() - 1,
            recency=(pl.col("ordered_date").max() - pl.col("first_date").min()).dt.total_days(),
            age=(pl.lit(day) - pl.col("first_date").min()).dt.total_days(),
            monetary=pl.col("amount")
            .filter(pl.col("ordered_date") > pl.col("first_date"))
            .mean()
            .fill_null(0.0),
        )
        .sort("one_id")
        .collect()
    )


def _duckdb(query: str, file: Path, as_of: pd.Timestamp) -> pd.DataFrame:
    with duckdb.connect(config={"threads": 2}) as connection:
        return connection.execute(
            query.format(file=file, as_of=as_of.date(), window=WINDOW_DAYS)
        ).df()


JOBS: dict[str, tuple[list[str], dict[str, Callable[[Path, pd.Timestamp], Any]]]] = {
    "RFM values and scores": (
        ["recency_days", "frequency", "monetary", "r_score", "f_score", "m_score"],
        {
            "DuckDB (SQL)": lambda file, as_of: _duckdb(DUCKDB_RFM, file, as_of),
            "pandas": rfm_by_pandas,
            "polars": rfm_by_polars,
        },
    ),
    "customer summary": (
        ["frequency", "recency", "age", "monetary"],
        {
            "DuckDB (SQL)": lambda file, as_of: _duckdb(DUCKDB_SUMMARY, file, as_of),
            "pandas": summary_by_pandas,
            "polars": summary_by_polars,
        },
    ),
}


def check_equal(results: dict[str, Any], columns: list[str]) -> None:
    """Stop when two tools disagree."""
    frames = {
        name: (found if isinstance(found, pd.DataFrame) else found.to_pandas())
        .sort_values("one_id")
        .reset_index(drop=True)[["one_id", *columns]]
        .astype(dict.fromkeys(columns, float))
        for name, found in results.items()
    }
    first = next(iter(frames.values()))
    for name, frame in frames.items():
        try:
            pd.testing.assert_frame_equal(first, frame, rtol=1e-9, check_dtype=False)
        except AssertionError as error:
            raise SystemExit(f"{name} disagrees: {error}") from None


def main() -> int:
    """Print the seconds of each tool and their ratio to DuckDB."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default=os.environ.get("ONE360_DATASET", "demo"))
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, the fastest counts")
    options = parser.parse_args()
    paths = dataset_paths(options.dataset)
    if not paths.warehouse.exists():
        raise SystemExit(f"{paths.warehouse} is not there: make dbt DATASET={options.dataset}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.parquet"
        with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
            connection.execute(
                f"copy (select one_id, ordered_date, kept_amount from core.orders"
                f" where one_id is not null and not is_cancelled and not is_return)"
                f" to '{file}' (format parquet)"
            )
            row = connection.execute(
                "select (select as_of_date from behaviour.int_behaviour__as_of), count(*)"
                f" from '{file}'"
            ).fetchone()
        assert row is not None
        as_of = pd.Timestamp(row[0])
        print(f"{row[1]:,} orders of {options.dataset}, as of {as_of.date()}\n")
        print("| job | tool | seconds | times DuckDB's |")
        print("|---|---|---:|---:|")
        for job, (columns, tools) in JOBS.items():
            results, seconds = {}, {}
            for name, run in tools.items():
                times = []
                for _ in range(options.repeat):
                    started = time.perf_counter()
                    results[name] = run(file, as_of)
                    times.append(time.perf_counter() - started)
                seconds[name] = min(times)
            check_equal(results, columns)
            base = seconds["DuckDB (SQL)"]
            for name, taken in seconds.items():
                print(f"| {job} | {name} | {taken:.3f} | {taken / base:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
