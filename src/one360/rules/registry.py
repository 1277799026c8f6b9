"""The registry of tags: what each is, which values it may have, which rules make it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from one360.rules.schema import (
    NUMBER,
    Code,
    Flag,
    Number,
    Row,
    Says,
    Share,
    Text,
    Whole,
    one_of,
    read_date,
)
from one360.rules.tags import (
    ActivityLevel,
    AgeBand,
    Daypart,
    LoyaltyLevel,
    MemberValueAction,
    MemberValueTier,
    NesState,
    PriceLevel,
    RfmSegment,
)  # fmt: skip
from one360.rules.variables import Variables

if TYPE_CHECKING:
    from one360.rules.project import Rules

#: Seeds that name the values of several tags, and the column that holds them: what `domain` of
#: a code may say. int_registry__allowed_values reads them.
VALUE_SETS: dict[str, tuple[type[Row], str]] = {
    "rfm_segments": (RfmSegment, "segment_code"),
    "nes_states": (NesState, "state_code"),
    "loyalty_levels": (LoyaltyLevel, "level_code"),
    "activity_levels": (ActivityLevel, "level_code"),
    "member_value_tiers": (MemberValueTier, "level_code"),
    "member_value_actions": (MemberValueAction, "action_code"),
    "age_bands": (AgeBand, "band_code"),
}

Operator = Literal[
    "=", "<>", "in", "not_in", "contains", "starts_with", ">", ">=", "<", "<=", "between",
    "is_missing", "is_present",
]  # fmt: skip
TEXT_OPERATORS = ("=", "<>", "in", "not_in", "contains", "starts_with")
ORDERED_OPERATORS = ("=", "<>", ">", ">=", "<", "<=", "between")
WITHOUT_OPERAND = ("is_missing", "is_present")
#: The model that makes tags of the rows of rule_tags.
RULE_MODEL = "rule_tags"


class Tag(Row):
    """A tag of the catalogue."""

    seed = "tag_catalogue"
    keys = (("tag_code",), ("name_en",), ("name_zh",))

    tag_code: Code
    family: Text
    tag_type: Literal["fact", "rule", "statistical", "model", "prediction"]
    name_en: Text
    name_zh: Text
    description_en: Text
    description_zh: Text
    value_type: Literal["code", "flag", "number", "amount", "date", "text"]
    domain: Text | None
    model_name: Text
    value_column: Text | None
    score_column: Text | None
    input_columns: Text | None
    settings: Text | None
    owner: Text
    version: Whole = Field(ge=1)
    status: Literal["draft", "live", "retired"]
    refresh: Literal["daily", "hot"]
    history: Flag
    min_coverage: Share
    max_psi: Number = Field(ge=0)

    @property
    def is_rule(self) -> bool:
        """Whether rows of rule_tags make it."""
        return self.model_name == RULE_MODEL

    @property
    def comparison(self) -> str:
        """How its values are compared: as text, number or date."""
        return {"number": "number", "amount": "number", "date": "date"}.get(self.value_type, "text")

    @property
    def kind(self) -> str:
        """Its value type with an article."""
        return f"{'an' if self.value_type == 'amount' else 'a'} {self.value_type}"

    @property
    def range(self) -> tuple[float, float]:
        """Between what a number or an amount must lie; an open end is infinite."""
        low, high = (self.domain or "..").split("..")
        return float(low or -math.inf), float(high or math.inf)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        domain, settings = self.domain, (self.settings or "").split()
        if domain and self.value_type in ("number", "amount"):
            if not re.fullmatch(r"(-?\d+(\.\d+)?)?\.\.(-?\d+(\.\d+)?)?", domain):
                raise ValueError(
                    f"domain is {domain}; allowed is min..max, where either may be left out"
                )
        elif domain and self.value_type == "code":
            if domain not in VALUE_SETS:
                raise ValueError(
                    f"domain is {domain}; {one_of(domain, VALUE_SETS)}, or nothing (the values "
                    "are in seed tag_values)"
                )
        elif domain:
            raise ValueError(f"domain is {domain}; a {self.value_type} has none, leave it empty")
        for name in settings:
            if name not in Variables.model_fields:
                raise ValueError(
                    f"settings names {name}, which is no variable; "
                    f"{one_of(name, sorted(Variables.model_fields))}"
                )
        columns = (self.value_column, self.score_column, self.input_columns)
        if self.is_rule and ((self.tag_type, self.value_type) != ("rule", "code") or any(columns)):
            raise ValueError(
                "a tag of rule_tags is of tag_type rule and value_type code and names no columns; "
                "its rows are in seed rule_tags"
            )
        return self

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row | None, str]]:
        """Every tag has a model with its columns or rules, and every column a tag."""
        models = tag_models(rules)
        families = sorted(name for name, model in models.items() if model.is_family)
        ruled = sorted({row.tag_code for row in rules.rows(RuleTag)})
        faults: list[tuple[Row | None, str]] = []
        for tag in rows:
            if tag.is_rule:
                if tag.status != "retired" and tag.tag_code not in ruled:
                    said = f"no row of seed rule_tags makes {tag.tag_code}; those make"
                    faults.append((tag, f"{said}: {', '.join(ruled) or 'none'}"))
            elif tag.status != "retired":
                faults += ((tag, said) for said in tag._column_faults(models, families))
        yield from faults or cls._unclaimed(rows, models, families)

    def _column_faults(self, models: dict[str, Model], families: list[str]) -> Iterator[str]:
        model = models.get(self.model_name)
        if model is None:
            allowed = one_of(self.model_name, [RULE_MODEL, *families])
            yield f"model_name is {self.model_name}, and there is no such model; {allowed}"
            return
        named = {
            "value_column": [self.value_column or "(empty)"],
            "score_column": [self.score_column] if self.score_column else [],
            "input_columns": (self.input_columns or "").split(),
        }
        for place, columns in named.items():
            for column in columns:
                if column not in model.columns:
                    said = f"{place} names {column}, which model {self.model_name} has not"
                    yield f"{said}; {one_of(column, model.columns)}"
        for column in ("one_id", "as_of_date"):
            if column not in model.columns:
                yield f"model {self.model_name} has no column {column}"

    @classmethod
    def _unclaimed(
        cls, rows: list[Self], models: dict[str, Model], families: list[str]
    ) -> Iterator[tuple[None, str]]:
        for name in families:
            claimed = {"one_id", "as_of_date"}
            for tag in rows:
                if tag.model_name == name and tag.value_column:
                    stem = tag.value_column.removesuffix("_code")
                    claimed |= {tag.value_column, f"{stem}_name_en", f"{stem}_name_zh"}
                    claimed |= {tag.score_column or "", *(tag.input_columns or "").split()}
            for column in models[name].columns:
                if column not in claimed:
                    yield (
                        None,
                        (
                            f"no tag claims column {column} of model {name}; allowed is "
                            "the value_column, score_column or one of the input_columns of a tag"
                        ),
                    )


class Model(NamedTuple):
    """A model as its YAML describes it; a family has one row per one_id."""

    columns: list[str]
    is_family: bool


def tag_models(rules: Rules) -> dict[str, Model]:
    """The models whose name begins with tag_, from the YAML files of the project."""
    return {
        model["name"]: Model(
            [column["name"] for column in model.get("columns", ())],
            any(column["name"] == "one_id" and _is_key(column) for column in model["columns"]),
        )
        for file in rules.described("model", holding="- name: tag_")
        for model in file.get("models", ())
        if model["name"].startswith("tag_")
    }


def _is_key(column: dict[str, Any]) -> bool:
    tests = column.get("data_tests", ())
    named = {name for test in tests for name in ([test] if isinstance(test, str) else test)}
    return bool(named & {"key", "unique"})


class TagValue(Row):
    """A value that a tag may have."""

    seed = "tag_values"
    keys = (("tag_code", "tag_value"), ("tag_code", "name_en"), ("tag_code", "name_zh"))

    tag_code: Text
    tag_value: Annotated[str, Field(pattern=r"^[^|]+$"), Says("a text without |")]
    position: Whole
    name_en: Text
    name_zh: Text

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row, str]]:
        """Values belong to codes, every code has some, and seeds of levels name them."""
        tags = {tag.tag_code: tag for tag in rules.rows(Tag)}
        codes = [tag.tag_code for tag in tags.values() if _has_values_here(tag)]
        for row in rows:
            tag = tags.get(row.tag_code)
            if tag is None:
                said = f"tag_code is {row.tag_code}, which is no tag of seed tag_catalogue"
                yield row, f"{said}; {one_of(row.tag_code, codes)}"
            elif tag.value_type != "code":
                yield row, f"tag_code is {row.tag_code}, {tag.kind}; allowed is a code"
            elif tag.domain:
                yield (
                    row,
                    (
                        f"tag_code is {row.tag_code}, whose values are in seed {tag.domain}; "
                        "allowed is a code without domain"
                    ),
                )
        given = {row.tag_code for row in rows}
        for tag in tags.values():
            if _has_values_here(tag) and tag.status != "retired" and tag.tag_code not in given:
                sets = ", ".join(VALUE_SETS)
                yield (
                    tag,
                    (
                        f"{tag.tag_code} is a code without values; allowed are rows of seed "
                        f"tag_values, or one of these as domain: {sets}"
                    ),
                )
        for part in rules.rows(Daypart):
            yield from _level(rows, part, "daypart_code", "preferred_daypart")
        for level in rules.rows(PriceLevel):
            yield from _level(rows, level, "level_code", level.tag_code)


def _level(
    rows: Iterable[TagValue], level: Row, column: str, tag: str
) -> Iterator[tuple[Row, str]]:
    """A level that is no value of its tag."""
    known = [row.tag_value for row in rows if row.tag_code == tag]
    value = getattr(level, column)
    if value not in known:
        yield (
            level,
            f"{column} is {value}, no value of {tag} in seed tag_values; " + one_of(value, known),
        )


def _has_values_here(tag: Tag) -> bool:
    return tag.value_type == "code" and not tag.domain


def allowed_values(rules: Rules) -> dict[str, list[str]]:
    """Each code and flag with the values it may have."""
    found: dict[str, list[str]] = {}
    for tag in rules.rows(Tag):
        if tag.value_type == "flag":
            found[tag.tag_code] = ["true", "false"]
        elif tag.domain in VALUE_SETS:
            kind, column = VALUE_SETS[tag.domain]
            found[tag.tag_code] = [getattr(row, column) for row in rules.rows(kind)]
    for row in sorted(rules.rows(TagValue), key=lambda row: row.position):
        found.setdefault(row.tag_code, []).append(row.tag_value)
    return found


class RuleTag(Row):
    """A condition of a rule tag."""

    seed = "rule_tags"
    trimmed = True

    tag_code: Text
    position: Whole = Field(ge=1)
    tag_value: Text
    input_tag: Text | None
    operator: Annotated[Operator | None, BeforeValidator(lambda text: text and text.lower())]
    operand: Text | None

    @property
    def layer(self) -> tuple[str, int]:
        """The tag and the position; the rows of a layer must all hold."""
        return self.tag_code, self.position

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.input_tag is None and (self.operator or self.operand):
            raise ValueError("input_tag is missing; allowed is a live tag that is no rule tag")
        if self.operator in WITHOUT_OPERAND and self.operand:
            raise ValueError(
                f"operand is {self.operand}; {self.operator} takes none, leave it empty"
            )
        return self

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row, str]]:
        """Tags, values and operands exist and fit, and every layer can be reached."""
        tags = {tag.tag_code: tag for tag in rules.rows(Tag)}
        values = allowed_values(rules)
        makes = sorted(tag.tag_code for tag in tags.values() if tag.is_rule)
        inputs = sorted(
            tag.tag_code for tag in tags.values() if tag.status == "live" and not tag.is_rule
        )
        layers: dict[tuple[str, int], list[Self]] = {}
        for row in rows:
            layers.setdefault(row.layer, []).append(row)
        last = {code: max(n for c, n in layers if c == code) for code, _ in layers}
        for row in rows:
            layer = layers[row.layer]
            own = values.get(row.tag_code, [])
            if row.tag_code not in makes:
                said = f"tag_code is {row.tag_code}, no tag with model_name rule_tags in seed "
                yield row, f"{said}tag_catalogue; {one_of(row.tag_code, makes)}"
            elif row.tag_value not in own:
                said = f"tag_value is {row.tag_value}, no value of {row.tag_code} in seed "
                yield row, f"{said}tag_values; {one_of(row.tag_value, own)}"
            elif row.tag_value != layer[0].tag_value:
                yield (
                    row,
                    (
                        f"tag_value is {row.tag_value}, and {layer[0].tag_value} in row "
                        f"{layer[0].row}; allowed is one for each position of {row.tag_code}"
                    ),
                )
            elif row.input_tag is None:
                yield from row._without_condition(layer, last[row.tag_code])
            elif row.input_tag not in inputs:
                is_rule = row.input_tag in tags and tags[row.input_tag].is_rule
                said = "a rule tag itself" if is_rule else "no live tag"
                allowed = one_of(row.input_tag, inputs)
                yield row, f"input_tag is {row.input_tag}, {said}; {allowed}"
            elif fault := row._condition_fault(tags[row.input_tag], values):
                yield row, fault
            elif (first := next(one for one in layer if one._same_as(row))) is not row:
                yield row, f"the condition is in row {first.row} too; each is allowed once"

    def _same_as(self, other: Self) -> bool:
        return (self.input_tag, self.operator, self.operand) == (
            other.input_tag, other.operator, other.operand,
        )  # fmt: skip

    def _without_condition(self, layer: list[Self], last: int) -> Iterator[tuple[Row, str]]:
        if len(layer) > 1:
            yield (
                self,
                (
                    "input_tag is missing in a position of several rows; allowed is a row without "
                    "condition alone, as the last position"
                ),
            )
        elif self.position < last:
            yield (
                self,
                (
                    f"input_tag is missing, and no later position of {self.tag_code} is reached; "
                    "allowed is that as the last one only"
                ),
            )

    def _condition_fault(self, tag: Tag, values: dict[str, list[str]]) -> str | None:
        """What is wrong with operator and operand for this tag."""
        own = TEXT_OPERATORS if tag.comparison == "text" else ORDERED_OPERATORS
        operators = (*own, *WITHOUT_OPERAND)
        if self.operator not in operators:
            said = f"operator is {self.operator or 'missing'}, and {tag.tag_code} is {tag.kind}"
            return f"{said}; allowed are: {', '.join(operators)}"
        if self.operator in WITHOUT_OPERAND:
            return None
        if tag.comparison == "text":
            return self._text_fault(tag, values.get(tag.tag_code, []))
        return self._ordered_fault(tag)

    def _text_fault(self, tag: Tag, known: list[str]) -> str | None:
        if self.operand is None:
            allowed = f"are: {', '.join(known)}" if known else "is a text"
            return f"operand is missing; allowed {allowed}"
        if self.operator not in ("=", "<>", "in", "not_in"):
            return None
        is_list = self.operator in ("in", "not_in")
        items = [item.strip() for item in self.operand.split("|")] if is_list else [self.operand]
        if is_list and len(items) == 1 and "," in self.operand and self.operand not in known:
            right = "|".join(item.strip() for item in self.operand.split(","))
            alone = "" if known else "; one value with a comma in it goes with ="
            return f"operand is {self.operand}; a list is written with |: {right}{alone}"
        if "" in items:
            return f"operand is {self.operand}, a list with an empty entry; allowed is a|b|c"
        for item in items:
            if known and item not in known:
                return f"operand is {item}, no value of {tag.tag_code}; {one_of(item, known)}"
        return None

    def _ordered_fault(self, tag: Tag) -> str | None:
        is_number = tag.comparison == "number"
        example = "a number as 12.5" if is_number else "a date as 2026-01-31"
        between = "10..20" if is_number else "2026-01-01..2026-01-31"
        if self.operand is None:
            return f"operand is missing; allowed is {example}"
        parts = self.operand.split("..") if self.operator == "between" else [self.operand]
        read = [_read_number(part) if is_number else read_date(part.strip()) for part in parts]
        twice = f", twice: {between}" if self.operator == "between" else ""
        if None in read or len(read) != (2 if twice else 1):
            kind = "number" if is_number else "date"
            said = f"operand is {self.operand}, no {kind}, and {tag.tag_code} is {tag.kind}"
            return f"{said}; allowed is {example}{twice}"
        if read[0] > read[-1]:  # type: ignore[operator]
            return f"operand is {self.operand} and begins above its end; allowed is from..to"
        low, high = tag.range if is_number else (None, None)
        for value in read:
            if is_number and not low <= value <= high:  # type: ignore[operator]
                said = f"operand is {self.operand}, which no {tag.tag_code} is"
                return f"{said}; allowed is {tag.domain}, its domain"
        return None


def _read_number(text: str) -> float | None:
    number = float(text) if NUMBER.fullmatch(text.strip()) else math.nan
    return number if math.isfinite(number) else None


SEEDS = (Tag, TagValue, RuleTag)
