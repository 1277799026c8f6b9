"""Lists of customers that predictions learn from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from pydantic import Field

from one360.rules.identity import IdentifierType
from one360.rules.schema import Code, Day, Row, Text, Whole, one_of

if TYPE_CHECKING:
    from one360.rules.project import Rules


class CustomerLabel(Row):
    """A customer of a list, or one that is known not to be."""

    seed = "customer_labels"
    keys = (("label_code", "key_type", "customer_key"),)

    label_code: Code
    key_type: Code
    customer_key: Text
    label_value: Whole = Field(ge=0, le=1)
    labelled_on: Day | None
    labelled_by: Text | None

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row | None, str]]:
        """Keys are of types that customers have, and every list that is learnt from has rows."""
        known = ["one_id", *(row.identifier_type for row in rules.rows(IdentifierType))]
        for row in rows:
            if row.key_type not in known:
                yield row, f"key_type is {row.key_type}; {one_of(row.key_type, known)}"
        lists = sorted({row.label_code for row in rows})
        for variable, kind, verb in (
            ("look_alike_crowds", "crowd", "is seeded by"),
            ("learnt_tags", "learnt tag", "is learnt from"),
        ):
            given = rules.variables.get(variable)
            for code, settings in given.items() if isinstance(given, dict) else ():
                name = settings.get("labels") if isinstance(settings, dict) else None
                if name and name not in lists:
                    yield None, f"{kind} {code} {verb} labels {name}; {one_of(name, lists)}"


SEEDS = (CustomerLabel,)
