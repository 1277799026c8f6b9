"""Reads times of the forms that shops write, into UTC."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from one360.errors import UsageError
from one360.importers.orders.job import Job
from one360.importers.orders.spellings import plain_time
from one360.importers.workbooks import WORKBOOK_SUFFIXES
from one360.sql import literal

ACCEPTED_TIMES = (
    "2026-03-31, 2026/3/31 18:05, 2026-03-31T18:05:09.5+08:00, 2026年3月31日, 20260331, "
    "31/03/2026 or 03/31/2026 6:05 PM, 31.03.2026, 31 Mar 2026, 31-Mar-26"
)


#: How a day is written whose clock stands in another column, a zone behind it or not.
_MIDNIGHT = (
    "[T ](0?0:00(:00([.]0+)?)?|12:00(:00([.]0+)?)? ?[Aa][.]?[Mm][.]?)(Z|[+-]\\d{2}:?\\d{2})?$"
)


def with_clock(table: pa.Table, has_format: bool) -> pa.Table:
    """The table with the day and the clock of its rows as one text, a blank between them.

    A workbook and a data frame write a day as its midnight. A row without a clock has its day. A
    clock that is a number is one of hours, of 1805 or of 180509, unless a format says otherwise.
    """
    day = pc.replace_substring_regex(pc.cast(table["time"], pa.string()), _MIDNIGHT, "")
    clock = pc.replace_substring_regex(
        pc.fill_null(pc.cast(table["clock"], pa.string()), ""), "^.*[T ](\\d+:)", "\\1"
    )
    if not has_format:
        clock = _with_colons(clock)
    both = pc.utf8_rtrim_whitespace(pc.binary_join_element_wise(day, clock, " "))
    return table.set_column(table.column_names.index("time"), "time", both)


def _with_colons(clock: pa.ChunkedArray) -> pa.ChunkedArray:
    """Clocks that are numbers with their colons: 5 and 18 are hours, 905 and 1805 have minutes.

    The longest number of the column says what all of them are: beside 1805 a 5 is 00:05.
    """
    clock = pc.replace_substring_regex(clock, "^ *(\\d{1,6})([.]0+)? *$", "\\1")
    is_number = pc.match_substring_regex(clock, "^\\d{1,6}$")
    numbers = clock.filter(is_number)
    digits = pc.max(pc.utf8_length(numbers)).as_py() or 0
    if digits <= 2:
        highest = pc.max(pc.cast(numbers, pa.int64())).as_py() if digits else None
        if highest is None or highest > 23:
            return clock
        written = pc.binary_join_element_wise(clock, "00", ":")
    else:
        width = 4 if digits <= 4 else 6
        written = pc.replace_substring_regex(
            pc.utf8_lpad(clock, width, padding="0"), "(\\d\\d)(\\d\\d)(\\d\\d)?$", "\\1:\\2:\\3"
        )
        written = pc.replace_substring_regex(written, ":$", "")
    return pc.if_else(is_number, written, clock)


def time_in_utc(job: Job) -> str:
    """SQL of the time in UTC, null where it cannot be read."""
    kind, column = job.kind("time"), '"time"'
    zone = literal(job.options.timezone)
    form = job.options.time_format
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return f"timezone('UTC', cast({column} as timestamptz))"
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return f"timezone('UTC', timezone({zone}, cast({column} as timestamp)))"
    if form in ("epoch", "epoch_ms"):
        scale = 1_000_000 if form == "epoch" else 1_000
        number = f"try_cast({column} as double)"
        return f"make_timestamp(try_cast({number} * {scale} as bigint))"
    if form == "excel":
        seconds = f"round(try_cast({column} as double) * 86400)"
        clock = f"timestamp '1899-12-30' + to_seconds({seconds})"
        return f"timezone('UTC', timezone({zone}, {clock}))"
    text = f"trim(cast({column} as varchar), ' \t\r\n\u00a0\u3000')"
    if form is not None:
        try:
            job.connection.execute("select strftime(timestamp '2000-01-01', ?)", [form])
        except duckdb.Error:
            raise UsageError(
                f"--time-format {form!r} is no format: use %Y %m %d %H %M %S as in "
                "'%d.%m.%Y %H:%M', or epoch, epoch_ms, excel"
            ) from None
        forms = literal(form)
        if job.file.suffix.lower() in WORKBOOK_SUFFIXES:
            # cells that are dates beside texts of the form
            forms = f"[{forms}, '%Y-%m-%dT%H:%M:%S', '%Y-%m-%dT%H:%M:%S.%f', '%Y-%m-%d']"
        parsed = f"try_strptime({text}, {forms})"
        if "%z" in form.lower():
            return f"timezone('UTC', cast({parsed} as timestamptz))"
        return f"timezone('UTC', timezone({zone}, {parsed}))"
    return _time_of_text(job, text, zone)


def _time_of_text(job: Job, text: str, zone: str) -> str:
    """SQL that reads the accepted forms; the order of day and month is looked up."""
    pattern = (
        "^(.*?)(?:[ T]+(\\d{1,2}:\\d{2}(?::\\d{2}(?:[.]\\d{1,9})?)?)"
        "\\s*(?:([AaPp])[.]?[Mm][.]?)?\\s*([A-Z]{3,5}|[ZAaPp]|[+-]\\d{2}:?\\d{2})?)?$"
    )
    job.connection.execute(
        f"""
        create temp table moments as
        with parts as (
            select
                text,
                unnest(regexp_extract(plain, '{pattern}', ['day', 'clock', 'half', 'zone']))
            from (
                select text, {plain_time("text")} as plain
                from (select distinct {text} as text from given where {text} is not null)
            )
        )
        select
            * replace (
                -- a or p alone is a half of the day
                case when lower(zone) in ('a', 'p') then zone else half end as half,
                case when lower(zone) in ('a', 'p') then '' else zone end as zone
            ),
            regexp_extract(
                day, '^(\\d{{4}})[-/.]?(\\d{{1,2}})[-/.]?(\\d{{1,2}})$', ['y', 'm', 'd']
            ) as year_first,
            regexp_extract(
                day, '^(\\d{{1,2}})([-/.])(\\d{{1,2}})[-/.](\\d{{4}})$', ['a', 's', 'b', 'y']
            ) as year_last
        from parts
        """
    )
    day_first = _is_day_first(job)
    first, second = ("b", "a") if day_first else ("a", "b")
    job.connection.execute(
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
                    when regexp_matches(day, '[^\\d]\\d\\d$')
                        then cast(try_strptime(day, {_named_months("y")}) as date)
                    else cast(try_strptime(day, {_named_months("Y")}) as date)
                end as day
            from moments
        ),
        clocks as (
            select
                *,
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
                end as at_clock
            from (select *, try_cast(split_part(clock, ':', 1) as bigint) as hour from days)
        )
        select
            text,
            case
                when zone = '' then timezone('UTC', timezone({zone}, at_clock))
                when zone in ('Z', 'UTC', 'GMT') then at_clock
                {_of_names(job.options.timezone)}
                when zone[1] in ('-', '+') then at_clock - cast(zone[1] || '1' as integer) * (
                    to_hours(try_cast(zone[2:3] as integer))
                    + to_minutes(try_cast(replace(zone[4:], ':', '') as integer))
                )
            end as ordered_at
        from clocks
        """
    )
    return f"(select readings.ordered_at from readings where readings.text = {text})"


