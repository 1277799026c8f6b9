"""Interest, intent and open carts: tags.tag_interest, tags.tag_category_interest.

From models/tags/interest/_interest__docs.md and the YAML of the interest models.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict

from tests.python.independent.statistics import known, quantile, rounded
from tests.python.independent.tags_price import grouped, value_name
from tests.python.independent.world import Rows, World, table

#: Events that show interest, and the columns of core.web_sessions that count them.
KINDS = {
    "product_viewed": "product_views",
    "product_searched": "searches",
    "product_wishlisted": "wishlist_adds",
    "product_added": "cart_adds",
}


def age_in_days(world: World, day: dt.date) -> int:
    """Days from a day to the as-of date."""
    return (world.as_of_date - day).days


def points(world: World, kind: str, day: dt.date) -> float:
    """Points that an event of a day still has (seed interest_weights)."""
    (rule,) = (row for row in world.seed("interest_weights") if row["event_type"] == kind)
    age = age_in_days(world, day)
    return float(rule["weight"]) * math.exp(-math.log(2) * age / float(rule["half_life_days"]))


@table("steps.interest_events", key=["event_id"])
def interest_events(world: World) -> Rows:
    """Views, searches, favourites and carts of interest_window_days that name something."""
    return [
        event
        for event in world["steps.session_events"]
        if event["event_type"] in KINDS
        and (
            event["search_query"]
            if event["event_type"] == "product_searched"
            else event["product_id"] or event["category"]
        )
        and age_in_days(world, event["started_date"]) < world.setting("interest_window_days")
    ]


def categories_of(world: World) -> dict[str, set[str]]:
    """By word in lower case, the categories that a search with it names."""
    words: dict[str, set[str]] = defaultdict(set)
    for product in world["core.products"]:
        for word in (product["category"], product["subcategory"]):
            if product["category"] is not None and word is not None and len(word) > 1:
                words[word.lower()].add(product["category"])
    return words


@table("steps.sold_lines", key=["order_line_id"])
def sold_lines(world: World) -> Rows:
    """Lines of sales to customers, whenever, that were not cancelled."""
    return [
        line
        for line in world["core.order_lines"]
        if line["one_id"] is not None and not line["is_return"] and not line["is_cancelled"]
    ]


@table("tags.tag_category_interest", key=["one_id", "category"])
def tag_category_interest(world: World) -> Rows:
    """A row per customer and category it showed interest in."""
    category_of = {row["product_id"]: row["category"] for row in world["core.products"]}
    words = categories_of(world)
    shown: dict[tuple[str, str], Rows] = defaultdict(list)
    for event in world["steps.interest_events"]:
        if event["event_type"] == "product_searched":
            query = event["search_query"].lower()
            found = {c for word, named in words.items() if word in query for c in named}
        else:
            found = {category_of.get(event["product_id"]) or event["category"]} - {None}
        for category in found:
            shown[event["one_id"], category].append(event)
    bought: dict[tuple[str, str], Rows] = defaultdict(list)
    for line in world["steps.sold_lines"]:
        bought[line["one_id"], line["category"]].append(line)
    result = []
    for (one_id, category), events in shown.items():
        kinds = Counter(event["event_type"] for event in events)
        lines = bought[one_id, category]
        result.append(
            {
                "one_id": one_id,
                "category": category,
                "points": sum(points(world, e["event_type"], e["started_date"]) for e in events),
                **{column: kinds[kind] for kind, column in KINDS.items()},
                "orders_ever": len({line["order_id"] for line in lines}),
                "is_never_bought": not lines,
                "last_interest_date": max(event["started_date"] for event in events),
                "last_bought_date": max((line["ordered_date"] for line in lines), default=None),
                "as_of_date": world.as_of_date,
            }
        )
    for own in grouped(result, "one_id").values():
        total = sum(row["points"] for row in own)
        own.sort(key=lambda row: row["category"])
        own.sort(key=lambda row: (round(row["points"], 9), row["last_interest_date"]), reverse=True)
        for place, row in enumerate(own, start=1):
            row["interest_position"] = place
            row["interest_share"] = rounded(row["points"] / total, 6)
            row["interest_points"] = rounded(row.pop("points"), 4)
    return result


@table("steps.intent", key=["one_id"])
def intent(world: World) -> Rows:
    """Points since the last order day of every customer that ever visited."""
    visits = grouped([v for v in world["core.web_sessions"] if v["one_id"] is not None], "one_id")
    last_ordered: dict[str, dt.date] = {}
    for order in world["core.orders"]:
        if order["one_id"] is not None and not order["is_return"] and not order["is_cancelled"]:
            day = last_ordered.get(order["one_id"], order["ordered_date"])
            last_ordered[order["one_id"]] = max(day, order["ordered_date"])
    result = []
    for one_id, own in visits.items():
        last = last_ordered.get(one_id)
        score = 0.0
        days = []
        for visit in own:
            day = visit["started_date"]
            shown = {kind: visit[column] for kind, column in KINDS.items() if visit[column]}
            if shown and age_in_days(world, day) < world.setting("interest_window_days"):
                days.append(day)
                if last is None or day > last:
                    score += sum(n * points(world, kind, day) for kind, n in shown.items())
        result.append(
            {
                "one_id": one_id,
                "points": score,
                "last_intent_date": max(days, default=None),
                "last_ordered_date": last,
            }
        )
    return result


@table("steps.intent_limits")
def intent_limits(world: World) -> Rows:
    """One row: the points from which intent is hot and warm."""
    some = [row["points"] for row in world["steps.intent"] if row["points"] > 0]
    hot = world.setting("intent_hot_share")
    warm = hot + world.setting("intent_warm_share")
    return [
        {
            "hot_from": known(quantile(some, 1 - hot), 6),
            "warm_from": known(quantile(some, max(1 - warm, 0)), 6),
        }
    ]


@table("tags.tag_interest", key=["one_id"])
def tag_interest(world: World) -> Rows:
    """A row per customer that ever visited the site."""
    (limits,) = world["steps.intent_limits"]
    prices_of = {row["product_id"]: row["list_price"] for row in world["core.products"]}
    categories = grouped(world["tags.tag_category_interest"], "one_id")
    events = grouped(world["steps.interest_events"], "one_id")
    carts = grouped(
        [
            event
            for event in world["steps.session_events"]
            if event["event_type"] == "product_added"
            and event["product_id"]
            and age_in_days(world, event["started_date"]) < world.setting("cart_open_days")
        ],
        "one_id",
    )
    removed: dict[tuple[str, str], list[dt.datetime]] = defaultdict(list)
    for event in world["steps.session_events"]:
        if event["event_type"] == "product_removed" and event["product_id"]:
            removed[event["one_id"], event["product_id"]].append(event["occurred_at"])
    bought: dict[tuple[str, str], list[dt.datetime]] = defaultdict(list)
    for line in world["steps.sold_lines"]:
        bought[line["one_id"], line["product_id"]].append(line["ordered_at"])
    result = []
    for row in world["steps.intent"]:
        one_id = row["one_id"]
        by_position = sorted(categories.get(one_id, []), key=lambda r: r["interest_position"])
        top = by_position[0] if by_position else {}
        unbought = [c for c in by_position if c["is_never_bought"]]
        views = grouped(
            [
                e
                for e in events.get(one_id, [])
                if e["event_type"] == "product_viewed" and e["product_id"]
            ],
            "product_id",
        )
        unbought_views = {
            product: len(own)
            for product, own in views.items()
            if all(at < min(e["occurred_at"] for e in own) for at in bought[one_id, product])
        }
        first = min(
            unbought_views,
            key=lambda p: (
                -unbought_views[p],
                min(age_in_days(world, event["started_date"]) for event in views[p]),
                p,
            ),
            default=None,
        )
        cart = {
            product: max(event["occurred_at"] for event in own)
            for product, own in grouped(carts.get(one_id, []), "product_id").items()
            if all(
                at < max(e["occurred_at"] for e in own)
                for at in bought[one_id, product] + removed[one_id, product]
            )
        }
        prices = [prices_of[product] for product in cart if prices_of.get(product) is not None]
        score = rounded(row["points"], 6)
        level = "none"
        if row["points"] > 0:
            level = "cold"
            if score >= limits["hot_from"]:
                level = "hot"
            elif score >= limits["warm_from"]:
                level = "warm"
        result.append(
            {
                "one_id": one_id,
                "intent_level": level,
                "intent_level_name_en": value_name(world, "intent_level", level, "en"),
                "intent_level_name_zh": value_name(world, "intent_level", level, "zh"),
                "top_interest_category": top.get("category"),
                "top_unbought_category": unbought[0]["category"] if unbought else None,
                "top_unbought_product": first,
                "intent_points": score,
                "top_interest_points": top.get("interest_points"),
                "top_interest_share": top.get("interest_share"),
                "unbought_categories": len(unbought),
                "top_unbought_points": unbought[0]["interest_points"] if unbought else None,
                "unbought_products": len(unbought_views),
                "top_unbought_product_views": unbought_views.get(first),
                "cart_products": len(cart),
                "cart_list_amount": rounded(sum(prices), 2) if prices else None,
                "is_cart_open": bool(cart),
                "last_cart_added_date": world.business_date(max(cart.values(), default=None)),
                "last_intent_date": row["last_intent_date"],
                "last_ordered_date": row["last_ordered_date"],
                "as_of_date": world.as_of_date,
            }
        )
    return result


@table("steps.interest_thresholds", key=["tag_code", "threshold_code"])
def interest_thresholds(world: World) -> Rows:
    """The points from which levels of intent begin, for tags.tag_thresholds."""
    (limits,) = world["steps.intent_limits"]
    return [
        {
            "tag_code": "intent_level",
            "threshold_code": code,
            "threshold_value": str(float(limits[code])),
            "origin": "data",
        }
        for code in ("hot_from", "warm_from")
        if limits[code] is not None
    ]
