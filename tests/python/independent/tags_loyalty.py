"""Loyalty to the retailer and to brands (descriptions of tag_loyalty and tag_brand_loyalty)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal

from tests.python.independent.indicators import weighted_scores
from tests.python.independent.statistics import rounded
from tests.python.independent.world import Row, Rows, World, table

COMPARED = ("visits", "purchases", "amount", "days", "searches")


class Behaviour:
    """What one customer did, with one brand or with the retailer, in the window."""

    def __init__(self) -> None:
        self.sessions: set[str] = set()
        self.visit_dates: set[dt.date] = set()
        self.dwell_seconds = Decimal(0)
        self.pages = 0
        self.searches = 0
        self.orders: set[str] = set()
        self.order_dates: set[dt.date] = set()
        self.kept = Decimal(0)

    def indicators(self, as_of: dt.date) -> Row:
        """The nine indicators that brand and retailer share, and the purchase days."""
        last_visit = max(self.visit_dates, default=None)
        last_purchase = max(self.order_dates, default=None)
        return {
            "visits": len(self.sessions),
            "dwell_seconds": self.dwell_seconds,
            "visit_days": len(self.visit_dates),
            "pages": self.pages,
            "last_visit": last_visit and (as_of - last_visit).days,
            "purchases": len(self.orders),
            "amount": max(self.kept, Decimal(0)),
            "last_purchase": last_purchase and (as_of - last_purchase).days,
            "searches": self.searches,
            "days": len(self.order_dates),
        }

    def bought(self, order: Row) -> None:
        """Take up an order or a line: sales count, what is kept is summed over all."""
        self.kept += order["kept_amount"]
        if not order["is_return"]:
            self.orders.add(order["order_id"])
            self.order_dates.add(order["ordered_date"])


def is_in_window(world: World, date: dt.date) -> bool:
    """Whether a business day is one of the last loyalty_window_days."""
    return (world.as_of_date - date).days < world.setting("loyalty_window_days")


def counts(world: World, row: Row) -> bool:
    """Whether an order or a line is a customer's, not cancelled and in the window."""
    is_known = row["one_id"] is not None and not row["is_cancelled"]
    return is_known and is_in_window(world, row["ordered_date"])


def weights(world: World, scope: str) -> dict[str, float]:
    """Weight of each indicator (seed loyalty_weights)."""
    return {
        str(row["indicator_code"]): float(row["weight"] or 0)
        for row in world.seed("loyalty_weights")
        if row["scope"] == scope
    }


def level(world: World, score: Decimal) -> Row:
    """The highest level whose score is reached (seed loyalty_levels)."""
    levels: list[Row] = world.seed("loyalty_levels")
    reached = [row for row in levels if Decimal(row["score_from"]) <= score]
    best = max(reached, key=lambda row: Decimal(row["score_from"]))
    return {
        "loyalty_level": best["level_code"],
        "loyalty_level_name_en": best["name_en"],
        "loyalty_level_name_zh": best["name_zh"],
    }


def main_categories(world: World) -> dict[str, str]:
    """Category with most of each brand's products, of equals the first by name."""
    products: dict[str, Counter[str]] = defaultdict(Counter)
    for product in world["core.products"]:
        if product["brand"] and product["category"]:
            products[product["brand"]][product["category"]] += 1
    return {
        brand: min(categories, key=lambda name: (-categories[name], name))
        for brand, categories in products.items()
    }


