"""Anyone's file of orders becomes raw tables; what cannot be read is told."""

import csv
import datetime as dt
import gzip
import json
import re
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from one360.errors import UsageError
from one360.importers import json_objects, reading, workbooks
from one360.importers.orders import OrderColumns, OrderOptions, OrdersImport, import_orders
from one360.importers.orders.rows import NOBODY

from ..fixtures.normaliser_vectors import VECTORS
from .independent import normalise
from .project import reference_data
from .workbook import NOT_AVAILABLE, workbook

COLUMNS = OrderColumns(customer="who", time="when", order="no", amount="paid")

#: How a workbook of the old kind begins, and one that is encrypted.
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)

#: Header and first row of a sheet.
HEADER = ("who", "when", "no", "paid")
ROW = ("张三", dt.datetime(2026, 3, 1, 10), "A1", 3.5)


class Imported:
    """The raw tables of one import."""

    def __init__(self, folder: Path, found: OrdersImport) -> None:
        self.folder = folder
        self.found = found

    def rows(self, query: str) -> list[tuple]:
        with duckdb.connect() as connection:
            for name in ("receipts", "receipt_lines"):
                path = self.folder / "pos" / f"{name}.parquet"
                connection.execute(f"create view {name} as from '{path}'")
            products = self.folder / "pos" / "products.csv"
            if products.exists():
                connection.execute(
                    f"create view products as from read_csv('{products}', all_varchar = true)"
                )
            return connection.execute(query).fetchall()

    def rejects(self) -> list[dict[str, str]]:
        with (self.folder / "import_rejects.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def run(
    tmp_path: Path,
    content: str | bytes,
    name: str = "orders.csv",
    columns: OrderColumns = COLUMNS,
    **options: Any,
) -> Imported:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    out = tmp_path / "out"
    return Imported(out, import_orders(file, out, columns, OrderOptions(**options)))


def sold_at(imported: Imported) -> list[dt.datetime]:
    return [row[0] for row in imported.rows("select sold_at from receipts order by receipt_id")]


# -- reference data ---------------------------------------------------------------


@pytest.mark.reference
def test_online_retail_is_imported_whole(tmp_path: Path) -> None:
    file = reference_data("online_retail/online_retail_2010_2011.parquet")
    columns = OrderColumns(
        customer="CustomerID",
        order="InvoiceNo",
        time="InvoiceDate",
        price="UnitPrice",
        quantity="Quantity",
        product="StockCode",
        product_name="Description",
    )
    found = import_orders(file, tmp_path, columns, OrderOptions(return_prefix="C"))
    imported = Imported(tmp_path, found)
    assert (found.rows, found.lines, found.receipts) == (541909, 541909, 25900)
    assert (found.customers, found.anonymous_receipts) == (4372, 3710)
    assert found.rejected == {}
    # the source's own sum of price x quantity, and its cancelled invoices
    assert imported.rows("select sum(net_amount) from receipt_lines") == [
        (Decimal("9747747.9340"),)
    ]
    assert imported.rows(
        "select count(*), max(total_amount) <= 0 from receipts where receipt_id like 'C%'"
    ) == [(3836, True)]
    # 17850.0 of the data frame is customer 17850, and 08:26 in Shanghai 00:26 UTC
    assert imported.rows("select card_no, sold_at from receipts where receipt_id = '536365'") == [
        ("17850", dt.datetime(2010, 12, 1, 0, 26))
    ]
    # the count that its published segments rest on
    assert imported.rows(
        """
        select count(distinct card_no), count(distinct receipts.receipt_id) from receipts
        inner join receipt_lines on receipts.receipt_id = receipt_lines.receipt_id
        where receipt_lines.net_amount > 0 and card_no is not null
        """
    ) == [(4338, 18532)]


@pytest.mark.reference
def test_online_retail_duplicates_can_be_left_out(tmp_path: Path) -> None:
    file = reference_data("online_retail/online_retail_2010_2011.parquet")
    columns = OrderColumns(
        customer="CustomerID",
        order="InvoiceNo",
        time="InvoiceDate",
        price="UnitPrice",
        quantity="Quantity",
    )
    options = OrderOptions(drop_duplicates=True, drop_anonymous=True)
    found = import_orders(file, tmp_path, columns, options)
    assert found.left_out["exact duplicate of an earlier row"] == 5268
    assert found.lines + sum(found.left_out.values()) == found.rows == 541909
    assert found.anonymous_receipts == 0


@pytest.mark.reference
def test_rfm_orders_keep_every_order(tmp_path: Path) -> None:
    file = reference_data("rfm_orders/rfm_data_orders.parquet")
    columns = OrderColumns(customer="customer_id", time="order_date", amount="revenue")
    found = import_orders(file, tmp_path, columns, OrderOptions(rows_are_orders=True))
    assert (found.receipts, found.customers, found.net_amount) == (4906, 995, 464158)
    merged = import_orders(file, tmp_path, columns, OrderOptions())
    assert (merged.lines, merged.receipts) == (4906, 4895)


# -- files of all makes -----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("utf8.csv", "who,when,no,paid\n张三,2026-03-01 10:00,A1,3.50\n".encode(), {}),
        ("bom.csv", "\ufeffwho,when,no,paid\r\n张三,2026-03-01 10:00,A1,3.50\r\n".encode(), {}),
        (
            "gbk.csv",
            "who,when,no,paid\n张三,2026年3月1日 10:00,A1,￥3.50\n".encode("gbk"),
            {"encoding": "gbk"},
        ),
        (
            "packed.csv.gz",
            gzip.compress("who;when;no;paid\n张三;01.03.2026 10:00;A1;3,50\n".encode(), mtime=0),
            {"decimal": ","},
        ),
        (
            "utf16.txt",
            "who\twhen\tno\tpaid\n张三\t2026/3/1 10:00\tA1\t3.5\n".encode("utf-16"),
            {"encoding": "utf-16"},
        ),
        ("quoted.csv", '"who","when","no","paid"\n"张三","2026-03-01T02:00Z","A1","3.5"\n', {}),
        ("pipe.csv", "x|WHO|When|no|paid\n|张三|20260301100000|A1|3.5\n", {}),
        (
            "array.json",
            '[{"who": "张三", "when": "2026-03-01 10:00", "no": "A1", "paid": 3.50}]',
            {},
        ),
        (
            "lines.jsonl.gz",
            gzip.compress(
                '{"WHO":"张三","when":"2026-03-01T02:00:00Z","no":"A1","paid":3.5}\n'.encode(),
                mtime=0,
            ),
            {"decimal": ","},
        ),
        ("sheet.xlsx", workbook({"Sheet1": [HEADER, ROW]}), {}),
        ("comma.XLSX", workbook({"Sheet1": [HEADER, ROW]}), {"decimal": ","}),
        ("format.xlsx", workbook({"Sheet1": [HEADER, ROW]}), {"time_format": "%d/%m/%Y"}),
    ],
)
def test_the_same_order_from_every_kind_of_file(
    tmp_path: Path, name: str, content: str | bytes, options: dict[str, Any]
) -> None:
    imported = run(tmp_path, content, name, **options)
    assert imported.rows("select receipt_id, card_no, sold_at, total_amount from receipts") == [
        ("A1", "张三", dt.datetime(2026, 3, 1, 2, 0), Decimal("3.5"))
    ]


def test_parquet_keeps_types_and_fractions_of_seconds(tmp_path: Path) -> None:
    at = dt.datetime(2026, 3, 1, 10, 0, 0, 250000)
    table = pa.table(
        {"who": [7.0, None], "when": [at, at], "no": [1, 2], "paid": [2.55 * 6, 0.1 + 0.2]}
    )
    pq.write_table(table, tmp_path / "orders.parquet")
    found = import_orders(tmp_path / "orders.parquet", tmp_path / "o", COLUMNS, OrderOptions())
    imported = Imported(tmp_path / "o", found)
    assert imported.rows(
        "select receipt_id, card_no, sold_at, total_amount from receipts order by 1"
    ) == [
        ("1", "7", dt.datetime(2026, 3, 1, 2, 0, 0, 250000), Decimal("15.3")),
        ("2", None, dt.datetime(2026, 3, 1, 2, 0, 0, 250000), Decimal("0.3")),
    ]


def test_times_with_a_zone_keep_it_and_others_take_the_option(tmp_path: Path) -> None:
    imported = run(
        tmp_path,
        "who,when,no,paid\n1,2026-07-01T10:00:00+08:00,1,1\n1,2026-07-01 10:00:00,2,1\n"
        "1,2026-01-01 10:00,3,1\n1,2026-07-01,4,1\n",
        timezone="Europe/London",
    )
    assert sold_at(imported) == [
        dt.datetime(2026, 7, 1, 2, 0),
        dt.datetime(2026, 7, 1, 9, 0),  # summer time
        dt.datetime(2026, 1, 1, 10, 0),
        dt.datetime(2026, 6, 30, 23, 0),
    ]


def test_a_clock_may_bear_the_name_that_its_zone_has(tmp_path: Path) -> None:
    """Amazon's reports say PDT and PST. Of another zone such a name is not read: CST is several."""
    content = (
        'who,when,no,paid\n1,"Sep 4, 2026 1:05:07 AM PDT",1,1\n1,2026-01-04 13:00 PST,2,1\n'
        "1,2026-01-04 13:00 GMT,3,1\n1,2026-01-04 13:00 UTC,4,1\n1,2026-01-04 13:00 CST,5,1\n"
    )
    imported = run(tmp_path, content, timezone="America/Los_Angeles", max_bad_rows=20)
    assert sold_at(imported) == [
        dt.datetime(2026, 9, 4, 8, 5, 7),
        dt.datetime(2026, 1, 4, 21, 0),
        dt.datetime(2026, 1, 4, 13, 0),
        dt.datetime(2026, 1, 4, 13, 0),
    ]
    assert imported.found.rejected == {"time cannot be read": 1}


