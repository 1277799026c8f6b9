"""Reads the values of the file: texts, numbers and times; null where one cannot be read."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from one360.errors import UsageError
from one360.importers.orders.job import IDS, NUMBERS, TEXTS, Job, OrderOptions
from one360.importers.orders.times import ACCEPTED_TIMES, time_in_utc
from one360.sql import identifier

#: What stands in a column of numbers or times where there is none; in one of names it is a name.
_NO_NUMBER = ("NA", "-", "--", "—", "/")


def without_marks(table: pa.Table) -> pa.Table:
    """The table with no value where a number or a time is a mark for none, as R writes NA."""
    for name in ("time", *NUMBERS):
        if name in table.column_names and pa.types.is_string(table.schema.field(name).type):
            column = table[name]
            is_mark = pc.is_in(pc.utf8_trim_whitespace(column), pa.array(_NO_NUMBER))
            at = table.column_names.index(name)
            table = table.set_column(
                at, name, pc.if_else(is_mark, pa.scalar(None, pa.string()), column)
            )
    return table


def type_values(job: Job) -> None:
    """Table ``typed``; a column of which no value can be read stops the import."""
    texts = {name: _text(job, name) for name in TEXTS}
    numbers = {name: _number(job, name) for name in NUMBERS}
    selected = ",\n".join(
        [f"{sql} as {identifier(name)}" for name, sql in {**texts, **numbers}.items()]
    )
    job.connection.execute(
        f"""
        create temp table typed as
        select * replace (case when isfinite(ordered_at) then ordered_at end as ordered_at)
        from (select file_row, {time_in_utc(job)} as ordered_at, {selected} from given) as read
        """
    )
    form = job.options.time_format
    wanted = (
        f"--time-format {form!r} does not fit; without it known are: {ACCEPTED_TIMES}"
        if form
        else f"known are: {ACCEPTED_TIMES}; "
        "or give --time-format, as in '%d.%m.%y %H:%M', epoch or excel"
    )
    _refuse_unreadable_column(job, "time", "ordered_at", wanted)
    for name in NUMBERS:
        if name in job.given:
            _refuse_unreadable_column(
                job,
                name,
                name,
                "numbers are wanted, as in 1234.50 (with --decimal , as in 1234,50)"
                if job.options.sign == "."
                else "numbers are wanted, as in 1234,50 (without --decimal , as in 1234.50)",
            )
    if job.options.decimal is None:
        for name in NUMBERS:
            _refuse_two_signs(job, name)
    if "discount" in job.given and job.options.discount_is is None:
        _refuse_shares(job)


def _refuse_two_signs(job: Job, name: str) -> None:
    """Stop where a comma is the decimal sign of one number, and thousands would be cut in others.

    1,250 beside 12,75 is one and a quarter; read as grouped by thousands it is a thousand times
    as much, and the other one is rejected.
    """
    if name not in job.given or not pa.types.is_string(job.kind(name)):
        return
    column = identifier(name)
    decimal, grouped = r"[-+]?(?:\d+|\d{1,3}(?:[.]\d{3})+),\d+", r"[-+]?\d{1,3}(?:,\d{3})+"
    found = job.connection.execute(
        f"""
        select
            arg_min(given.{column}, given.file_row) filter (
                typed.{column} is null and regexp_full_match(trim(given.{column}), '{decimal}')
            ),
            arg_min(given.{column}, given.file_row) filter (
                regexp_full_match(trim(given.{column}), '{grouped}')
            )
        from given inner join typed on given.file_row = typed.file_row
        """
    ).fetchone()
    if found and None not in found:
        raise UsageError(
            f"{job.file} column {job.given[name]!r} as --{name}: {found[0]!r} has a decimal comma "
            f"and {found[1]!r} may have one; say --decimal , or --decimal ."
        )


def _refuse_shares(job: Job) -> None:
    """Stop where discounts may be shares of the price: as money they are next to nothing.

    A share of 1 is a free item. Where all are 0 or 1 they may be shares, money or a flag, and
    nothing in the file tells which.
    """
    example = job.value(
        """
        select min(discount) filter (discount <> 0)
        from typed
        having
            max(abs(discount)) <= 1
            and max(greatest(abs(price), abs(amount))) >= 1
        """
    )
    if example is not None:
        raise UsageError(
            f"{job.file} column {job.given['discount']!r} as --discount: no value is above 1, "
            f"as {float(str(example)):g}; say --discount-is share (of the price) or "
            "--discount-is money"
        )


def _text(job: Job, name: str) -> str:
    if name not in job.given:
        return "cast(null as varchar)"
    column = identifier(name)
    if name in IDS:
        _refuse_lost_digits(job, name)
        return _clean_id(column, job.kind(name), job.options.sign)
    whole_numbers = pa.types.is_string(job.kind(name)) and not job.count(
        f"""
        select count(*) from given
        where {column} is not null and not regexp_full_match({column}, '\\d+[.]0+')
        """
    )
    return _clean_text(column, job.kind(name), whole_numbers)


def _number(job: Job, name: str) -> str:
    if name not in job.given:
        return "cast(null as decimal(18, 4))"
    return _clean_number(identifier(name), job.kind(name), job.options)


#: A number as a float is written: 6001.0, 1.36E+10, 6E+15. Of the second its digits and exponent.
_FLOAT = r"-?\d+[.]0+"
_SCIENTIFIC = r"-?\d(?:[.]\d+[eE][+]?|[eE][+])\d{1,3}"
#: The largest numbers up to which floats hold every whole number.
_LARGEST_WHOLE = {pa.float64(): 2**53, pa.float32(): 2**24, pa.float16(): 2**11}


def _unguarded(column: str) -> str:
    """SQL of a text without blanks around it and without the guards of a spreadsheet."""
    text = f"trim(cast({column} as varchar), ' \t\r\n\u00a0\u3000')"
    bare = f"regexp_replace({text}, '^(?:''([^'']+)|=\"([^\"]*)\")$', '\\1\\2')"
    return f"nullif({bare}, '')"


def _pointed(text: str, decimal: str) -> str:
    """SQL of an id's text as a float has it: a decimal comma is a point, an exponent's always."""
    test = f"regexp_matches({text}, '[eE]')" if decimal == "." else "true"
    return f"case when {test} then replace({text}, ',', '.') else {text} end"


def _clean_id(column: str, kind: pa.DataType, decimal: str) -> str:
    """SQL of an id as text: as it is written, and 17850.0 as 17850."""
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _clean_text(column, kind, whole_numbers=False)
    text = _unguarded(column)
    number = _pointed(text, decimal)
    return (
        f"case when regexp_full_match({number}, '{_FLOAT}')"
        f" then regexp_replace({number}, '[.]0+$', '')"
        f" when regexp_full_match({number}, '{_SCIENTIFIC}')"
        f" then cast(try_cast({number} as decimal(38, 0)) as varchar) else {text} end"
    )


def _refuse_lost_digits(job: Job, name: str) -> None:
    """Stop where a float cut the digits of an id: what is left may be somebody else's."""
    kind, column = job.kind(name), identifier(name)
    if pa.types.is_floating(kind):
        lost = f"isfinite({column}) and abs({column}) > {_LARGEST_WHOLE[kind]}"
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        text = _pointed(_unguarded(column), job.options.sign)
        fraction = f"regexp_extract({text}, '^-?\\d[.]?(\\d*)[eE]', 1)"
        exponent = f"try_cast(regexp_extract({text}, '[eE][+]?(\\d+)$', 1) as integer)"
        lost = (
            f"regexp_full_match({text}, '{_FLOAT}|{_SCIENTIFIC}') and ("
            f"coalesce(abs(try_cast({text} as decimal(38, 1))) > {2**53}, true)"
            f" or coalesce(length({fraction}) < {exponent}, false))"
        )
    else:
        return
    row = job.connection.execute(
        f"select count(*), min(file_row), arg_min(cast({column} as varchar), file_row) "
        f"from given where {lost}"
    ).fetchone()
    if row and row[0]:
        raise UsageError(
            f"{job.file} column {job.given[name]!r} as --{name}: a spreadsheet or a float "
            f"cut digits, as of {row[2]} in row {row[1]} ({row[0]:,} in all); "
            "export the column as text"
        )


