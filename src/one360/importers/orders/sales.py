"""Which rows are sales, by the status of their order, and what the file says besides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from one360.errors import UsageError
from one360.importers.file_table import trimmed
from one360.importers.orders.job import Job, OrderColumns, key_of_order
from one360.sql import identifier, literal

#: Words of a status whose orders were never paid, came to nothing or were paid back; compared
#: without case, blanks and marks. An order on hold, in process or sent is a sale.
NO_SALE = (
    "pending", "pending payment", "pending availability", "payment pending", "awaiting payment",
    "unpaid", "not paid", "failed", "failure", "declined", "denied", "error",
    "cancelled", "canceled", "cancel", "void", "voided", "expired", "abandoned", "closed",
    "draft", "checkout draft", "auto draft", "trash", "deleted", "unfulfillable",
    "refunded", "fully refunded", "returned", "charged back", "chargeback",
    "交易关闭", "已关闭", "已取消", "取消", "待付款", "未付款", "未支付", "待支付", "等待买家付款",
    "付款失败", "支付失败", "已退款", "退款成功", "全额退款", "已退货",
)  # fmt: skip

#: Names of columns that change what an amount is, by the option that reads them.
TELLING = {
    "status": (
        "status", "order status", "financial status", "payment status", "state", "order state",
        "状态", "订单状态", "交易状态",
    ),
    "currency": (
        "currency", "currency code", "order currency", "order currency code", "币种", "货币",
        "order total currency code",
    ),
}  # fmt: skip
#: Of these names the one that places have as well: its values tell what it is.
_STATUS_OR_PLACE = "state"
_WHY = {
    "status": "orders that were cancelled or never paid are counted as sales",
    "currency": "amounts of all its currencies are added up as they are",
}


#: Words of a column that says of a sale whether, or how much of it, was paid back; and of one
#: that says only when, why, by whom or under which number.
PAID_BACK = re.compile(r"\brefund(s|ed)?\b|退款")
_NOT_HOW_MUCH = re.compile(
    r"\b(id|ids|no|number|date|time|at|on|by|reason|note|notes|method|policy)\b"
    "|编号|单号|时间|日期|原因|说明|备注|方式"
)
#: Names of columns that may be money.
MONEY = re.compile(
    r"amount|price|sales\b|revenue|turnover|\btotal|subtotal|\bpaid|payment|value|spend|spent|金额|价|实付"
)
#: And of those that hold the time of day where another one has the day.
CLOCKS = (
    "time", "time of day", "order time", "transaction time", "sale time", "purchase time", "时间",
)  # fmt: skip


def _word(text: str) -> str:
    """SQL of a status without case, blanks, marks and the prefix of WooCommerce."""
    return f"regexp_replace(lower({text}), '^wc-|[^a-z0-9\u4e00-\u9fff]', '', 'g')"


def leave_out_what_is_no_sale(job: Job) -> None:
    """Mark the rows of ``validated`` whose status says that nothing was sold.

    What else such a row lacks is no fault: the fee of a platform has no order and no amount.
    A row without a status has that of its order, as exports write it on the first line alone.
    """
    if job.columns.status is None:
        return
    is_named = job.columns.order and not job.options.rows_are_orders
    key = key_of_order(job) if is_named else "null"
    of_order = f"case when {key} is not null then max(status) over (partition by {key}) end"
    job.connection.execute(
        f"""
        create temp table statuses as
        select
            file_row,
            coalesce(status, {of_order}) as status,
            {_word(f"coalesce(status, {of_order})")} as word
        from validated
        """
    )
    words = job.options.no_sale
    if words is not None:
        _refuse_unknown_words(job, words)
    # an empty list says that every status is a sale
    listed = ", ".join(_word(literal(word)) for word in (NO_SALE if words is None else words))
    job.connection.execute(
        f"""
        update validated set left_out = 'no sale (' || statuses.status || ')', reason = null
        from statuses
        where
            validated.file_row = statuses.file_row
            and validated.left_out is null
            and statuses.word in ({listed or "null"})
        """
    )
    kept = job.connection.execute(
        """
        select coalesce(statuses.status, 'empty'), count(*)
        from validated inner join statuses on validated.file_row = statuses.file_row
        where validated.reason is null and validated.left_out is null
        group by 1 order by 2 desc, 1
        """
    ).fetchall()
    if kept:
        shown = ", ".join(f"{status} {rows:,}" for status, rows in kept[:8])
        more = f" and {len(kept) - 8} more" if len(kept) > 8 else ""
        job.found.notes.append(f"rows of these statuses are sales: {shown}{more}")


def _refuse_unknown_words(job: Job, words: tuple[str, ...]) -> None:
    found = job.connection.execute(
        "select word, any_value(status) from statuses where word is not null group by 1 order by 2"
    ).fetchall()
    for word in words:
        asked = job.value(f"select {_word(literal(word))}")
        if asked not in {each for each, _ in found}:
            raise UsageError(
                f"{job.file} column {job.columns.status!r}: --no-sale {word!r} is no value of it; "
                f"it has: {', '.join(status for _, status in found[:12])}"
            )


def refuse_without_money(file: Path, columns: OrderColumns, header: Sequence[str]) -> None:
    """Stop where no column is money, with those of the header that may be; none is no money."""
    if columns.amount is not None or columns.price is not None:
        return
    found = [name for name in trimmed(header) if MONEY.search(_plain(name))]
    listed = f" ({file} has {', '.join(map(repr, found[:8]))})" if found else ""
    pieces = repr(columns.quantity) if columns.quantity else "QUANTITY"
    raise UsageError(
        f"say which column is money{listed}: --amount (of the line) or --price (of a unit); where "
        f"none is, say --amount {pieces}, the column of pieces: what is spent then counts them"
    )


def note_unread_columns(job: Job) -> None:
    """A note on each column that changes what an amount is: read or not, it asks for something."""
    if "currency" in job.given:
        found = job.connection.execute(
            "select distinct upper(currency) from typed where currency is not null order by 1"
        ).fetchall()
        # a column of numbers or of words of another kind
        wrong = next((code for (code,) in found if re.search(r"\d", code) or len(code) > 20), None)
        if wrong is not None:
            raise UsageError(
                f"{job.file} column {job.columns.currency!r} as --currency: {wrong!r} is no "
                "currency; codes are wanted, as in EUR"
            )
        if found:
            shown = ", ".join(code for (code,) in found[:8])
            more = f" and {len(found) - 8} more" if len(found) > 8 else ""
            job.found.notes.append(
                f"amounts are in {shown}{more}: what is not in var reporting_currency needs a rate "
                "in seeds/staging/exchange_rates.csv"
            )
    asked = {column.strip().lower() for column in job.given.values()}
    unread = [name for name in trimmed(job.read.header) if name.lower() not in asked]
    for option, names in TELLING.items():
        if option in job.given:
            continue
        for name in unread:
            if _plain(name) in names and not _is_of_places(job, name):
                job.found.notes.append(
                    f"column {name!r} is not read, so {_WHY[option]}; say --{option} {name!r}"
                )
                break
    is_read = job.columns.status is not None and _is_paid_back(job.columns.status)
    for name in [] if is_read else unread:
        if _is_paid_back(name):
            job.found.notes.append(
                f"column {name!r} is not read, so what was paid back is counted as sold, unless "
                "the amounts are without it; take it off them, or leave such rows out by --status "
                "and --no-sale"
            )
            break
    if job.columns.clock is None and _has_days_alone(job):
        for name in unread:
            if _plain(name) in CLOCKS:
                job.found.notes.append(
                    f"column {name!r} is not read and {job.columns.time!r} has days alone; "
                    f"say --clock {name!r}"
                )
                break


def is_told_by_values(name: str) -> bool:
    """Whether a column that no option reads is to be read all the same, for what its values are."""
    return _plain(name) == _STATUS_OR_PLACE


def _is_of_places(job: Job, name: str) -> bool:
    """Whether no value of a column that may be a status or a place is a word or number of one."""
    if not is_told_by_values(name):
        return False
    column = identifier(f"other_{trimmed(job.read.header).index(name)}")
    listed = ", ".join(_word(literal(word)) for word in NO_SALE)
    word = _word(f"cast({column} as varchar)")
    is_status = f"{word} in ({listed}) or regexp_full_match({word}, '[0-9]+')"
    return not job.count(f"select count(*) from given where {is_status}")


def _plain(name: str) -> str:
    """A name without case, marks between its words, and what stands in brackets after it."""
    return " ".join(name.lower().split("(")[0].replace("_", " ").split())


def _is_paid_back(name: str) -> bool:
    plain = _plain(name)
    return bool(PAID_BACK.search(plain)) and not _NOT_HOW_MUCH.search(plain)


def _has_days_alone(job: Job) -> bool:
    zone = literal(job.options.timezone)
    clock = f"cast(timezone({zone}, timezone('UTC', ordered_at)) as time)"
    return not job.count(f"select count(*) from typed where {clock} <> time '00:00:00'")


def refuse_mixed_currencies(job: Job) -> None:
    """Stop where the lines of a receipt are in several currencies."""
    mixed = job.connection.execute(
        """
        select receipt_id, string_agg(distinct currency, ' and ' order by currency)
        from lines group by receipt_id having count(distinct upper(currency)) > 1 order by 1 limit 1
        """
    ).fetchone()
    if mixed:
        raise UsageError(
            f"{job.file} column {job.columns.currency!r}: order {mixed[0]!r} has amounts in "
            f"{mixed[1]}; an order has one currency"
        )
