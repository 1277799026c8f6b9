"""Nights on a warehouse: a missing source stops the build, is let through, and is caught up.

The verdicts themselves are in test_arrivals.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from one360.errors import One360Error
from one360.paths import dataset_paths
from one360.publish.nights import compare_nights, let_through, write_nights
from one360.raw_files.arrival_gate import FIELDS, published_nights
from one360.raw_files.arrivals import Verdict
from tests.python.project import BEGUN, UNCHECKED, Project

pytestmark = pytest.mark.build

MODELS = ("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test",
          *BEGUN, "--select", "arrivals", "+customers", "+orders", *UNCHECKED)  # fmt: skip

FACTS = (
    "select source_system, order_id, net_amount from core.orders order by all",
    "select source_system, profile_type, natural_key from identity.int_identity__profiles "
    "order by all",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project(tmp_path_factory.mktemp("nights"))
    project.begin()
    project.write_small_shop()
    yield project
    project.close()


def publish_arrivals(project: Project) -> None:
    """Put what nights are read from where readers have it."""
    project.published.unlink(missing_ok=True)
    with duckdb.connect(str(project.published)) as connection:
        connection.execute(f"attach '{project.warehouse}' as built (read_only)")
        connection.execute("create schema quality")
        connection.execute("create table quality.arrivals as from built.quality.arrivals")


def facts(project: Project) -> list[list[tuple[Any, ...]]]:
    return [project.query(sql) for sql in FACTS]


def verdicts(project: Project, system: str) -> list[tuple[Any, ...]]:
    return project.query(
        "select source_table, verdict, is_accepted from main.arrivals "
        f"where source_system = '{system}' and source_table in ('receipts', '*') "
        "and build_id = (select max_by(build_id, recorded_at) from main.arrivals) order by all"
    )


def test_a_night_without_a_source(shop: Project, tmp_path: Path):
    shop.dbt(*MODELS).check()
    assert verdicts(shop, "pos") == [("*", "first", False), ("receipts", "first", False)]
    # nothing is published: nothing is expected
    away = tmp_path / "pos"
    (shop.raw / "pos").rename(away)
    shop.dbt(*MODELS).check()
    away.rename(shop.raw / "pos")
    shop.dbt(*MODELS).check()
    publish_arrivals(shop)
    whole, last_build = facts(shop), shop.query("select build_id from main.last_build")

    (shop.raw / "pos").rename(away)
    said = shop.dbt(*MODELS)
    assert not said.success
    assert "not everything arrived, so nothing is built: pos (" in said.output
    assert "found no row" in said.output and "accept_arrivals: [pos]" in said.output
    # nothing was touched, and the night is on record
    assert facts(shop) == whole
    assert shop.query("select build_id from main.last_build") == last_build
    assert verdicts(shop, "pos") == [("*", "missing", False), ("receipts", "missing", False)]

    let = shop.dbt(*MODELS, accept_arrivals=["pos"]).check()
    assert "let through by accept_arrivals: pos (" in let.output
    assert verdicts(shop, "pos") == [("*", "missing", True), ("receipts", "missing", True)]
    assert not shop.query("select * from core.orders where source_system = 'pos'")
    publish_arrivals(shop)
    with duckdb.connect(str(shop.published), read_only=True) as connection:
        assert "pos.receipts missing" in let_through(connection, shop.published.stem)

    # the next night expects it again
    assert not shop.dbt(*MODELS).success
    away.rename(shop.raw / "pos")
    shop.dbt(*MODELS).check()
    assert facts(shop) == whole
    publish_arrivals(shop)
    with duckdb.connect(str(shop.published), read_only=True) as connection:
        assert let_through(connection, shop.published.stem) == []
    # the same night twice
    shop.dbt(*MODELS).check()


def test_a_name_that_is_no_source_stops_the_run(shop: Project):
    said = shop.dbt("seed", accept_arrivals=["poss"])
    assert said.success
    said = shop.dbt("run", "--select", "arrivals", accept_arrivals=["poss"])
    assert not said.success and "poss is no raw table and no system" in said.output


def test_nights_of_raw_files_that_were_made_otherwise_are_no_past(tmp_path: Path):
    paths = dataset_paths("shop", home=tmp_path)
    assert published_nights(paths, "x") == []
    paths.published.parent.mkdir(parents=True)
    verdict = Verdict("pos.receipts", "arrived", 5)
    with duckdb.connect(str(paths.published)) as connection:
        connection.execute("create schema quality")
        nulls = ", ".join(f"null as {name}" for name in FIELDS[3:-1])
        connection.execute(
            "create table quality.arrivals as select *, 'pos' as source_system, "
            f"'receipts' as source_table, 'arrived' as verdict, 5 as raw_rows, {nulls}, "
            "false as is_accepted "
            "from (values (1, 'x'), (2, 'y'), (3, null), (4, 'x')) as made(night_number, made_by)"
        )
    assert published_nights(paths, "x") == [{"pos.receipts": verdict}] * 2
    assert published_nights(paths, None) == [{"pos.receipts": verdict}]


def test_nights_of_publications(tmp_path: Path):
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")

    def built(name: str, orders: int, made_by: str = "x") -> str:
        connection.execute(f"attach ':memory:' as {name}")
        for schema in ("core", "quality"):
            connection.execute(f"create schema {name}.{schema}")
        connection.execute(
            f"create table {name}.core.orders as "
            f"select 'pos' as source_system, 1.5 as net_amount from range({orders})"
        )
        for table in ("customers", "issued_one_ids"):
            connection.execute(f"create table {name}.core.{table} as from range(200)")
        connection.execute(
            f"create table {name}.quality.arrivals as "
            f"select '{made_by}' as made_by, now() as recorded_at"
        )
        return name

    def publish(source: str, before: str | None, day: str, *accepted: str) -> str:
        night, _ = compare_nights(connection, source, before, day, accepted)
        copied = f"{source}_out"
        connection.execute(f"attach ':memory:' as {copied}")
        write_nights(connection, source, copied, before, day, night)
        return copied

    first = publish(built("night1", 1000), None, "2026-06-01")
    lost = built("night2", 350)
    with pytest.raises(One360Error) as stopped:
        publish(lost, first, "2026-06-02")
    assert str(stopped.value) == (
        "nothing is published: net amount of pos expected at least 1,350, found 525; orders of "
        "pos expected at least 900, found 350. If that is right, build with "
        "--vars 'accept_arrivals: [SYSTEM]' and publish again"
    )
    let = publish(lost, first, "2026-06-02", "pos")
    assert let_through(connection, let) == [
        "net amount of pos 525 instead of 1,350", "orders of pos 350 instead of 900",
    ]  # fmt: skip
    back = publish(built("night3", 1010), let, "2026-06-03")
    assert let_through(connection, back) == []
    assert connection.execute(
        f"select measure, value, is_accepted from {back}.main.nights "
        "where measure = 'orders' order by published_at"
    ).fetchall() == [("orders", 1000, False), ("orders", 350, True), ("orders", 1010, False)]
    # another scale of the demo, and a past date, are not held against it
    publish(built("other", 10, made_by="y"), back, "2026-06-04")
    publish(built("past", 10), back, "2026-05-01")
