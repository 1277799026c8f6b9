"""Anyone's file of orders, as the raw tables of a till.

A row of the file is a line of an order (or a whole order). The rows become
``pos/receipts.parquet``, ``pos/receipt_lines.parquet`` and, where the file says
so, ``pos/products.csv`` and ``pos/stores.csv``; what cannot be read becomes
``import_rejects.csv``, with row number and reason. No row is lost:

    rows of the file = lines + rejected rows + rows left out on request

What is decided on the way:

* An order is what ``--order`` numbers. Without it, one customer at one time is one
  order, and a row without a customer is an order of its own.
* What is returned is a receipt of its own with negative lines, and names the
  receipt it returns where that is known: the order the line stood in, or the order
  whose number is left when the return prefix is taken off.
* An order has one customer. Rows that leave it blank take the customer of their
  order; an order number used by several customers becomes several receipts.
* Times without a zone are wall-clock times of ``timezone``.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass, field, fields
from pathlib import Path

import duckdb
import pyarrow as pa

from one360.errors import UsageError, did_you_mean
from one360.importers.reading import FileTable, read_file
from one360.sql import identifier, literal

#: The default of the project's variable business_timezone.
BUSINESS_TIMEZONE = "Asia/Shanghai"

ACCEPTED_TIMES = (
    "2026-03-31, 2026/3/31 18:05, 2026-03-31T18:05:09.5+08:00, 2026年3月31日, 20260331, "
    "31/03/2026 or 03/31/2026 6:05 PM, 31.03.2026, 31 Mar 2026"
)


@dataclass(frozen=True)
class OrderColumns:
    """Which column of the file is what; None where the file has none."""

    customer: str
    time: str
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

    def given(self) -> dict[str, str]:
        """Name here → name in the file."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: column for name, column in named.items() if column is not None}


@dataclass(frozen=True)
class OrderOptions:
    """How the file is read.

    ``timezone`` is the zone of times that name none. ``decimal`` is the decimal
    sign of numbers kept as text. ``return_prefix`` marks the numbers of returns and
    cancellations. ``max_bad_rows`` is in per cent. ``limit`` reads the first rows only.
    """

    timezone: str = BUSINESS_TIMEZONE
    time_format: str | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    decimal: str = "."
    return_prefix: str | None = None
    rows_are_orders: bool = False
    drop_duplicates: bool = False
    drop_anonymous: bool = False
    max_bad_rows: float = 5.0
    limit: int | None = None


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
    net_amount: float = 0.0
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    rejected: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def import_orders(
    file: str | Path, out_dir: str | Path, columns: OrderColumns, options: OrderOptions
) -> OrdersImport:
    """Write the raw tables of ``file`` below ``out_dir`` and return what was found.

    Raises:
        UsageError: the file, a column or too many rows of it cannot be read.
    """
    source, out = Path(file), Path(out_dir)
    _check(columns, options)
    read = read_file(
        source,
        columns.given(),
        encoding=options.encoding,
        delimiter=options.delimiter,
        all_columns=options.drop_duplicates,
    )
    if options.limit is not None:
        last = options.limit + 1
        read.table = read.table.slice(0, options.limit)
        read.broken = [broken for broken in read.broken if broken[0] <= last]
    connection = duckdb.connect()
    try:
        connection.execute("set timezone = 'UTC'")
        return _Import(connection, source, out, columns, options, read).run()
    finally:
        connection.close()


def _check(columns: OrderColumns, options: OrderOptions) -> None:
    """Refuse options that cannot work together, before the file is opened."""
    if columns.amount is None and columns.price is None:
        raise UsageError("say which column is money: --amount (of the line) or --price (of a unit)")
    if columns.price is not None and columns.amount is None and columns.quantity is None:
        raise UsageError(
            "--price is the price of a unit, so --quantity is needed too (or --amount)"
        )
    if options.decimal not in (".", ","):
        raise UsageError(f"--decimal is . or , and not {options.decimal!r}")
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


def _clean_text(column: str, kind: pa.DataType, whole_numbers: bool) -> str:
    """SQL of an id or name as text: trimmed, and 17850.0 as 17850."""
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        # a column of integers with gaps comes out of a data frame as floats
        return f"""
            case
                when {column} = floor({column}) and abs({column}) < 1e15
                    then cast(cast({column} as bigint) as varchar)
                else cast({column} as varchar)
            end
        """
    text = f"nullif(trim(cast({column} as varchar), ' \t\r\n\u00a0\u3000'), '')"
    return f"regexp_replace({text}, '[.]0+$', '')" if whole_numbers else text