@pytest.mark.parametrize(
    ("zone", "time", "utc"),
    [
        ("Europe/London", "2026-07-01 10:00 GMT", dt.datetime(2026, 7, 1, 10)),
        ("Europe/London", "2026-07-01 10:00 BST", dt.datetime(2026, 7, 1, 9)),
        ("America/New_York", "2026-07-01 10:00 EST", dt.datetime(2026, 7, 1, 15)),
        ("America/New_York", "2026-11-01 01:30 EDT", dt.datetime(2026, 11, 1, 5, 30)),
        ("America/New_York", "2026-11-01 01:30 EST", dt.datetime(2026, 11, 1, 6, 30)),
        ("Australia/Sydney", "2026-01-05 12:30 AEDT", dt.datetime(2026, 1, 5, 1, 30)),
        ("Australia/Sydney", "2026-01-05 12:30 PM AEDT", dt.datetime(2026, 1, 5, 1, 30)),
        ("America/Anchorage", "2026-01-05 2:30 p", dt.datetime(2026, 1, 5, 23, 30)),
    ],
)
def test_the_name_of_a_zone_is_its_offset(
    tmp_path: Path, zone: str, time: str, utc: dt.datetime
) -> None:
    imported = run(tmp_path, f"who,when,no,paid\n1,{time},1,1\n", timezone=zone)
    assert sold_at(imported) == [utc]


def test_a_day_may_be_written_as_its_midnight(tmp_path: Path) -> None:
    content = (
        "who,day,no,paid,clock\n1,1/2/2026 12:00:00 AM,1,1,10:30:00 AM\n"
        "1,1/25/2026 0:00,2,1,9:05\n1,2026-01-03 00:00:00.000000Z,3,1,10:30:00\n"
    )
    columns = replace(COLUMNS, time="day", clock="clock")
    imported = run(tmp_path, content, columns=columns, timezone="UTC")
    assert sold_at(imported) == [
        dt.datetime(2026, 1, 2, 10, 30), dt.datetime(2026, 1, 25, 9, 5),
        dt.datetime(2026, 1, 3, 10, 30),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["orders.csv", "orders.xlsx", "orders.parquet"])
def test_the_clock_may_stand_in_a_column_of_its_own(tmp_path: Path, name: str) -> None:
    header = ("who", "day", "no", "paid", "Time (UTC)")
    day, clock = dt.datetime(2026, 3, 1), dt.time(18, 5, 9)
    if name.endswith("csv"):
        content: Any = (
            f"{','.join(header)}\n1,3/1/2026,1,1,6:05:09 PM\n1,3/25/2026 0:00,2,1,\n"
            "1,3/25/2026,3,1,soon\n"
        )
    elif name.endswith("xlsx"):
        rows = [(1, day, 1, 1, clock), (1, dt.datetime(2026, 3, 25), 2, 1), (1, day, 3, 1, "soon")]
        content = workbook({"S": [header, *rows]})
    else:
        columns = [
            ["1"] * 3, [day.date(), dt.date(2026, 3, 25), day.date()], [1, 2, 3], [1, 1, 1],
            ["18:05:09", None, "soon"],
        ]  # fmt: skip
        table = pa.table(dict(zip(header, columns, strict=True)))
        pq.write_table(table, tmp_path / "made.parquet")
        content = (tmp_path / "made.parquet").read_bytes()
    days = replace(COLUMNS, time="day")
    alone = run(tmp_path, content, name, columns=days, timezone="UTC")
    assert alone.found.notes == [
        "column 'Time (UTC)' is not read and 'day' has days alone; say --clock 'Time (UTC)'"
    ]
    read = replace(days, clock="time (utc)")
    imported = run(tmp_path, content, name, columns=read, timezone="UTC", max_bad_rows=40)
    assert sold_at(imported) == [dt.datetime(2026, 3, 1, 18, 5, 9), dt.datetime(2026, 3, 25)]
    assert imported.found.rejected == {"time cannot be read": 1}
    assert imported.found.notes == []


def test_a_format_is_of_day_and_clock_together(tmp_path: Path) -> None:
    imported = run(
        tmp_path,
        "who,day,no,paid,at\n1,1/2/26,1,1,0915\n",
        columns=replace(COLUMNS, time="day", clock="at"),
        time_format="%d/%m/%y %H%M",
        timezone="UTC",
    )
    assert sold_at(imported) == [dt.datetime(2026, 2, 1, 9, 15)]


def test_a_year_of_two_digits_is_read_where_the_month_is_a_name(tmp_path: Path) -> None:
    """11-Feb-17 is the day of a spreadsheet and of Oracle; it was read as one of the year 17."""
    days = ["11-Feb-17", "1 Mar 16 18:05", "Feb 9, 99", "10-February-17", "11-Feb-2017"]
    rows = "".join(f'1,"{day}",{number},1\n' for number, day in enumerate(days))
    imported = run(tmp_path, "who,when,no,paid\n" + rows, timezone="UTC")
    assert sold_at(imported) == [
        dt.datetime(2017, 2, 11),
        dt.datetime(2016, 3, 1, 18, 5),
        dt.datetime(1999, 2, 9),
        dt.datetime(2017, 2, 10),
        dt.datetime(2017, 2, 11),
    ]


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (["3/1/2026 6:05 PM", "3/25/2026 12:00 AM"], [(3, 1, 18), (3, 25, 0)]),
        (["3/1/2026 6:05", "25/3/2026 12:00"], [(1, 3, 6), (3, 25, 12)]),
    ],
)
def test_day_and_month_are_told_by_the_dates_that_allow_one_reading(
    tmp_path: Path, dates: list[str], days: list[tuple[int, int, int]]
) -> None:
    rows = "".join(f"1,{date},{number},1\n" for number, date in enumerate(dates))
    imported = run(tmp_path, "who,when,no,paid\n" + rows, timezone="UTC")
    assert [(at.month, at.day, at.hour) for at in sold_at(imported)] == days


def test_a_given_time_format_is_used(tmp_path: Path) -> None:
    imported = run(
        tmp_path, "who,when,no,paid\n1,1/2/26,1,1\n", time_format="%d/%m/%y", timezone="UTC"
    )
    assert sold_at(imported) == [dt.datetime(2026, 2, 1)]
    imported = run(tmp_path, "who,when,no,paid\n1,1700000000,1,1\n", time_format="epoch")
    assert sold_at(imported) == [dt.datetime(2023, 11, 14, 22, 13, 20)]
    imported = run(tmp_path, "who,when,no,paid\n1,1700000000250,1,1\n", time_format="epoch_ms")
    assert sold_at(imported) == [dt.datetime(2023, 11, 14, 22, 13, 20, 250000)]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ('"1,234.50"', "1234.50"),
        ("¥12", "12"),
        ("１２．５", "12.5"),
        ("(5.00)", "-5"),
        ("5.00-", "-5"),
        ("1e-3", "0.001"),
        ("12元", "12"),
        ("-CA$4.50", "-4.50"),
        ("$-4.50", "-4.50"),
        ("₹12", "12"),
        ('"JPY 1,200"', "1200"),
        ("1200円", "1200"),
        ("1.250 KWD", "1.250"),
    ],
)
def test_numbers_as_people_write_them(tmp_path: Path, text: str, amount: str) -> None:
    imported = run(tmp_path, f"who,when,no,paid\n1,2026-03-01,1,{text}\n")
    assert imported.rows("select net_amount from receipt_lines") == [(Decimal(amount),)]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("1.234.567,8", "1234567.8"),
        ("1.234", "1234"),
        ("1234,5", "1234.5"),
        ("0,005", "0.005"),
        ("12", "12"),
        ("-1.234,50", "-1234.50"),
        ("(1.234,50)", "-1234.50"),
        ("1.234,50-", "-1234.50"),
        ("１．２３４，５", "1234.5"),
        ("1.234,50 €", "1234.50"),
        ("Rp15.000", "15000"),
        ("Rp. 15.000", "15000"),
        ("15.000 ₫", "15000"),
        ("12.50", None),  # no thousands: whoever wrote it has decimal points
        ("1.2345", None),
        ("1,234.50", None),
        ("1,234,567", None),
        ("12.50", None),
    ],
)
def test_numbers_with_a_decimal_comma(tmp_path: Path, text: str, amount: str | None) -> None:
    good = "1;2026-03-01;2;0,25\n"
    content = f"who;when;no;paid\n{good}1;2026-03-01;1;{text}\n"
    imported = run(tmp_path, content, decimal=",", max_bad_rows=50)
    found = imported.rows("select net_amount from receipt_lines where receipt_id = '1'")
    assert found == ([] if amount is None else [(Decimal(amount),)])
    unread = [reject["amount: paid"] for reject in imported.rejects()]
    assert unread == ([text] if amount is None else [])


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ('"1,234"', "1234"),
        ('"1,234,567.8"', "1234567.8"),
        ('"1,23"', None),
        ('"1.234,56"', None),
        ("1.234", "1.234"),
        # thousands are grouped by points there, so it is not read as fifteen
        ("Rp15.000", None),
        ("R$ 1.500", None),
        ("15.000 VND", None),
        ("12kg", None),
        ("284.36a", None),
    ],
)
def test_numbers_with_a_decimal_point(tmp_path: Path, text: str, amount: str | None) -> None:
    content = f"who,when,no,paid\n1,2026-03-01,2,0.25\n1,2026-03-01,1,{text}\n"
    imported = run(tmp_path, content, max_bad_rows=50)
    found = imported.rows("select net_amount from receipt_lines where receipt_id = '1'")
    assert found == ([] if amount is None else [(Decimal(amount),)])


