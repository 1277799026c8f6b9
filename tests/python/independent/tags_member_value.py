"""The member value score of 0 to 2000 and the way to the next tier (docs tags__member_value)."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from decimal import Decimal

from tests.python.independent.statistics import quantile, rounded
from tests.python.independent.world import Row, Rows, World, table

POINTS = 2000

#: What is counted, and scaled by the square root of its share of a cap.
COUNTED = ("amount", "purchases", "login_days", "responses", "verified_reviews")

#: What is a share of 0 to 1 itself.
SHARES = ("kept_order_share", "good_standing")


@table("steps.member_value_behaviour", key=["one_id"])
def behaviour(world: World) -> Rows:
    """What customers with any activity in the window did in it; cookies once they have bought."""
    as_of = world.as_of_date
    since = as_of - dt.timedelta(days=world.setting("member_value_window_days") - 1)
    verified = {
        f"web-review-{row['review_id']}"
        for row in world["staging.stg_web__reviews"]
        if row["is_verified"]
    }
    people: dict[str, Row] = defaultdict(
        lambda: {
            "kept": Decimal(0),
            "purchases": 0,
            "kept_orders": 0,
            "login_dates": set(),
            "responses": 0,
            "verified_reviews": 0,
        }
    )

    def in_window(row: Row, day: str) -> bool:
        return row["one_id"] is not None and since <= row[day] <= as_of

    for order in world["core.orders"]:
        if in_window(order, "ordered_date") and not order["is_cancelled"]:
            person = people[order["one_id"]]
            person["kept"] += order["kept_amount"]
            if not order["is_return"]:
                person["purchases"] += 1
                person["kept_orders"] += order["kept_amount"] > 0
    for session in world["core.web_sessions"]:
        if in_window(session, "started_date"):
            person = people[session["one_id"]]
            if session["is_signed_in"]:
                person["login_dates"].add(session["started_date"])
    for touch in world["core.touches"]:
        if in_window(touch, "touched_date"):
            person = people[touch["one_id"]]
            is_message = touch["touch_type"] in ("campaign_contact", "wechat_message")
            person["responses"] += is_message and bool(touch["is_opened"])
            person["verified_reviews"] += touch["touch_id"] in verified

    identified = {row["one_id"] for row in world["core.customers"] if row["is_identified"]}
    suspects = {row["one_id"] for row in world["tags.tag_rfm"] if row["is_reseller_suspect"]}
    return [
        {
            "one_id": one_id,
            "amount": max(person["kept"], Decimal(0)),
            "purchases": person["purchases"],
            "kept_orders": person["kept_orders"],
            "login_days": len(person["login_dates"]),
            "responses": person["responses"],
            "verified_reviews": person["verified_reviews"],
            "is_suspect": one_id in suspects,
        }
        for one_id, person in people.items()
        if one_id in identified or person["purchases"]
    ]


def shares(person: Row) -> Row:
    """The share of orders kept and the good standing; neither without an order."""
    if not person["purchases"]:
        return {"kept_order_share": None, "good_standing": None}
    return {
        "kept_order_share": person["kept_orders"] / person["purchases"],
        "good_standing": 0.0 if person["is_suspect"] else 1.0,
    }


@table("steps.member_value_scale")
def scale(world: World) -> Rows:
    """One row: the cap of each count, the points of each indicator, the usual order.

    The cap is the 99 % quantile of those who have any. An indicator that nobody has, or a
    share that is the same for everybody, takes no part.
    """
    people = world["steps.member_value_behaviour"]
    row: Row = {}
    takes_part = {}
    for name in COUNTED:
        row[f"{name}_cap"] = quantile([p[name] for p in people if p[name] > 0], 0.99)
        takes_part[name] = row[f"{name}_cap"] is not None
    for name in SHARES:
        takes_part[name] = len({shares(p)[name] for p in people} - {None}) > 1
    weights = {w["indicator_code"]: float(w["weight"]) for w in world.seed("member_value_weights")}
    used = sum(weights.get(name, 0) for name in takes_part if takes_part[name])
    for name in takes_part:
        weight = weights.get(name, 0) if takes_part[name] else 0
        row[f"{name}_points"] = POINTS * weight / used if used else 0.0
    kept = sum(p["kept_orders"] for p in people)
    amount = sum(p["amount"] for p in people)
    row["usual_order_amount"] = float(amount) / kept if kept else None
    return [row]


def points(person: Row, scale: Row) -> dict[str, float]:
    """Points of each indicator of a customer."""
    given = {}
    for name in COUNTED:
        cap = scale[f"{name}_cap"]
        share = math.sqrt(min(float(person[name]), cap) / cap) if cap else 0.0
        given[name] = scale[f"{name}_points"] * share
    for name, share in shares(person).items():
        given[name] = scale[f"{name}_points"] * (share or 0.0)
    return given


def score(person: Row, scale: Row) -> int:
    """Whole points, rounded down; a millionth short of a whole point is whole."""
    return math.floor(math.fsum(points(person, scale).values()) + 1e-6)


def usual_order(person: Row, scale: Row) -> float | None:
    """Amount kept per kept order; that of all customers for one without."""
    if person["kept_orders"]:
        return float(person["amount"]) / person["kept_orders"]
    return scale["usual_order_amount"]


def after(person: Row, action: str, units: int, scale: Row) -> Row | None:
    """The customer once it has done an action so often; None where it cannot."""
    changed = dict(person)
    if action == "buy_again":
        changed["amount"] = float(person["amount"]) + units * (usual_order(person, scale) or 0)
        changed["purchases"] += units
        changed["kept_orders"] += units
    elif action == "spend_more":
        if not person["purchases"]:
            return None
        changed["amount"] = person["amount"] + units
    elif action == "write_review":
        changed["verified_reviews"] += units
        if changed["verified_reviews"] > person["purchases"]:
            return None
    elif action == "sign_in":
        changed["login_days"] += units
    return changed


def fewest_units(person: Row, action: Row, goal: int, scale: Row) -> int | None:
    """The smallest number of units that reaches the goal; None where none does in bounds."""
    code, most = action["action_code"], int(action["max_units"])
    if code == "spend_more":
        most = math.floor(most * (usual_order(person, scale) or 0))

    def reaches(units: int) -> bool:
        changed = after(person, code, units, scale)
        return changed is not None and score(changed, scale) >= goal

    # more of it never takes points away, but for the bounds of what can be done
    if code != "spend_more":
        return next((units for units in range(1, most + 1) if reaches(units)), None)
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle + 1, high)
    return low if most >= 1 and reaches(low) else None


@table("tags.tag_member_value", key=["one_id"])
def tag_member_value(world: World) -> Rows:
    """One row per customer with any activity in the window."""
    (caps,) = world["steps.member_value_scale"]
    tiers = sorted(world.seed("member_value_tiers"), key=lambda t: int(t["score_from"]))
    actions = world.seed("member_value_actions")
    return [
        _member(world, person, caps, tiers, actions)
        for person in world["steps.member_value_behaviour"]
    ]


def _member(world: World, person: Row, caps: Row, tiers: Rows, actions: Rows) -> Row:
    given = points(person, caps)
    whole = score(person, caps)
    place = max(n for n, tier in enumerate(tiers) if int(tier["score_from"]) <= whole)
    tier = tiers[place]
    following = tiers[place + 1] if place + 1 < len(tiers) else None
    goal = int(following["score_from"]) if following else None
    usual = usual_order(person, caps)
    units: dict[str, int] = {}
    efforts: dict[str, float] = {}
    for action in actions if goal else []:
        number = fewest_units(person, action, goal, caps)
        if number is not None:
            code = action["action_code"]
            units[code] = number
            effort = float(action["effort_per_unit"])
            efforts[code] = effort * (number / usual if code == "spend_more" else number)
    best = min(efforts, key=lambda code: (efforts[code], code), default=None)
    named = next((a for a in actions if a["action_code"] == best), {})
    kept = shares(person)["kept_order_share"]
    return {
        "one_id": person["one_id"],
        "member_value_tier": tier["level_code"],
        "member_value_tier_name_en": tier["name_en"],
        "member_value_tier_name_zh": tier["name_zh"],
        "next_tier": following["level_code"] if following else None,
        "next_action": best,
        "next_action_name_en": named.get("name_en"),
        "next_action_name_zh": named.get("name_zh"),
        "member_value_score": whole,
        "amount_points": rounded(given["amount"], 2),
        "frequency_points": rounded(given["purchases"], 2),
        "interaction_points": rounded(given["login_days"] + given["responses"], 2),
        "reputation_points": rounded(
            given["verified_reviews"] + given["kept_order_share"] + given["good_standing"], 2
        ),
        "amount_in_window": rounded(person["amount"], 2),
        "orders_in_window": person["purchases"],
        "login_days_in_window": person["login_days"],
        "responses_in_window": person["responses"],
        "verified_reviews_in_window": person["verified_reviews"],
        "kept_order_share": None if kept is None else rounded(kept, 4),
        "points_to_next_tier": goal - whole if goal else None,
        "next_action_units": units.get(best) if best else None,
        "next_action_effort": rounded(efforts[best], 4) if best else None,
        "orders_to_next_tier": units.get("buy_again"),
        "amount_to_next_tier": units.get("spend_more"),
        "reviews_to_next_tier": units.get("write_review"),
        "sign_in_days_to_next_tier": units.get("sign_in"),
        "is_top_programme": tier["is_top_programme"] == "true",
        "has_sign_of_abuse": person["is_suspect"],
        "as_of_date": world.as_of_date,
    }
