"""The registry of tags, all tags in one long table, rule tags, and why a tag has its value.

From docs/adding_a_tag.md, the YAML of the seeds tag_catalogue, tag_values and rule_tags, and the
descriptions of the tables.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

from tests.python.independent.world import Row, Rows, World, table
from tests.python.published import published_columns

#: Seeds that hold the values of a code where its domain names them: the column of the code.
VALUE_SEEDS = {
    "rfm_segments": "segment_code",
    "nes_states": "state_code",
    "loyalty_levels": "level_code",
    "activity_levels": "level_code",
    "member_value_tiers": "level_code",
    "member_value_actions": "action_code",
    "age_bands": "band_code",
}

#: What stands for a flag's two values.
FLAG_NAMES = (("true", "Yes", "是"), ("false", "No", "否"))

RULE_TAGS = "rule_tags"


# -- the registry ----------------------------------------------------------------------------


@table("tags.tag_catalogue", key=["tag_code"])
def tag_catalogue(world: World) -> Rows:
    """The seed tag_catalogue with its columns typed; a rule tag's inputs are the tags it asks."""
    found = []
    for tag in world.seed("tag_catalogue"):
        row: Row = {
            name: tag[name]
            for name in (
                "tag_code", "family", "tag_type", "name_en", "name_zh", "description_en",
                "description_zh", "value_type", "domain", "model_name", "value_column",
                "score_column", "settings", "owner", "status", "refresh",
            )
        }  # fmt: skip
        row["inputs"] = tag["input_columns"]
        if tag["model_name"] == RULE_TAGS:
            row["inputs"] = " ".join(sorted(rule_inputs(world, tag["tag_code"]))) or None
        row["version"] = int(tag["version"])
        row["min_coverage"] = float(tag["min_coverage"])
        row["max_psi"] = float(tag["max_psi"])
        row["has_history"] = tag["history"] == "true"
        found.append(row)
    return found


def rule_inputs(world: World, tag_code: str) -> set[str]:
    """The tags that the conditions of a rule tag look at."""
    return {
        row["input_tag"]
        for row in world["tags.tag_rule_conditions"]
        if row["tag_code"] == tag_code and row["input_tag"]
    }


@table("tags.tag_values", key=["tag_code", "tag_value"])
def tag_values(world: World) -> Rows:
    """Each value that a code or a flag may have, with its names, in order; not of retired tags."""
    found = []
    for tag in world.seed("tag_catalogue"):
        code, domain = tag["tag_code"], tag["domain"]
        values: list[tuple[Any, ...]] = []
        if tag["status"] == "retired":
            continue
        if tag["value_type"] == "flag":
            values = [(*names, n) for n, names in enumerate(FLAG_NAMES, start=1)]
        elif tag["value_type"] == "code" and domain:
            values = [
                (row[VALUE_SEEDS[domain]], row["name_en"], row["name_zh"], position)
                for position, row in in_order(world.seed(domain), domain)
            ]
        elif tag["value_type"] == "code":
            values = [
                (row["tag_value"], row["name_en"], row["name_zh"], int(row["position"]))
                for row in world.seed("tag_values")
                if row["tag_code"] == code
            ]
        names = ("tag_value", "name_en", "name_zh", "value_position")
        found += [{"tag_code": code, **dict(zip(names, value, strict=True))} for value in values]
    return found


def in_order(rows: Rows, seed: str) -> list[tuple[int, Row]]:
    """Rows of a seed of values with their positions: its own, or as the seed is ordered."""
    if seed == "age_bands":
        rows = sorted(rows, key=lambda row: int(row["age_from"]))
    if seed == "member_value_actions":
        rows = sorted(rows, key=lambda row: (-float(row["effort_per_unit"]), row["action_code"]))
    return [(int(row.get("position") or n), row) for n, row in enumerate(rows, start=1)]


@table("tags.tag_rule_conditions", key=["file_row"])
def tag_rule_conditions(world: World) -> Rows:
    """The rows of the seed rule_tags without blanks around; the header is row 1."""
    live = {row["tag_code"] for row in world.seed("tag_catalogue") if row["status"] == "live"}
    return [
        {
            "tag_code": row["tag_code"],
            "tag_value": row["tag_value"],
            "input_tag": row["input_tag"],
            "operator": row["operator"].lower() if row["operator"] else None,
            "operand": row["operand"],
            "layer": int(row["position"]),
            "file_row": file_row,
            "is_live": row["tag_code"] in live,
        }
        for file_row, row in enumerate(map(stripped, world.seed("rule_tags")), start=2)
    ]