# -- orders, returns, customers ---------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "signs"),
    [
        (("1,250", "12,75"), ("12,75", "1,250")),
        (("1.250,5", "-2,500"), ("1.250,5", "-2,500")),
        # thousands beside a point, and a word that is no number, are no doubt
        (("1,250", "12.75"), None),
        (("1,250", "much,5"), None),
        (("2,500", "1,250.50"), None),
    ],
)
def test_a_comma_that_may_be_either_sign_is_asked_for(
    tmp_path: Path, amounts: tuple[str, str], signs: tuple[str, str] | None
) -> None:
    rows = "".join(f'a,2026-03-01,{no},"{paid}"\n' for no, paid in enumerate(amounts))
    content = f"who,when,no,paid\n{rows}"
    if signs is None:
        assert run(tmp_path, content, max_bad_rows=60).found.lines
        return
    said = f"{signs[0]!r} has a decimal comma and {signs[1]!r} may have one; say --decimal , or"
    with pytest.raises(UsageError, match=re.escape(said)):
        run(tmp_path, content, max_bad_rows=60)
    for decimal in (".", ","):
        assert run(tmp_path, content, max_bad_rows=60, decimal=decimal).found.lines


def test_without_order_numbers_a_customer_at_a_time_is_an_order(tmp_path: Path) -> None:
    imported = run(
        tmp_path,
        "who,when,paid\nANN,2026-03-01,1\nANN,2026-03-01,2\nANN,2026-03-02,3\n,2026-03-01,4\n"
        ",2026-03-01,5\n",
        columns=OrderColumns(customer="who", time="when", amount="paid"),
    )
    # the id must not tell the customer: it is published
    assert imported.rows(
        "select receipt_id, card_no, total_amount from receipts order by receipt_id"
    ) == [
        ("row-2", "ANN", Decimal(3)),
        ("row-4", "ANN", Decimal(3)),
        ("row-5", None, Decimal(4)),
        ("row-6", None, Decimal(5)),
    ]


def test_price_quantity_and_discount(tmp_path: Path) -> None:
    imported = run(
        tmp_path,
        "who,when,no,price,qty,off,sku\n1,2026-03-01,1,3.50,2,1,T\n1,2026-03-02,2,3.50,-2,1,T\n",
        columns=OrderColumns(
            customer="who",
            time="when",
            order="no",
            price="price",
            quantity="qty",
            discount="off",
            product="sku",
        ),
        discount_is="money",
    )
    assert imported.rows(
        "select quantity, list_amount, net_amount from receipt_lines order by receipt_id"
    ) == [(2, 7, 6), (-2, -7, -6)]
    assert imported.rows("select product_id, list_price from products") == [("T", "3.5000")]


def test_a_discount_beside_an_amount_was_already_taken_off(tmp_path: Path) -> None:
    imported = run(
        tmp_path,
        "who,when,no,paid,off\n1,2026-03-01,1,6,1\n",
        columns=OrderColumns(
            customer="who", time="when", order="no", amount="paid", discount="off"
        ),
        discount_is="money",
    )
    assert imported.rows("select list_amount, net_amount from receipt_lines") == [(7, 6)]


def test_a_discount_may_be_a_share_of_the_price(tmp_path: Path) -> None:
    header = "who,when,no,{},count,off\n"
    of_price = OrderColumns(
        customer="who", time="when", order="no", price="price", quantity="count", discount="off"
    )
    rows = "A,2026-03-01,1,14,12,0.05\nA,2026-03-01,2,10,-2,0.25\nA,2026-03-01,3,9,1,\n"
    lines = "select receipt_id, list_amount, net_amount from receipt_lines order by 1"
    content = header.format("price") + rows
    given = run(tmp_path, content, columns=of_price, discount_is="share")
    assert given.rows(lines) == [
        ("1", Decimal("168"), Decimal("159.6")),
        ("2", Decimal("-20"), Decimal("-15")),
        ("3", Decimal("9"), Decimal("9")),
    ]
    of_paid = OrderColumns(customer="who", time="when", order="no", amount="paid", discount="off")
    content = header.format("paid") + "A,2026-03-01,1,15,1,0.25\nA,2026-03-01,2,0,1,1\n"
    given = run(tmp_path, content, columns=of_paid, discount_is="share")
    assert given.rows(lines) == [
        ("1", Decimal("20"), Decimal("15")),
        ("2", Decimal("0"), Decimal("0")),
    ]


def test_discounts_up_to_1_may_be_shares_and_are_asked_for(tmp_path: Path) -> None:
    columns = OrderColumns(customer="who", time="when", order="no", amount="paid", discount="off")
    content = "who,when,no,paid,off\nA,2026-03-01,1,15,0.2\nA,2026-03-01,2,5,0\n"
    asked = r"no value is above 1, as 0\.2; say --discount-is share"
    with pytest.raises(UsageError, match=asked):
        run(tmp_path, content, columns=columns)
    with pytest.raises(UsageError, match=asked):  # a free item among them
        run(tmp_path, content + "A,2026-03-01,3,5,1\n", columns=columns)
    with pytest.raises(UsageError, match="no value is above 1, as 1; say"):  # gifts, 1 off, a flag
        run(tmp_path, content.replace("0.2", "1"), columns=columns)
    money = run(tmp_path, content + "A,2026-03-01,3,5,1.01\n", columns=columns)
    assert money.rows("select sum(list_amount - net_amount) from receipt_lines") == [
        (Decimal("1.21"),)
    ]
    nothing = run(tmp_path, content.replace("0.2", "0"), columns=columns)
    assert nothing.rows("select sum(list_amount - net_amount) from receipt_lines") == [(0,)]
    given = run(tmp_path, content, columns=columns, discount_is="money")
    assert given.rows("select sum(list_amount), sum(net_amount) from receipt_lines") == [
        (Decimal("20.2"), Decimal("20"))
    ]
    shares = run(
        tmp_path, content + "A,2026-03-01,3,5,20\n", columns=columns,
        discount_is="share", max_bad_rows=50,
    )  # fmt: skip
    assert shares.found.rejected == {"discount is above 1, no share": 1}


def test_returned_lines_become_a_receipt_that_names_its_order(tmp_path: Path) -> None:
    imported = run(
        tmp_path,
        "who,when,no,paid,qty\n1,2026-03-01,9,10,1\n1,2026-03-01,9,-4,-1\n2,2026-03-02,8,-1,1\n",
        columns=OrderColumns(
            customer="who", time="when", order="no", amount="paid", quantity="qty"
        ),
    )
    assert imported.rows(
        "select receipt_id, returns_receipt_id, total_amount from receipts order by 1"
    ) == [("8", None, -1), ("9", None, 10), ("9#return", "9", -4)]
    assert imported.rows("select quantity from receipt_lines where net_amount = -4") == [(-1,)]


@pytest.mark.parametrize(
    ("voucher", "receipts"),
    [
        ("-9.99", [("9", None, Decimal("0.01"))]),
        # the whole order comes to nothing: nobody knows what was sold
        ("-10", [("9", None, Decimal(10)), ("9#return", "9", Decimal(-10))]),
    ],
)
def test_a_negative_line_lowers_its_sale(tmp_path: Path, voucher: str, receipts: list) -> None:
    imported = run(
        tmp_path,
        f"who,when,no,paid,qty\nA,2026-03-01,9,10,2\nA,2026-03-01,9,{voucher},1\n",
        columns=OrderColumns(
            customer="who", time="when", order="no", amount="paid", quantity="qty"
        ),
    )
    assert (
        imported.rows(
            "select receipt_id, returns_receipt_id, total_amount from receipts order by 1"
        )
        == receipts
    )


def test_return_prefix_finds_the_order_and_turns_its_sign(tmp_path: Path) -> None:
    imported = run(
        tmp_path,
        "who,when,no,paid\n1,2026-03-01,9,10\n1,2026-03-05,C9,10\n2,2026-03-05,C8,-3\n"
        "2,2026-03-06,C,5\n",
        return_prefix="C",
    )
    assert imported.rows(
        "select receipt_id, returns_receipt_id, total_amount from receipts order by 1"
    ) == [("9", None, 10), ("C", None, 5), ("C8", None, -3), ("C9", "9", -10)]


def test_a_return_is_turned_around_as_a_whole(tmp_path: Path) -> None:
    """Its sum says whether it is written as a sale: what was charged for it stays charged."""
    imported = run(
        tmp_path,
        "who,when,no,paid\n1,2026-03-05,C9,10\n1,2026-03-05,C9,-2\n1,2026-03-06,C8,-10\n"
        "1,2026-03-06,C8,2\n",
        return_prefix="C",
    )
    assert imported.rows("select receipt_id, net_amount from receipt_lines") == [
        ("C9", -10),
        ("C9", 2),
        ("C8", -10),
        ("C8", 2),
    ]


def test_a_return_names_no_order_of_another_customer(tmp_path: Path) -> None:
    imported = run(
        tmp_path,
        "who,when,no,paid\nA,2026-03-01,9,10\nB,2026-03-05,C9,10\nA,2026-03-01,8,10\n"
        "A,2026-03-05,C8,10\nA,2026-03-05,C7,10\nA,2026-03-06,CC8,10\n",
        return_prefix="C",
    )
    assert imported.rows(
        "select receipt_id, card_no, returns_receipt_id from receipts "
        "where total_amount < 0 order by 1"
    ) == [("C7", "A", None), ("C8", "A", "8"), ("C9", "B", None), ("CC8", "A", None)]
    assert imported.found.returns_of_known_receipt == 1


