"""What an import is asked to do, what it works on, and what it found."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from one360.errors import UsageError, did_you_mean
from one360.importers.file_table import FileTable
from one360.rules import BUSINESS_TIMEZONE
from one360.sql import literal


@dataclass(frozen=True)
class OrderColumns:
    """Which column of the file is what; None where the file has none."""

    customer: str
    time: str
    clock: str | None = None
    order: str | None = None
    amount: str | None = None
    price: str | None = None
    quantity: str | None = None
    discount: str | None = None
    product: str | None = None
    product_name: str | None = None
    brand: str | None = None
    category: str | None = None
    store: str | None = None
    status: str | None = None
    currency: str | None = None

    def given(self) -> dict[str, str]:
        """Name here → name in the file."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: column for name, column in named.items() if column is not None}


@dataclass(frozen=True)
class OrderOptions:
    """How the file is read.

    ``timezone`` is the zone of times that name none. ``sheet`` is that of a workbook.
    ``amount_is`` is what an amount is, paid for the line or for the whole order.
    ``discount_is`` is what a discount is, money off the line or a share of its price.
    ``decimal`` is the decimal sign of numbers kept as text, the point unless it is given.
    ``no_sale`` has the words of a status whose rows are no sale. ``return_prefix`` marks the
    numbers of returns and cancellations. ``order_per`` (day, store or day,store) is what
    makes an order number one order where numbers begin anew. With ``fill_customer`` a row
    without customer takes the one that the other rows of its order name. ``max_bad_rows`` is
    in per cent. ``limit`` reads the first rows only.
    """

    timezone: str = BUSINESS_TIMEZONE
    time_format: str | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    amount_is: str | None = None
    discount_is: str | None = None
    sheet: str | None = None
    decimal: str | None = None
    no_sale: tuple[str, ...] | None = None
    return_prefix: str | None = None
    order_per: str | None = None
    fill_customer: bool = False
    rows_are_orders: bool = False
    drop_duplicates: bool = False
    drop_anonymous: bool = False
    max_bad_rows: float = 5.0
    limit: int | None = None

    @property
    def sign(self) -> str:
        """The decimal sign of numbers kept as text."""
        return self.decimal or "."


@dataclass
class OrdersImport:
    """What an import found and did."""

    rows: int = 0
    lines: int = 0
    receipts: int = 0
    return_receipts: int = 0
    returns_of_known_receipt: int = 0
    anonymous_receipts: int = 0
    customers: int = 0
    products: int = 0
    stores: int = 0
    net_amount: Decimal = Decimal(0)
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    seen_at: dt.datetime | None = None
    rejected: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def check_options(columns: OrderColumns, options: OrderOptions) -> None:
    """Refuse options that cannot work together, before the file is opened."""
    if columns.price is not None and columns.amount is None and columns.quantity is None:
        raise UsageError(
            "--price is the price of a unit, so --quantity is needed too (or --amount)"
        )
    if options.decimal not in (None, ".", ","):
        raise UsageError(f"--decimal is . or , and not {options.decimal!r}")
    if options.no_sale is not None and columns.status is None:
        raise UsageError("--no-sale has words of a status, so --status is needed too")
    if options.amount_is is not None:
        if options.amount_is not in AMOUNT_IS:
            raise UsageError(f"--amount-is is {' or '.join(AMOUNT_IS)}, not {options.amount_is!r}")
        if columns.amount is None:
            raise UsageError("--amount-is says what --amount is, so --amount is needed too")
        if options.amount_is == "order" and (columns.order is None or options.rows_are_orders):
            raise UsageError(
                "--amount-is order is that of an order of several rows, so --order is needed, "
                "and --rows-are-orders is not"
            )
    if options.discount_is is not None:
        if options.discount_is not in DISCOUNT_IS:
            raise UsageError(
                f"--discount-is is {' or '.join(DISCOUNT_IS)}, not {options.discount_is!r}"
            )
        if columns.discount is None:
            raise UsageError("--discount-is says what --discount is, so --discount is needed too")
    if options.order_per is not None:
        if options.order_per not in ORDER_PER:
            raise UsageError(f"--order-per is {', '.join(ORDER_PER)}, not {options.order_per!r}")
        if columns.order is None:
            raise UsageError("--order-per tells order numbers apart, so --order is needed too")
        if "store" in options.order_per and columns.store is None:
            raise UsageError(f"--order-per {options.order_per} needs --store, the column of shops")
    if not 0 <= options.max_bad_rows <= 100:
        raise UsageError(f"--max-bad-rows is a percentage, 0 to 100, not {options.max_bad_rows:g}")
    if options.limit is not None and options.limit < 1:
        raise UsageError(f"--limit is a number of rows above 0, not {options.limit}")
    if options.timezone not in zoneinfo.available_timezones():
        hint = did_you_mean(options.timezone, zoneinfo.available_timezones())
        raise UsageError(
            f"{options.timezone!r} is no time zone"
            f"{hint or '; as in Asia/Shanghai or Europe/London'}"
        )


