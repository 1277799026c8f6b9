"""Association rules (doc block predictions__product_rules), counted by sets of baskets."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import groupby

from tests.python.independent.customers import kept_out
from tests.python.independent.world import Row, Rows, World, table

LEVELS = ("category", "subcategory", "product")
MOST_LEFT = 5
RULES_OF_AN_ITEM = 3

Items = tuple[str, ...]


def frequent_sets(
    baskets: Mapping[str, set[str]], fewest: int, most_items: int
) -> dict[Items, set[str]]:
    """Sets of items, in alphabetical order, with the baskets that hold them.

    Depth first, by intersecting the baskets of an item with those of the items before it.
    """
    holders: dict[str, set[str]] = defaultdict(set)
    for basket, items in baskets.items():
        for item in items:
            holders[item].add(basket)
    found: dict[Items, set[str]] = {}

    def extend(items: Items, held: set[str], further: list[str]) -> None:
        for place, item in enumerate(further):
            both = held & holders[item] if items else holders[item]
            if len(both) >= fewest:
                found[(*items, item)] = both
                if len(items) + 1 < most_items:
                    extend((*items, item), both, further[place + 1 :])

    extend((), set(), sorted(item for item in holders if len(holders[item]) >= fewest))
    return found


def rules_of(
    sets: Mapping[Items, set[str]], least_confidence: Fraction
) -> Iterator[tuple[Items, str]]:
    """Left items and right item of each rule that is confident enough."""
    for items, both in sets.items():
        if len(items) == 1:
            continue
        for right in items:
            left = tuple(item for item in items if item != right)
            if Fraction(len(both), len(sets[left])) >= least_confidence:
                yield left, right


def item_of(world: World, level: str) -> dict[str, str | None]:
    """What a product is on a level."""
    return {
        row["product_id"]: row["product_id"] if level == "product" else row[level]
        for row in world["core.products"]
    }


def sold(world: World, name: str) -> Iterator[Row]:
    """Sales of the window, or lines of them."""
    start = world.as_of_date - dt.timedelta(days=world.setting("rule_window_days"))
    for row in world[name]:
        if not row["is_return"] and not row["is_cancelled"] and row["ordered_date"] > start:
            yield row


def sold_lines(world: World) -> Iterator[Row]:
    """Lines of sales of the window."""
    return sold(world, "core.order_lines")


def baskets_of(world: World, level: str) -> dict[str, set[str]]:
    """Different items of every basket, of any size."""
    named = item_of(world, level)
    baskets: dict[str, set[str]] = defaultdict(set)
    orders = {line["order_id"] for line in sold_lines(world)}
    drawn = sorted(orders, key=lambda order: (hashlib.md5(order.encode()).hexdigest(), order))
    orders = set(drawn[: world.setting("rule_sample_baskets")])
    for line in sold_lines(world):
        if line["order_id"] not in orders:
            continue
        item = named.get(line["product_id"])
        if item is not None:
            baskets[line["order_id"]].add(item)
    return dict(baskets)


class Level:
    """Baskets of a level, its thresholds and its sets."""

    def __init__(self, world: World, level: str) -> None:
        place = LEVELS.index(level)
        everything = baskets_of(world, level)
        largest = world.setting("rule_largest_basket")
        self.baskets = {key: items for key, items in everything.items() if len(items) <= largest}
        self.oversized = len(everything) - len(self.baskets)
        self.least_confidence = Fraction(str(world.setting("rule_min_confidences")[place]))
        share = Fraction(str(world.setting("rule_min_supports")[place])) * len(self.baskets)
        self.fewest = max(
            -(-share.numerator // share.denominator), world.setting("rule_min_baskets")
        )
        self.sets = frequent_sets(self.baskets, self.fewest, world.setting("rule_max_items"))


@table("predictions.product_rules", key=["rule_id"])
def product_rules(world: World) -> Rows:
    """Every rule of every level with its counts."""
    names = {row["product_id"]: row["product_name"] for row in world["core.products"]}
    rows = []
    for name in LEVELS:
        level = Level(world, name)
        shown = {
            item: (names.get(item) or item) if name == "product" else item
            for items in level.sets
            for item in items
        }
        found = []
        total = len(level.baskets)
        for left, right in rules_of(level.sets, level.least_confidence):
            both = len(level.sets[tuple(sorted((*left, right)))])
            left_count, right_count = len(level.sets[left]), len(level.sets[(right,)])
            left_items = " + ".join(left)
            identity = f"{name}: {left_items} > {right}"
            found.append(
                {
                    "rule_id": hashlib.md5(identity.encode()).hexdigest(),
                    "item_level": name,
                    "left_items": left_items,
                    "left_item_names": " + ".join(shown[item] for item in left),
                    "right_item_id": right,
                    "right_item_name": shown[right],
                    **{
                        f"left_item_id_{place + 1}": left[place] if place < len(left) else None
                        for place in range(MOST_LEFT)
                    },
                    "item_count": len(left) + 1,
                    "basket_count": total,
                    "both_count": both,
                    "left_count": left_count,
                    "right_count": right_count,
                    "support": both / total,
                    "confidence": both / left_count,
                    "lift": both * total / (left_count * right_count),
                    "as_of_date": world.as_of_date,
                }
            )
        found.sort(
            key=lambda row: (
                -round(row["lift"], 9), -row["both_count"], row["left_items"], row["right_item_id"]
            )
        )  # fmt: skip
        rows += [{**row, "rule_position": place} for place, row in enumerate(found, start=1)]
    return rows


@table("predictions.product_rule_levels", key=["item_level"])
def product_rule_levels(world: World) -> Rows:
    """What the rules of each level were looked for in."""
    rules = world["predictions.product_rules"]
    sales = sum(1 for _ in sold(world, "core.orders"))
    rows = []
    for place, name in enumerate(LEVELS):
        level = Level(world, name)
        count = sum(rule["item_level"] == name for rule in rules)
        items = {item for basket in level.baskets.values() for item in basket}
        several = sum(len(members) > 1 for members in level.sets)
        if count:
            reason = "has_rules"
        elif not level.baskets:
            reason = "no_baskets"
        elif len(items) == 1:
            reason = "one_item"
        elif len(level.baskets) < level.fewest:
            reason = "few_baskets"
        else:
            reason = "no_confident_rule" if several else "no_items_together"
        rows.append(
            {
                "item_level": name,
                "reason_code": reason,
                "sale_count": sales,
                "basket_count": len(level.baskets),
                "oversized_basket_count": level.oversized,
                "item_count": len(items),
                "frequent_item_count": sum(len(members) == 1 for members in level.sets),
                "frequent_set_count": several,
                "rule_count": count,
                "min_basket_count": level.fewest,
                "min_confidence": float(world.setting("rule_min_confidences")[place]),
                "as_of_date": world.as_of_date,
            }
        )
    return rows


def crowd_rules(world: World, name: str) -> Rows:
    """The rules of a level for which crowds are made."""
    leading = [
        row
        for row in world["predictions.product_rules"]
        if row["item_level"] == name
        and Fraction(row["both_count"], row["left_count"])
        > Fraction(row["right_count"], row["basket_count"])
    ]
    leading.sort(key=lambda row: row["rule_position"])
    first_items = list(dict.fromkeys(row["right_item_id"] for row in leading))
    chosen = []
    for item in first_items[: world.setting("rule_crowd_items")]:
        towards = [row for row in leading if row["right_item_id"] == item]
        towards.sort(key=lambda row: (-round(row["confidence"], 9), row["rule_position"]))
        chosen += towards[:RULES_OF_AN_ITEM]
    return chosen


@table("predictions.product_rule_crowds", key=["rule_id", "one_id"])
def product_rule_crowds(world: World) -> Rows:
    """Who bought the left side and not the right one."""
    excluded = kept_out(world, "predictions")
    rows = []
    for name in LEVELS:
        named = item_of(world, name)
        bought: dict[str, set[str | None]] = defaultdict(set)
        for line in sold_lines(world):
            if line["one_id"] is not None and line["one_id"] not in excluded:
                bought[line["one_id"]].add(named.get(line["product_id"]))
        for rule in crowd_rules(world, name):
            left = {rule[f"left_item_id_{place + 1}"] for place in range(MOST_LEFT)} - {None}
            rows += [
                {
                    "rule_id": rule["rule_id"],
                    "one_id": one_id,
                    "item_level": name,
                    "right_item_id": rule["right_item_id"],
                    "rule_position": rule["rule_position"],
                    "confidence": rule["confidence"],
                    "lift": rule["lift"],
                    "as_of_date": world.as_of_date,
                }
                for one_id, items in bought.items()
                if left <= items and rule["right_item_id"] not in items
            ]
    return rows


@table("predictions.product_crowds", key=["item_level", "item_id", "one_id"])
def product_crowds(world: World) -> Rows:
    """To whom an item can be offered."""

    def rank(row: Row) -> tuple[float, int, str]:
        return -round(row["confidence"], 9), row["rule_position"], row["one_id"]

    def item(row: Row) -> tuple[str, str]:
        return row["item_level"], row["right_item_id"]

    rows = []
    members = sorted(world["predictions.product_rule_crowds"], key=item)
    for (level, offered), crowd in groupby(members, key=item):
        best: dict[str, Row] = {}
        for row in sorted(crowd, key=rank):
            best.setdefault(row["one_id"], row)
        rows += [
            {
                "item_level": level,
                "item_id": offered,
                "one_id": one_id,
                "rule_id": row["rule_id"],
                "crowd_position": place,
                "score": row["confidence"],
                "lift": row["lift"],
                "as_of_date": world.as_of_date,
            }
            for place, (one_id, row) in enumerate(best.items(), start=1)
        ]
    return rows
