"""Stages of the AARRR model and positions in the funnels.

From `models/tags/aarrr/_aarrr__docs.md` and the descriptions of tag_aarrr.
"""

from __future__ import annotations

import datetime as dt

from tests.python.independent.tags_channel import followers, grouped, sales, value_names
from tests.python.independent.world import Row, Rows, World, table

MESSAGES = ("campaign_contact", "wechat_message")


def reached(steps: dict[str, bool]) -> str | None:
    """The last step that was reached; it holds all before it."""
    return next((step for step, is_reached in reversed(steps.items()) if is_reached), None)


@table("tags.tag_aarrr", key=["one_id"])
def tag_aarrr(world: World) -> Rows:
    """A row per customer that is known by name or has bought."""
    since = world.as_of_date - dt.timedelta(days=world.setting("activity_window_days"))
    orders_of = grouped(sales(world), "one_id")
    sessions_of = grouped(world["core.web_sessions"], "one_id")
    touches_of = grouped(world["core.touches"], "one_id")
    returns_of = grouped((o for o in world["core.orders"] if o["is_return"]), "one_id")
    members = {
        row["one_id"]
        for row in world["core.customer_profiles"]
        if row["profile_type"] == "crm_member"
    }
    following = followers(world)
    status_of = {row["one_id"]: row["nes_status"] for row in world["tags.tag_nes"]}
    found = []
    for customer in world["core.customers"]:
        one_id = customer["one_id"]
        orders, sessions = orders_of[one_id], sessions_of[one_id]
        if not customer["is_identified"] and not orders:
            continue
        days = sorted({order["ordered_date"] for order in orders})
        touches = touches_of[one_id]
        messages = [t for t in touches if t["touch_type"] in MESSAGES]
        acts = [session["started_date"] for session in sessions if is_act(session)]
        acts += [message["touched_date"] for message in messages if message["is_clicked"]]
        known = [world.business_date(customer["first_seen_at"])]
        known += [session["started_date"] for session in sessions]
        known += [touch["touched_date"] for touch in touches]
        known += [o["ordered_date"] for o in returns_of[one_id] if not o["is_cancelled"]]
        visits = [session for session in sessions if session["started_date"] > since]
        on_wechat = [
            message
            for message in messages
            if message["channel"] == "wechat" and message["touched_date"] > since
        ]
        ordered_in = [order["channel"] for order in orders if order["ordered_date"] > since]
        row = {
            "one_id": one_id,
            "order_days": len(days),
            "window_order_days": sum(day > since for day in days),
            "sessions": len(visits),
            "product_views": sum(visit["product_views"] for visit in visits),
            "cart_adds": sum(visit["cart_adds"] for visit in visits),
            "pos_orders": ordered_in.count("pos"),
            "web_orders": ordered_in.count("web"),
            "wechat_orders": ordered_in.count("wechat"),
            "is_member": one_id in members,
            "is_following": one_id in following,
            "has_opened_message": any(m["is_opened"] or m["is_clicked"] for m in on_wechat),
            "has_clicked_message": any(m["is_clicked"] for m in on_wechat),
            "acquired_date": min((day for day in known + days if day), default=None),
            "activated_date": min(acts + days, default=None),
            "first_revenue_date": days[0] if days else None,
            "retained_date": days[1] if len(days) > 1 else None,
            "as_of_date": world.as_of_date,
        }
        positions = funnels(row)
        positions["aarrr_stage"] = stage(row, status_of.get(one_id))
        for tag_code, value in positions.items():
            names = value_names(world, tag_code, value)
            row |= {tag_code: value, f"{tag_code}_name_en": names["name_en"]}
            row[f"{tag_code}_name_zh"] = names["name_zh"]
        found.append(row)
    return found


def is_act(session: Row) -> bool:
    """Whether the customer did more on a visit than look."""
    acts = ("is_signed_in", "searches", "cart_adds", "wishlist_adds")
    return any(session[name] for name in acts)


def stage(row: Row, nes_status: str | None) -> str:
    """The first line of the table that fits; nobody is known to have brought another."""
    if row["order_days"] >= 2 and nes_status not in (None, "S3"):
        return "retention"
    if row["order_days"]:
        return "revenue"
    return "activation" if row["activated_date"] else "acquisition"


def funnels(row: Row) -> dict[str, str | None]:
    """How far a customer came per channel and over all."""
    opened, clicked = row["has_opened_message"], row["has_clicked_message"]
    return {
        "web_funnel": reached(
            {
                "visited": row["sessions"] > 0,
                "viewed": row["product_views"] > 0,
                "carted": row["cart_adds"] > 0,
                "ordered": row["web_orders"] > 0,
            }
        ),
        "wechat_funnel": reached(
            {
                "followed": row["is_following"],
                "opened": opened,
                "clicked": clicked,
                "ordered": row["wechat_orders"] > 0,
            }
        ),
        "pos_funnel": reached({"member": row["is_member"], "bought": row["pos_orders"] > 0}),
        "overall_funnel": reached(
            {
                "known": True,
                "engaged": row["product_views"] > 0 or opened,
                "considering": row["cart_adds"] > 0 or clicked,
                "ordered": row["window_order_days"] > 0,
                "ordered_again": row["window_order_days"] > 1,
            }
        ),
    }