@pytest.mark.parametrize(
    ("quantity", "amount", "expected"),
    [
        (-1, 10, (-1, -10)),  # the amount of a return without its sign
        (-1, -10, (-1, -10)),
        (1, -10, (-1, -10)),
        (1, 10, (1, 10)),
        (-2, 0, (-2, 0)),
        (0, 10, (0, 10)),
        ("", 10, (1, 10)),
        ("", -10, (-1, -10)),
    ],
)
def test_a_negative_quantity_or_amount_is_a_return(
    tmp_path: Path, quantity: int | str, amount: int, expected: tuple[int, int]
) -> None:
    imported = run(
        tmp_path,
        f"who,when,no,paid,qty\n1,2026-03-01,9,{amount},{quantity}\n1,2026-03-01,8,5,1\n",
        columns=OrderColumns(
            customer="who", time="when", order="no", amount="paid", quantity="qty"
        ),
    )
    assert imported.rows(
        "select quantity, net_amount from receipt_lines where receipt_id = '9'"
    ) == [expected]
    is_return = quantity == -2 or expected[1] < 0
    assert imported.found.return_receipts == is_return


def test_an_order_number_of_two_customers_is_two_receipts(tmp_path: Path) -> None:
    imported = run(
        tmp_path, "who,when,no,paid\nB,2026-03-01,9,1\nA,2026-03-01,9,2\nB,2026-03-01,9,4\n"
    )
    assert imported.rows("select receipt_id, card_no, total_amount from receipts order by 1") == [
        ("9", "B", 5),
        ("9#2", "A", 2),
    ]
    assert any("used by more than one customer" in note for note in imported.found.notes)


def test_a_row_without_customer_takes_that_of_its_order_on_request_only(tmp_path: Path) -> None:
    content = "who,when,no,paid\nB,2026-03-01,9,1\n,2026-03-01,9,2\n"
    query = "select receipt_id, card_no, total_amount from receipts order by 1"
    assert run(tmp_path, content).rows(query) == [("9", "B", 1), ("9#2", None, 2)]
    assert run(tmp_path, content, fill_customer=True).rows(query) == [("9", "B", 3)]


KEYS = (
    "0035g00000AbCdE", "0035g00000aBcDe", "1-23", "12-3", "123", "000123", "ann.lee@x.example",
    "annlee@x.example", "Li Ming", "Lim Ing", "LIMING", "NA", "0", "guest", "ſ1", "S1", "ß", "SS",
    "１２３", "李明", "无",
)  # fmt: skip


def test_customers_are_compared_as_they_are_written(tmp_path: Path) -> None:
    """What staging takes out of a printed card, and case, tells no two keys apart there."""
    rows = "".join(f"{key},2026-03-01,o{n},1\n" for n, key in enumerate(KEYS))
    imported = run(tmp_path, f"who,when,no,paid\n{rows}")
    assert imported.found.customers == len(KEYS)
    cards = [card for (card,) in imported.rows("select card_no from receipts")]
    assert len({normalise.card(card) for card in cards}) == len(KEYS)
    assert [card for card in cards if normalise.is_placeholder(normalise.id_(card), [])] == []
    assert {"123", "000123", "LIMING", "李明"} <= set(cards)


def test_a_word_for_nobody_in_staging_is_one_here() -> None:
    """A key that staging takes for nobody has to get a mark, or its customer would be lost."""
    words = {
        str(case["raw"])
        for group in tomllib.loads(VECTORS.read_text(encoding="utf-8"))["group"]
        for case in group["cases"]
        if "is_placeholder_id" in group.get("query", "") and case.get("is") == "true"
    }
    assert len(words) > 10
    assert {word for word in words if not re.fullmatch(f"(?i:{NOBODY})", word)} == set()


def test_a_word_for_nobody_on_several_orders_is_no_customer(tmp_path: Path) -> None:
    imported = run(
        tmp_path,
        "who,when,no,paid\nGuest,2026-03-01,1,1\nGuest,2026-03-02,2,1\nguest7,2026-03-02,3,1\n"
        "guest7,2026-03-02,4,1\n0,2026-03-02,5,1\n",
    )
    assert imported.found.customers == 2
    assert imported.rows("select receipt_id from receipts where card_no is null order by 1") == [
        ("1",), ("2",),
    ]  # fmt: skip
    assert imported.found.notes == [
        "'Guest' is taken for no customer: a word for nobody on 2 orders"
    ]


def test_numbers_that_begin_anew_are_told_apart_by_day_or_store(tmp_path: Path) -> None:
    content = (
        "who,when,no,paid,shop\nA,2026-03-01 23:59,1,1,X\nA,2026-03-01 23:59,1,2,X\n"
        "A,2026-03-02,1,4,X\n,2026-03-01,1,8,Y\n"
    )
    columns = OrderColumns(customer="who", time="when", order="no", amount="paid", store="shop")
    query = "select receipt_id, total_amount from receipts order by 1"
    found = {
        per: run(tmp_path, content, columns=columns, order_per=per).rows(query)
        for per in (None, "day", "store", "day,store")
    }
    assert found == {
        None: [("1", 7), ("1#2", 8)],
        "day": [("1@2026-03-01", 3), ("1@2026-03-01#2", 8), ("1@2026-03-02", 4)],
        "store": [("1@X", 7), ("1@Y", 8)],
        "day,store": [("1@2026-03-01@X", 3), ("1@2026-03-01@Y", 8), ("1@2026-03-02@X", 4)],
    }
    # one customer with a number in two shops
    notes = run(tmp_path, content + "A,2026-03-02,1,4,Y\n", columns=columns).found.notes
    assert [note for note in notes if "stores" in note] == [
        "1 orders name several stores; the first is taken "
        "(where numbers begin anew in each, say --order-per store)"
    ]


def test_a_changed_row_comes_at_another_time(tmp_path: Path) -> None:
    """So a build after a second import looks at it again."""
    seen = []
    for content in ("A,2026-03-01,1,5\nB,2026-03-01,2,5\n", "C,2026-03-01,1,6\nB,2026-03-01,2,5\n"):
        imported = run(tmp_path, f"who,when,no,paid\n{content}")
        for table in ("receipts", "receipt_lines"):
            query = f"select receipt_id, loaded_at from {table} order by 1"
            seen.append(imported.rows(query))
    for before, after in zip(seen[:2], seen[2:], strict=True):
        assert (before[0] == after[0], before[1] == after[1]) == (False, True)


def test_an_order_has_its_earliest_time(tmp_path: Path) -> None:
    imported = run(tmp_path, "who,when,no,paid\nB,2026-03-01 12:00,9,1\nB,2026-03-01 11:58,9,2\n")
    assert sold_at(imported) == [dt.datetime(2026, 3, 1, 3, 58)]


def test_duplicate_lines_stay_unless_asked(tmp_path: Path) -> None:
    content = "who,when,no,paid,till\nB,2026-03-01,9,1,a\nB,2026-03-01,9,1,a\nB,2026-03-01,9,1,b\n"
    assert run(tmp_path, content).rows("select line_no from receipt_lines") == [(1,), (2,), (3,)]
    dropped = run(tmp_path, content, drop_duplicates=True)
    assert dropped.found.lines == 2
    assert [reject["row"] for reject in dropped.rejects()] == ["3"]


def test_duplicates_are_equal_in_the_words_for_nothing_too(tmp_path: Path) -> None:
    content = "who,when,no,paid,note\nB,2026-03-01,9,1,NULL\nB,2026-03-01,9,1,\n"
    assert run(tmp_path, content, drop_duplicates=True).found.lines == 1


def test_rows_without_a_customer_stay_unless_they_are_to_be_left_out(tmp_path: Path) -> None:
    content = "who,when,no,paid\nB,2026-03-01,9,1\n,2026-03-01,8,2\nB,2026-03-01,7,4\n"
    kept = run(tmp_path, content).found
    assert (kept.lines, kept.anonymous_receipts, kept.left_out) == (3, 1, {})
    dropped = run(tmp_path, content, drop_anonymous=True)
    assert dropped.rows("select receipt_id, card_no from receipts") == [("9", "B"), ("7", "B")]
    assert dropped.found.left_out == {"no customer": 1}
    assert [reject["row"] for reject in dropped.rejects()] == ["3"]


def test_the_first_rows_alone_are_read_where_that_is_asked(tmp_path: Path) -> None:
    content = "who,when,no,paid\nB,2026-03-01,9,1\nB,2026-03-01,8\nB,2026-03-01,7,4\n"
    found = run(tmp_path, content, limit=1).found
    assert (found.rows, found.lines, found.rejected) == (1, 1, {})


@pytest.mark.parametrize("text", ["NULL", "null", "NaN", "None", "N/A", "#N/A", "\\N", '""'])
def test_the_words_for_nothing_are_nothing(tmp_path: Path, text: str) -> None:
    imported = run(tmp_path, f"who,when,no,paid\n{text},2026-03-01,9,1\nB,2026-03-01,8,2\n")
    assert imported.rows("select receipt_id, card_no from receipts") == [("9", None), ("8", "B")]
    assert imported.found.anonymous_receipts == 1


def test_a_product_is_called_as_most_rows_call_it(tmp_path: Path) -> None:
    imported = run(
        tmp_path,
        "who,when,no,paid,sku,called\nA,2026-03-01,1,1,T,Tea\nA,2026-03-01,1,1,T,Black tea\n"
        "A,2026-03-02,2,1,T,Tea\n",
        columns=OrderColumns(
            customer="who", time="when", order="no", amount="paid", product="sku",
            product_name="called",
        ),
    )  # fmt: skip
    assert imported.rows("select product_id, product_name from products") == [("T", "Tea")]


