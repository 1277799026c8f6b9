"""Life cycle: stage, value tier, trend and repurchase window (doc block tag_lifecycle)."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from decimal import Decimal

from tests.python.independent.statistics import known, quantile, rounded
from tests.python.independent.tags_nes import (
    SMALLEST_VARIANCE,
    cycle_of,
    log_gaps,
    order_days,
    shrinkage_weight,
)
from tests.python.independent.world import Row, Rows, World, table

FEWEST_REPEATERS = 30
FEWEST_ORDER_DAYS = 4


def repurchase_window(last: dt.date, cycle: Decimal, share: float, common: Row) -> list[dt.date]:
    """First and last day of the window in which the next order is expected."""
    deviation = math.sqrt(common["within"] + (1 - share) * common["between"])
    opens, closes = (
        rounded(float(cycle) * math.exp(z * deviation - common["within"] / 2), 4)
        for z in (-0.67449, 1.281552)
    )
    return [last + dt.timedelta(days=d) for d in (math.floor(opens), math.ceil(closes))]


# -- by category -------------------------------------------------------------------------


def category_days(world: World) -> dict[tuple[str, str], list[dt.date]]:
    """Days with a sale of a category, of each customer and category that has two or more."""
    days: dict[tuple[str, str], set[dt.date]] = defaultdict(set)
    for line in world["core.order_lines"]:
        if line["one_id"] is None or line["category"] is None:
            continue
        if not line["is_cancelled"] and not line["is_return"]:
            days[line["one_id"], line["category"]].add(line["ordered_date"])
    return {key: sorted(dates) for key, dates in days.items() if len(dates) > 1}


def category_variances(gaps: dict[tuple[str, str], list[float]]) -> Row:
    """How log gaps vary within a customer and category and between customers of one category."""
    of_category: dict[str, list[list[float]]] = defaultdict(list)
    for (_, category), own in gaps.items():
        of_category[category].append(own)
    within_squares = between_squares = effective = 0.0
    within_freedom = between_freedom = 0
    for groups in of_category.values():
        number = sum(len(group) for group in groups)
        means = [math.fsum(group) / len(group) for group in groups]
        grand = math.fsum(value for group in groups for value in group) / number
        for group, mean in zip(groups, means, strict=True):
            within_squares += math.fsum((value - mean) ** 2 for value in group)
            between_squares += len(group) * (mean - grand) ** 2
        within_freedom += number - len(groups)
        between_freedom += len(groups) - 1
        effective += number - sum(len(group) ** 2 for group in groups) / number
    if within_freedom:
        within = within_squares / within_freedom
    else:
        within = between_squares / between_freedom if between_freedom else 0.0
    within = max(within, SMALLEST_VARIANCE)
    between = (between_squares - between_freedom * within) / effective if effective > 1e-9 else 0.0
    return {"within": within, "between": max(between, SMALLEST_VARIANCE)}


@table("tags.tag_lifecycle_category", key=["one_id", "category"])
def tag_lifecycle_category(world: World) -> Rows:
    """The own cycle in a category and its repurchase window."""
    days = category_days(world)
    gaps = {key: log_gaps(dates) for key, dates in days.items()}
    variances = category_variances(gaps)
    means: dict[str, list[float]] = defaultdict(list)
    for (_, category), own in gaps.items():
        means[category].append(math.fsum(own) / len(own))
    of_all = quantile((mean for some in means.values() for mean in some), 0.5)
    rows = []
    for (one_id, category), own in gaps.items():
        has_own_median = len(means[category]) >= FEWEST_REPEATERS
        median = quantile(means[category], 0.5) if has_own_median else of_all
        cycle, share = cycle_of(own, {**variances, "mean": median})
        last = days[one_id, category][-1]
        opens, closes = repurchase_window(last, cycle, share, variances)
        rows.append(
            {
                "one_id": one_id,
                "category": category,
                "order_days": len(own) + 1,
                "cycle_days": cycle,
                "cycle_shrinkage_weight": rounded(share, 4),
                "is_open": opens <= world.as_of_date <= closes,
                "last_ordered_date": last,
                "opens_date": opens,
                "closes_date": closes,
                "as_of_date": world.as_of_date,
            }
        )
    rows.sort(key=lambda r: (not r["is_open"], -r["order_days"], r["closes_date"], r["category"]))
    positions: dict[str, int] = defaultdict(int)
    for row in rows:
        positions[row["one_id"]] += 1
        row["category_position"] = positions[row["one_id"]]
    return rows


# -- of all orders -----------------------------------------------------------------------


def trend_of(world: World, days: list[dt.date], within: float) -> Row:
    """The test of Lewis and Robinson on the order days after the first one watched."""
    start = world.as_of_date - dt.timedelta(days=world.setting("lifecycle_trend_days"))
    watched_from = max(days[0], start)
    watched = (world.as_of_date - watched_from).days
    later = [(day - watched_from).days for day in days if day > watched_from]
    found: Row = {
        "watched_from": watched_from,
        "watched": watched,
        "later": len(later),
        "z": None,
        "trend": None,
    }
    if len(later) >= FEWEST_ORDER_DAYS:
        distance = sum(later) / len(later) - (watched + 1) / 2
        error = math.sqrt((watched**2 - 1) / (12 * len(later)))
        found["z"] = rounded(distance / error / math.sqrt(math.exp(within) - 1), 4)
        limit = Decimal(str(world.setting("change_z")))
        found["trend"] = "steady"
        if found["z"] >= limit:
            found["trend"] = "rising"
        elif found["z"] <= -limit:
            found["trend"] = "falling"
    return found


def spend_of_halves(orders: list[Row], trend: Row) -> list[Decimal | None]:
    """Spend before and after the middle of the days watched; None where there is no order."""
    halves = [Decimal(0), Decimal(0)]
    later = [row for row in orders if row["ordered_date"] > trend["watched_from"]]
    for row in later:
        day = (row["ordered_date"] - trend["watched_from"]).days
        halves[2 * day > trend["watched"] + 1] += row["kept_amount"]
    return list(halves) if later else [None, None]


def last_comeback(days: list[dt.date], common: Row, sleeping: Decimal) -> dt.date | None:
    """The last order after a silence that the gaps before it call a sleep."""
    found = None
    for number in range(1, len(days)):
        cycle, _ = cycle_of(log_gaps(days[:number]), common)
        if (days[number] - days[number - 1]).days > sleeping * cycle:
            found = days[number]
    return found


def interested_days(world: World) -> dict[str, dt.date]:
    """Last day of each customer on which something went into the cart or onto the wish list."""
    last: dict[str, dt.date] = {}
    for session in world["core.web_sessions"]:
        if session["one_id"] and (session["cart_adds"] or session["wishlist_adds"]):
            day = session["started_date"]
            last[session["one_id"]] = max(day, last.get(session["one_id"], day))
    return last


def stage_of_buyer(row: Row, multiples: Row, as_of: dt.date) -> str:
    """The first stage that fits, of who has bought."""
    cycle = row["cycle_days"]
    active, sleeping = multiples["active"] * cycle, multiples["sleeping"] * cycle
    is_overdue = as_of > row["repurchase_closes_date"]
    if (as_of - row["last_ordered_date"]).days > sleeping:
        return "lost"
    if row["won_back_date"] and (as_of - row["won_back_date"]).days <= active:
        return "won_back"
    if (as_of - row["first_ordered_date"]).days <= active:
        return "new"
    if row["order_days"] < 3 and not is_overdue:
        return "new"
    if is_overdue or row["purchase_trend"] == "falling":
        return "declining"
    if row["is_repurchase_window_open"]:
        return "repurchase_window_open"
    return "growing" if row["purchase_trend"] == "rising" else "mature"


def tier_of(row: Row, core_from: Decimal, high_potential_from: Decimal) -> str:
    """core, high_potential or ordinary, of who has bought."""
    value = row["value_amount"]
    if value is not None and value >= core_from:
        return "core"
    has_future = row["purchase_trend"] == "rising" or row["lifecycle_stage"] in ("new", "won_back")
    if value is not None and value >= high_potential_from and has_future:
        return "high_potential"
    return "ordinary"


BOUGHT_ONLY = [
    "lifecycle_value_tier",
    "purchase_trend",
    "order_days",
    "trend_order_days",
    "purchase_trend_z",
    "value_amount",
    "earlier_amount",
    "recent_amount",
    "spend_trend_ratio",
    "cycle_days",
    "cycles_since_first_order",
    "cycles_since_last_order",
    "cycles_since_comeback",
    "is_repurchase_window_open",
    "first_ordered_date",
    "last_ordered_date",
    "won_back_date",
    "repurchase_opens_date",
    "repurchase_closes_date",
]


@table("tags.tag_lifecycle", key=["one_id"])
def tag_lifecycle(world: World) -> Rows:
    """One row per customer that is known by name or has bought."""
    (multiples,) = world["steps.nes_multiples"]
    (common,) = [row for row in world["steps.nes_population"] if row["step"] == 0]
    cycles = {row["one_id"]: row for row in world["steps.nes_cycles"] if row["step"] == 0}
    days = order_days(world)
    values = {row["one_id"]: row["monetary"] for row in world["steps.rfm_values"]}
    spent = [value for value in values.values() if value > 0]
    core_from = rounded(quantile(spent, 1 - world.setting("lifecycle_core_share")) or 0, 2)
    high_potential_from = rounded(quantile(spent, 0.5) or 0, 2)
    orders: dict[str, list[Row]] = defaultdict(list)
    for order in world["core.orders"]:
        if order["one_id"] and not order["is_cancelled"]:
            orders[order["one_id"]].append(order)
    interested = interested_days(world)
    open_categories: dict[str, list[Row]] = defaultdict(list)
    for row in world["tags.tag_lifecycle_category"]:
        if row["is_open"]:
            open_categories[row["one_id"]].append(row)
    names = {(row["tag_code"], row["tag_value"]): row for row in world.seed("tag_values")}

    result = []
    for customer in world["core.customers"]:
        one_id = customer["one_id"]
        if not customer["is_identified"] and one_id not in days:
            continue
        row: Row = dict.fromkeys(BOUGHT_ONLY)
        row["interested_date"] = interested.get(one_id)
        if one_id in days:
            row |= buyer(world, days[one_id], cycles[one_id], common, orders[one_id])
            row["value_amount"] = values.get(one_id)
            row["lifecycle_stage"] = stage_of_buyer(row, multiples, world.as_of_date)
            row["lifecycle_value_tier"] = tier_of(row, core_from, high_potential_from)
        else:
            first_day = world.as_of_date - dt.timedelta(days=world.setting("cart_open_days") - 1)
            is_interested = row["interested_date"] and row["interested_date"] >= first_day
            row["lifecycle_stage"] = "interested" if is_interested else "prospect"
        for tag in ("lifecycle_stage", "lifecycle_value_tier", "purchase_trend"):
            for language in ("en", "zh"):
                name = names.get((tag, row[tag]), {})
                row[f"{tag}_name_{language}"] = name.get(f"name_{language}")
        chosen = min(
            open_categories[one_id], key=lambda some: some["category_position"], default=None
        )
        row["repurchase_category"] = chosen["category"] if chosen else None
        row["category_closes_date"] = chosen["closes_date"] if chosen else None
        row["open_categories"] = len(open_categories[one_id]) or None
        for name in ("value_amount", "earlier_amount", "recent_amount"):
            row[name] = known(row[name], 2)
        result.append({"one_id": one_id, **row, "as_of_date": world.as_of_date})
    return result


def buyer(world: World, days: list[dt.date], cycle: Row, common: Row, orders: list[Row]) -> Row:
    """Trend, cycle and repurchase window of a customer that has bought."""
    (multiples,) = world["steps.nes_multiples"]
    as_of = world.as_of_date
    trend = trend_of(world, days, common["within"])
    earlier, recent = spend_of_halves(orders, trend)
    ratio = None
    if trend["z"] is not None and earlier and earlier > 0 and recent is not None:
        ratio = rounded(max(recent, Decimal(0)) / earlier, 4)
    length = cycle["cycle_days"]
    share = shrinkage_weight(len(days) - 1, common["within"], common["between"])
    opens, closes = repurchase_window(days[-1], length, share, common)
    comeback = last_comeback(days, common, multiples["sleeping"])
    return {
        "purchase_trend": trend["trend"],
        "order_days": len(days),
        "trend_order_days": trend["later"],
        "purchase_trend_z": trend["z"],
        "earlier_amount": earlier,
        "recent_amount": recent,
        "spend_trend_ratio": ratio,
        "cycle_days": length,
        "cycles_since_first_order": rounded((as_of - days[0]).days / length, 4),
        "cycles_since_last_order": rounded((as_of - days[-1]).days / length, 4),
        "cycles_since_comeback": comeback and rounded((as_of - comeback).days / length, 4),
        "is_repurchase_window_open": opens <= as_of <= closes,
        "first_ordered_date": days[0],
        "last_ordered_date": days[-1],
        "won_back_date": comeback,
        "repurchase_opens_date": opens,
        "repurchase_closes_date": closes,
    }
