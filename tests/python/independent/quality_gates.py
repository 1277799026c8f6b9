"""What Great Expectations should find, evaluated without it.

From docs/quality_gates.md and the expectations kept by hand in tests/fixtures/expectations.csv
and suites.csv.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

from tests.python.independent.staging import raw_rows
from tests.python.independent.world import ROOT, Row, Rows, World, table
from tests.python.published import published_columns

#: Of fewer rows less is asked.
MANY = 100
#: Share of orders without lines, or of lines without order, that is still right.
UNMATCHED = 0.1
#: Customers that tie at the cut are highly active together.
LARGEST_TIE = 0.1

CHANNELS = {
    "pos": ("pos.receipts", "pos.receipt_lines", "receipt_id", "sold_at"),
    "web": ("web.orders", "web.order_lines", "order_id", "ordered_at"),
    "wechat": ("wechat.orders", "wechat.order_lines", "order_id", "ordered_at"),
}

#: Marts of which every text is looked through.
SEARCHED = [
    f"{schema}.{name}"
    for schema, names in (
        (
            "core",
            "customers customer_profiles customer_profile_history customer_consents "
            "customer_identifiers issued_one_ids one_id_ledger orders order_lines web_sessions "
            "touches",
        ),
        (
            "tags",
            "tag_rfm tag_rfm_category tag_rfm_channel tag_nes tag_loyalty tag_brand_loyalty "
            "tag_activity tag_lifecycle tag_lifecycle_category tag_member_value tag_price "
            "tag_category_price tag_preferences tag_interest tag_category_interest tag_channel "
            "tag_moments customer_moments tag_aarrr tag_demographics customer_tags "
            "customer_tag_history customer_rule_tags customer_360",
        ),
        ("campaigns", "campaign_audiences campaign_effects"),
    )
    for name in names.split()
]

PERSONAL = (
    re.compile(r"(?<![0-9A-Za-z])(?:86[ -]?)?1[3-9][0-9]{9}(?![0-9A-Za-z])"),
    re.compile(r"\+[0-9]{8,15}"),
    re.compile(r"[A-Za-z0-9._%+-]{2,}@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"),
)

#: Rules that are said in words of their own, by the start of their pattern or their column.
LOOKS_LIKE = {
    "mobile": "mobile looks like a phone number",
    "email": "email looks like an e-mail address",
    "phone_masked": "phone_masked is masked",
    "email_masked": "email_masked is masked",
    "identifier_masked": "identifier_masked is masked",
    "natural_key_hash": "natural_key_hash is a keyed hash",
    "identifier_hash": "identifier_hash is a keyed hash",
    "matching_rows": "no text column holds a phone number or an e-mail address",
}


@cache
def listed(name: str) -> tuple[dict[str, str], ...]:
    """Rows of a file of tests/fixtures."""
    path = ROOT / "tests" / "fixtures" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


# -- what is looked at -----------------------------------------------------------------------


def cast(value: Any, type_: str) -> Any:
    """A raw value as SQL casts it; None where it cannot."""
    if value is None or not isinstance(value, str):
        return float(value) if type_ == "double" and value is not None else value
    try:
        if type_ == "timestamp":
            return dt.datetime.fromisoformat(value)
        return float(value) if value.isascii() else None
    except ValueError:
        return None


def frame(world: World, suite: dict[str, str]) -> Rows:
    """The rows that a suite looks at."""
    if suite["table"] == "order_facts":
        return [order_facts(world)]
    if suite["table"] == "mart_facts":
        return [mart_facts(world)]
    if suite["table"] == "published_text":
        return published_text(world)
    if suite["checkpoint"] == "marts_out":
        return world[suite["table"]]
    types = dict(part.split("=") for part in suite["types"].split())
    return [
        {
            column: cast(value, types[column]) if column in types else value
            for column, value in row.items()
        }
        | derived(row)
        for row in raw_rows(world, suite["table"])
    ]


def derived(row: Row) -> Row:
    """Columns that a raw table does not have itself."""
    if "anonymous_id" in row and "event_id" in row:
        return {"visitor": row["user_id"] if row["anonymous_id"] is None else row["anonymous_id"]}
    if "list_amount" in row:
        listed_, net = (cast(row[name], "double") for name in ("list_amount", "net_amount"))
        known = listed_ is not None and net is not None
        return {"discount_amount": abs(listed_) - abs(net) if known else None}
    return {}


def asked_of(rows: int, share: float) -> float:
    """The share asked of a table of so many rows."""
    if rows >= MANY or share == 1 or share <= 0.5:
        return share
    return 0.5 + (share - 0.5) * rows / MANY


def order_facts(world: World) -> Row:
    """How orders and lines of each channel fit together."""
    facts: Row = {"orders": 0}
    newest: dict[str, dt.datetime] = {}
    for channel, (headers, _, _, time) in CHANNELS.items():
        facts["orders"] += len(raw_rows(world, headers))
        believable = [
            row[time]
            for row in raw_rows(world, headers)
            if row[time] and row[time] <= (row["loaded_at"] or row[time])
        ]
        if believable:
            newest[channel] = max(believable)
    for channel, (headers, lines, key, _) in CHANNELS.items():
        orders, parts = raw_rows(world, headers), raw_rows(world, lines)
        order_keys = {row[key] for row in orders} - {None}
        line_keys = [row[key] for row in parts if row[key] is not None]
        facts[f"{channel}_orders_without_lines"] = unmatched(order_keys, set(line_keys))
        facts[f"{channel}_lines_without_order"] = unmatched(line_keys, order_keys)
        facts[f"{channel}_lines_per_order"] = (
            len(parts) / max(len(orders), 1) if orders or parts else None
        )
        silent = max(newest.values()) - newest[channel] if channel in newest else None
        facts[f"{channel}_silent_days"] = None if silent is None else silent.days
    return facts


def unmatched(keys: Iterable[str], among: set[str]) -> float | None:
    """Share of numbers that the other side does not have."""
    keys = list(keys)
    if not keys:
        return 0.0 if among else None
    share = sum(key not in among for key in keys) / len(keys)
    is_little = share <= 1 - asked_of(len(keys), 1 - UNMATCHED)
    return None if len(keys) < MANY and is_little else share


def mart_facts(world: World) -> Row:
    """Counts over several marts."""
    customers, profiles = world["core.customers"], world["core.customer_profiles"]
    segments = shares(world["tags.tag_rfm"], "segment_code")
    states = shares(world["tags.tag_nes"], "nes_status")
    levels = shares(world["tags.tag_activity"], "activity_level")
    with_profile = {row["one_id"] for row in profiles} - {None}
    return {
        "customers": len(customers),
        "customers_beyond_profiles": len(customers) - len(profiles),
        "customers_without_profile": len(customers) - len(with_profile),
        "profiles_without_customer": sum(row["one_id"] is None for row in profiles),
        "customer_360_difference": len(world["tags.customer_360"]) - len(customers),
        "largest_profile_count": max((row["profile_count"] for row in customers), default=0),
        "orders_after_as_of": sum(
            row["ordered_at"] > world.as_of_at for row in world["core.orders"]
        ),
        "rfm_largest_segment_share": max(segments.values(), default=None),
        "rfm_segments": len(segments) or None,
        "nes_largest_state_share": max(states.values(), default=None),
        "activity_high_share": levels.get("high", 0.0) if levels else None,
    }


def shares(rows: Rows, column: str) -> dict[str, float]:
    """Share of rows per value; nothing of few rows."""
    if len(rows) < MANY:
        return {}
    return {value: count / len(rows) for value, count in Counter(r[column] for r in rows).items()}


def published_text(world: World) -> Rows:
    """A row per text column and kind of personal value, with the rows that hold one."""
    found = []
    for name in SEARCHED:
        for column, type_ in published_columns()[name].items():
            if type_ == "varchar" and not column.endswith(("_id", "_hash")):
                texts = [row[column] for row in world[name] if row[column]]
                found += [
                    {"matching_rows": sum(bool(pattern.search(text)) for text in texts)}
                    for pattern in PERSONAL
                ]
    return found


# -- what is expected ------------------------------------------------------------------------


def bounds(world: World, item: dict[str, str]) -> tuple[Any, Any]:
    """Least and largest value; None for open."""
    if item["columns"] == "activity_high_share":
        low = float(world.setting("activity_high_share"))
        return low, low + LARGEST_TIE
    return tuple(  # type: ignore[return-value]
        None if not text else dt.datetime.fromisoformat(text) if ":" in text else float(text)
        for text in (item["low"], item["high"])
    )


def codes(world: World, item: dict[str, str]) -> list[Any]:
    """The values that a column may have; the date is that of the build."""
    return [world.as_of_date] if item["columns"] == "as_of_date" else item["values"].split(" | ")


def number(value: Any) -> str:
    """A bound in words."""
    return str(value.date()) if isinstance(value, dt.datetime) else f"{value:,.10g}"


def sentence(world: World, item: dict[str, str]) -> str:
    """The rule in words, without its share."""
    columns = item["columns"].split()
    first, kind = columns[0], item["expectation"]
    if kind == "column_values_to_not_be_null":
        return f"{first} has a value"
    if kind == "column_values_to_be_in_set":
        return f"{first} is one of {', '.join(map(str, codes(world, item)))}"
    if kind == "column_pair_values_a_to_be_greater_than_b":
        return f"{first} is not before {columns[1]}"
    if "unique" in kind:
        return f"{' + '.join(columns)} occurs once"
    if kind == "column_values_to_not_match_regex":
        return f"{first} was read in its own encoding"
    if first in LOOKS_LIKE:
        return LOOKS_LIKE[first]
    low, high = bounds(world, item)
    if low is None:
        return f"{first} is at most {number(high)}"
    if high is None:
        return f"{first} is at least {number(low)}"
    return (
        f"{first} is {number(low)}"
        if low == high
        else (f"{first} is from {number(low)} to {number(high)}")
    )


def unexpected(world: World, item: dict[str, str], rows: Rows) -> tuple[int, int]:
    """How many rows are evaluated, and how many of them do not meet the rule."""
    columns, kind = item["columns"].split(), item["expectation"]
    values = [tuple(row[column] for column in columns) for row in rows]
    whole = [value for value in values if None not in value]
    if kind == "column_values_to_not_be_null":
        return len(values), len(values) - len(whole)
    if "unique" in kind:
        keys = whole if len(columns) == 1 else values
        return len(keys), sum(count for count in Counter(keys).values() if count > 1)
    if kind == "column_pair_values_a_to_be_greater_than_b":
        return len(whole), sum(later < earlier for later, earlier in whole)
    single = [value for (value,) in whole]
    if kind == "column_values_to_be_in_set":
        return len(single), sum(value not in codes(world, item) for value in single)
    if kind == "column_values_to_match_regex":
        return len(single), sum(not re.search(item["values"], value) for value in single)
    if kind == "column_values_to_not_match_regex":
        return len(single), sum(bool(re.search(item["values"], value)) for value in single)
    low, high = bounds(world, item)
    return len(single), sum(
        (low is not None and value < low) or (high is not None and value > high) for value in single
    )


def shown(value: Any) -> str:
    """A figure as it is shown."""
    return f"{float(value):.6g}"


def results(world: World, checkpoint: str) -> Rows:
    """One row per expectation of a checkpoint."""
    suites = {row["suite"]: row for row in listed("suites") if row["checkpoint"] == checkpoint}
    frames = {name: frame(world, suite) for name, suite in suites.items()}
    found = []
    for item in listed("expectations"):
        if item["checkpoint"] == checkpoint:
            rows = frames[item["suite"]]
            found.append({"checkpoint": checkpoint} | result(world, item, rows))
    return found


def result(world: World, item: dict[str, str], rows: Rows) -> Row:
    """How the rows of a table meet one expectation."""
    share = asked_of(len(rows), float(item["mostly"]))
    rule = sentence(world, item)
    columns = item["columns"].split()
    has_values = any(all(row[column] is not None for column in columns) for row in rows)
    judges_nulls = item["expectation"] == "column_values_to_not_be_null"
    is_applicable = bool(rows) and (has_values or judges_nulls)
    evaluated, wrong = unexpected(world, item, rows) if is_applicable else (0, 0)
    is_success = evaluated - wrong >= share * evaluated if is_applicable else None
    single = len(rows) == 1 and len(columns) == 1 and is_applicable
    return {
        "suite": item["suite"],
        "expectation": f"expect_{item['expectation']}",
        "column_name": ", ".join(columns),
        "rule": rule if share == 1 else f"{rule}, for at least {share * 100:g} % of rows",
        "severity": item["severity"],
        "status": "not_applicable" if is_success is None else "passed" if is_success else "failed",
        "observed_value": shown(rows[0][columns[0]]) if single else None,
        "is_success": is_success,
        "evaluated_rows": evaluated,
        "unexpected_count": wrong if is_applicable else None,
        "unexpected_percent": wrong / evaluated * 100 if is_applicable else None,
    }


@table("quality.gx_raw_in", key=["suite", "rule"])
def gx_raw_in(world: World) -> Rows:
    """What is found of the raw tables."""
    return results(world, "raw_in")


@table("quality.gx_marts_out", key=["suite", "rule"])
def gx_marts_out(world: World) -> Rows:
    """What is found of the marts."""
    return results(world, "marts_out")


@table("quality.data_quality_results", key=["checkpoint", "suite", "rule"])
def data_quality_results(world: World) -> Rows:
    """Both, with the date of the build."""
    return [
        {**row, "as_of_date": world.as_of_date}
        for name in ("quality.gx_raw_in", "quality.gx_marts_out")
        for row in world[name]
    ]