def test_an_order_arrives_a_day_after_it_happened(tmp_path: Path) -> None:
    """And never after today: what was bought an hour ago is here now."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    hour_ago = (now - dt.timedelta(hours=1)).isoformat()
    imported = run(tmp_path, f"who,when,no,paid\n1,2026-03-01,1,1\n1,{hour_ago}Z,2,1\n")
    for table in ("receipts", "receipt_lines"):
        old, new = imported.rows(f"select loaded_at from {table} order by receipt_id")
        # the microseconds tell what the row says
        assert old[0].replace(microsecond=0) == dt.datetime(2026, 3, 1, 16)
        assert now - dt.timedelta(seconds=1) <= new[0] < now + dt.timedelta(minutes=10)


def test_identifiers_lose_the_decimal_point_of_a_data_frame(tmp_path: Path) -> None:
    imported = run(
        tmp_path,
        "who,when,no,paid,sku,kind,size\n17850.0,2026-03-01,9,1,71.0,3.0,1.0\n"
        ",2026-03-01,8,1,72.0,,1.5\n",
        columns=replace(COLUMNS, product="sku", category="kind", brand="size"),
    )
    assert imported.rows("select card_no from receipts order by receipt_id") == [
        (None,),
        ("17850",),
    ]
    # so does any text of whole numbers alone; 1.0 among 1.5 is a name
    assert imported.rows("select product_id, category, brand from products") == [
        ("71", "3", "1.0"),
        ("72", None, "1.5"),
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("6001.0", "6001"),
        ("'6222", "6222"),
        ('"=""6222"""', "6222"),
        ("1.361E+3", "1361"),
        ("9007199254740992.0", "9007199254740992"),
    ],
)
def test_identifiers_are_what_they_were_before_a_spreadsheet(tmp_path: Path, text: str, key: str):
    imported = run(tmp_path, f"who,when,no,paid\n{text},2026-03-01,{text},1\nA1,2026-03-01,7,1\n")
    assert (key, key) in imported.rows("select card_no, receipt_id from receipts")


@pytest.mark.parametrize("text", ["6.22202E+15", "6E+15", "9007199254740993.0", "1.36E+3"])
@pytest.mark.parametrize("column", ["who", "no"])
def test_identifiers_that_lost_digits_stop_the_import(tmp_path: Path, column: str, text: str):
    row = {"who": "1", "when": "2026-03-01", "no": "1", "paid": "1"} | {column: text}
    with pytest.raises(UsageError, match=f"column '{column}'.* cut digits.*row 2 .1 in all"):
        run(tmp_path, f"{','.join(row)}\n{','.join(row.values())}\n")


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("name", ["orders.xlsx", "orders.json", "orders.csv"])
def test_identifiers_are_read_alike_whatever_the_decimal_sign(
    tmp_path: Path, name: str, decimal: str
) -> None:
    """Cards as numbers: 17850.0 is 17850, its amount has a fraction; 19 digits are cut."""

    def imported(card: float, brand: float) -> Imported:
        cells: tuple[Any, ...] = (card, "2026-03-01", "1", 3.5, brand)
        header = ("who", "when", "no", "paid", "brand")
        content: str | bytes
        if name.endswith("xlsx"):
            content = workbook({"Sheet1": [header, cells]})
        elif name.endswith("json"):
            content = json.dumps([dict(zip(header, cells, strict=True))])
        else:
            numbers = [str(cell).replace(".", decimal) for cell in cells]
            content = f"{';'.join(header)}\n{';'.join(numbers)}\n"
        columns = replace(COLUMNS, product="brand")
        return run(tmp_path, content, name, columns, decimal=decimal)

    lines = "select card_no, product_id, net_amount from receipts join receipt_lines using"
    assert imported(17850.0, 7.0).rows(f"{lines} (receipt_id)") == [("17850", "7", Decimal("3.5"))]
    for cut in ((6005001234567890123.0, 7.0), (17850.0, 6005001234567890123.0)):
        with pytest.raises(UsageError, match="cut digits, as of 6[.,]00500123456789"):
            imported(*cut)


def test_a_decimal_comma_is_of_numbers_alone(tmp_path: Path) -> None:
    content = '[{"who": "A", "when": 46082.25, "no": 7.5, "paid": 3.5, "brand": 2.5}]'
    imported = run(
        tmp_path, content, "orders.json", replace(COLUMNS, product="no", brand="brand"),
        decimal=",", time_format="excel",
    )  # fmt: skip
    assert imported.rows("select receipt_id, sold_at, total_amount from receipts") == [
        ("7.5", dt.datetime(2026, 3, 1, 6) - dt.timedelta(hours=8), Decimal("3.5"))
    ]
    assert imported.rows("select brand from products") == [("2.5",)]


@pytest.mark.parametrize("decimal", [".", ","])
def test_a_comma_in_an_identifier_is_a_sign_of_its_own_unless_numbers_have_it(
    tmp_path: Path, decimal: str
) -> None:
    content = "who;when;no;paid\nA;2026-03-01;1,000;1\nA;2026-03-01;1,5;1\n"
    imported = run(tmp_path, content, decimal=decimal)
    assert imported.rows("select receipt_id from receipts order by 1") == [
        ("1" if decimal == "," else "1,000",), ("1,5",),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="cut digits"):
        run(tmp_path, content.replace("1,5", "6,005E+18"), decimal=decimal)


@pytest.mark.parametrize(
    ("kind", "largest"), [(pa.float64(), 2.0**53), (pa.float32(), 2.0**24)], ids=str
)
def test_floats_are_identifiers_up_to_where_they_hold_every_number(
    tmp_path: Path, kind: pa.DataType, largest: float
) -> None:
    def imported(number: float) -> Imported:
        file = tmp_path / "orders.parquet"
        columns = {
            "who": pa.array([number], kind),
            "when": ["2026-03-01"],
            "no": ["1"],
            "paid": [1],
        }
        pq.write_table(pa.table(columns), file)
        out = tmp_path / "out"
        return Imported(out, import_orders(file, out, COLUMNS, OrderOptions()))

    assert imported(largest).rows("select card_no from receipts") == [(str(int(largest)),)]
    with pytest.raises(UsageError, match="cut digits"):
        imported(largest * 2 + 4)


# -- nothing is lost --------------------------------------------------------------


def test_times_that_cannot_be_are_counted_before_anything_is_written(tmp_path: Path) -> None:
    times = {
        "0001-01-01": "time is before 1990",
        "1970-01-01": "time is before 1990",
        "1989-12-31 23:59:59": "time is before 1990",
        "1990-01-02": None,
        "2026-03-01": None,
        "2206-03-01": "time is in the future",
        "9999-12-31 23:59": "time is in the future",
    }
    rows = "".join(f"A,{time},{n},1\n" for n, time in enumerate(times))
    with pytest.raises(UsageError, match=r"before 1990: 3, as in '0001-01-01', '1970-01-01', "):
        run(tmp_path, f"who,when,no,paid\n{rows}")
    imported = run(tmp_path, f"who,when,no,paid\n{rows}", max_bad_rows=90)
    assert [reject["reason"] for reject in imported.rejects()] == list(filter(None, times.values()))
    assert imported.found.last_at == dt.datetime(2026, 2, 28, 16)


def lines_of(rows: int, **changed: str) -> str:
    """A file of five columns, of which rows r<n> are written otherwise."""
    lines = [f"c{n},2026-03-01,{n},1,a note" for n in range(rows)]
    for row, text in changed.items():
        lines[int(row[1:])] = text
    return "who,when,no,paid,note\n" + "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (lines_of(50, r20='"c20,2026-03-01,20,1,x'), "28"),
        (lines_of(50, r20='c20,2026-03-01,20,1,"x'), "29"),
        (lines_of(50, r20='c20,2026-03-01,20,1,"x', r40='c40,2026-03-01,40,1,x"'), "19"),
        # its fields are too few besides, so that one line says why
        (lines_of(50, r47='"c47,2026-03-01,47'), "1"),
    ],
)
def test_a_quotation_mark_that_is_not_closed_takes_no_rows_with_it(
    tmp_path: Path, content: str, lines: str
) -> None:
    """Half of a file went so: as one row that could not be read, or as a note nobody asked for."""
    with pytest.raises(UsageError, match=f"of it and the next {lines} lines or more"):
        run(tmp_path, content, max_bad_rows=50)


def test_a_note_of_several_lines_is_a_value(tmp_path: Path) -> None:
    note = '"first, and\nsecond, third,\nfourth\nfifth, so, it, goes\nlast"'
    imported = run(tmp_path, lines_of(9, r4=f"c4,2026-03-01,4,1,{note}", r7=""))
    assert imported.found.lines == 8
    assert imported.found.rejected == {}


def test_endless_times_and_amounts_are_counted(tmp_path: Path) -> None:
    file, out = tmp_path / "orders.parquet", tmp_path / "out"
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select * from (values (1, timestamp 'infinity', 1.0::double),"
            " (2, timestamp '-infinity', 1), (3, timestamp '2026-03-01', 'inf'::double),"
            " (4, timestamp '2026-03-01', 'nan'::double), (5, timestamp '2026-03-01', 1))"
            f" as rows (who, \"when\", paid)) to '{file}'"
        )
    columns = OrderColumns(customer="who", time="when", amount="paid")
    found = import_orders(file, out, columns, OrderOptions(max_bad_rows=90))
    assert found.rejected == {"time cannot be read": 2, "amount is not a number": 2}


def test_products_beyond_all_money_are_rejected(tmp_path: Path) -> None:
    imported = run(
        tmp_path,
        "who,when,no,price,qty\nA,2026-03-01,1,99999999999999,99999999\n"
        "B,2026-03-01,2,99999999999999.99,1\n",
        columns=OrderColumns(
            customer="who", time="when", order="no", price="price", quantity="qty"
        ),
        max_bad_rows=50,
    )
    assert [reject["reason"] for reject in imported.rejects()] == [
        "price times quantity is too large"
    ]
    assert imported.found.net_amount == Decimal("99999999999999.99")


