"""Writes the raw tables, and beside them what is in none of them."""

from __future__ import annotations

import pyarrow as pa

from one360.importers.orders.job import Job, loaded_at
from one360.printing import FORMULA, NUMBER
from one360.sql import identifier, literal


def write_files(job: Job) -> None:
    """The raw tables that the file has something for, and the rejected rows."""
    (job.out / "pos").mkdir(parents=True, exist_ok=True)
    _copy(
        job,
        """
        select
            receipt_id,
            store_id,
            cast(null as varchar) as till_id,
            cast(null as varchar) as staff_id,
            card_no,
            cast(null as varchar) as mobile,
            cast(null as varchar) as customer_name,
            sold_at,
            cast(null as varchar) as payment_method,
            returns_receipt_id,
            cast(total_amount as decimal(18, 4)) as total_amount,
            cast(currency as varchar) as currency,
            loaded_at
        from receipts
        order by first_row
        """,
        "pos/receipts.parquet",
    )
    _copy(
        job,
        f"""
        select
            lines.receipt_id,
            row_number() over (
                partition by lines.receipt_id order by lines.file_row
            ) as line_no,
            coalesce(lines.product, lines.product_name) as product_id,
            lines.quantity,
            lines.list_amount,
            lines.net_amount,
            cast(0 as decimal(18, 4)) as coupon_amount,
            {loaded_at("receipts.sold_at", "lines, receipts.sold_at")} as loaded_at
        from lines
        inner join receipts on lines.receipt_id = receipts.receipt_id
        order by lines.file_row
        """,
        "pos/receipt_lines.parquet",
    )
    if any(name in job.given for name in ("product", "product_name", "brand", "category")):
        # a product has several spellings in most files: the most frequent one
        job.found.products = _copy(
            job,
            f"""
            select
                coalesce(product, product_name) as product_id,
                mode(product_name order by product_name) as product_name,
                mode(brand order by brand) as brand,
                cast(null as varchar) as department,
                mode(category order by category) as category,
                cast(null as varchar) as subcategory,
                cast(null as varchar) as colour,
                max_by(price, (ordered_at, file_row)) filter (price > 0) as list_price,
                cast(null as date) as launched_on,
                {loaded_at("min(ordered_at)", "min(ordered_at)")} as loaded_at
            from lines
            where coalesce(product, product_name) is not null
            group by coalesce(product, product_name)
            order by product_id
            """,
            "pos/products.csv",
        )
    if job.columns.store:
        job.found.stores = _copy(
            job,
            f"""
            select
                store as store_id,
                cast(null as varchar) as store_name,
                cast(null as varchar) as province,
                cast(null as varchar) as city,
                cast(null as varchar) as store_type,
                cast(null as date) as opened_on,
                {loaded_at("min(ordered_at)", "min(ordered_at)")} as loaded_at
            from lines
            where store is not null
            group by store
            order by store_id
            """,
            "pos/stores.csv",
        )
    _write_rejects(job)


def _write_rejects(job: Job) -> None:
    """Every row that is not in the raw tables, with the reason and its values."""
    job.connection.register(
        "broken",
        pa.table(
            {
                "file_row": pa.array([row for row, _, _ in job.read.broken], pa.int64()),
                "reason": pa.array([reason for _, reason, _ in job.read.broken], pa.string()),
                "text": pa.array([text for _, _, text in job.read.broken], pa.string()),
            }
        ),
    )
    values = ", ".join(
        f"cast(given.{identifier(name)} as varchar) as {identifier(name)}" for name in job.given
    )
    nothing = ", ".join(f"cast(null as varchar) as {identifier(name)}" for name in job.given)
    # the names the columns have in the file; row, reason and text are ours
    final = ", ".join(
        f"{_spreadsheet_cell(identifier(name))} as {identifier(f'{name}: {column}')}"
        for name, column in job.given.items()
    )
    _copy(
        job,
        f"""
        with every as (
            select file_row, reason, {nothing}, text from broken
            union all
            select
                validated.file_row,
                coalesce(validated.reason, validated.left_out) as reason,
                {values},
                cast(null as varchar) as text
            from validated
            inner join given on validated.file_row = given.file_row
            where coalesce(validated.reason, validated.left_out) is not null
        )
        select file_row as row, reason, {final},
            {_spreadsheet_cell("text")} as text
        from every order by file_row
        """,
        "import_rejects.csv",
    )


def _spreadsheet_cell(column: str) -> str:
    """A column of texts of which none is a formula, as ``printing.spreadsheet_cell`` does it."""
    return (
        f"case when regexp_matches({column}, {literal(FORMULA)}) "
        f"and not regexp_matches({column}, {literal(NUMBER)}) "
        f"then chr(39) || {column} else {column} end"
    )


def _copy(job: Job, query: str, name: str) -> int:
    form = "csv, header" if name.endswith(".csv") else "parquet, compression zstd"
    target = literal(job.out / name)
    return job.count(f"copy ({query}) to {target} (format {form})")
