"""Rules on the rights of a person: for what data are processed, and how long they are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field

from one360.raw_files.declared import DeclaredTable, declared_tables
from one360.rules.schema import Code, Flag, Row, Text, Whole, one_of

if TYPE_CHECKING:
    from one360.rules.project import Rules

#: The purpose of consents that name none.
MARKETING = "marketing"


class ProcessingPurpose(Row):
    """A purpose for which data of customers are processed."""

    seed = "processing_purposes"
    keys = (("purpose_code",),)

    purpose_code: Code
    name_en: Text
    name_zh: Text
    covers: Literal["messages", "predictions", "enrichments"] | None
    legal_basis: Literal["consent", "contract", "legal_obligation", "legitimate_interest"]
    is_on_by_default: Flag

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row | None, str]]:
        """Messages are one purpose, marketing; nobody who has said nothing gets any."""
        if MARKETING not in [row.purpose_code for row in rows]:
            yield None, f"no row has purpose_code {MARKETING}, which consents without one are of"
        for row in rows:
            if row.covers == "messages" and row.purpose_code != MARKETING:
                yield row, f"covers is messages; allowed is it for {MARKETING} alone"
            if row.purpose_code == MARKETING and row.covers != "messages":
                yield (
                    row,
                    f"covers is {row.covers or 'missing'}; of {MARKETING} allowed is messages",
                )
            if row.covers == "messages" and row.is_on_by_default:
                yield (
                    row,
                    "is_on_by_default is true; of messages allowed is false: no consent is no",
                )


class RetentionLimit(Row):
    """How long rows of a raw table are kept, and what happens then."""

    seed = "retention_limits"
    keys = (("source_table", "disposition"),)

    source_table: Text
    disposition: Literal["remove", "blank"]
    keep_days: Whole = Field(ge=1, le=36500)
    counted_from: Text | None
    reason: Text

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row | None, str]]:
        """Tables and columns are declared ones; orders alone are kept without their person."""
        tables = declared_tables(rules.folder)
        orders = {table.lines: name for name, table in tables.items() if table.lines}
        removed = {row.source_table: row for row in rows if row.disposition == "remove"}
        for row in rows:
            table = tables.get(row.source_table)
            if table is None:
                yield row, f"source_table is {row.source_table}; {one_of(row.source_table, tables)}"
            elif table.name in orders:
                yield (
                    row,
                    f"source_table is {table.name}; lines go with their orders: allowed is "
                    f"{orders[table.name]}",
                )
            elif any(column.name == "is_granted" for column in table.columns):
                yield (
                    row,
                    f"source_table is {table.name}; a refusal has to outlive its limit: "
                    "consents have none",
                )
            else:
                yield from _limit_faults(row, table, sorted(orders.values()), removed)


def _limit_faults(
    row: RetentionLimit,
    table: DeclaredTable,
    orders: list[str],
    removed: Mapping[str, RetentionLimit],
) -> Iterator[tuple[Row, str]]:
    times = [column.name for column in table.columns if column.type in ("date", "timestamp")]
    if row.counted_from is not None and row.counted_from not in times:
        yield row, f"counted_from is {row.counted_from}; {one_of(row.counted_from, times)}"
    if row.disposition == "blank" and table.lines is None:
        yield (
            row,
            f"disposition is blank; of {table.name} allowed is remove. Orders alone are kept "
            f"without their person: {', '.join(orders)}",
        )
    other = removed.get(table.name)
    if row.disposition == "blank" and other is not None and other.keep_days <= row.keep_days:
        yield (
            row,
            f"keep_days is {row.keep_days}; rows that are removed after {other.keep_days} days "
            f"(row {other.row}) are blanked before: allowed is less",
        )


SEEDS = (ProcessingPurpose, RetentionLimit)