def test_rows_that_cannot_be_read_are_kept_with_their_reason(tmp_path: Path) -> None:
    good = "".join(f"1,2026-03-{day:02d},{day},1\n" for day in range(1, 29)) * 4
    bad = "1,31/99/2026,A,1\n1,2026-03-01,,1\n1,2026-03-01,B,many\n1,2026-03-01\n,,,\n"
    imported = run(tmp_path, "who,when,no,paid\n" + good + bad)
    assert [(reject["row"], reject["reason"]) for reject in imported.rejects()] == [
        ("114", "time cannot be read"),
        ("115", "order is missing"),
        ("116", "amount is not a number"),
        ("117", "2 fields instead of 4"),
        ("118", "empty row"),
    ]
    assert imported.rejects()[2]["amount: paid"] == "many"
    assert imported.rejects()[3]["text"] == "1,2026-03-01"
    found = imported.found
    lost = sum(found.rejected.values()) + sum(found.left_out.values())
    assert found.rows == found.lines + lost == 117


def test_too_many_bad_rows_stop_the_import(tmp_path: Path) -> None:
    content = "who,when,no,paid\n" + "1,2026-03-01,1,1\n" * 9 + "1,soon,2,1\n"
    with pytest.raises(UsageError, match=r"1 of 10 rows.*10\.0 %.*'soon'"):
        run(tmp_path, content)
    assert run(tmp_path, content, max_bad_rows=10).found.lines == 9


# -- workbooks and JSON -----------------------------------------------------------


def test_a_title_above_the_header_and_empty_rows_are_no_orders(tmp_path: Path) -> None:
    rows = [("Orders of March",), (), HEADER, ROW, (), ("Ann", ROW[1], "A2", 0.1 + 0.2), (), ()]
    imported = run(tmp_path, workbook({"S": rows}, merged=["A1:D1"]), "a.xlsx")
    assert imported.rows("select receipt_id, total_amount from receipts order by 1") == [
        ("A1", Decimal("3.5")),
        ("A2", Decimal("0.3")),
    ]
    assert imported.found.notes == ["row 3 of the sheet is its header"]
    # numbered as the sheet numbers them; nothing after the last filled row is a row
    assert [(row["row"], row["reason"]) for row in imported.rejects()] == [("5", "empty row")]


def test_lines_above_the_header_of_a_text_file_are_no_orders(tmp_path: Path) -> None:
    """Reports of marketplaces begin with what they are, and when it was."""
    content = (
        '\ufeff"Includes shop, and more"\n"Start date","2026-03-01"\n\nwho;when;no;paid\n'
        "1;2026-03-01;1;2\n1;2026-03-01\n1;2026-03-01;2;x\n1;2026-03-01;3;4\n"
    )
    imported = run(tmp_path, content, max_bad_rows=60)
    assert imported.rows("select receipt_id, total_amount from receipts order by 1") == [
        ("1", 2), ("3", 4),
    ]  # fmt: skip
    assert imported.found.notes == ["line 4 of the file is its header"]
    assert [(row["row"], row["reason"]) for row in imported.rejects()] == [
        ("6", "2 fields instead of 4"), ("7", "amount is not a number"),
    ]  # fmt: skip
    with pytest.raises(UsageError, match=r"no column 'who' \(it has: Includes shop, and more\)"):
        run(tmp_path, content.replace("who", "whose"))


def test_the_first_sheet_with_rows_is_read_unless_one_is_named(tmp_path: Path) -> None:
    sheets = {
        "Cover": [], "Old": [HEADER, ("ZOE", *ROW[1:])], "Orders": [HEADER, ROW],
        "May": [HEADER, ("Ann", *ROW[1:])],
    }  # fmt: skip
    content = workbook(sheets, hidden=["Old"])
    first = run(tmp_path, content, "a.xlsx")
    assert first.rows("select card_no from receipts") == [("张三",)]
    assert first.found.notes == [
        "sheet 'Orders' is read; not read: 'Cover', 'Old', 'May' (--sheet chooses)"
    ]
    named = run(tmp_path, content, "a.xlsx", sheet="Old")
    assert named.rows("select card_no from receipts") == [("ZOE",)]
    assert named.found.notes == []


def test_cells_are_read_as_the_sheet_shows_them(tmp_path: Path) -> None:
    at = dt.datetime(2026, 3, 1, 18, 5, 9)
    rows = [
        HEADER,
        (17850, at, 536365.0, 4.35 * 3),
        ("017850", "01/03/2026 18:05:09", 10**15 - 1, "1,250.00"),
        (None, dt.datetime(2026, 3, 1), True, 1),
        (NOT_AVAILABLE, at, "A4", NOT_AVAILABLE),
    ]
    imported = run(
        tmp_path, workbook({"S": rows}), "a.xlsx", max_bad_rows=50, time_format="%d/%m/%Y %H:%M:%S"
    )
    assert imported.rows(
        "select receipt_id, card_no, sold_at, total_amount from receipts order by total_amount"
    ) == [
        ("true", None, dt.datetime(2026, 2, 28, 16), Decimal("1")),
        ("536365", "17850", dt.datetime(2026, 3, 1, 10, 5, 9), Decimal("13.05")),
        ("999999999999999", "017850", dt.datetime(2026, 3, 1, 10, 5, 9), Decimal("1250")),
    ]
    assert imported.found.rejected == {"amount is missing": 1}


@pytest.mark.parametrize("key", [10**15, 6225881234567890123])
@pytest.mark.parametrize("column", [0, 2])
def test_a_number_beyond_fifteen_digits_is_no_id_of_a_workbook(
    tmp_path: Path, column: int, key: int
) -> None:
    row = [*ROW]
    row[column] = key
    with pytest.raises(UsageError, match="cut digits, as of .* in row 3"):
        run(tmp_path, workbook({"S": [HEADER, ROW, row]}), "a.xlsx")


def test_days_of_a_spreadsheet_without_the_form_of_a_date(tmp_path: Path) -> None:
    content = "who,when,no,paid\nAnn,46082.4236111111,1,1\nAnn,46082,2,1\nAnn,soon,3,1\n"
    imported = run(tmp_path, content, time_format="excel", max_bad_rows=50)
    assert sold_at(imported) == [dt.datetime(2026, 3, 1, 2, 10), dt.datetime(2026, 2, 28, 16)]
    assert imported.found.rejected == {"time cannot be read": 1}


def test_numbers_of_json_keep_their_digits(tmp_path: Path) -> None:
    content = (
        '{"buyer": {"id": 6225881234567890123}, "at": "2026-03-01", "no": 1, "paid": 0.30}\n'
        "\n"
        '{"buyer": {"id": 6225881234567890124}, "at": "2026-03-01", "no": 2, "paid": "NULL"}\n'
        "half a li\n"
        '{"buyer": null, "at": "2026-03-01", "no": 12345678901234567890, "paid": 1.5e2, "x": [1]}\n'
    )
    columns = OrderColumns(customer="buyer.id", time="at", order="no", amount="paid")
    imported = run(tmp_path, content, "a.jsonl", columns, max_bad_rows=50)
    assert imported.rows("select receipt_id, card_no, total_amount from receipts order by 1") == [
        ("1", "6225881234567890123", Decimal("0.3")),
        ("12345678901234567890", None, Decimal("150")),
    ]
    assert [(row["row"], row["reason"]) for row in imported.rejects()] == [
        ("3", "amount is missing"),
        ("4", "not JSON: Expecting value"),
    ]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx", "a.parquet"])
