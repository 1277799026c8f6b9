"""The Jaffle Shop, dbt's demonstration shop: made by ``jafgen``, as raw tables.

``jafgen`` simulates the customers, orders, items, products, supplies, stores and tweets
of a chain of cafés. What it writes is mapped so (docs/real_examples.md):

=====================  =======================================================
customers              crm.members; the customer's key is the card
orders                 pos.receipts, with the tax that is added
items                  pos.receipt_lines, a unit each, at the product's price
products, stores       pos.products, pos.stores
supplies, tweets       nothing: what a product is made of and what is said of
                       the shop are in no raw table
=====================  =======================================================

Money is in cents there. Its times name no zone: they are taken over as the clock of
the project's business time zone, so that dates and hours are the shop's own.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import duckdb

from one360.datasets.clock import read_clocks
from one360.errors import One360Error, one_line
from one360.raw_files.declared import declared_tables
from one360.sql import identifier, literal

#: Made in a process of its own: it seeds what is random and writes into the current folder.
_MAKE = """
import random
import numpy
random.seed({seed})
numpy.random.seed({seed})
from jafgen.simulation import Simulation
shop = Simulation({years}, "raw")
shop.run_simulation()
shop.save_results()
"""

_ENTITIES = ("customers", "orders", "items", "products", "stores")

# Each raw table and what it has; its other columns are NULL. `utc` is a macro below.
_RAW_TABLES = {
    "crm.members": """
        select
            id as member_id,
            id as card_no,
            name as full_name,
            (
                select min(utc(ordered_at)) + interval 1 day from orders
                where orders.customer = customers.id
            ) as loaded_at
        from customers
    """,
    "pos.stores": """
        select
            id as store_id,
            name as store_name,
            name as city,
            cast(opened_at as date) as opened_on,
            (select min(utc(ordered_at)) from orders) as loaded_at
        from stores
    """,
    "pos.products": """
        select
            sku as product_id,
            name as product_name,
            type as category,
            price / 100 as list_price,
            (select min(utc(ordered_at)) from orders) as loaded_at
        from products
    """,
    "pos.receipts": """
        select
            id as receipt_id,
            store_id,
            customer as card_no,
            utc(ordered_at) as sold_at,
            tax_paid / 100 as tax_amount,
            order_total / 100 as total_amount,
            utc(ordered_at) + interval 1 day as loaded_at
        from orders
    """,
    "pos.receipt_lines": """
        select
            items.order_id as receipt_id,
            row_number() over (partition by items.order_id order by items.id) as line_no,
            items.sku as product_id,
            1 as quantity,
            products.price / 100 as list_amount,
            products.price / 100 as net_amount,
            0 as coupon_amount,
            utc(orders.ordered_at) + interval 1 day as loaded_at
        from items
        inner join products on items.sku = products.sku
        inner join orders on items.order_id = orders.id
    """,
}


def make_jaffle_shop(folder: Path, years: int = 1, seed: int = 360) -> Path:
    """Let ``jafgen`` simulate the shop within ``folder``; return the folder of its files.

    Amounts are the same for a seed; ids differ each time.

    Raises:
        One360Error: jafgen is not installed, or failed.
    """
    if importlib.util.find_spec("jafgen") is None:
        raise One360Error(
            "the package jafgen is not installed: make prepare DATASET=jaffle installs it, or "
            "pip install --require-hashes -r requirements-jaffle.txt"
        )
    made = subprocess.run(
        [sys.executable, "-c", _MAKE.format(years=years, seed=seed)],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        last = made.stderr.strip().rsplit("\n", 1)[-1]
        raise One360Error(f"jafgen failed: {one_line(Exception(last))}")
    return folder / "jaffle-data"


def import_jaffle_shop(source: Path, out_dir: Path, project: Path) -> dict[str, int]:
    """Write the raw tables below ``out_dir``; return rows by raw table.

    Args:
        source: folder of the files that jafgen wrote.
        out_dir: where the raw tables go.
        project: the dbt project, which declares the columns of raw tables and has the
            variable business_timezone, where it is not the default.
    """
    declared = declared_tables(project)
    with duckdb.connect() as connection:
        read_clocks(connection, project)
        for entity in _ENTITIES:
            csv = literal(source / f"raw_{entity}.csv")
            connection.execute(f"create view {entity} as from read_csv({csv})")
        rows = {}
        for name, query in _RAW_TABLES.items():
            connection.execute(f"create or replace temp table mapped as {query}")
            has = {
                column
                for (column,) in connection.execute(
                    "select column_name from duckdb_columns() where table_name = 'mapped'"
                ).fetchall()
            }
            columns = ", ".join(
                f"cast({identifier(column.name) if column.name in has else 'null'} as "
                f"{column.type}) as {identifier(column.name)}"
                for column in declared[name].columns
            )
            file = out_dir / declared[name].system / f"{declared[name].table}.parquet"
            file.parent.mkdir(parents=True, exist_ok=True)
            copied = connection.execute(
                f"copy (select {columns} from mapped) to {literal(file)} (format parquet)"
            ).fetchone()
            rows[name] = int(copied[0]) if copied else 0
    return rows
