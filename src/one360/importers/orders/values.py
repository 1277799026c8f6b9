"""Reads the values of the file: texts, numbers and times; null where one cannot be read."""

from __future__ import annotations

import pyarrow as pa

from one360.errors import UsageError
from one360.importers.orders.job import NUMBERS, TEXTS, Job
from one360.importers.orders.times import ACCEPTED_TIMES, time_in_utc
from one360.sql import identifier


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
        select file_row, {time_in_utc(job)} as ordered_at, {selected}
        from given
        """
    )
    wanted = f"known are: {ACCEPTED_TIMES}; or give --time-format, as in '%d.%m.%y %H:%M'"
    _refuse_unreadable_column(job, "time", "ordered_at", wanted)
    for name in NUMBERS:
        if name in job.given:
            _refuse_unreadable_column(
                job,
                name,
                name,
                "numbers are wanted, as in 1234.50 (with --decimal , as in 1234,50)",
            )


def _text(job: Job, name: str) -> str:
    if name not in job.given:
        return "cast(null as varchar)"
    column = identifier(name)
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
    return _clean_number(identifier(name), job.kind(name), job.options.decimal)


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
        raise UsageError(
            f"{job.file} column {job.given[name]!r} as --{name}: "
            f"cannot read {examples(job, name, typed)}; {wanted}"
        )


def examples(job: Job, name: str, typed: str) -> str:
    """Up to three values of a column that could not be read, for a message."""
    rows = job.connection.execute(
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