def _named_months(year: str) -> str:
    """SQL of the forms of a day whose month is a name; Y is a year of four digits, y of two."""
    forms = ("%d %b %Y", "%d-%b-%Y", "%b %d %Y", "%d %B %Y", "%d-%B-%Y", "%B %d %Y")
    return f"[{', '.join(literal(form.replace('Y', year)) for form in forms)}]"


def _of_names(zone: str) -> str:
    """SQL that reads the names that the clocks of a zone bear: PST and PDT in Los Angeles.

    Each stands for its own offset, also where the other one is in force. Of another zone such a
    name may mean several, so a time with it is not read.
    """
    months = [dt.datetime(2020, month, 1, tzinfo=ZoneInfo(zone)) for month in range(1, 13)]
    offsets = {month.tzname() or "": month.utcoffset() or dt.timedelta() for month in months}
    return "\n".join(
        f"when zone = {literal(name)} then at_clock - to_seconds({int(offset.total_seconds())})"
        for name, offset in sorted(offsets.items())
        if name.isalpha()
    )


def _is_day_first(job: Job) -> bool:
    """Whether 1/2/2026 is in February: told by the dates that allow one reading."""
    counts = job.connection.execute(
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
            f"{job.file} column {job.columns.time!r}: in {example!r} it cannot be told "
            "which is the day; say --time-format '%d/%m/%Y' or '%m/%d/%Y' "
            "(with the clock, as in '%d/%m/%Y %H:%M')"
        )
    return bool(above_first > above_second)
