"""A shop may begin with a part of its systems: what can be known is built, the rest is empty."""

from __future__ import annotations

import pytest

from tests.python.project import SMALL_SHOP, Project

pytestmark = pytest.mark.build

#: What a shop delivers → its customers, and tables that are empty then.
FEW = {
    "marketplace.orders marketplace.order_lines": (1, ("core.touches", "core.web_sessions")),
    "web.reviews web.accounts": (1, ("core.orders", "tags.tag_rfm")),
    # a review by a login of which nothing else is known
    "web.reviews": (0, ("core.orders", "core.customers")),
    # a ticket of a member whom no table has
    "crm.service_tickets": (0, ("core.orders", "core.customers")),
    "web.events": (1, ("core.orders", "tags.tag_rfm")),
    "crm.members": (2, ("core.orders", "tags.tag_rfm", "core.web_sessions")),
    "call_centre.calls": (1, ("core.orders", "core.community_posts", "core.shares")),
    # posts of members that nobody tells of: no customer is made of them
    "community.posts": (0, ("core.orders", "core.customers", "tags.customer_tags")),
}

#: Raw tables of whose rows customers are made.
PEOPLE = (
    "call_centre.calls", "community.members", "crm.members", "crm.service_tickets",
    "marketplace.orders", "pos.receipts", "web.accounts", "web.events", "web.orders",
    "wechat.orders", "wechat.users",
)  # fmt: skip


#: The farthest from a shop of all; the others are tried at night.
EACH_TIME = ("web.events",)


@pytest.mark.parametrize(
    "tables",
    [
        pytest.param(tables, marks=() if tables in EACH_TIME else pytest.mark.nightly)
        for tables in FEW
    ],
)
def test_few_tables_alone_build_and_say_what_is_missing(project: Project, tables: str) -> None:
    for table in tables.split():
        project.write(table, SMALL_SHOP[table])
    result = project.dbt("build", "--exclude-resource-type", "unit_test").check()
    said = "\n".join({line for line in result.output.splitlines() if "out empty" in line})
    customers, empty = FEW[tables]
    no_order = "has no order (marketplace.orders, pos.receipts, web.orders, wechat.orders)"
    assert (no_order in said) == ("core.orders" in empty)
    of_nobody = not set(tables.split()) & set(PEOPLE)
    assert (f"tells of nobody ({', '.join(PEOPLE)}): customers" in said) == of_nobody
    assert len(said.splitlines()) == ("core.orders" in empty) + of_nobody
    assert project.query("select count(*) from core.customers where is_identified") == [
        (customers,)
    ]
    assert project.query("select count(*) from tags.customer_360") == project.query(
        "select count(*) from core.customers"
    )
    for name in empty:
        assert project.query(f"select count(*) from {name}") == [(0,)]
    assert project.query("select count(*) from quality.row_conservation where difference <> 0") == [
        (0,)
    ]


def test_nothing_at_all_is_refused_in_a_line(project: Project) -> None:
    result = project.dbt("build", "--select", "stg_web__events")
    assert not result.success
    assert "has no row in any raw table" in result.output
