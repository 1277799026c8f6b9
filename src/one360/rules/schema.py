"""What a cell of a seed or a variable accepts, and the words in which it is refused.

The types are pydantic's. The same annotation checks a value, is quoted in the message that
refuses it and fills the tables of the docs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    Self,
    Union,
    get_args,
    get_origin,
)

import annotated_types
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
)
from pydantic.fields import FieldInfo

from one360.errors import did_you_mean

if TYPE_CHECKING:
    from one360.rules.project import Rules

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
WORDS = {1: "one", 2: "two", 3: "three"}


@dataclass(frozen=True)
class Says:
    """The words for what a type accepts, where its constraints do not give them."""

    words: str


def one_of(value: object, known: Iterable[str]) -> str:
    """What is allowed instead of a value: the name that is near it, and all names."""
    names = list(known)
    return told_instead(value, names, ", ".join(names) or "none")


def told_instead(value: object, names: Iterable[str], allowed: str) -> str:
    """The name that is near a value, before all that is allowed: a long line is cut."""
    near = did_you_mean(value, names).removeprefix("; ")
    return f"{near} allowed are: {allowed}".lstrip()


def choices(annotation: Any) -> tuple[str, ...]:
    """The values of an enumerated type."""
    if annotation is bool:
        return ("true", "false")
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def is_optional(info: FieldInfo) -> bool:
    """Whether a cell may be empty."""
    return get_origin(info.annotation) in (Union, UnionType) and NoneType in get_args(
        info.annotation
    )


def accepted(info: FieldInfo) -> str:
    """What a column or a variable accepts, in words."""
    if is_optional(info):
        (inner,) = (kind for kind in get_args(info.annotation) if kind is not NoneType)
        bare = FieldInfo.from_annotation(inner)
        bare.metadata += info.metadata
        return f"{accepted(bare)}, or empty"
    for mark in info.metadata:
        if isinstance(mark, Says):
            return mark.words
    if names := choices(info.annotation):
        return ", ".join(names)
    if get_origin(info.annotation) is list:
        return _accepted_list(info)
    if info.annotation is date:
        return "a date as 2026-01-31"
    if info.annotation in (int, float, Decimal):
        return _accepted_number(info)
    return "a text"


def _accepted_list(info: FieldInfo) -> str:
    inner = FieldInfo.from_annotation(get_args(info.annotation)[0])
    for mark in inner.metadata:
        if isinstance(mark, Says):
            return f"a list of {mark.words}"
    length = next(m.min_length for m in info.metadata if hasattr(m, "min_length"))
    order = "increasing " if INCREASING in info.metadata else ""
    kind = "whole numbers" if inner.annotation is int else "numbers"
    return f"{WORDS[length]} {order}{kind}{_accepted_range(inner)}"


def _accepted_number(info: FieldInfo) -> str:
    return ("a whole number" if info.annotation is int else "a number") + _accepted_range(info)


def _accepted_range(info: FieldInfo) -> str:
    said = ""
    for mark in info.metadata:
        match mark:
            case annotated_types.Ge(ge=low):
                said += f" from {low}"
            case annotated_types.Gt(gt=low):
                said += f" above {low}"
            case annotated_types.Le(le=high):
                said += f" to {high}"
    return said


def refused(name: str, shown: str, info: FieldInfo, error: Any) -> str:
    """One line for an error of pydantic about the value of a column or variable."""
    begin = f"{name} is {shown or 'missing'}; "
    if error["type"] == "value_error" and (said := str(error["ctx"]["error"])):
        return begin + said
    names = next(filter(None, map(choices, (info.annotation, *get_args(info.annotation)))), ())
    if names:
        return begin + told_instead(shown, names, accepted(info))
    verb = "are" if get_origin(info.annotation) is list else "is"
    return begin + f"allowed {verb} {accepted(info)}"


# --- lists -----------------------------------------------------------------------------


def _increasing(values: list[Any]) -> list[Any]:
    if any(one >= other for one, other in zip(values, values[1:], strict=False)):
        raise ValueError
    return values


INCREASING = AfterValidator(_increasing)


# --- cells -----------------------------------------------------------------------------


def _whole(cell: object) -> object:
    is_whole = isinstance(cell, str) and re.fullmatch(r"[+-]?\d+", cell)
    return int(cell) if is_whole else cell  # type: ignore[call-overload]


def _number(cell: object) -> object:
    return float(cell) if isinstance(cell, str) and NUMBER.fullmatch(cell) else cell


def _exact(cell: object) -> object:
    return Decimal(cell) if isinstance(cell, str) and NUMBER.fullmatch(cell) else cell


def _flag(cell: object) -> object:
    return {"true": True, "false": False}.get(str(cell).lower(), cell)


def read_date(text: str) -> date | None:
    """The day that a text as 2026-01-31 names, or None: no word, no other order of its parts."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _day(cell: object) -> object:
    return read_date(cell) or cell if isinstance(cell, str) else cell