def stripped(row: Row) -> Row:
    """A row of text without blanks around; what is nothing but blanks is None."""
    return {name: (text or "").strip() or None for name, text in row.items()}


# -- tags of the families ----------------------------------------------------------------------


def live_tags(world: World) -> Rows:
    """Rows of the catalogue of tags that are handed out."""
    return [row for row in world["tags.tag_catalogue"] if row["status"] == "live"]


def as_text(value: Any, column_type: str) -> str | None:
    """A value as the long table writes it: flags true and false, decimals with their places."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if column_type.startswith("decimal"):
        places = int(column_type.rstrip(")").split(",")[1])
        exact = Decimal(value).quantize(Decimal(1).scaleb(-places))
        # a database knows no minus zero
        return str(exact if exact else abs(exact))
    return str(value)


@table("steps.family_tags", key=["one_id", "tag_code"])
def family_tags(world: World) -> Rows:
    """One row per customer and live tag of a family with a value."""
    found = []
    for tag in live_tags(world):
        if tag["model_name"] == RULE_TAGS:
            continue
        name = f"tags.{tag['model_name']}"
        column_type = published_columns()[name][tag["value_column"]]
        for row in world[name]:
            if row[tag["value_column"]] is not None:
                score = row[tag["score_column"]] if tag["score_column"] else None
                found.append(
                    {
                        "one_id": row["one_id"],
                        "tag_code": tag["tag_code"],
                        "tag_value": as_text(row[tag["value_column"]], column_type),
                        "tag_score": None if score is None else float(score),
                        "as_of_date": row["as_of_date"],
                    }
                )
    return found


@table("tags.customer_tags", key=["one_id", "tag_code"])
def customer_tags(world: World) -> Rows:
    """One row per customer and live tag with a value, of families and of rules."""
    columns = ("one_id", "tag_code", "tag_value", "as_of_date")
    return [
        *world["steps.family_tags"],
        *(
            {**{name: row[name] for name in columns}, "tag_score": None}
            for row in world["tags.customer_rule_tags"]
        ),
    ]


# -- rule tags -----------------------------------------------------------------------------------


def compared(text: str, value_type: str) -> Any:
    """A value or an operand as it is compared: a number, a date or a text."""
    if value_type in ("number", "amount"):
        return Decimal(text)
    return dt.date.fromisoformat(text) if value_type == "date" else text


def holds(condition: Row, value: str | None, value_type: str) -> bool:
    """Whether a condition holds for a value; without one, is_missing alone does."""
    operator, operand = condition["operator"], condition["operand"] or ""
    if operator in ("is_missing", "is_present"):
        return (value is None) == (operator == "is_missing")
    if value is None:
        return False
    if operator in ("in", "not_in"):
        listed = [item.strip() for item in operand.split("|")]
        return (value in listed) == (operator == "in")
    if operator == "contains":
        return operand in value
    if operator == "starts_with":
        return value.startswith(operand)
    own = compared(value, value_type)
    if operator == "between":
        first, last = (end.strip() for end in operand.split(".."))
        return compared(first, value_type) <= own <= compared(last, value_type)
    other = compared(operand, value_type)
    return {
        "=": own == other,
        "<>": own != other,
        ">": own > other,
        ">=": own >= other,
        "<": own < other,
        "<=": own <= other,
    }[operator]


@table("tags.customer_rule_tags", key=["one_id", "tag_code"])
def customer_rule_tags(world: World) -> Rows:
    """The value of the first layer of which all conditions hold, per customer and rule tag."""
    types = {row["tag_code"]: row["value_type"] for row in world["tags.tag_catalogue"]}
    layers: dict[str, dict[int, Rows]] = defaultdict(lambda: defaultdict(list))
    for condition in world["tags.tag_rule_conditions"]:
        if condition["is_live"]:
            layers[condition["tag_code"]][condition["layer"]].append(condition)
    tags: dict[str, dict[str, str]] = defaultdict(dict)
    for row in world["steps.family_tags"]:
        tags[row["one_id"]][row["tag_code"]] = row["tag_value"]
    found = []
    for customer in world["core.customers"]:
        held = tags[customer["one_id"]]
        for tag_code, of_tag in layers.items():
            layer = next(
                (
                    layer
                    for layer, conditions in sorted(of_tag.items())
                    if all(
                        c["input_tag"] is None
                        or holds(c, held.get(c["input_tag"]), types[c["input_tag"]])
                        for c in conditions
                    )
                ),
                None,
            )
            if layer is not None:
                found.append(
                    {
                        "one_id": customer["one_id"],
                        "tag_code": tag_code,
                        "tag_value": of_tag[layer][0]["tag_value"],
                        "layer": layer,
                        "as_of_date": world.as_of_date,
                    }
                )
    return found


# -- why ---------------------------------------------------------------------------------------


def as_json(value: Any, column_type: str) -> str:
    """A cell in JSON: numbers with their places, dates and texts in quotes."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if column_type.startswith("decimal") or isinstance(value, int | Decimal):
        return str(as_text(value, column_type))
    return json.dumps(value if isinstance(value, float) else str(value), ensure_ascii=False)