def _clean_number(column: str, kind: pa.DataType, decimal: str) -> str:
    """SQL of a number as decimal(18, 4), null where it is none."""
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if is_number:
        return f"try_cast({column} as decimal(18, 4))"
    text = f"translate(cast({column} as varchar), '０１２３４５６７８９．，－', '0123456789.,-')"
    text = f"regexp_replace({text}, '[¥￥$€£元\\s\u00a0]|CNY|RMB|USD|EUR|GBP|HKD', '', 'g')"
    if decimal == ",":
        text = f"translate({text}, ',.', '.,')"
    # thousands are three digits each: 1,5 is none, and no number then
    grouped = "^[(]?[+-]?\\d{1,3}(,\\d{3})+([.]\\d+)?[)]?-?$"
    text = (
        f"case when regexp_matches({text}, '{grouped}') "
        f"then replace({text}, ',', '') else {text} end"
    )
    # accountants' negatives: (12.30) and 12.30-
    text = f"regexp_replace({text}, '^[(](.+)[)]$', '-\\1')"
    text = f"regexp_replace({text}, '^([0-9.]+)-$', '-\\1')"
    return f"try_cast({text} as decimal(18, 4))"


class _Import:
    """One import: its tables live in ``connection`` and follow each other.

    given → typed (values read) → judged (reason) → lines → receipts.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        file: Path,
        out: Path,
        columns: OrderColumns,
        options: OrderOptions,
        read: FileTable,
    ) -> None:
        self.connection = connection
        self.file = file
        self.out = out
        self.columns = columns
        self.options = options
        self.read = read
        self.given = columns.given()
        self.kinds = {name: read.table.schema.field(name).type for name in self.given}
        self.found = OrdersImport(rows=read.table.num_rows + len(read.broken))

    def run(self) -> OrdersImport:
        self.connection.register("given", self.read.table)
        self._type_values()
        self._judge_rows()
        self._make_lines()
        self._make_receipts()
        self._write()
        return self.found

    def _value(self, query: str) -> object:
        row = self.connection.execute(query).fetchone()
        return row[0] if row else None

    def _count(self, query: str) -> int:
        return int(str(self._value(query) or 0))

    # -- values ---------------------------------------------------------------

    def _type_values(self) -> None:
        texts = {
            name: self._text(name)
            for name in (
                "customer", "order", "product", "product_name", "brand", "category", "store",
            )
        }  # fmt: skip
        numbers = {name: self._number(name) for name in ("amount", "price", "quantity", "discount")}
        selected = ",\n".join(
            [f"{sql} as {identifier(name)}" for name, sql in {**texts, **numbers}.items()]
        )
        self.connection.execute(
            f"""
            create temp table typed as
            select file_row, {self._time()} as ordered_at, {selected}
            from given
            """
        )
        wanted = f"known are: {ACCEPTED_TIMES}; or give --time-format, as in '%d.%m.%y %H:%M'"
        self._refuse_unreadable_column("time", "ordered_at", wanted)
        for name in ("amount", "price", "quantity", "discount"):
            if name in self.given:
                self._refuse_unreadable_column(
                    name, name, "numbers are wanted, as in 1234.50 (with --decimal , as in 1234,50)"
                )

    def _text(self, name: str) -> str:
        if name not in self.given:
            return "cast(null as varchar)"
        column = identifier(name)
        whole_numbers = pa.types.is_string(self.kinds[name]) and not self._count(
            f"""
            select count(*) from given
            where {column} is not null and not regexp_full_match({column}, '\\d+[.]0+')
            """
        )
        return _clean_text(column, self.kinds[name], whole_numbers)

    def _number(self, name: str) -> str:
        if name not in self.given:
            return "cast(null as decimal(18, 4))"
        return _clean_number(identifier(name), self.kinds[name], self.options.decimal)

    def _time(self) -> str:
        """SQL of the time in UTC, null where it cannot be read."""
        kind, column = self.kinds["time"], '"time"'
        zone = literal(self.options.timezone)
        form = self.options.time_format
        if pa.types.is_timestamp(kind) and kind.tz is not None:
            return f"timezone('UTC', cast({column} as timestamptz))"
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            return f"timezone('UTC', timezone({zone}, cast({column} as timestamp)))"
        if form in ("epoch", "epoch_ms"):
            scale = 1_000_000 if form == "epoch" else 1_000
            number = f"try_cast({column} as double)"
            return f"make_timestamp(try_cast({number} * {scale} as bigint))"
        text = f"trim(cast({column} as varchar), ' \t\r\n\u00a0\u3000')"
        if form is not None:
            try:
                self.connection.execute("select strftime(timestamp '2000-01-01', ?)", [form])
            except duckdb.Error:
                raise UsageError(
                    f"--time-format {form!r} is no format: use %Y %m %d %H %M %S as in "
                    "'%d.%m.%Y %H:%M', or epoch, or epoch_ms"
                ) from None
            parsed = f"try_strptime({text}, {literal(form)})"
            if "%z" in form.lower():
                return f"timezone('UTC', cast({parsed} as timestamptz))"
            return f"timezone('UTC', timezone({zone}, {parsed}))"
        return self._time_of_text(text, zone)

    def _time_of_text(self, text: str, zone: str) -> str:
        """SQL that reads the accepted forms; the order of day and month is looked up."""
        pattern = (
            "^(.*?)(?:[ T]+(\\d{1,2}:\\d{2}(?::\\d{2}(?:[.]\\d{1,9})?)?)"
            "\\s*([AaPp])?(?:[.]?[Mm][.]?)?\\s*(Z|UTC|[+-]\\d{2}:?\\d{2})?)?$"
        )
        self.connection.execute(
            f"""
            create temp table moments as
            with parts as (
                select
                    text,
                    unnest(regexp_extract(text, '{pattern}', ['day', 'clock', 'half', 'zone']))
                from (select distinct {text} as text from given where {text} is not null)
            )
            select
                *,
                regexp_extract(
                    day, '^(\\d{{4}})[-/.年]?(\\d{{1,2}})[-/.月]?(\\d{{1,2}})日?$', ['y', 'm', 'd']
                ) as year_first,
                regexp_extract(
                    day, '^(\\d{{1,2}})([-/.])(\\d{{1,2}})[-/.](\\d{{4}})$', ['a', 's', 'b', 'y']
                ) as year_last
            from parts
            """
        )
        day_first = self._is_day_first()
        first, second = ("b", "a") if day_first else ("a", "b")
        self.connection.execute(
            f"""
            create temp table readings as
            with days as (
                select
                    text, clock, half, zone,
                    case
                        when year_first.y <> '' then try_cast(
                            year_first.y || '-' || year_first.m || '-' || year_first.d as date
                        )
                        when year_last.s = '.' then try_cast(
                            year_last.y || '-' || year_last.b || '-' || year_last.a as date
                        )
                        when year_last.y <> '' then try_cast(
                            year_last.y || '-' || year_last.{first} || '-' || year_last.{second}
                            as date
                        )
                        else cast(try_strptime(
                            day,
                            ['%d %b %Y', '%d-%b-%Y', '%b %d, %Y', '%d %B %Y', '%B %d, %Y']
                        ) as date)
                    end as day,
                    -- 20260331180509, as some tills write it
                    try_strptime(text, '%Y%m%d%H%M%S') as compact
                from moments
            ),
            clocks as (
                select
                    *,
                    coalesce(
                        case when length(text) = 14 and text not like '%-%' then compact end,
                        case
                            when clock = '' then cast(day as timestamp)
                            else try_cast(
                                cast(day as varchar) || ' ' || lpad(
                                    cast(case
                                        when lower(half) = 'p' and hour < 12 then hour + 12
                                        when lower(half) = 'a' and hour = 12 then 0
                                        else hour
                                    end as varchar), 2, '0'
                                ) || clock[instr(clock, ':'):] as timestamp
                            )
                        end
                    ) as at_clock
                from (select *, try_cast(split_part(clock, ':', 1) as bigint) as hour from days)
            )
            select
                text,
                case
                    when zone = '' then timezone('UTC', timezone({zone}, at_clock))
                    when zone in ('Z', 'UTC') then at_clock
                    else at_clock - (case when zone[1] = '-' then -1 else 1 end) * (
                        to_hours(cast(zone[2:3] as integer))
                        + to_minutes(cast(replace(zone[4:], ':', '') as integer))
                    )
                end as ordered_at
            from clocks
            """
        )
        return f"(select readings.ordered_at from readings where readings.text = {text})"

    def _is_day_first(self) -> bool:
        """Whether 1/2/2026 is in February: told by the dates that allow one reading."""
        counts = self.connection.execute(
            """
            with numbers as (
                select
                    text,
                    try_cast(year_last.a as integer) as one,
                    try_cast(year_last.b as integer) as two
                from moments
                where year_last.y <> '' and year_last.s <> '.'
            )
            select
                count(*) filter (one between 13 and 31 and two <= 12),
                count(*) filter (two between 13 and 31 and one <= 12),
                min(text) filter (one <= 12 and two <= 12 and one <> two)
            from numbers
            """
        ).fetchone()
        above_first, above_second, example = counts or (0, 0, None)
        if example is not None and above_first == above_second:
            raise UsageError(
                f"{self.file} column {self.columns.time!r}: in {example!r} it cannot be told "
                "which is the day; say --time-format '%d/%m/%Y' or '%m/%d/%Y' "
                "(with the clock, as in '%d/%m/%Y %H:%M')"
            )
        return bool(above_first > above_second)

    def _refuse_unreadable_column(self, name: str, typed: str, wanted: str) -> None:
        """Stop when a column has values and none of them can be read."""
        present, readable = self.connection.execute(
            f"""
            select
                count(given.{identifier(name)}),
                count(typed.{identifier(typed)})
            from given inner join typed on given.file_row = typed.file_row
            """
        ).fetchone() or (0, 0)
        if present and not readable:
            raise UsageError(
                f"{self.file} column {self.given[name]!r} as --{name}: "
                f"cannot read {self._examples(name, typed)}; {wanted}"
            )

    def _examples(self, name: str, typed: str) -> str:
        rows = self.connection.execute(
            f"""
            select any_value(cast(given.{identifier(name)} as varchar)) as value
            from given inner join typed on given.file_row = typed.file_row
            where given.{identifier(name)} is not null and typed.{identifier(typed)} is null
            group by cast(given.{identifier(name)} as varchar)
            order by min(given.file_row)
            limit 3
            """
        ).fetchall()
        return ", ".join(repr(value) for (value,) in rows)

    # -- rows -----------------------------------------------------------------

    def _judge_rows(self) -> None:
        """Give each row that cannot be a line the first reason why."""
        reasons: list[tuple[str, str]] = [
            ("given.time is null", "time is missing"),
            ("typed.ordered_at is null", "time cannot be read"),
        ]
        if "order" in self.given:
            reasons.append(('typed."order" is null', "order is missing"))
        for name in ("amount", "price", "quantity", "discount"):
            if name not in self.given:
                continue
            column = f"given.{identifier(name)}"
            is_needed = name == "amount" or (name != "discount" and "amount" not in self.given)
            if is_needed:
                reasons.append((f"{column} is null", f"{name} is missing"))
            reasons.append(
                (f"{column} is not null and typed.{name} is null", f"{name} is not a number")
            )
        tests = " ".join(f"when {test} then {literal(reason)}" for test, reason in reasons)
        is_empty = " and ".join(f"given.{identifier(name)} is null" for name in self.given)
        self.connection.execute(
            f"""
            create temp table judged as
            select
                typed.*,
                case when {is_empty} then null {tests} end as reason,
                case when {is_empty} then 'empty row' end as left_out
            from given inner join typed on given.file_row = typed.file_row
            """
        )
        for _, reason, _ in self.read.broken:
            self.found.rejected[reason] = self.found.rejected.get(reason, 0) + 1
        for reason, count in self.connection.execute(
            "select reason, count(*) from judged where reason is not null group by 1"
        ).fetchall():
            self.found.rejected[reason] = count
        self._leave_out()
        self._refuse_bad_file()

    def _leave_out(self) -> None:
        """Mark the rows the user asked to leave out."""
        if self.options.drop_duplicates:
            every = ", ".join(
                identifier(name) for name in self.read.table.column_names if name != "file_row"
            )
            self.connection.execute(
                f"""
                update judged set left_out = 'exact duplicate of an earlier row'
                from (
                    select
                        file_row,
                        row_number() over (partition by {every} order by file_row) as nth
                    from given
                ) as repeated
                where
                    judged.file_row = repeated.file_row
                    and repeated.nth > 1
                    and judged.reason is null
                """
            )
        if self.options.drop_anonymous:
            self.connection.execute(
                """
                update judged set left_out = 'no customer'
                where customer is null and reason is null and left_out is null
                """
            )
        self.found.left_out = dict(
            self.connection.execute(
                "select left_out, count(*) from judged where left_out is not null group by 1"
            ).fetchall()
        )

    def _refuse_bad_file(self) -> None:
        bad = sum(self.found.rejected.values())
        share = 100 * bad / self.found.rows
        if bad == self.found.rows or share > self.options.max_bad_rows:
            parts = []
            for reason, count in sorted(self.found.rejected.items(), key=lambda item: -item[1])[:3]:
                name = reason.split(" ")[0]
                shown = ""
                if reason.endswith(("cannot be read", "is not a number")):
                    shown = (
                        f", as in {self._examples(name, 'ordered_at' if name == 'time' else name)}"
                    )
                parts.append(f"{reason}: {count:,}{shown}")
            raise UsageError(
                f"{self.file}: {bad:,} of {self.found.rows:,} rows cannot be read "
                f"({share:.1f} %, --max-bad-rows allows {self.options.max_bad_rows:g} %): "
                + "; ".join(parts)
            )
        kept = self._count("select count(*) from judged where reason is null and left_out is null")
        if not kept:
            raise UsageError(f"{self.file}: no row is left of {self.found.rows:,}")

    # -- lines and receipts ---------------------------------------------------

    def _make_lines(self) -> None:
        """Signs, orders and receipts of every line."""
        prefix = self.options.return_prefix or ""
        has_prefix = (
            f"""
            coalesce(
                starts_with("order", {literal(prefix)}) and length("order") > {len(prefix)}, false
            )
            """
            if prefix
            else "false"
        )
        # Without order numbers: the first row of the order names it. The customer
        # must not: it may be a name or a phone number, and order ids are published.
        at_once = "customer, ordered_at" + (", store" if self.columns.store else "")
        if self.options.rows_are_orders:
            order_key = "'row-' || cast(file_row as varchar)"
        elif self.columns.order:
            order_key = '"order"'
        else:
            order_key = f"""
                'row-' || cast(case
                    when customer is null then file_row
                    else min(file_row) over (partition by {at_once})
                end as varchar)
            """
        self.connection.execute(
            f"""
            create temp table signed as
            with amounts as (
                select
                    file_row, ordered_at, customer, store,
                    product, product_name, brand, category, price,
                    {order_key} as order_key,
                    {has_prefix} as has_prefix,
                    quantity,
                    abs(coalesce(discount, 0)) as discount,
                    cast(price * quantity as decimal(18, 4)) as price_amount,
                    amount
                from judged
                where reason is null and left_out is null
            ),
            nets as (
                select
                    *,
                    coalesce(
                        -- some tills write the amount of a return without its sign
                        case when quantity < 0 then -abs(amount) else amount end,
                        price_amount - sign(price_amount) * discount
                    ) as net
                from amounts
            ),
            turned as (
                select
                    *,
                    -- a return whose sum is written as a sale's is turned around
                    case
                        when has_prefix and sum(net) over (partition by order_key, has_prefix) > 0
                            then -1
                        else 1
                    end as turn
                from nets
            )
            select
                * exclude (turn, net, quantity, discount, price_amount, amount),
                cast(net * turn as decimal(18, 4)) as net_amount,
                cast(case
                    when price_amount is not null and amount is null then price_amount * turn
                    when price_amount is not null and price_amount <> 0
                        then sign(net) * abs(price_amount) * turn
                    else (net + sign(net) * discount) * turn
                end as decimal(18, 4)) as list_amount,
                cast(case
                    when net <> 0 then sign(net) * turn * abs(coalesce(quantity, 1))
                    when has_prefix then -abs(coalesce(quantity, 1))
                    else coalesce(quantity, 1)
                end as decimal(18, 4)) as quantity,
                has_prefix or net < 0 or coalesce(quantity, 0) < 0 as is_return
            from turned
            """
        )
        self.connection.execute(
            """
            create temp table lines as
            with customers as (
                select
                    order_key,
                    count(distinct customer) as customer_count,
                    min(customer) as only_customer
                from signed
                group by order_key
            ),
            filled as (
                select
                    signed.* exclude (customer),
                    case
                        when customers.customer_count = 1 then customers.only_customer
                        else signed.customer
                    end as customer,
                    signed.customer is null and customers.customer_count = 1 as is_filled
                from signed
                inner join customers on signed.order_key = customers.order_key
            ),
            first_rows as (
                select
                    *,
                    min(file_row) over (partition by order_key, customer) as customer_first_row
                from filled
            ),
            numbered as (
                select
                    *,
                    dense_rank() over (
                        partition by order_key order by customer_first_row
                    ) as customer_number,
                    -- a return that is the whole order needs no mark
                    bool_and(is_return) over (partition by order_key, customer) as is_return_order
                from first_rows
            ),
            named as (
                select
                    *,
                    order_key || case
                        when customer_number > 1 then '#' || cast(customer_number as varchar)
                        else ''
                    end as sale_receipt_id
                from numbered
            )
            select
                *,
                sale_receipt_id || case
                    when is_return and not is_return_order then '#return' else ''
                end as receipt_id
            from named
            """
        )

    def _make_receipts(self) -> None:
        prefix = len(self.options.return_prefix or "")
        # nobody sees a row before it happened, or after today
        loaded_at = "least({at} + interval 1 day, get_current_timestamp()::timestamp)"
        self.connection.execute(
            f"""
            create temp table receipts as
            with grouped as (
                select
                    receipt_id,
                    bool_or(is_return) as is_return,
                    bool_or(has_prefix) as has_prefix,
                    min(order_key) as order_key,
                    min(sale_receipt_id) as sale_receipt_id,
                    min(customer) as card_no,
                    min_by(store, file_row) filter (store is not null) as store_id,
                    count(distinct store) as store_count,
                    count(distinct ordered_at) as time_count,
                    count(distinct (order_key, customer_number, is_return)) as receipt_count,
                    min(ordered_at) as sold_at,
                    sum(net_amount) as total_amount,
                    min(file_row) as first_row
                from lines
                group by receipt_id
            )
            select
                returned.* exclude (sale_receipt_id),
                case
                    when returned.receipt_id <> returned.sale_receipt_id
                        then returned.sale_receipt_id
                    else sales.receipt_id
                end as returns_receipt_id,
                {loaded_at.format(at="returned.sold_at")} as loaded_at
            from grouped as returned
            left join grouped as sales
                on
                    returned.is_return
                    and returned.has_prefix
                    and substr(returned.order_key, {prefix + 1}) = sales.receipt_id
                    and returned.card_no = sales.card_no
                    and not sales.is_return
            """
        )
        clashing = self._value(
            "select min(receipt_id) from receipts where receipt_count > 1 and not has_prefix"
        )
        if clashing is not None:
            raise UsageError(
                f"{self.file} column {self.columns.order!r}: {clashing!r} clashes with the name "
                "of another order's second receipt; do not use # in order numbers"
            )
        self._describe()

    def _describe(self) -> None:
        found = self.found
        (
            found.receipts, found.return_receipts, found.returns_of_known_receipt,
            found.anonymous_receipts, found.customers, found.first_at, found.last_at, net,
        ) = self.connection.execute(
            """
            select
                count(*),
                count(*) filter (is_return),
                count(returns_receipt_id),
                count(*) filter (card_no is null),
                count(distinct card_no),
                min(sold_at),
                max(sold_at),
                sum(total_amount)
            from receipts
            """
        ).fetchone() or (0, 0, 0, 0, 0, None, None, 0)  # fmt: skip
        found.net_amount = float(net or 0)
        found.lines = self._count("select count(*) from lines")
        notes = {
            "select count(distinct order_key) from lines where customer_number > 1": (
                "{n} order numbers are used by more than one customer: a receipt each, "
                "the further ones numbered #2, #3, …"
            ),
            "select count(*) from lines where is_filled": (
                "{n} rows without customer took the customer of their order"
            ),
            "select count(*) from receipts where time_count > 1": (
                "{n} orders have rows of different times; the earliest is taken"
            ),
            "select count(*) from receipts where store_count > 1": (
                "{n} orders name several stores; the first is taken"
            ),
        }
        for query, note in notes.items():
            count = self._count(query)
            if count:
                found.notes.append(note.format(n=f"{count:,}"))

    # -- files ----------------------------------------------------------------

    def _write(self) -> None:
        (self.out / "pos").mkdir(parents=True, exist_ok=True)
        self._copy(
            """
            select
                receipt_id,
                store_id,
                cast(null as varchar) as till_id,
                cast(null as varchar) as staff_id,
                card_no,
                cast(null as varchar) as mobile,
                cast(null as varchar) as customer_name,
                sold_at,
                cast(null as varchar) as payment_method,
                returns_receipt_id,
                cast(total_amount as decimal(18, 4)) as total_amount,
                cast(loaded_at as timestamp) as loaded_at
            from receipts
            order by first_row
            """,
            "pos/receipts.parquet",
        )
        self._copy(
            """
            select
                lines.receipt_id,
                row_number() over (
                    partition by lines.receipt_id order by lines.file_row
                ) as line_no,
                coalesce(lines.product, lines.product_name) as product_id,
                lines.quantity,
                lines.list_amount,
                lines.net_amount,
                cast(0 as decimal(18, 4)) as coupon_amount,
                cast(receipts.loaded_at as timestamp) as loaded_at
            from lines
            inner join receipts on lines.receipt_id = receipts.receipt_id
            order by lines.file_row
            """,
            "pos/receipt_lines.parquet",
        )
        if self.columns.product or self.columns.product_name:
            # a product has several spellings in most files: the most frequent one
            self.found.products = self._copy(
                """
                select
                    coalesce(product, product_name) as product_id,
                    mode(product_name order by product_name) as product_name,
                    mode(brand order by brand) as brand,
                    cast(null as varchar) as department,
                    mode(category order by category) as category,
                    cast(null as varchar) as subcategory,
                    cast(null as varchar) as colour,
                    max_by(price, (ordered_at, file_row)) filter (price > 0) as list_price,
                    cast(null as date) as launched_on,
                    cast(least(
                        min(ordered_at) + interval 1 day, get_current_timestamp()::timestamp
                    ) as timestamp) as loaded_at
                from lines
                where coalesce(product, product_name) is not null
                group by coalesce(product, product_name)
                order by product_id
                """,
                "pos/products.csv",
            )
        if self.columns.store:
            self.found.stores = self._copy(
                """
                select
                    store as store_id,
                    cast(null as varchar) as store_name,
                    cast(null as varchar) as province,
                    cast(null as varchar) as city,
                    cast(null as varchar) as store_type,
                    cast(null as date) as opened_on,
                    cast(least(
                        min(ordered_at) + interval 1 day, get_current_timestamp()::timestamp
                    ) as timestamp) as loaded_at
                from lines
                where store is not null
                group by store
                order by store_id
                """,
                "pos/stores.csv",
            )
        self._write_rejects()

    def _write_rejects(self) -> None:
        """Every row that is not in the raw tables, with the reason and its values."""
        self.connection.register(
            "broken",
            pa.table(
                {
                    "file_row": pa.array([row for row, _, _ in self.read.broken], pa.int64()),
                    "reason": pa.array([reason for _, reason, _ in self.read.broken], pa.string()),
                    "text": pa.array([text for _, _, text in self.read.broken], pa.string()),
                }
            ),
        )
        values = ", ".join(
            f"cast(given.{identifier(name)} as varchar) as {identifier(name)}"
            for name in self.given
        )
        nothing = ", ".join(f"cast(null as varchar) as {identifier(name)}" for name in self.given)
        # the names the columns have in the file; row, reason and text are ours
        final = ", ".join(
            f"{identifier(name)} as {identifier(f'{name}: {column}')}"
            for name, column in self.given.items()
        )
        self._copy(
            f"""
            with every as (
                select file_row, reason, {nothing}, text from broken
                union all
                select
                    judged.file_row,
                    coalesce(judged.reason, judged.left_out) as reason,
                    {values},
                    cast(null as varchar) as text
                from judged
                inner join given on judged.file_row = given.file_row
                where coalesce(judged.reason, judged.left_out) is not null
            )
            select file_row as row, reason, {final}, text from every order by file_row
            """,
            "import_rejects.csv",
        )

    def _copy(self, query: str, name: str) -> int:
        form = "csv, header" if name.endswith(".csv") else "parquet, compression zstd"
        target = literal(self.out / name)
        return self._count(f"copy ({query}) to {target} (format {form})")
