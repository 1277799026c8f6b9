"""Rules of staging, and lists of names that models join."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field

from one360.raw_files.declared import declared_tables
from one360.rules.schema import Code, Currency, Day, Exact, Flag, Row, Says, Text, one_of

if TYPE_CHECKING:
    from one360.rules.project import Rules


class TestAccountPattern(Row):
    """A pattern that marks a test account."""

    seed = "test_account_patterns"
    keys = (("field", "pattern"),)

    field: Literal["name", "email", "store"]
    pattern: Text
    note: Text | None


class PlaceholderId(Row):
    """A value of an id column that is not what the rule takes it for."""

    seed = "placeholder_ids"
    keys = (("source_table", "column_name", "value"),)

    source_table: Text
    column_name: Text
    value: Text
    is_id: Flag
    note: Text | None

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row, str]]:
        """Tables and columns are declared ones."""
        tables = declared_tables(rules.folder)
        for row in rows:
            table = tables.get(row.source_table)
            if table is None:
                yield row, f"source_table is {row.source_table}; {one_of(row.source_table, tables)}"
                continue
            names = [column.name for column in table.columns]
            if row.column_name not in names:
                yield row, f"column_name is {row.column_name}; {one_of(row.column_name, names)}"


class ExchangeRate(Row):
    """A rate of a currency from a day on; units of the reporting currency for one."""

    seed = "exchange_rates"
    keys = (("currency", "from_date"),)

    currency: Currency
    from_date: Day
    rate: Exact = Field(gt=0, max_digits=20, decimal_places=10)


#: The raw table whose columns are the standard columns of events.
EVENTS = "web.events"

#: What a column is read from: alternatives, each of one or more names and maybe a divisor.
_NAME = r"(?! )[^|+/*'\"\t\r\n]+(\*[^|+/*'\"\t\r\n]*)?(?<! )"
READ_FROM = re.compile(rf"'[^'|]+'|{_NAME}( \+ {_NAME})*( / [1-9]\d*)?")


def _read_from(text: str) -> str:
    alternatives = text.split(" | ")
    if not all(READ_FROM.fullmatch(each) for each in alternatives):
        raise ValueError
    for each in alternatives:
        if alternatives.count(each) > 1:
            raise ValueError(f"{each} stands in it twice; each is allowed once")
    return text


class EventName(Row):
    """A name of an event and its standard type."""

    seed = "event_names"
    keys = (("preset", "event_name"),)
    trimmed = True

    preset: Code
    event_name: Text
    event_type: Literal[
        "page_viewed",
        "page_pinged",
        "product_viewed",
        "product_list_viewed",
        "product_searched",
        "product_added",
        "product_removed",
        "product_wishlisted",
        "checkout_started",
        "order_completed",
        "signed_in",
        "signed_up",
        "link_clicked",
        "app_opened",
    ]

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row | None, str]]:
        """Every preset that is chosen has names or columns; what it is chosen for is a table."""
        known = {row.preset for row in rows} | {row.preset for row in rules.rows(EventColumn)}
        known.discard("any")
        tables = declared_tables(rules.folder)
        chosen = rules.variables.get("event_presets")
        for table, preset in chosen.items() if isinstance(chosen, dict) else ():
            if table not in tables:
                yield None, f"variable event_presets names {table}; {one_of(table, tables)}"
            if preset not in known:
                yield (
                    None,
                    f"no row has preset {preset}, which variable event_presets chooses for "
                    f"{table}; {one_of(preset, sorted(known))}",
                )


class EventColumn(Row):
    """A standard column of events and what it is read from."""

    seed = "event_columns"
    keys = (("preset", "column_name"),)

    preset: Code
    column_name: Text
    read_from: Annotated[
        Text,
        AfterValidator(_read_from),
        Says("names with a bar between alternatives, + between parts, / 1000 behind, each apart"),
    ]

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row, str]]:
        """Columns are those of the events."""
        names = [column.name for column in declared_tables(rules.folder)[EVENTS].columns]
        for row in rows:
            if row.column_name not in names:
                yield row, f"column_name is {row.column_name}; {one_of(row.column_name, names)}"


class BotPattern(Row):
    """Words of a user agent by which a bot is known."""

    seed = "bot_patterns"
    keys = (("pattern",),)

    pattern: Annotated[
        str,
        Field(pattern=r"[A-Za-z0-9]"),
        Says("words with a letter or a digit"),
    ]
    note: Text | None


class RejectReason(Row):
    """A reason for which staging rejects a row."""

    seed = "reject_reasons"
    keys = (("code",),)

    code: Code
    name_en: Text
    name_zh: Text
    remedy: Text


class Festival(Row):
    """A festival of a year; written by one360.festivals."""

    seed = "festivals"
    keys = (("festival_code", "festival_date"),)

    festival_date: Day
    festival_code: Code
    name_en: Text
    name_zh: Text


SEEDS = (
    TestAccountPattern,
    PlaceholderId,
    ExchangeRate,
    EventName,
    EventColumn,
    BotPattern,
    RejectReason,
    Festival,
)