def _currency(code: str) -> str:
    # staging reads RMB as CNY, so nothing would be in it
    if code == "RMB":
        raise ValueError("allowed is CNY, its code")
    return code


Whole = Annotated[int, BeforeValidator(_whole)]
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
#: A number whose decimals all count.
Exact = Annotated[Decimal, BeforeValidator(_exact)]
Share = Annotated[Number, Field(ge=0, le=1)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Day = Annotated[date, BeforeValidator(_day)]
Text = str
Currency = Annotated[
    str,
    Field(pattern="^[A-Z]{3}$"),
    AfterValidator(_currency),
    Says("a code of three capitals such as EUR"),
]
Code = Annotated[
    str, Field(pattern="^[a-z][a-z0-9_]*$"), Says("lower-case English words joined by _")
]
Hash = Annotated[
    str,
    Field(pattern="^[0-9a-f]{32}$"),
    Says("32 hexadecimal digits, as core.customer_identifiers shows it"),
]
#: Codes of a few states may begin with a capital or a number.
AnyCode = Annotated[str, Field(pattern=r"^\w+$"), Says("letters, digits and _")]


class Row(BaseModel):
    """One row of a seed: a field for each of its columns.

    Attributes:
        seed: the name of the seed.
        keys: columns that together are unique, each such group; case does not tell texts apart.
        complete: a column each of whose values needs a row.
        trimmed: whether the model that reads it takes blanks around texts off.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, protected_namespaces=())

    seed: ClassVar[str]
    keys: ClassVar[tuple[tuple[str, ...], ...]] = ()
    complete: ClassVar[str] = ""
    trimmed: ClassVar[bool] = False

    _row: int = PrivateAttr(0)

    @property
    def row(self) -> int:
        """The row of the file as a spreadsheet numbers it: 1 is the header."""
        return self._row

    @classmethod
    def read(cls, row: int, cells: dict[str, str]) -> tuple[Self | None, list[str]]:
        """The row of these cells, or what is wrong with them."""
        bare = {name: cell.strip() or None for name, cell in cells.items()}
        try:
            one = cls.model_validate(bare)
        except ValidationError as error:
            return None, [cls._said(each, bare) for each in error.errors()]
        one._row = row
        # a text is loaded with the blanks around it, and found nowhere
        blank = [
            f"{name} is {cell!r}; allowed is that without blanks around it"
            for name, cell in cells.items()
            if cell != (bare[name] or "")
            and not isinstance(getattr(one, name), int | float | Decimal)
        ]
        return one, [] if cls.trimmed else blank

    @classmethod
    def _said(cls, error: Any, cells: dict[str, str | None]) -> str:
        if not error["loc"]:
            return str(error["ctx"]["error"])
        name = error["loc"][0]
        return refused(name, cells[name] or "", cls.model_fields[name], error)

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row | None, str]]:
        """What is wrong between rows and seeds: the row, or None for the file, and the words."""
        yield from ()
