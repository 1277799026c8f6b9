"""Files of orders as shops' systems write them: their times, encodings, workbooks and padding."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from one360.errors import UsageError
from one360.importers.encodings import likely
from one360.importers.orders import OrderColumns

from .old_workbook import old_workbook
from .test_import_orders import COLUMNS, HEADER, run, sold_at
from .workbook import workbook

AT = dt.datetime(2024, 1, 25, 14, 30)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        # a browser's, by its country
        ("1/25/2024, 2:30:05 PM", dt.datetime(2024, 1, 25, 14, 30, 5)),
        ("1/25/2024, 2:30:00\u202fPM", AT),
        ("25.01.2024, 14:30 Uhr", AT),
        ("25/01/2024 à 14h30", AT),
        ("2024/1/25 下午2:30:00", AT),
        ("2024/1/25 上午12:30", dt.datetime(2024, 1, 25, 0, 30)),
        ("2024. 1. 25. 오후 2:30:00", AT),
        (
            "Fri Jan 25 2024 14:30:00 GMT+0800 (China Standard Time)",
            dt.datetime(2024, 1, 25, 6, 30),
        ),
        # with a day of the week, right or wrong
        ("2018-01-25 星期五", dt.datetime(2018, 1, 25)),
        ("2018-01-25 星期五 14:30", dt.datetime(2018, 1, 25, 14, 30)),
        ("2024年1月25日(木) 午後2:30", AT),
        ("2024/1/25(金曜日)", dt.datetime(2024, 1, 25)),
        ("Fri, 25 Jan 2024 14:30:00 GMT", AT),
        ("Thursday, January 25, 2024", dt.datetime(2024, 1, 25)),
        # in words of a country
        ("2024年1月25日 14时30分05秒", dt.datetime(2024, 1, 25, 14, 30, 5)),
        ("2024年1月25日14時30分", AT),
        ("25 janv. 2024", dt.datetime(2024, 1, 25)),
        ("25. Januar 2024", dt.datetime(2024, 1, 25)),
        ("25 de dezembro de 2024", dt.datetime(2024, 12, 25)),
        ("25-ene-2024 14:30", AT),
        ("Jan 25th, 2024 at 2:30 p.m.", AT),
        # of programs
        ("2024-01-25 14:30:00+08", dt.datetime(2024, 1, 25, 6, 30)),
        ("20240125143005", dt.datetime(2024, 1, 25, 14, 30, 5)),
        ("202401251430", AT),
        ("20240125 143005", dt.datetime(2024, 1, 25, 14, 30, 5)),
        ("20240125.0", dt.datetime(2024, 1, 25)),
        ("２０２４／１／２５　１４：３０", AT),
    ],
)
def test_times_as_programs_and_countries_write_them(
    tmp_path: Path, written: str, read: dt.datetime
) -> None:
    imported = run(tmp_path, f'who,when,no,paid\n1,"{written}",1,1\n', timezone="UTC")
    assert sold_at(imported) == [read]


def test_the_date_of_a_java_program_bears_the_name_of_its_zone(tmp_path: Path) -> None:
    content = "who,when,no,paid\n1,Thu Jan 25 10:00:00 CST 2024,1,1\n"
    assert sold_at(run(tmp_path, content)) == [dt.datetime(2024, 1, 25, 2)]


@pytest.mark.parametrize("written", ["2018-02-29 星期一", "2024年13月1日", "星期五", "25 Foo 2024"])
def test_a_day_that_there_is_not_stays_unread(tmp_path: Path, written: str) -> None:
    content = f"who,when,no,paid\n1,{written},1,1\n1,2024-01-25,2,1\n"
    imported = run(tmp_path, content, max_bad_rows=50)
    assert imported.found.rejected == {"time cannot be read": 1}


@pytest.mark.parametrize(
    ("clocks", "read"),
    [
        (["20", "5"], ["20:00:00", "05:00:00"]),
        (["20.0", "0.0"], ["20:00:00", "00:00:00"]),
        # the longest one says what they are
        (["1805", "5"], ["18:05:00", "00:05:00"]),
        (["180509", "50"], ["18:05:09", "00:00:50"]),
        (["18:05", "20"], ["18:05:00", "20:00:00"]),
    ],
)
def test_a_clock_may_be_a_number(tmp_path: Path, clocks: list[str], read: list[str]) -> None:
    rows = "".join(f"{at},20240125,{at},1,{clock}\n" for at, clock in enumerate(clocks))
    columns = replace(COLUMNS, time="day", clock="hour")
    imported = run(tmp_path, "who,day,no,paid,hour\n" + rows, columns=columns, timezone="UTC")
    assert [str(at.time()) for at in sold_at(imported)] == read


def test_a_number_beyond_the_hours_of_a_day_is_no_clock(tmp_path: Path) -> None:
    """24 to 99 may be minutes past midnight or anything else."""
    content = "who,day,no,paid,hour\n1,20240125,1,1,7\n1,20240125,2,1,45\n"
    with pytest.raises(UsageError, match="cannot read '20240125 7', '20240125 45'"):
        run(tmp_path, content, columns=replace(COLUMNS, time="day", clock="hour"))


# -- amounts of orders ------------------------------------------------------------

#: As Shopify writes it: what an order came to stands in the first of its rows.
FIRST_ROW = (
    "who,when,no,paid,price,n\nA,2026-03-01,1,90,60,1\nA,2026-03-01,1,,20,2\nB,2026-03-02,2,7,7,1\n"
)
PRICED = replace(COLUMNS, price="price", quantity="n")


def test_the_amount_of_an_order_may_stand_in_one_of_its_rows(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="amount is missing: 1; 1 rows lack an amount that an"):
        run(tmp_path, FIRST_ROW)
    lines = run(tmp_path, FIRST_ROW, max_bad_rows=50)
    assert lines.found.notes == [
        "1 rows lack an amount that another row of their order has; "
        "if that is what the whole order cost, say --amount-is order"
    ]
    amounts = "select receipt_id, net_amount from receipt_lines order by 1, 2"
    even = run(tmp_path, FIRST_ROW, amount_is="order")
    assert even.rows(amounts) == [("1", 45), ("1", 45), ("2", 7)]
    assert even.found.notes == [] and even.found.rejected == {}
    priced = run(tmp_path, FIRST_ROW, columns=PRICED, amount_is="order")
    assert priced.rows(amounts) == [("1", 36), ("1", 54), ("2", 7)]
    assert priced.rows("select total_amount from receipts order by receipt_id") == [(90,), (7,)]


def test_the_parts_of_an_amount_add_up(tmp_path: Path) -> None:
    content = "who,when,no,paid\n" + "A,2026-03-01,1,100\n" * 3 + "A,2026-03-01,2,0.01\n" * 7
    imported = run(tmp_path, content, amount_is="order")
    assert imported.rows("select net_amount from receipt_lines where receipt_id = '1'") == [
        (Decimal("33.3333"),), (Decimal("33.3334"),), (Decimal("33.3333"),),
    ]  # fmt: skip
    assert imported.rows("select total_amount from receipts order by receipt_id") == [
        (100,), (Decimal("0.01"),),
    ]  # fmt: skip


def test_an_order_without_any_amount_is_rejected(tmp_path: Path) -> None:
    content = FIRST_ROW + "B,2026-03-03,3,,5,1\nB,2026-03-03,3,,5,1\n"
    imported = run(tmp_path, content, amount_is="order", max_bad_rows=50)
    assert imported.found.rejected == {"amount is missing": 2}
    several = FIRST_ROW + "A,2026-03-01,1,80,1,1\n"
    with pytest.raises(UsageError, match="order '1' has 80.0000 and 90.0000; with --amount-is"):
        run(tmp_path, several, amount_is="order")


def repeated(orders: int, lines: int = 2, amount: str = "{no}") -> str:
    rows = [
        f"A,2026-03-01,{no},{amount.format(no=no, line=line)},P{line}"
        for no in range(1, orders + 1)
        for line in range(lines)
    ]
    return "who,when,no,paid,sku\n" + "\n".join(rows) + "\n"


def test_an_amount_that_all_rows_of_an_order_have_is_asked_for(tmp_path: Path) -> None:
    """Added up, what an order cost would count once for each of its rows."""
    columns = replace(COLUMNS, product="sku")
    with pytest.raises(
        UsageError,
        match="of 10 orders with several rows 10 have one amount in all of them, as '1' has 1.0000 "
        r"in 2; say --amount-is order \(it is that of the whole order\) or --amount-is line",
    ):
        run(tmp_path, repeated(10), columns=columns)
    total = "select sum(total_amount) from receipts"
    assert run(tmp_path, repeated(10), columns=columns, amount_is="order").rows(total) == [(55,)]
    assert run(tmp_path, repeated(10), columns=columns, amount_is="line").rows(total) == [(110,)]


@pytest.mark.parametrize(
    "content",
    [
        repeated(9),
        repeated(40, lines=1),
        # a shop of one price, and lines of their own
        repeated(40, amount="9.5"),
        repeated(40, amount="{line}"),
        # the same product twice costs the same twice
        repeated(40).replace("P1", "P0"),
    ],
)
def test_amounts_of_lines_are_not_asked_for(tmp_path: Path, content: str) -> None:
    run(tmp_path, content, columns=replace(COLUMNS, product="sku"))


def test_customers_of_whom_nobody_bought_twice_are_a_question(tmp_path: Path) -> None:
    """A file with a row per customer, or an invoice's number for a customer, has no repetition."""
    rows = [f"C{no},2026-03-01,{no},1" for no in range(100)]
    note = (
        "no customer has a second order, so nothing is known of who buys again: is 'who' the "
        "customer, and has the file a row per order or line?"
    )
    content = "\n".join([",".join(HEADER), *rows])
    assert run(tmp_path, content).found.notes == [note]
    assert run(tmp_path, content + "\nC1,2026-03-02,100,1").found.notes == []
    assert run(tmp_path, "\n".join([",".join(HEADER), *rows[1:]])).found.notes == []


