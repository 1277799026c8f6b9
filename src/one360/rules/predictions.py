"""Lists of customers that predictions learn from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from pydantic import Field

from one360.rules.identity import IdentifierType
from one360.rules.schema import Code, Row, Text, Whole, one_of

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

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row | None, str]]:
        """Keys are of types that customers have, and every list that seeds a crowd has rows."""
        known = ["one_id", *(row.identifier_type for row in rules.rows(IdentifierType))]
        for row in rows:
            if row.key_type not in known:
                yield row, f"key_type is {row.key_type}; {one_of(row.key_type, known)}"
        lists = sorted({row.label_code for row in rows})
        crowds = rules.variables.get("look_alike_crowds")
        for code, crowd in crowds.items() if isinstance(crowds, dict) else ():
            name = crowd.get("labels") if isinstance(crowd, dict) else None
            if name and name not in lists:
                yield None, f"crowd {code} is seeded by labels {name}; {one_of(name, lists)}"


SEEDS = (CustomerLabel,)