@table("steps.brand_behaviour", key=["one_id", "brand"])
def brand_behaviour(world: World) -> Rows:
    """The fourteen indicators of each customer and brand it looked at, searched or bought."""
    found: dict[tuple[str, str], Behaviour] = defaultdict(Behaviour)
    brand_of = {row["product_id"]: row["brand"] for row in world["core.products"]}
    brands = {row["brand"] for row in world["core.products"] if len(row["brand"] or "") > 1}
    for event in world["steps.session_events"]:
        day = event["started_date"]
        if not is_in_window(world, day):
            continue
        if event["event_type"] == "product_viewed":
            brand = brand_of.get(event["product_id"]) or event["brand"]
            if brand:
                seen = found[event["one_id"], brand]
                seen.sessions.add(event["session_id"])
                seen.visit_dates.add(day)
                seen.pages += 1
                seen.dwell_seconds += event["engaged_seconds"] or 0
        elif event["event_type"] == "product_searched" and event["search_query"]:
            for brand in brands:
                if brand.lower() in event["search_query"].lower():
                    found[event["one_id"], brand].searches += 1
    for line in world["core.order_lines"]:
        if line["brand"] and counts(world, line):
            found[line["one_id"], line["brand"]].bought(line)
    category_of = main_categories(world)
    rows = [
        {
            "one_id": one_id,
            "brand": brand,
            "category": category_of.get(brand, ""),
            **behaviour.indicators(world.as_of_date),
        }
        for (one_id, brand), behaviour in found.items()
        if behaviour.sessions or behaviour.searches or behaviour.orders
    ]
    for row in rows:
        like = [
            other
            for other in rows
            if other["one_id"] == row["one_id"]
            and other["category"] == row["category"]
            and other["brand"] != row["brand"]
        ]
        for name in COMPARED:
            average = float(sum(other[name] for other in like)) / len(like) if like else 0.0
            both = float(row[name]) + average
            row[f"{name}_against_like"] = float(row[name]) / both if both else 0.0
    return rows


@table("tags.tag_brand_loyalty", key=["one_id", "brand"])
def tag_brand_loyalty(world: World) -> Rows:
    """Loyalty of each customer to each brand."""
    behaviour = world["steps.brand_behaviour"]
    scores = weighted_scores(
        behaviour, weights(world, "brand"), world.setting("loyalty_window_days")
    )
    rows = []
    for row, score in zip(behaviour, scores, strict=True):
        points = rounded(1 + 99 * (score or 0), 2)
        rows.append(
            {
                **{name: row[name] for name in ("one_id", "brand", "category")},
                **level(world, points),
                "loyalty_score": points,
                **{name: row[name] for name in ("visits", "purchases", "amount")},
                "as_of_date": world.as_of_date,
            }
        )
    rows.sort(key=lambda row: (-row["loyalty_score"], -row["amount"], row["brand"]))
    positions: Counter[str] = Counter()
    for row in rows:
        positions[row["one_id"]] += 1
        row["brand_position"] = positions[row["one_id"]]
        row["amount"] = rounded(row["amount"], 2)
    return rows


@table("tags.tag_loyalty", key=["one_id"])
def tag_loyalty(world: World) -> Rows:
    """Loyalty of each customer to the retailer, and its first brand."""
    found: dict[str, Behaviour] = defaultdict(Behaviour)
    for session in world["core.web_sessions"]:
        if session["one_id"] and is_in_window(world, session["started_date"]):
            visited = found[session["one_id"]]
            visited.sessions.add(session["session_id"])
            visited.visit_dates.add(session["started_date"])
            visited.pages += session["page_views"]
            visited.searches += session["searches"]
            visited.dwell_seconds += session["engaged_seconds"]
    for order in world["core.orders"]:
        if counts(world, order):
            found[order["one_id"]].bought(order)
    rows = [
        {"one_id": one_id, **behaviour.indicators(world.as_of_date)}
        for one_id, behaviour in found.items()
        if behaviour.sessions or behaviour.orders
    ]
    scores = weighted_scores(rows, weights(world, "overall"), world.setting("loyalty_window_days"))
    tops = {
        row["one_id"]: row for row in world["tags.tag_brand_loyalty"] if row["brand_position"] == 1
    }
    result = []
    for row, score in zip(rows, scores, strict=True):
        points = rounded(1 + 99 * (score or 0), 2)
        top = tops.get(row["one_id"], {})
        result.append(
            {
                "one_id": row["one_id"],
                **level(world, points),
                "top_brand": top.get("brand"),
                "loyalty_score": points,
                "top_brand_score": top.get("loyalty_score"),
                "as_of_date": world.as_of_date,
            }
        )
    return result