def test_a_mark_for_no_number_is_none(tmp_path: Path) -> None:
    """R writes NA, and accountants a dash; a customer or a category may be called so."""
    content = (
        "who,when,no,paid,off,kind\nNA,2026-03-01,1,5,NA,NA\nB,2026-03-01,2,6,-,-\n"
        "B,2026-03-01,3, — ,,x\nB,NA,4,1,,x\n"
    )
    columns = replace(COLUMNS, discount="off", category="kind")
    imported = run(tmp_path, content, columns=columns, max_bad_rows=50)
    assert imported.rows("select receipt_id, total_amount from receipts order by 1") == [
        ("1", 5), ("2", 6),
    ]  # fmt: skip
    assert imported.rows("select category from products order by 1") == [("-",), ("NA",)]
    assert imported.found.rejected == {"amount is missing": 1, "time is missing": 1}


# -- products ---------------------------------------------------------------------


def test_a_category_names_the_products_of_a_file_that_has_none(tmp_path: Path) -> None:
    """It is written with a product, and was lost without one."""
    content = (
        "who,when,no,paid,kind,make\n1,2026-03-01,1,5,Roupas,Nike\n1,2026-03-01,1,6,Casa,\n"
        "1,2026-03-02,2,7,,\n"
    )
    columns = replace(COLUMNS, category="kind")
    imported = run(tmp_path, content, columns=columns)
    products = "select product_id, product_name, category from products order by 1"
    assert imported.rows(products) == [("Casa", "Casa", "Casa"), ("Roupas", "Roupas", "Roupas")]
    assert imported.rows("select product_id, net_amount from receipt_lines order by 2") == [
        ("Roupas", 5), ("Casa", 6), (None, 7),
    ]  # fmt: skip
    assert imported.found.notes == [
        "no column is --product or --product-name: products are told apart by --category"
    ]
    both = run(tmp_path, content, columns=replace(columns, brand="make"))
    assert both.rows("select product_id, brand, category from products order by 1") == [
        ("Casa", None, "Casa"), ("Nike Roupas", "Nike", "Roupas"),
    ]  # fmt: skip
    assert both.found.notes[0].endswith("told apart by --category and --brand")
    named = run(tmp_path, content, columns=replace(columns, product="make"))
    assert named.rows("select product_id from products") == [("Nike",)]