def test_a_file_that_grows_while_it_is_read_is_told(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / name
    pq.write_table(pa.table(dict(zip(HEADER, [["Ann"], [ROW[1]], [1], [1]], strict=True))), file)
    if name != "a.parquet":
        content = {
            "a.csv": b"who,when,no,paid\nAnn,2026-03-01,1,1\n",
            "a.jsonl": b'{"who": "Ann", "when": "2026-03-01", "no": 1, "paid": 1}\n',
            "a.xlsx": workbook({"S": [HEADER, ROW]}),
        }[name]
        file.write_bytes(content)

    def grown(*given: Any, **named: Any) -> Any:
        with file.open("ab") as end:
            end.write(b"\n")
        return table(*given, **named)

    table = reading.FileTable
    for module in (reading, json_objects, workbooks):
        monkeypatch.setattr(module, "FileTable", grown)
    with pytest.raises(UsageError, match="changed while it was read; import it again once"):
        import_orders(file, tmp_path / "out", COLUMNS, OrderOptions())
    assert not (tmp_path / "out").exists()


# -- status and currency ------------------------------------------------------------

#: Orders of a web shop: the status stands on the first line of an order, as Shopify exports it.
WEB_SHOP = """who,when,no,paid,Order Status,Currency
a,2026-03-01,1,10,Completed,USD
a,2026-03-01,1,5,,
a,2026-03-02,2,20,wc-cancelled,USD
b,2026-03-03,3,30,Refunded,usd
b,2026-03-03,3,3,,
b,2026-03-04,4,40,On hold,USD
c,2026-03-05,5,50,PENDING PAYMENT,USD
c,2026-03-06,6,60,交易关闭,USD
d,2026-03-07,7,70,,USD
e,2026-03-08,8,x,failed,USD
"""
WITH_STATUS = replace(COLUMNS, status="order status")


def test_what_was_cancelled_or_never_paid_is_no_sale(tmp_path: Path) -> None:
    imported = run(tmp_path, WEB_SHOP, columns=WITH_STATUS, max_bad_rows=50)
    found = imported.found
    assert imported.rows("select receipt_id, total_amount from receipts order by 1") == [
        ("1", 15), ("4", 40), ("7", 70),
    ]  # fmt: skip
    assert found.left_out == {
        "no sale (wc-cancelled)": 1, "no sale (Refunded)": 2, "no sale (PENDING PAYMENT)": 1,
        "no sale (交易关闭)": 1, "no sale (failed)": 1,
    }  # fmt: skip
    # nothing was sold, so nothing is lost of an amount that is none
    assert found.rejected == {}
    assert found.rows == found.lines + sum(found.left_out.values())
    assert "rows of these statuses are sales: Completed 2, On hold 1, empty 1" in found.notes
    assert [row["reason"] for row in imported.rejects()][1] == "no sale (Refunded)"


def test_what_is_no_sale_may_lack_what_a_sale_has(tmp_path: Path) -> None:
    """A report of a marketplace has its fees between the orders, without number and amount."""
    content = (
        "who,when,no,paid,type\na,2026-03-01,1,10,Order\n,2026-03-02,,,Other fee\n"
        ",soon,,,Payout\nb,2026-03-03,2,20,Order\nb,2026-03-03,,20,Order\n"
        # no word of another row without a number is its own
        "b,2026-03-03,,7,\n"
    )
    columns = replace(COLUMNS, status="type")
    imported = run(
        tmp_path, content, columns=columns, no_sale=("other fee", "payout"), max_bad_rows=40
    )
    assert imported.found.left_out == {"no sale (Other fee)": 1, "no sale (Payout)": 1}
    assert imported.found.rejected == {"order is missing": 2}
    assert imported.rows("select count(*), sum(total_amount) from receipts") == [(2, 30)]


def test_a_column_of_what_was_paid_back_is_named(tmp_path: Path) -> None:
    content = "who,when,no,paid,Refunded?\na,2026-03-01,1,10,true\nb,2026-03-02,2,20,false\n"
    (note,) = run(tmp_path, content).found.notes
    assert note.startswith("column 'Refunded?' is not read, so what was paid back is counted")
    columns = replace(COLUMNS, status="Refunded?")
    imported = run(tmp_path, content, columns=columns, no_sale=("true",))
    assert imported.rows("select receipt_id from receipts") == [("2",)]
    assert imported.found.notes == ["rows of these statuses are sales: false 1"]


@pytest.mark.parametrize(
    ("name", "is_named"),
    [
        ("退款金额", True),
        ("total_refunds", True),
        ("Refund Amount ($)", True),
        ("退款状态", True),
        ("Refunded At", False),
        ("refund_id", False),
        ("退款原因", False),
        ("Refundable", False),
    ],
)
def test_what_was_paid_back_has_many_names(tmp_path: Path, name: str, is_named: bool) -> None:
    content = f"who,when,no,paid,{name}\na,2026-03-01,1,10,3\nb,2026-03-02,2,20,0\n"
    said = [note for note in run(tmp_path, content).found.notes if repr(name) in note]
    assert bool(said) == is_named


def test_orders_that_come_to_nothing_are_counted(tmp_path: Path) -> None:
    """An export of Tmall has 0 where nobody paid and where all was paid back."""
    content = "who,when,no,paid\na,2026-03-01,1,0.0\nb,2026-03-02,2,20\nc,2026-03-03,3,0\n"
    content += "d,2026-03-04,4,-5\n"
    imported = run(tmp_path, content)
    (note,) = [note for note in imported.found.notes if "come to 0" in note]
    assert note.startswith("2 orders come to 0 and are kept; where these were not paid")
    assert imported.rows("select count(*) from receipts") == [(4,)]
    told = run(tmp_path, content, columns=replace(COLUMNS, status="paid"), no_sale=("0.0", "0"))
    assert told.found.left_out == {"no sale (0.0)": 1, "no sale (0)": 1}


def test_a_number_of_another_day_has_a_status_of_its_own(tmp_path: Path) -> None:
    """Tills count from one each day: the second line of a receipt has the status of its first."""
    content = (
        "who,when,no,paid,Order Status\na,2026-03-01,1,10,cancelled\na,2026-03-01,1,5,\n"
        "b,2026-03-02,1,20,\nb,2026-03-03,1,30,Completed\n"
    )
    imported = run(tmp_path, content, columns=WITH_STATUS, order_per="day")
    assert imported.rows("select total_amount from receipts order by 1") == [(20,), (30,)]
    assert imported.found.left_out == {"no sale (cancelled)": 2}


def test_no_word_says_that_every_status_is_a_sale(tmp_path: Path) -> None:
    imported = run(tmp_path, WEB_SHOP, columns=WITH_STATUS, max_bad_rows=50, no_sale=())
    assert imported.found.left_out == {}
    assert imported.rows("select count(*) from receipts") == [(7,)]


def test_without_order_numbers_a_row_has_the_status_it_says(tmp_path: Path) -> None:
    columns = replace(WITH_STATUS, order=None)
    found = run(tmp_path, WEB_SHOP, columns=columns, max_bad_rows=50).found
    assert found.left_out["no sale (Refunded)"] == 1


def test_the_words_of_no_sale_may_be_given(tmp_path: Path) -> None:
    imported = run(
        tmp_path, WEB_SHOP, columns=WITH_STATUS, max_bad_rows=50, no_sale=("on-hold", "REFUNDED")
    )
    assert imported.rows("select string_agg(receipt_id, '' order by receipt_id) from receipts") == [
        ("12567",)
    ]
    with pytest.raises(UsageError, match="--no-sale 'refund' is no value of it; it has: Completed"):
        run(tmp_path, WEB_SHOP, columns=WITH_STATUS, max_bad_rows=50, no_sale=("refund",))
    with pytest.raises(UsageError, match="so --status is needed too"):
        run(tmp_path, WEB_SHOP, no_sale=("refunded",))


def test_a_file_of_which_nothing_was_sold_says_so(tmp_path: Path) -> None:
    content = "who,when,no,paid,status\na,2026-03-01,1,10,failed\na,2026-03-02,2,10,failed\n"
    columns = replace(COLUMNS, status="status")
    message = r"no row is left of 2: no sale \(failed\) 2; if these are sales, say with --no-sale"
    with pytest.raises(UsageError, match=message):
        run(tmp_path, content, columns=columns)
    assert run(tmp_path, content, columns=columns, no_sale=()).found.receipts == 2


@pytest.mark.parametrize(
    "name", ["orders.csv", "orders.jsonl", "orders.xlsx", "orders.parquet"]
)  # fmt: skip
def test_columns_that_change_an_amount_are_named_where_no_option_reads_them(
    tmp_path: Path, name: str
) -> None:
    header = (*HEADER, "order_state", "Currency")
    row = ("a", "2026-03-01", "1", "10", "sent", "EUR")
    if name.endswith("csv"):
        content: Any = f"{','.join(header)}\n{','.join(row)}\n"
    elif name.endswith("jsonl"):
        content = json.dumps(dict(zip(header, row, strict=True)))
    elif name.endswith("xlsx"):
        content = workbook({"S": [header, row]})
    else:
        table = pa.table({key: [value] for key, value in zip(header, row, strict=True)})
        pq.write_table(table, tmp_path / "made.parquet")
        content = (tmp_path / "made.parquet").read_bytes()
    assert run(tmp_path, content, name).found.notes == [
        "column 'order_state' is not read, so orders that were cancelled or never paid are counted "
        "as sales; say --status 'order_state'",
        "column 'Currency' is not read, so amounts of all its currencies are added up as they are; "
        "say --currency 'Currency'",
    ]
    columns = replace(COLUMNS, status="order_state", currency="currency")
    imported = run(tmp_path, content, name, columns=columns)
    assert imported.found.notes == [
        "rows of these statuses are sales: sent 1",
        "amounts are in EUR: what is not in var reporting_currency needs a rate in "
        "seeds/staging/exchange_rates.csv",
    ]
    assert imported.rows("select currency from receipts") == [("EUR",)]


@pytest.mark.parametrize("name", ["orders.csv", "orders.jsonl", "orders.xlsx", "orders.parquet"])
@pytest.mark.parametrize(
    ("column", "values", "is_named"),
    [
        ("state", ["CA", "NY", "TX"], False),
        ("State", ["Baden-Württemberg", None, "Closed"], True),
        ("state", ["sale", "CANCEL", "done"], True),
        ("state", ["1", "2", "1"], True),
        ("state", ["Route 66", None, None], False),
        ("status", ["CA", "NY", "TX"], True),
    ],
)
def test_a_state_may_be_a_place_or_a_status(
    tmp_path: Path, name: str, column: str, values: list[str | None], is_named: bool
) -> None:
    header = (*HEADER, column)
    rows = [("a", "2026-03-01", str(n), "10", value) for n, value in enumerate(values, 1)]
    if name.endswith("csv"):
        content: Any = "".join(f"{','.join(v or '' for v in row)}\n" for row in (header, *rows))
    elif name.endswith("jsonl"):
        content = "\n".join(json.dumps(dict(zip(header, row, strict=True))) for row in rows)
    elif name.endswith("xlsx"):
        content = workbook({"S": [header, *rows]})
    else:
        table = pa.table(dict(zip(header, zip(*rows, strict=True), strict=True)))
        pq.write_table(table, tmp_path / "made.parquet")
        content = (tmp_path / "made.parquet").read_bytes()
    asked = f"--status {column!r}"
    assert [asked in note for note in run(tmp_path, content, name).found.notes] == [True] * is_named
    dropped = run(tmp_path, content, name, drop_duplicates=True).found
    assert [asked in note for note in dropped.notes] == [True] * is_named


def test_a_column_that_an_option_reads_is_not_called_unread(tmp_path: Path) -> None:
    content = "who,when,no,paid,State\na,2026-03-01,1,10,Closed\n"
    assert run(tmp_path, content, columns=replace(COLUMNS, store="state")).found.notes == []


def test_numbers_are_no_currencies(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'paid' as --currency: '10' is no currency; codes are"):
        run(tmp_path, WEB_SHOP, columns=replace(COLUMNS, currency="paid"), max_bad_rows=50)
    rows = "".join(f"a,2026-03-01,{no},5,C{chr(65 + no)}X\n" for no in range(10))
    found = run(
        tmp_path, "who,when,no,paid,unit\n" + rows, columns=replace(COLUMNS, currency="unit")
    ).found
    assert found.notes[0].startswith(
        "amounts are in CAX, CBX, CCX, CDX, CEX, CFX, CGX, CHX and 2 more: what is not in"
    )


def test_an_order_has_one_currency(tmp_path: Path) -> None:
    columns = replace(COLUMNS, currency="Currency")
    assert run(tmp_path, WEB_SHOP, columns=columns, max_bad_rows=50).rows(
        "select distinct upper(currency) from receipts"
    ) == [("USD",)]
    mixed = WEB_SHOP.replace("a,2026-03-01,1,5,,", "a,2026-03-01,1,5,,EUR")
    with pytest.raises(UsageError, match="order '1' has amounts in EUR and USD; an order has one"):
        run(tmp_path, mixed, columns=columns, max_bad_rows=50)


# -- clear messages ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.numbers", b"x", {}, "save it as .xlsx"),
        ("a.xls", b"\xef\xbb\xbf<html><table>", {}, "is a web page or XML, whatever its ending"),
        ("a.xls", b'<?xml version="1.0"?>', {}, "is a web page or XML, whatever its ending"),
        ("a.csv", workbook({"S": [HEADER, ROW]}), {}, "is a workbook, whatever its ending; name"),
        ("a.xlsx", b"x", {}, "is no workbook, whatever its ending"),
        ("a.xlsx", workbook({"S": [HEADER, ROW]})[:-99], {}, "cannot be read as a workbook"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), {}, "protected by a password"),
        ("a.xls", OLE, {}, "cannot be read as a workbook"),
        ("a.csv", OLE, {}, "is a workbook, whatever its ending; name it"),
        ("a.xlsx", workbook({"S": [], "T": [("",)]}), {}, "is an empty workbook"),
        ("a.xlsx", workbook({"S": [HEADER]}), {}, "has a header but no rows"),
        ("a.xlsx", workbook({"S": [HEADER, ROW]}), {"sheet": "T"}, r"no sheet 'T' \(it has: S\)"),
        ("a.xlsx", workbook({"S": [HEADER], "T": []}), {"sheet": "T"}, "sheet 'T' is empty"),
        (
            "a.xlsx",
            workbook({"Notes": [("made", "by")], "Orders": [HEADER, ROW]}),
            {},
            "sheet 'Notes' lacks a column asked for; say --sheet 'Orders'",
        ),
        (
            "a.xlsx",
            workbook({"S": [("March",), ("whom", *HEADER[1:]), ROW]}),
            {},
            r"sheet 'S' has no column 'who'; did you mean whom\? \(it has: whom, when, no, paid\)",
        ),
        (
            "a.xlsx",
            workbook({"S": [HEADER, ROW, (None, *ROW[1:])]}, merged=["A2:A3"]),
            {},
            "sheet 'S' column 'who': rows 2 to 3 are merged into one cell; unmerge them",
        ),
        ("a.csv", b"x", {"sheet": "S"}, "--sheet chooses a sheet of a workbook"),
        ("a.json", b'[{"who": 1}, 2]', {}, "element 2 of the array is no object"),
        ("a.json", b'[{"who": 1},\n{"who": }]', {}, "cannot be read as JSON: line 2"),
        ("a.json", b'{"n": 1,\n"orders": [{"whom": 1}]}', {}, r"'who'; did you mean whom\?"),
        ("a.json", b'{"who": \n', {}, "not JSON: Expecting value in line 1"),
        ("a.json", b"[]", {}, "holds no object"),
        ("a.json", b'[{"whom": 1}]', {}, r"no column 'who'; did you mean whom\?"),
        ("a.json", b"[\xff]", {}, "is not utf-8 text"),
        ("a.dat", b"x", {}, r"\.csv, \.tsv, \.txt, .*\.parquet can be read"),
        ("a.csv", b"", {}, "is empty"),
        ("a.csv", b"who,when,no,paid\n", {}, "has a header but no rows"),
        ("a.parquet", b"no parquet at all", {}, "is not a Parquet file"),
        (
            "a.csv",
            b"whom,when,no,paid\n1,2026-03-01,1,1\n",
            {},
            r"no column 'who'; did you mean whom\? \(it has: whom, when, no, paid\)",
        ),
        (
            "a.csv",
            b"who,who,when,no,paid\n1,1,2026-03-01,1,1\n",
            {},
            "2 columns named 'who'",
        ),
        (
            "a.csv",
            "who,when,no,paid\n张三,2026-03-01,1,1\n".encode("gbk"),
            {},
            r"is not utf-8 text \(byte 0xd5 in line 2\).*--encoding gb18030",
        ),
        (
            "a.csv",
            "who,when,no,paid\nRenée Müller,2026-03-01,1,1\n".encode("cp1252"),
            {},
            "it can be read as cp1252 or cp1250: try --encoding cp1252",
        ),
        (
            "a.csv",
            "who,when,no,paid\n1,2026-03-01,1,1\n".encode("utf-16"),
            {},
            "--encoding utf-16",
        ),
        ("a.csv", b"who,when,no,paid\n1,x,1,1\n1,y,1,1\n1,z,1,1\n", {}, "'x', 'y', 'z'; known are"),
        (
            "a.csv",
            b"who,when,no,paid\n1,2026-03-01,1,x\n",
            {},
            "column 'paid' as --amount: cannot read 'x'; numbers are wanted",
        ),
        (
            "a.csv",
            b"who,when,no,paid\n1,2026-03-01,1,1.5\n",
            {"decimal": ","},
            r"cannot read '1\.5'; numbers are wanted, as in 1234,50 \(without --decimal ,",
        ),
        (
            "a.csv",
            b"who,when,no,paid\n1,2026-03-01,1,1\n",
            {"time_format": "%d/%m/%Y"},
            "cannot read '2026-03-01'; --time-format '%d/%m/%Y' does not fit; without it known are",
        ),
        ("a.csv", b"who,when,no,paid\n1,1/2/2026,1,1\n", {}, "cannot be told which is the day"),
        ("a.csv", b"x", {"amount_is": "basket"}, "--amount-is is line or order, not 'basket'"),
        (
            "a.csv",
            b"x",
            {"amount_is": "order", "rows_are_orders": True},
            "so --order is needed, and --rows-are-orders is not",
        ),
        ("a.csv", b"x", {"discount_is": "percent"}, "is money or share, not 'percent'"),
        ("a.csv", b"x", {"discount_is": "share"}, "so --discount is needed too"),
        ("a.csv", b"x", {"timezone": "Asia/Shanghia"}, "did you mean Asia/Shanghai"),
        ("a.csv", b"x", {"encoding": "utf-9"}, "'utf-9' is no encoding"),
        ("a.csv", b"who,when,no,paid\n", {"delimiter": "ab"}, "one character"),
        ("a.csv", b"who,when,no,paid\n1,1,1,1\n", {"time_format": "%Q"}, "is no format"),
        ("a.csv.gz", b"\x1f\x8bnot really", {}, "cannot be unpacked"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(
    tmp_path: Path, name: str, content: bytes, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message) as raised:
        run(tmp_path, content, name, **options)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_suggests_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "orders_2026.csv").write_text("x")
    with pytest.raises(UsageError, match=r"does not exist; did you mean orders_2026\.csv"):
        import_orders(tmp_path / "order_2026.csv", tmp_path / "o", COLUMNS, OrderOptions())


def test_money_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--amount .* or --price"):
        run(tmp_path, "x", columns=OrderColumns(customer="who", time="when"))
    with pytest.raises(UsageError, match="--quantity is needed too"):
        run(tmp_path, "x", columns=OrderColumns(customer="who", time="when", price="paid"))


def test_a_file_without_money_is_told_what_may_be_money_and_what_to_say(tmp_path: Path) -> None:
    columns = OrderColumns(customer="who", time="when", quantity="Units")
    sold = "who,when,no,Units{}\nA,2026-03-01,1,3{}\n"
    with pytest.raises(UsageError, match=r"money .*orders.csv has 'Sales', 'Unit_Price'.: --amo"):
        run(tmp_path, sold.format(",Sales,Unit_Price", ",1,2"), columns=columns)
    with pytest.raises(UsageError, match="money: --amount .* say --amount 'Units', the column"):
        run(tmp_path, sold.format("", ""), columns=columns)
    counted = run(tmp_path, sold.format("", ""), columns=replace(columns, amount="Units"))
    assert counted.rows("select quantity, net_amount from receipt_lines") == [(3, 3)]


@pytest.mark.parametrize(
    ("usual", "strays", "day", "note"),
    [
        (198, 2, "2016-04-01", "the newest 2 orders are 91 days after the next one: 2016-04-01"),
        (198, 2, "2016-03-31", None),
        (197, 2, "2016-04-01", None),
        (199, 1, "2023-10-05", "the newest order is 2,834 days after the next one: 2023-10-05"),
    ],
)
def test_a_few_newest_orders_far_from_all_others_are_said(
    tmp_path: Path, usual: int, strays: int, day: str, note: str | None
) -> None:
    days = ["2016-01-01"] * usual + [day] * strays
    lines = "".join(f"{n % 90},{at},{n},1\n" for n, at in enumerate(days))
    found = run(tmp_path, f"who,when,no,paid\n{lines}", timezone="UTC").found
    said = [each for each in found.notes if "newest" in each]
    assert [each.split(" after 2016-01-01; ")[0] for each in said] == ([note] if note else [])
    assert ["as_of: 2016-01-01" in each for each in said] == ([strays > 1] if note else [])
    # a build passes over the one that stands alone
    assert found.last_at and str(found.last_at.date()) == day
    assert found.seen_at and str(found.seen_at.date()) == (day if strays > 1 else "2016-01-01")
