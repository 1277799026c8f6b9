"""Rules on the rights of a person: for what data are processed, and how long they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Self

from one360.rules.schema import Code, Flag, Row, Text

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


SEEDS = (ProcessingPurpose,)