# -- workbooks --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx"])
def test_a_workbook_of_the_old_kind_is_read_whatever_its_ending(tmp_path: Path, name: str) -> None:
    rows = [
        ("订单",),
        HEADER,
        ("张三", AT, 17850, 3.5),
        (13, dt.datetime(2024, 1, 26), "A2", "¥1,299.5"),
    ]
    imported = run(tmp_path, old_workbook("订单", rows), name, timezone="UTC")
    assert imported.rows(
        "select receipt_id, card_no, sold_at, total_amount from receipts order by 1"
    ) == [
        ("17850", "张三", AT, 3.5),
        ("A2", "13", dt.datetime(2024, 1, 26), 1299.5),
    ]


def test_a_workbook_of_the_new_kind_may_be_called_xls(tmp_path: Path) -> None:
    content = workbook({"S": [HEADER, ("A1", AT, 1, 2)]})
    assert run(tmp_path, content, "a.xls").rows("select card_no from receipts") == [("A1",)]


# -- JSON -------------------------------------------------------------------------

#: As an API of a shop answers.
ANSWER = {
    "count": 2,
    "refunds": [{"id": 1}],
    "orders": [
        {
            "name": "#1", "created_at": "2026-03-01T10:00:00+08:00", "customer": {"id": 7},
            "line_items": [
                {"sku": "P1", "price": "2.50", "n": 2}, {"sku": "P2", "price": "1", "n": 1},
            ],
        },
        {"name": "#2", "created_at": "2026-03-02T10:00:00+08:00", "customer": None,
         "line_items": [{"sku": "P1", "price": "2.50", "n": 1}]},
    ],
}  # fmt: skip
OF_ANSWER = OrderColumns(
    customer="customer.id", time="created_at", order="name", price="line_items.price",
    quantity="line_items.n", product="line_items.sku",
)  # fmt: skip


