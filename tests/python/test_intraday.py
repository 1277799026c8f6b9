"""A run in the course of the day: what it brings before readers, and what it leaves alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from one360.cli.program import run
from one360.errors import One360Error
from one360.paths import DatasetPaths, dataset_paths
from one360.publish.publication import publish
from one360.published.summary import summarise
from tests.python.independent.keys import keyed_hash
from tests.python.project import SALT, SMALL_SHOP, UNCHECKED, Project, Row

pytestmark = [pytest.mark.build, pytest.mark.nightly, pytest.mark.usefixtures("quick_dbt")]

#: What a night makes of who is who, tags and their history.
COMPARED = ("+customer_tag_history", "+customer_360", "+tag_thresholds", "+config.schema:core")

#: Bob's second account, of which nobody can know yet that it is his.
SECOND_ACCOUNT = {
    "user_id": "w3", "email": "second@example.com", "mobile": "13700137003",
    "full_name": "Bob Stone", "registered_at": "2025-06-01 02:00",
    "updated_at": "2025-06-01 02:00",
}  # fmt: skip

#: Beside the small shop at night.
MORE: dict[str, list[Row]] = {
    "web.accounts": [SECOND_ACCOUNT],
    "web.orders": [
        {"order_id": "o2", "user_id": "w3", "mobile": "13700137003",
         "email": "second@example.com", "recipient_name": "Bob Stone", "city": "Beijing",
         "ordered_at": "2026-01-05 02:10", "status": "completed", "payment_method": "alipay",
         "shipping_amount": 0, "total_amount": 12},
    ],
    "web.order_lines": [
        {"order_id": "o2", "line_no": 1, "product_id": "p2", "quantity": 1, "list_amount": 12,
         "net_amount": 12, "coupon_amount": 0, "loaded_at": "2026-01-05 03:00"},
    ],
    "wechat.orders": [
        {"order_id": "x2", "app_id": "shop", "openid": "oid1", "mobile": "13800138001",
         "recipient_name": "李梅", "city": "Shanghai", "ordered_at": "2026-01-20 02:00",
         "status": "paid", "payment_method": "wechat_pay", "shipping_amount": 0,
         "total_amount": 12},
    ],
    "wechat.order_lines": [
        {"order_id": "x2", "line_no": 1, "product_id": "p2", "quantity": 1, "list_amount": 12,
         "net_amount": 12, "coupon_amount": 0, "loaded_at": "2026-01-20 03:00"},
    ],
}  # fmt: skip

#: What comes in on 2026-03-03, the day after what the nightly build saw.
AT_NOON: dict[str, list[Row]] = {
    "web.events": [
        {"event_id": "e10", "anonymous_id": "a1", "user_id": "w1", "event": "product_added",
         "page_path": "/p/p1", "product_id": "p1", "brand": "Leaf", "device_type": "mobile",
         "occurred_at": "2026-03-03 06:00"},
        # somebody new
        {"event_id": "e11", "anonymous_id": "a4", "user_id": "w4", "event": "product_added",
         "page_path": "/p/p2", "product_id": "p2", "brand": "Clay", "device_type": "desktop",
         "occurred_at": "2026-03-03 06:05"},
        # late
        {"event_id": "e12", "anonymous_id": "a1", "user_id": "w1", "event": "product_viewed",
         "page_path": "/p/p2", "product_id": "p2", "brand": "Clay", "device_type": "mobile",
         "occurred_at": "2026-02-20 06:00", "loaded_at": "2026-03-03 07:00"},
    ],
    "web.accounts": [
        {"user_id": "w4", "email": "eve@example.com", "mobile": "13600136004",
         "full_name": "Eve Moss", "registered_at": "2026-03-03 06:03",
         "updated_at": "2026-03-03 06:03"},
        # now it is known
        {**SECOND_ACCOUNT, "email": "bob@example.com", "mobile": "13900139002",
         "updated_at": "2026-03-03 06:30"},
    ],
    "pos.receipts": [
        # corrected
        {"receipt_id": "r2", "store_id": "S1", "mobile": "13900139002",
         "sold_at": "2026-02-10 04:00", "payment_method": "card", "total_amount": 10,
         "loaded_at": "2026-03-03 07:00"},
        # the first order of the day, which is then seen
        {"receipt_id": "r9", "store_id": "S1", "sold_at": "2026-03-03 05:00",
         "payment_method": "cash", "total_amount": 12},
    ],
    "pos.receipt_lines": [
        {"receipt_id": "r2", "line_no": 1, "product_id": "p2", "quantity": 1, "list_amount": 12,
         "net_amount": 10, "coupon_amount": 0, "loaded_at": "2026-03-03 07:00"},
        {"receipt_id": "r9", "line_no": 1, "product_id": "p2", "quantity": 1, "list_amount": 12,
         "net_amount": 12, "coupon_amount": 0, "loaded_at": "2026-03-03 07:00"},
    ],
}  # fmt: skip


def deliver(project: Project, name: str, tables: Mapping[str, list[Row]]) -> None:
    """Another file of each table, beside those that are there."""
    for table, rows in tables.items():
        path = project.path(table)
        project.write(table, rows, to=path.with_suffix("") / f"{name}{path.suffix}")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The small shop after a nightly build that is published."""
    project = Project(tmp_path_factory.mktemp("night"))
    deliver(project, "base", SMALL_SHOP)
    deliver(project, "more", MORE)
    project.dbt("build", "--exclude-resource-type", "unit_test").check()
    publish(dataset_paths(project.dataset, project.home), project.target)
    yield project
    project.close()


