"""The real data set reconciles with its source, to the cent."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from one360.datasets.complete_journey import import_complete_journey, source_folder
from tests.python.project import ROOT


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("complete_journey")
    import_complete_journey(folder, ROOT)
    return folder


def one(raw: Path, query: str) -> tuple:
    tables = {
        "receipts": "pos/receipts.parquet",
        "receipt_lines": "pos/receipt_lines.parquet",
        "products": "pos/products.csv",
        "stores": "pos/stores.csv",
        "members": "crm/members.csv",
        "campaigns": "crm/campaigns.csv",
        "campaign_members": "crm/campaign_members.parquet",
        "coupons": "crm/coupons.parquet",
        "redemptions": "crm/coupon_redemptions.parquet",
    }
    with duckdb.connect() as connection:
        for name, file in tables.items():
            option = ", all_varchar = true" if file.endswith(".csv") else ""
            reader = "read_csv" if option else "read_parquet"
            connection.execute(f"create view {name} as from {reader}('{raw / file}'{option})")
        for table in ("transactions", "demographics", "coupon_redemptions"):
            connection.execute(
                f"create view source_{table} as from '{source_folder() / table}.parquet'"
            )
        row = connection.execute(query).fetchone()
        assert row is not None
        return row


def test_lines_baskets_households_and_sales_value(raw: Path) -> None:
    assert one(
        raw,
        """
        select
            (select count(*) from receipt_lines),
            (select count(*) from receipts),
            (select count(distinct card_no) from receipts),
            (select count(*) from members),
            (select sum(net_amount) from receipt_lines),
            (select sum(total_amount) from receipts)
        """,
    ) == (1469307, 155848, 2469, 2469, Decimal("4596039.58"), Decimal("4596039.58"))


def test_every_amount_column_reconciles_with_the_source(raw: Path) -> None:
    lines = one(
        raw,
        """
        select sum(list_amount - net_amount), sum(coupon_amount), sum(quantity) from receipt_lines
        """,
    )
    source = one(
        raw,
        """
        select
            sum(cast(retail_disc as decimal(18, 2)) + cast(coupon_match_disc as decimal(18, 2))),
            sum(cast(coupon_disc as decimal(18, 2))),
            sum(quantity)
        from source_transactions
        """,
    )
    assert lines == source


def test_every_basket_has_the_total_of_its_lines(raw: Path) -> None:
    assert one(
        raw,
        """
        select count(*) from receipts
        full join (select receipt_id, sum(net_amount) as net from receipt_lines group by 1) as lines
            on receipts.receipt_id = lines.receipt_id
        where receipts.total_amount is distinct from lines.net
        """,
    ) == (0,)


@pytest.mark.parametrize(
    ("basket", "shelf_price"),
    [("35730137393", "1.67"), ("31672240446", "1.85"), ("36027750817", "1.67")],
)
def test_shelf_price_of_the_documentation(raw: Path, basket: str, shelf_price: str) -> None:
    where = f"where product_id = '819063' and receipt_id = '{basket}'"
    price = one(
        raw, f"select cast(list_amount / quantity as decimal(9, 4)) from receipt_lines {where}"
    )
    assert price == (Decimal(shelf_price),)


def test_price_paid_of_the_documentation(raw: Path) -> None:
    assert one(
        raw,
        """
        select net_amount - coupon_amount from receipt_lines
        where product_id = '819063' and receipt_id = '36027750817'
        """,
    ) == (Decimal("2.34"),)


def test_every_household_is_a_member_and_801_are_described(raw: Path) -> None:
    assert one(
        raw,
        """
        select count(*), count(distinct member_id), count(age_band), count(card_no)
        from members
        """,
    ) == (2469, 2469, 801, 2469)


def test_campaigns_coupons_and_redemptions_are_all_there(raw: Path) -> None:
    assert one(
        raw,
        """
        select
            (select count(*) from campaigns),
            (select count(*) from campaign_members),
            (select count(*) from campaign_members where arm = 'treatment'),
            (select count(distinct coupon_id) from coupons),
            (select count(*) from coupons),
            (select count(distinct redemption_id) from redemptions)
        """,
    ) == (27, 6589, 6589, 1197, 1197, 2102)


def test_redemptions_name_a_coupon_and_a_basket_of_their_household_and_day(raw: Path) -> None:
    assert one(
        raw,
        """
        select
            count(*) filter (where coupons.coupon_id is null),
            count(*) filter (
                where redemptions.order_id is not null
                and (
                    receipts.card_no is distinct from redemptions.member_id
                    or receipts.sold_at <> redemptions.redeemed_at
                )
            ),
            count(redemptions.order_id)
        from redemptions
        left join coupons on redemptions.coupon_id = coupons.coupon_id
        left join receipts on redemptions.order_id = receipts.receipt_id
        """,
    ) == (0, 0, 1878)


def test_business_days_are_the_shops_own(raw: Path) -> None:
    # the source's weeks run from Monday to Sunday of the shop's calendar
    assert one(
        raw,
        """
        with days as (
            select
                source_transactions.week,
                cast(receipts.sold_at + interval 8 hour as date) as sold_date
            from source_transactions
            inner join receipts
                on cast(source_transactions.basket_id as varchar) = receipts.receipt_id
        )
        select count(distinct date_trunc('week', sold_date)), count(distinct week)
        from days
        """,
    ) == (53, 53)
    assert one(
        raw,
        "select cast(min(sold_at + interval 8 hour) as date)::varchar, "
        "cast(max(sold_at + interval 8 hour) as date)::varchar from receipts",
    ) == ("2017-01-01", "2017-12-31")


def test_nothing_arrives_before_it_happened(raw: Path) -> None:
    assert one(raw, "select count(*) from receipts where loaded_at <= sold_at") == (0,)
