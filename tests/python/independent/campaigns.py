"""Campaigns: whom they were meant for, what came of it, and how far web sessions went.

From the descriptions in `models/campaigns`.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import defaultdict
from decimal import Decimal

from tests.python.independent.facts import is_seen, one_ids
from tests.python.independent.keys import member_profile
from tests.python.independent.statistics import rounded
from tests.python.independent.world import Row, Rows, World, table

#: The normal distribution lies within so many deviations with a probability of 95 %.
DEVIATIONS_95 = 1.96


@table("campaigns.campaign_audiences", key=["campaign_id", "one_id"])
def campaign_audiences(world: World) -> Rows:
    """Members of campaigns as customers, with what reached them and what they bought."""
    campaigns = {row["campaign_id"]: row for row in world["staging.stg_crm__campaigns"]}
    customer = one_ids(world)
    starts = {campaign_id: row["starts_at"] for campaign_id, row in campaigns.items()}
    for member in world["staging.stg_crm__campaign_members"]:
        campaign_id, assigned_at = member["campaign_id"], member["assigned_at"]
        if campaign_id in campaigns and not campaigns[campaign_id]["starts_at"] and assigned_at:
            starts[campaign_id] = min(starts[campaign_id] or assigned_at, assigned_at)
    arms = defaultdict(set)
    for member in world["staging.stg_crm__campaign_members"]:
        campaign_id = member["campaign_id"]
        one_id = customer.get(member_profile(world.salt, member["member_id"]))
        is_assigned = is_seen(world, member["assigned_at"] or starts.get(campaign_id))
        if campaign_id in campaigns and one_id and member["arm"] and is_assigned:
            arms[campaign_id, one_id].add(member["arm"])
    met = defaultdict(list)
    for touch in world["core.touches"]:
        met[touch["campaign_id"], touch["one_id"]].append(touch)
    orders = defaultdict(list)
    for order in world["core.orders"]:
        orders[order["one_id"]].append(order)
    allowed = defaultdict(set)
    for consent in world["core.customer_consents"]:
        if consent["is_granted"]:
            allowed[consent["one_id"]].add(consent["channel"])
    window = dt.timedelta(days=world.setting("campaign_window_days"))
    found = []
    for (campaign_id, one_id), own_arms in arms.items():
        starts_at = starts[campaign_id]
        bought = [
            order
            for order in orders[one_id]
            if starts_at and starts_at <= order["ordered_at"] < starts_at + window
        ]
        kept = [o for o in bought if not o["is_return"] and o["kept_amount"] > 0]
        touches = met[campaign_id, one_id]
        messages = [t for t in touches if t["touch_type"] in ("campaign_contact", "wechat_message")]
        channel = campaigns[campaign_id]["channel"]
        found.append(
            {
                "campaign_id": campaign_id,
                "one_id": one_id,
                "arm": "both" if len(own_arms) > 1 else next(iter(own_arms)),
                "orders_in_window": len(kept),
                "kept_amount_in_window": sum((o["kept_amount"] for o in bought), Decimal(0)),
                "is_contacted": any(t["is_delivered"] for t in messages),
                "is_opened": any(t["is_opened"] for t in messages),
                "is_clicked": any(t["is_clicked"] for t in messages),
                "is_redeemed": any(t["touch_type"] == "coupon_redemption" for t in touches),
                "is_converted": bool(kept),
                "is_contactable": channel in allowed[one_id] if channel else bool(allowed[one_id]),
                "window_starts_at": starts_at,
            }
        )
    return found


@table("campaigns.campaign_effects", key=["campaign_id"])
def campaign_effects(world: World) -> Rows:
    """Treated less control customers of each campaign that has begun."""
    members = defaultdict(lambda: defaultdict(list))
    for row in world["campaigns.campaign_audiences"]:
        members[row["campaign_id"]][row["arm"]].append(row)
    days = world.setting("campaign_window_days")
    found = []
    for campaign in world["staging.stg_crm__campaigns"]:
        arms = members[campaign["campaign_id"]]
        first = next((row for rows in list(arms.values()) for row in rows), {})
        starts_at = campaign["starts_at"] or first.get("window_starts_at")
        if not is_seen(world, starts_at):
            continue
        found.append(
            {
                "campaign_id": campaign["campaign_id"],
                "campaign_name": campaign["campaign_name"],
                "campaign_type": campaign["campaign_type"],
                "channel": campaign["channel"],
                "both_arms_customers": len(arms["both"]),
                **effects(arms["treatment"], arms["control"]),
                "window_days": days,
                "is_window_complete": starts_at + dt.timedelta(days=days) <= world.as_of_at,
                "starts_at": starts_at,
            }
        )
    return found


def effects(treated: Rows, control: Rows) -> Row:
    """Counts, rates and averages of two arms, and their differences with an interval of 95 %,
    to six decimals."""
    counts: dict[str, int] = {}
    figures: dict[str, float | None] = {}
    rates, averages = [], []
    for arm, customers in (("treated", treated), ("control", control)):
        count = counts[f"{arm}_customers"] = len(customers)
        for what in ("contacted", "converted"):
            met = [customer for customer in customers if customer[f"is_{what}"]]
            counts[f"{arm}_{what}_customers"] = len(met)
        rate = average = rate_variance = average_variance = None
        if customers:
            rate = counts[f"{arm}_converted_customers"] / count
            rate_variance = rate * (1 - rate) / count
            spent = [customer["kept_amount_in_window"] for customer in customers]
            average = sum(spent) / count
            if count > 1:
                average_variance = statistics.variance(spent) / count
        figures |= {f"{arm}_conversion_rate": rate, f"{arm}_average_amount": average}
        rates.append((rate, rate_variance))
        averages.append((average, average_variance))
    for name, arms in (("conversion_lift", rates), ("amount_lift", averages)):
        means, variances = zip(*arms, strict=True)
        lift = None if None in means else means[0] - means[1]
        error = None if None in variances else math.sqrt(sum(variances))
        margin = None if error is None else DEVIATIONS_95 * error
        figures |= {name: lift, f"{name}_error": error, f"{name}_low": None}
        figures |= {f"{name}_high": None}
        if lift is not None and margin is not None:
            figures |= {f"{name}_low": float(lift) - margin, f"{name}_high": float(lift) + margin}
    return counts | {
        name: None if value is None else float(rounded(value, 6)) for name, value in figures.items()
    }


@table("campaigns.funnel_web", key=["started_date", "device_type"])
def funnel_web(world: World) -> Rows:
    """How many sessions of a day and device came at least to each step."""
    sessions_of = defaultdict(list)
    for session in world["core.web_sessions"]:
        sessions_of[session["started_date"], session["device_type"] or "unknown"].append(session)
    found = []
    for (day, device), sessions in sessions_of.items():
        ordered = [s for s in sessions if s["orders_completed"]]
        carted = [s for s in sessions if s["orders_completed"] or s["cart_adds"]]
        viewed = [
            s for s in sessions if s["orders_completed"] or s["cart_adds"] or s["product_views"]
        ]
        found.append(
            {
                "device_type": device,
                "sessions": len(sessions),
                "signed_in_sessions": sum(s["is_signed_in"] for s in sessions),
                "product_view_sessions": len(viewed),
                "cart_sessions": len(carted),
                "order_sessions": len(ordered),
                "product_view_rate": len(viewed) / len(sessions),
                "cart_rate": len(carted) / len(sessions),
                "order_rate": len(ordered) / len(sessions),
                "started_date": day,
            }
        )
    return found
