"""Posts, replies, likes and shares, with the customers on both ends."""

from __future__ import annotations

from tests.python.independent.facts import is_seen, one_ids
from tests.python.independent.keys import community_profile, member_profile, wechat_profile
from tests.python.independent.world import Row, Rows, World, table


@table("core.community_posts", key=["post_id"])
def community_posts(world: World) -> Rows:
    """What was posted, replied and liked up to the date, and whose post it is about."""
    found = [*written(world), *liked(world)]
    customer = one_ids(world)
    author = {row["post_id"]: row["profile_id"] for row in found}
    return [
        {
            **row,
            "source_system": "community",
            "one_id": customer.get(row["profile_id"]),
            "parent_one_id": customer.get(author.get(row["parent_post_id"])),
            "posted_date": world.business_date(row["posted_at"]),
        }
        for row in found
    ]


def written(world: World) -> Rows:
    """Posts, and replies, which have a parent."""
    return [
        {
            "post_id": f"community-post-{row['post_id']}",
            "profile_id": community_profile(world.salt, row["user_id"]),
            "post_type": "reply" if row["parent_post_id"] else "post",
            "parent_post_id": numbered(row["parent_post_id"]),
            "topic": row["topic"],
            "product_id": row["product_id"],
            "is_deleted": is_seen(world, row["deleted_at"]),
            "posted_at": row["posted_at"],
        }
        for row in world["staging.stg_community__posts"]
        if is_seen(world, row["posted_at"])
    ]


def liked(world: World) -> Rows:
    """Likes of posts and replies."""
    return [
        {
            "post_id": f"community-like-{row['like_id']}",
            "profile_id": community_profile(world.salt, row["user_id"]),
            "post_type": "like",
            "parent_post_id": numbered(row["post_id"]),
            "topic": None,
            "product_id": None,
            "is_deleted": False,
            "posted_at": row["liked_at"],
        }
        for row in world["staging.stg_community__likes"]
        if is_seen(world, row["liked_at"])
    ]


def numbered(post_id: str | None) -> str | None:
    """The post_id of a post or reply by its own number."""
    return post_id and f"community-post-{post_id}"


@table("core.shares", key=["share_event_id"])
def shares(world: World) -> Rows:
    """What was shared and who came by it, up to the date."""
    customer = one_ids(world)
    return [
        {
            **row,
            "one_id": customer.get(row["profile_id"]),
            "referred_one_id": customer.get(row["referred_profile_id"]),
            "occurred_date": world.business_date(row["occurred_at"]),
        }
        for row in [*share_events(world), *referral_events(world)]
        if is_seen(world, row["occurred_at"])
    ]


def share_events(world: World) -> Rows:
    """Shares in WeChat apps; who came is a user of the same app."""
    return [
        {
            "share_event_id": f"wechat-share-{row['event_id']}",
            "profile_id": wechat_profile(world.salt, row["app_id"], row["openid"]),
            "referred_profile_id": wechat_profile(world.salt, row["app_id"], row["visitor_openid"]),
            "source_system": "wechat",
            "share_type": "share",
            "share_id": row["share_id"] and f"wechat-{row['share_id']}",
            "step": row["event_type"],
            "order_id": row["order_id"] and f"wechat-{row['order_id']}",
            **{name: row[name] for name in ("channel", "campaign_id", "product_id")},
            "occurred_at": row["occurred_at"],
        }
        for row in world["staging.stg_wechat__share_events"]
    ]


def referral_events(world: World) -> Rows:
    """Referrals by members; to refer is to share a code."""
    nothing: Row = dict.fromkeys(("share_id", "order_id", "campaign_id", "product_id"))
    return [
        {
            **nothing,
            "share_event_id": f"crm-referral-{row['event_id']}",
            "profile_id": member_profile(world.salt, row["member_id"]),
            "referred_profile_id": member_profile(world.salt, row["referred_member_id"]),
            "source_system": "crm",
            "share_type": "referral",
            "step": "share" if row["event_type"] == "refer" else row["event_type"],
            "channel": row["channel"],
            "occurred_at": row["occurred_at"],
        }
        for row in world["staging.stg_crm__referral_events"]
    ]