def _clean_text(column: str, kind: pa.DataType, whole_numbers: bool) -> str:
    """SQL of an id or name as text: trimmed, and 17850.0 as 17850."""
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        # a column of integers with gaps comes out of a data frame as floats
        return f"""
            case
                when {column} = floor({column}) and abs({column}) <= 9007199254740992
                    then cast(cast({column} as bigint) as varchar)
                else cast({column} as varchar)
            end
        """
    text = f"nullif(trim(cast({column} as varchar), ' \t\r\n\u00a0\u3000'), '')"
    return f"regexp_replace({text}, '[.]0+$', '')" if whole_numbers else text


#: What stands beside an amount: a sign of a currency, its letters before a dollar (CA$), a code.
_MONEY = (
    "(?:CA|CDN|US|AU?|C|HK|MX|NT|NZ|SG?)?[$]|[¥￥€£元円₩₹]"
    "|CNY|RMB|USD|EUR|GBP|HKD|AUD|CAD|CHF|JPY|KRW|KWD|NZD|SGD|TWD|INR"
)
#: The same of currencies whose thousands are grouped by points: 15.000 is fifteen thousand there.
_POINTED_MONEY = "Rp[.]?|R[$]|[₫đ]|BRL|IDR|VND"


def _clean_number(column: str, kind: pa.DataType, options: OrderOptions) -> str:
    """SQL of a number as decimal(18, 4), null where it is none."""
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if is_number:
        return f"try_cast({column} as decimal(18, 4))"
    text = f"translate(cast({column} as varchar), '０１２３４５６７８９．，－', '0123456789.,-')"
    money = f"{_MONEY}|{_POINTED_MONEY}" if options.decimal else _MONEY
    text = f"regexp_replace({text}, '[\\s\u00a0]|{money}', '', 'g')"
    if options.sign == ",":
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
    number = r"[-+]?(?:\d+[.]?\d*|[.]\d+)(?:[eE][-+]?\d{1,3})?"
    is_number = f"regexp_full_match({text}, '{number}')"
    return f"case when {is_number} then try_cast({text} as decimal(18, 4)) end"


def _refuse_unreadable_column(job: Job, name: str, typed: str, wanted: str) -> None:
    """Stop when a column has values and none of them can be read."""
    present, readable = job.connection.execute(
        f"""
        select
            count(given.{identifier(name)}),
            count(typed.{identifier(typed)})
        from given inner join typed on given.file_row = typed.file_row
        """
    ).fetchone() or (0, 0)
    if present and not readable:
        lost = f"{identifier(typed)} is null"
        raise UsageError(
            f"{job.file} column {job.given[name]!r} as --{name}: "
            f"cannot read {examples(job, name, f'select file_row from typed where {lost}')}; "
            f"{wanted}"
        )


def examples(job: Job, name: str, found: str) -> str:
    """Up to three values of a column in the rows that a query finds, for a message."""
    column = f"cast({identifier(name)} as varchar)"
    rows = job.connection.execute(
        f"""
        select {column} as value
        from given
        where {identifier(name)} is not null and file_row in ({found})
        group by {column}
        order by min(file_row)
        limit 3
        """
    ).fetchall()
    return ", ".join(repr(value) for (value,) in rows)
