"""A source of local clocks and foreign money, as its YAML and seed exchange_rates have it.

The web shop writes New York's wall clock and dollars, its loader UTC.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from one360.errors import One360Error
from one360.raw_files.declared import declared_tables

from .project import BEGUN, ROOT, Project
from .test_adding_a_tag import copy_of_the_project

pytestmark = pytest.mark.build

SOURCES = "models/staging/web/_web__sources.yml"
RATES = "currency,from_date,rate\nUSD,2025-01-01,7.0\nUSD,2025-03-09,7.1234\n"
AS_TEXT = {"ordered_at": "string", "loaded_at": "string"}

#: Order, time as written, what the line costs, currency.
FIRST_NIGHT = [
    ("before", "2025-03-08 23:59:59", "10.00", None),
    ("after", "2025-03-09 00:00:00", "10.005", None),
    ("skipped", "2025-03-09 02:30", "1", "usd"),
    ("summer", "2025-03-09 03:00:00", "1", "CNY"),
    ("offset", "2025-03-09 12:00:00 +08:00", "1", None),
    ("won", "2025-03-10 23:00:00", "1", "KRW"),
    ("early", "2024-12-31 23:59:59", "1", None),
    ("shifted", "2025-03-10 23:00:00", "1", "13800138000"),
]
SECOND_NIGHT = [
    ("twice", "2025-11-02 01:30:00", "1", None),
    ("winter", "2025-11-02 02:00", "1", ""),
    ("back", "2025-11-02 03:00", "-10.00", "USD"),
]
#: Orders that bring another one back, when the rate is another one.
RETURNS = {"back": "before"}


def declare(folder: Path, old: str, new: str) -> None:
    path = folder / SOURCES
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def write(shop: Project, rows: list[tuple], loaded_at: str) -> None:
    """Orders and their lines; the loader's clock is UTC."""
    shop.write(
        "web.orders",
        [
            {
                "order_id": key,
                "ordered_at": at,
                "currency": currency,
                "returns_order_id": RETURNS.get(key),
                "loaded_at": loaded_at,
            }
            for key, at, _, currency in rows
        ],
        format="csv",
        types=AS_TEXT,
    )
    shop.write(
        "web.order_lines",
        [
            {"order_id": key, "line_no": 1, "net_amount": amount, "loaded_at": loaded_at}
            for key, _, amount, _ in rows
        ],
    )


def built(shop: Project) -> dict[str, tuple]:
    if not shop.warehouse.exists():
        shop.begin()
    shop.dbt(
        "build", "--select", "+orders", "+rejected_records", "reject_reasons",
        "--indirect-selection", "cautious", "--exclude-resource-type", "unit_test", *BEGUN,
    ).check()  # fmt: skip
    rows = shop.query(
        "select source_order_id, ordered_at, ordered_date, currency, exchange_rate, net_amount, "
        "original_net_amount from core.orders"
    )
    return {key: row for key, *row in rows}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("money")
    copy = copy_of_the_project(folder / "project")
    declare(
        copy,
        "            keys: [order_id]\n            lines: order_lines\n",
        "            keys: [order_id]\n            lines: order_lines\n"
        "            currency: USD\n            timezone: America/New_York\n",
    )
    path = copy / SOURCES
    head, orders, rest = path.read_text(encoding="utf-8").partition("      - name: orders\n")
    loaded = "            description: \"{{ doc('sources__loaded_at') }}\"\n"
    zone = loaded + "            config: {meta: {timezone: UTC}}\n"
    path.write_text(head + orders + rest.replace(loaded, zone, 1), encoding="utf-8")
    (copy / "seeds/staging/exchange_rates.csv").write_text(RATES, encoding="utf-8")
    project = Project(folder, variables={"business_timezone": "America/New_York"}, project_dir=copy)
    yield project
    project.close()


def test_times_are_utc_and_amounts_in_the_reporting_currency(shop: Project) -> None:
    march, rate, first = date(2025, 3, 9), Decimal("7.1234"), Decimal("7.0")
    write(shop, FIRST_NIGHT, "2025-03-20 00:00:00")
    expected = {
        "before": [datetime(2025, 3, 9, 4, 59, 59), date(2025, 3, 8), "USD", first, 70, 10],
        "after": [
            datetime(2025, 3, 9, 5), march, "USD", rate, Decimal("71.2696"), Decimal("10.005"),
        ],
        "skipped": [datetime(2025, 3, 9, 7, 30), march, "USD", rate, rate, 1],
        "summer": [datetime(2025, 3, 9, 7), march, "CNY", 1, 1, 1],
        "offset": [datetime(2025, 3, 9, 4), date(2025, 3, 8), "USD", first, 7, 1],
    }  # fmt: skip
    assert built(shop) == expected
    assert shop.query(
        "select natural_key, reason_code, reason_detail from quality.rejected_records "
        "where source_table = 'orders' order by all"
    ) == [
        ("early", "missing_rate", "USD on 2024-12-31"),
        ("shifted", "missing_rate", "no code on 2025-03-10"),
        ("won", "missing_rate", "KRW on 2025-03-10"),
    ]

    write(shop, [*FIRST_NIGHT, *SECOND_NIGHT], "2025-11-20 00:00:00")
    autumn = date(2025, 11, 2)
    expected |= {
        "twice": [datetime(2025, 11, 2, 5, 30), autumn, "USD", rate, rate, 1],
        "winter": [datetime(2025, 11, 2, 7), autumn, "USD", rate, rate, 1],
        "back": [datetime(2025, 11, 2, 8), autumn, "USD", rate, Decimal("-71.234"), -10],
    }
    assert built(shop) == expected
    assert shop.query(
        "select source_order_id, returned_amount, excess_returned_amount, kept_amount "
        "from core.orders where source_order_id in ('before', 'back') order by all"
    ) == [("back", 0, 0, 0), ("before", 70, 0, 0)]


def test_a_time_of_parquet_with_a_zone_counts_as_it_is_written(shop: Project) -> None:
    write(shop, FIRST_NIGHT[:1], "2025-03-20 00:00:00")
    noon = datetime(2025, 3, 1, 12, tzinfo=UTC)
    shop.write(
        "web.orders",
        [{"order_id": "before", "ordered_at": noon, "loaded_at": datetime(2025, 3, 20)}],
        types={"ordered_at": "timestamptz"},
    )
    assert built(shop)["before"][0] == datetime(2025, 3, 1, 12)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "timezone: Asia/Shanghay",
            "web.orders: config.meta.timezone is Asia/Shanghay; allowed is an IANA time zone such "
            "as Asia/Shanghai or UTC; did you mean Asia/Shanghai?",
        ),
        (
            "currency: euro",
            "web.orders: config.meta.currency is 'euro'; expected a code such as EUR",
        ),
        ("currency: RMB", "web.orders: config.meta.currency is 'RMB'; expected CNY, its code"),
    ],
)
def test_an_unknown_zone_or_currency_is_one_line(tmp_path: Path, given: str, said: str) -> None:
    shutil.copytree(ROOT / "models/staging/web", tmp_path / "models/staging/web")
    keys = "            lines: order_lines\n"
    declare(tmp_path, keys, f"{keys}            {given}\n")
    with pytest.raises(One360Error) as error:
        declared_tables(tmp_path)
    assert [line for line in str(error.value).splitlines() if "web" in line] == [
        f"  _web__sources.yml: {said}"
    ]