class Shop:
    """A copy of the shop of that night, to let the next day begin."""

    def __init__(self, night: Project, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shutil.copytree(night.home, folder / "home")
        shutil.copytree(night.target, folder / "target")
        self.project = Project(folder, night.dataset)
        self.paths: DatasetPaths = dataset_paths(night.dataset, self.project.home)
        for name, value in self.project.environment.items():
            monkeypatch.setenv(name, value)

    def nightly(self) -> None:
        """Build what is compared, models only."""
        self.project.dbt("run", "--select", *COMPARED, *UNCHECKED).check()
        self.project.close()

    def read(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.paths.published), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every published table with its rows in order."""
        names = self.read(
            "select table_schema || '.' || table_name from publication"
            " where row_count is not null order by 1"
        )
        return {name: self.read(f"select * from {name} order by all") for (name,) in names}


@pytest.fixture
def shop(night: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    one = Shop(night, tmp_path, monkeypatch)
    yield one
    one.project.close()


def named(number: str) -> str:
    """The condition that an order bears a number; its key is published as a keyed hash."""
    keys = [keyed_hash(SALT, f"{channel}-{number}") for channel in ("pos", "web", "wechat")]
    return f"order_id in {tuple(keys)}"


HOT = ("tag_aarrr", "tag_interest", "tag_lifecycle", "tag_moments")


def test_a_day_between_two_nights(
    shop: Shop,
    night: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = shop.tables()
    ((mei,),) = shop.read(f"select distinct one_id from core.orders where {named('o1')}")
    merged = {one for (one,) in shop.read("select one_id from core.customers")}
    deliver(shop.project, "noon", AT_NOON)
    command = ["intraday", "--dataset", shop.project.dataset]

    # a check that fails shows readers nothing, and the next run goes on from there
    catalogue = (
        "update tags_internal.int_registry__catalogue set domain_from = {} where tag_code = "
    )
    tag = "'viewed_unbought_products'"
    shop.project.execute(catalogue.format(1000) + tag)
    assert run(command) == 1
    assert "viewed_unbought_products of tag_interest has values from" in capsys.readouterr().err
    assert shop.tables() == before
    shop.project.execute(catalogue.format(0) + tag)
    assert run(command) == 0
    assert "tables brought up to date" in capsys.readouterr().out
    after = shop.tables()

    # a cart is seen, of whoever was known and of whoever is new
    carts = "select one_id from {} order by 1"
    long = carts.format("tags.customer_tags where tag_code = 'cart_open' and tag_value = 'true'")
    wide = carts.format("tags.customer_360 where is_cart_open")
    ((eve,),) = shop.read("select one_id from core.customers where email_masked like 'e***%'")
    assert shop.read(long) == shop.read(wide) == sorted([(mei,), (eve,)])
    assert shop.read(f"select sum(net_amount) from core.orders where {named('r2')}") == [(10,)]

    # who was merged is gone from what shows all tags, and the day's customers are all there
    everybody = {one for (one,) in shop.read("select one_id from core.customers")}
    merged -= everybody
    assert len(merged) == 1
    assert {one for (one,) in shop.read("select one_id from tags.customer_360")} == everybody
    assert {one for (one,) in shop.read("select one_id from tags.customer_tags")} <= everybody

    # the rest is as of the night
    built = {
        f"{schema}.{table}"
        for schema, table in shop.read(
            "select table_schema, table_name from publication where refreshed_at is not null"
        )
    }
    assert {f"tags.{name}" for name in HOT} <= built
    assert {"core.customers", "core.orders", "core.touches", "tags.customer_tags"} <= built
    assert not built & {"tags.tag_rfm", "tags.customer_tag_history", "tags.tag_migrations"}
    assert {name for name in before if before[name] != after[name]} <= built
    daily = ("rfm_segment", "preferred_category")
    kept = [row for row in before["tags.customer_tags"] if row[1] in daily and row[0] not in merged]
    assert kept
    assert [row for row in after["tags.customer_tags"] if row[1] in daily] == kept
    # each says of which day it is
    as_of = "select distinct cast(as_of_date as varchar) from {}"
    assert shop.read(as_of.format("tags.tag_interest")) == [("2026-03-03",)]
    assert shop.read(as_of.format("tags.tag_rfm")) == [("2026-03-02",)]

    # it is no nightly build, and says so
    lines = summarise(shop.paths, shop.project.target)
    assert lines[0].startswith("test_shop as of 2026-03-02")
    assert f"{len(built)} tables brought up to date at" in lines[1]
    with pytest.raises(One360Error, match="the last build was of a selection of models"):
        publish(shop.paths, shop.project.target)

    # the next night ends where it would have ended without
    other = Shop(night, tmp_path / "undisturbed", monkeypatch)
    deliver(other.project, "noon", AT_NOON)
    for one in (shop, other):
        one.nightly()
    for (name,) in shop.project.query(
        """
        select schema_name || '.' || name from (
            select schema_name, table_name as name from duckdb_tables()
            union all select schema_name, view_name from duckdb_views()
        ) where schema_name in ('core', 'tags')
        """
    ):
        rows = f"select * from {name} order by all"
        assert shop.project.query(rows) == other.project.query(rows), name


def test_what_cannot_be_refreshed_is_not_built(shop: Shop, capsys: pytest.CaptureFixture) -> None:
    before = shop.tables()
    invocation = shop.project.query("select * from main.last_build")
    command = ["intraday", "--dataset", shop.project.dataset]
    broken = shop.project.path("web.events").with_suffix("") / "broken.parquet"
    broken.write_bytes(b"PAR1")
    assert run(command) == 1
    assert "The raw data cannot be read" in capsys.readouterr().err
    broken.unlink()
    # somebody ran models by hand: readers would get a mixture
    shop.project.execute("update main.last_build set build_id = 'by hand'")
    assert run(command) == 1
    assert "is not of the last build of the warehouse" in capsys.readouterr().err
    shop.project.execute(f"update main.last_build set build_id = '{invocation[0][1]}'")
    assert shop.project.query("select * from main.last_build") == invocation
    assert shop.tables() == before