@pytest.mark.parametrize("indent", [None, 2])
def test_the_lines_of_orders_may_be_an_array_within_them(
    tmp_path: Path, indent: int | None
) -> None:
    imported = run(tmp_path, json.dumps(ANSWER, indent=indent), "a.json", OF_ANSWER)
    lines = "select receipt_id, line_no, product_id, net_amount from receipt_lines order by 1, 2"
    expected = [("#1", 1, "P1", 5), ("#1", 2, "P2", 1), ("#2", 1, "P1", 2.5)]
    assert imported.rows(lines) == expected
    assert imported.rows("select card_no from receipts order by receipt_id") == [("7",), (None,)]
    assert imported.found.notes[:2] == [
        "array 'orders' of the file is read", "each element of 'line_items' is a row",
    ]  # fmt: skip
    by_line = "\n".join(json.dumps(order) for order in ANSWER["orders"])
    assert run(tmp_path, by_line, "a.jsonl", OF_ANSWER).rows(lines) == expected


def test_an_order_without_lines_is_rejected_and_not_lost(tmp_path: Path) -> None:
    orders = [*ANSWER["orders"], {"name": "#3", "created_at": "2026-03-03", "line_items": []}]
    imported = run(tmp_path, json.dumps(orders), "a.json", OF_ANSWER, max_bad_rows=30)
    assert imported.found.rejected == {"price is missing": 1}
    two = replace(OF_ANSWER, category="tags.name")
    orders[0]["tags"] = [{"name": "x"}]
    with pytest.raises(UsageError, match=r"several arrays are asked for \(line_items, tags\)"):
        run(tmp_path, json.dumps(orders), "a.json", two)


# -- text -------------------------------------------------------------------------

LANGUAGES = {
    "gb18030": "订单编号,下单时间,会员,商品,金额\n1,2024/1/5,张三,红富士苹果,120\n",
    "big5": "訂單編號,訂購日期,會員編號,商品名稱,金額\n1,2024/1/5,A1,紅富士蘋果,120\n",
    "cp932": "受注番号,受注日時,顧客コード,商品名,金額\n1,2024/1/5,C1,りんごジュース,120\n",
    "cp949": "주문번호,주문일시,고객번호,상품명,금액\n1,2024-01-05,A1,사과,1200\n",
    "cp1251": "Номер заказа,Дата,Клиент,Товар,Сумма\n1,05.01.2024,A1,Яблоки красные,1200\n",
    "cp1252": "Bestellnr,Datum,Käufer,Gesamtbetrag €\n1,05.01.2024,Renée Müller,12\n",
    "cp1250": "Číslo,Datum,Zákazník,Částka\n1,05.01.2024,Dvořák,12\n",
}


@pytest.mark.parametrize("encoding", LANGUAGES)
def test_the_encoding_is_told_by_the_columns_asked_for(encoding: str) -> None:
    """Bytes of most of these are valid in several encodings; the right header is in one."""
    text = LANGUAGES[encoding]
    assert likely(text.encode(encoding), text.split("\n")[0].split(","), "utf-8")[0] == encoding


@pytest.mark.parametrize("encoding", sorted(LANGUAGES.keys() - {"cp1250"}))
def test_the_encoding_is_told_by_usual_characters(encoding: str) -> None:
    """A header may be in English. Korean bytes are Chinese ones too, so both are named."""
    found = likely(LANGUAGES[encoding].encode(encoding), ["who"], "utf-8")
    assert found[0] == encoding or (encoding == "cp949" and found == ["gb18030", "cp949"])


def test_a_header_in_another_encoding_names_it(tmp_path: Path) -> None:
    content = LANGUAGES["cp932"].encode("cp932")
    columns = replace(COLUMNS, customer="顧客コード", time="受注日時", order=None, amount="金額")
    with pytest.raises(UsageError, match="it can be read as cp932: try --encoding cp932"):
        run(tmp_path, content, columns=columns)
    with pytest.raises(UsageError, match="no column '顧客コード' as gb18030; it has it as cp932"):
        run(tmp_path, content, columns=columns, encoding="gb18030")
    read = run(tmp_path, content, columns=columns, encoding="cp932")
    assert read.rows("select card_no from receipts") == [("C1",)]


def test_values_of_blanks_alone_are_missing(tmp_path: Path) -> None:
    """Reports pad their columns; a discount of blanks is none, and a total has no time."""
    content = (
        "who |when      |no  |paid  |off  \n  A1|2024-01-25|   1|  5.00|     \n"
        "  A1|2024-01-26|   2|  7.00| 2.00\n    |          |    | 12.00| NULL\n"
    )
    imported = run(tmp_path, content, columns=replace(COLUMNS, discount="off"), max_bad_rows=40)
    assert imported.rows("select receipt_id, total_amount from receipts order by 1") == [
        ("1", 5), ("2", 7),
    ]  # fmt: skip
    assert imported.found.rejected == {"time is missing": 1}