#: What an amount may be paid for.
AMOUNT_IS = ("line", "order")

#: What a discount may be: 0.2 as money is 20 cents off, as a share a fifth.
DISCOUNT_IS = ("money", "share")

#: What may make an order number one order, beside the number.
ORDER_PER = ("day", "store", "day,store")

#: Columns of the file by what they hold; the time is neither.
TEXTS = (
    "customer", "order", "product", "product_name", "brand", "category", "store", "status",
    "currency",
)  # fmt: skip
NUMBERS = ("amount", "price", "quantity", "discount")
#: Of the texts, those that identify something.
IDS = ("customer", "order", "product", "store")


def loaded_at(at: str, content: str) -> str:
    """SQL of when a row is taken to have come: a day later, never after today.

    Its microseconds are made of ``content``, a list of the row's columns: a build looks again at
    what came at another time than before, and so at a row that a second import brings otherwise.
    """
    return (
        f"cast(least(date_trunc('second', {at}) + interval 1 day, "
        "date_trunc('second', get_current_timestamp()::timestamp))"
        f" + to_microseconds(cast(hash({content}) % 1000000 as bigint)) as timestamp)"
    )


@dataclass
class Job:
    """One import: its tables live in ``connection`` and follow each other.

    given → typed (values read) → validated (reason) → lines → receipts.
    """

    connection: duckdb.DuckDBPyConnection
    file: Path
    out: Path
    columns: OrderColumns
    options: OrderOptions
    read: FileTable
    found: OrdersImport

    @property
    def given(self) -> dict[str, str]:
        """Name here → name in the file, of the columns that the file has."""
        return self.columns.given()

    def kind(self, name: str) -> pa.DataType:
        """Type of a column as it was read."""
        return self.read.table.schema.field(name).type

    def value(self, query: str) -> object:
        """First value of the first row."""
        row = self.connection.execute(query).fetchone()
        return row[0] if row else None

    def count(self, query: str) -> int:
        """The number that a query gives."""
        return int(str(self.value(query) or 0))


def key_of_order(job: Job) -> str:
    """SQL of what tells the order of a row from all others.

    Without order numbers the first row of the order names it. The customer must not: it may be a
    name or a phone number, and order ids are published.
    """
    if job.options.rows_are_orders:
        return "'row-' || cast(file_row as varchar)"
    if job.columns.order:
        order_key = '"order"'
        if "day" in (job.options.order_per or ""):
            zone = literal(job.options.timezone)
            day = f"cast(timezone({zone}, timezone('UTC', ordered_at)) as date)"
            order_key += f" || '@' || cast({day} as varchar)"
        if "store" in (job.options.order_per or ""):
            order_key += " || '@' || coalesce(store, '')"
        return order_key
    at_once = "customer, ordered_at" + (", store" if job.columns.store else "")
    return f"""
        'row-' || cast(case
            when customer is null then file_row
            else min(file_row) over (partition by {at_once})
        end as varchar)
    """
