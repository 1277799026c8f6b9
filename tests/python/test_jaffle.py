"""A year of dbt's demonstration shop is what pandas computes from the files of its generator."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from one360.datasets import jaffle
from one360.errors import One360Error
from tests.python.project import ROOT, Project

needs_jafgen = pytest.mark.skipif(
    importlib.util.find_spec("jafgen") is None,
    reason="jafgen is not installed; make setup-dev installs it",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Path]]:
    """The built shop, without any variable set, and the folder of what jafgen wrote."""
    folder = tmp_path_factory.mktemp("jaffle")
    source = jaffle.make_jaffle_shop(folder)
    project = Project(folder, dataset="jaffle")
    jaffle.import_jaffle_shop(source, project.raw, ROOT)
    selected = ("+tag_rfm", "+orders", "+row_conservation")
    words = ("build", "--exclude-resource-type", "test", "unit_test", "--select")
    project.dbt(*words, *selected).check()
    yield project, source
    project.close()


@needs_jafgen
@pytest.mark.build
@pytest.mark.nightly
def test_orders_revenue_and_every_customers_year_are_those_of_pandas(
    shop: tuple[Project, Path],
) -> None:
    project, source = shop
    orders = pd.read_csv(source / "raw_orders.csv", parse_dates=["ordered_at"])
    items = pd.read_csv(source / "raw_items.csv")
    assert len(orders) > 50_000
    assert project.query(
        "select count(*), cast(sum(net_amount) as decimal(18, 2)), count(distinct one_id),"
        " sum(line_count), cast(sum(tax_amount) as decimal(18, 2)) from core.orders"
    ) == [
        (
            len(orders),
            Decimal(int(orders["subtotal"].sum())) / 100,
            orders["customer"].nunique(),
            len(items),
            Decimal(int(orders["tax_paid"].sum())) / 100,
        )
    ]
    last = orders["ordered_at"].max().normalize()
    assert project.query("select distinct as_of_date from tags.tag_rfm") == [(last.date(),)]
    bought = orders[orders["ordered_at"] >= last - dt.timedelta(days=364)]
    expected = {
        customer: (len(of_one), Decimal(int(of_one["subtotal"].sum())) / 100)
        for customer, of_one in bought.groupby("customer")
    }
    given = {
        customer: (frequency, monetary)
        for customer, frequency, monetary in project.query(
            """
            select stg_crm__members.member_id, tag_rfm.frequency, tag_rfm.monetary
            from tags.tag_rfm
            inner join core.customer_profiles on tag_rfm.one_id = customer_profiles.one_id
            inner join identity.int_identity__profiles
                on customer_profiles.profile_id = int_identity__profiles.profile_id
            inner join staging.stg_crm__members
                on int_identity__profiles.natural_key = stg_crm__members.member_id
            where customer_profiles.profile_type = 'crm_member'
            """
        )
    }
    assert given == expected


@needs_jafgen
@pytest.mark.build
@pytest.mark.nightly
def test_no_row_of_the_shop_is_refused(shop: tuple[Project, Path]) -> None:
    project, source = shop
    rows = {
        f"{system}.{table}": (raw, staged)
        for system, table, raw, staged in project.query(
            "select source_system, source_table, raw_rows, staged_rows"
            " from quality.row_conservation where raw_rows > 0"
        )
    }
    files = {
        "crm.members": "customers", "pos.receipts": "orders", "pos.receipt_lines": "items",
        "pos.products": "products", "pos.stores": "stores",
    }  # fmt: skip
    counts = {table: len(pd.read_csv(source / f"raw_{file}.csv")) for table, file in files.items()}
    assert rows == {table: (count, count) for table, count in counts.items()}


@pytest.mark.parametrize(
    ("variables", "sold_at"),
    [
        ({"business_timezone": "America/New_York"}, "2026-03-01 15:30:00"),
        ({}, "2026-03-01 02:30:00"),
    ],
)
def test_times_are_the_clock_of_the_projects_time_zone(
    tmp_path: Path, variables: dict[str, str], sold_at: str
) -> None:
    (tmp_path / "dbt_project.yml").write_text(json.dumps({"name": "one360", "vars": variables}))
    (tmp_path / "models").symlink_to(ROOT / "models")
    for name, rows in {
        "customers": "id,name\nc1,Ann\n",
        "orders": "id,customer,ordered_at,store_id,subtotal,tax_paid,order_total\n"
        "o1,c1,2026-03-01T10:30:00,s1,100,6,106\n",
        "items": "id,order_id,sku\ni1,o1,p1\n",
        "products": "sku,name,type,price,description\np1,Tea,beverage,100,Hot\n",
        "stores": "id,name,opened_at,tax_rate\ns1,Philadelphia,2025-09-01T00:00:00,0.06\n",
    }.items():
        (tmp_path / f"raw_{name}.csv").write_text(rows)
    jaffle.import_jaffle_shop(tmp_path, tmp_path / "raw", tmp_path)
    receipts = duckdb.sql(f"from '{tmp_path}/raw/pos/receipts.parquet' select sold_at::text")
    assert receipts.fetchall() == [(sold_at,)]


def test_a_missing_generator_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(One360Error, match="make prepare DATASET=jaffle installs it"):
        jaffle.make_jaffle_shop(tmp_path)
