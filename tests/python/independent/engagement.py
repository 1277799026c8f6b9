"""How customers engage: what they say to the shop and to each other (core.customer_engagement)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from tests.python.independent.statistics import rounded
from tests.python.independent.world import Row, Rows, World, table

#: The days in which recent calls lie, the as-of date being the last.
RECENT = dt.timedelta(days=90)


@table("core.customer_engagement", key=["one_id"])
def customer_engagement(world: World) -> Rows:
    """Counts, grades and last times of each customer on either end of a call, post or share."""
    calls = of_customer(
        [touch for touch in world["core.touches"] if touch["touch_type"] == "call"], "one_id"
    )
    posts = [post for post in world["core.community_posts"] if not post["is_deleted"]]
    own_posts = of_customer(posts, "one_id")
    answers = of_customer(
        [post for post in posts if post["one_id"] != post["parent_one_id"]], "parent_one_id"
    )
    shares = of_customer(world["core.shares"], "one_id")
    since = world.as_of_date - RECENT
    found = []
    for one_id in {*calls, *own_posts, *answers, *shares}:
        own_calls = calls[one_id]
        grades = [Decimal(call["rating"]) for call in own_calls if call["rating"] is not None]
        brought = {
            share["referred_one_id"]
            for share in shares[one_id]
            if share["step"] in ("register", "order")
        }
        found.append(
            {
                "one_id": one_id,
                "calls_last_90_days": sum(call["touched_date"] > since for call in own_calls),
                "post_count": of_type(own_posts[one_id], "post"),
                "reply_count": of_type(own_posts[one_id], "reply"),
                "like_count": of_type(own_posts[one_id], "like"),
                "replies_received": of_type(answers[one_id], "reply"),
                "likes_received": of_type(answers[one_id], "like"),
                "share_count": sum(share["step"] == "share" for share in shares[one_id]),
                "referred_customers": len(brought - {None, one_id}),
                "call_satisfaction": rounded(sum(grades) / len(grades), 2) if grades else None,
                "last_call_at": max((call["touched_at"] for call in own_calls), default=None),
            }
        )
    return found


def of_customer(rows: Rows, column: str) -> dict[str, Rows]:
    """Rows by the customer in a column; those of nobody are left out."""
    found: dict[str, Rows] = defaultdict(list)
    for row in rows:
        if row[column]:
            found[row[column]].append(row)
    return found


def of_type(posts: list[Row], post_type: str) -> int:
    """How many are posts, replies or likes."""
    return sum(post["post_type"] == post_type for post in posts)
