"""Rules of staging, and lists of names that models join."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field

from one360.raw_files.declared import declared_tables
from one360.rules.schema import Code, Currency, Day, Exact, Flag, Row, Text, one_of

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


SEEDS = (TestAccountPattern, PlaceholderId, ExchangeRate, RejectReason, Festival)