def json_of_columns(tag: Row, family: Row) -> str:
    """The columns that explain a tag and its score, in JSON without blanks."""
    types = published_columns()[f"tags.{tag['model_name']}"]
    columns = (tag["inputs"] or "").split()
    if tag["score_column"] and tag["score_column"] not in columns:
        columns.append(tag["score_column"])
    cells = (f'"{name}":{as_json(family[name], types[name])}' for name in columns)
    return "{" + ",".join(cells) + "}"


@table("tags.customer_tag_reasons", key=["one_id", "tag_code"])
def customer_tag_reasons(world: World) -> Rows:
    """What each value was made from and compared with."""
    catalogue = {row["tag_code"]: row for row in world["tags.tag_catalogue"]}
    names = {(row["tag_code"], row["tag_value"]): row for row in world["tags.tag_values"]}
    layers = {(r["one_id"], r["tag_code"]): r["layer"] for r in world["tags.customer_rule_tags"]}
    thresholds: dict[str, dict[str, str]] = defaultdict(dict)
    for row in world["tags.tag_thresholds"]:
        thresholds[row["tag_code"]][row["threshold_code"]] = row["threshold_value"]
    families: dict[str, dict[str, Row]] = {}
    for tag in catalogue.values():
        if tag["model_name"] != RULE_TAGS and tag["model_name"] not in families:
            rows = world[f"tags.{tag['model_name']}"]
            families[tag["model_name"]] = {row["one_id"]: row for row in rows}
    held: dict[tuple[str, str], str] = {
        (row["one_id"], row["tag_code"]): row["tag_value"] for row in world["steps.family_tags"]
    }
    found = []
    for row in world["tags.customer_tags"]:
        one_id, tag = row["one_id"], catalogue[row["tag_code"]]
        if tag["model_name"] == RULE_TAGS:
            of_rule = {name: held.get((one_id, name)) for name in tag["inputs"].split()}
            inputs = json.dumps(of_rule, ensure_ascii=False)
        else:
            family = families[tag["model_name"]][one_id]
            inputs = json_of_columns(tag, family)
        compared_with = dict(sorted(thresholds[row["tag_code"]].items()))
        value = names.get((row["tag_code"], row["tag_value"]), {})
        found.append(
            {
                "one_id": one_id,
                "tag_code": row["tag_code"],
                "family": tag["family"],
                "tag_name_en": tag["name_en"],
                "tag_name_zh": tag["name_zh"],
                "tag_value": row["tag_value"],
                "value_name_en": value.get("name_en", row["tag_value"]),
                "value_name_zh": value.get("name_zh", row["tag_value"]),
                "inputs": inputs,
                "thresholds": json.dumps(compared_with, ensure_ascii=False),
                "layer": layers.get((one_id, row["tag_code"])),
                "rule_version": tag["version"],
                "tag_score": row["tag_score"],
                "as_of_date": row["as_of_date"],
            }
        )
    return found
