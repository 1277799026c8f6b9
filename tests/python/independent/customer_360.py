"""The wide table: each column is a column of the customer or of a family table."""

from __future__ import annotations

from tests.python.independent.world import Row, Rows, World, table

#: Table → its columns that customer_360 shows, by the names that they have there.
FAMILIES: dict[str, dict[str, str]] = {
    "core.customers": {
        name: name
        for name in (
            "source_systems", "gender", "province", "city", "card_level", "phone_masked",
            "email_masked", "profile_count", "is_identified", "is_contactable", "birth_date",
            "first_seen_at", "last_seen_at", "registered_at",
        )
    },
    "tags.tag_rfm": {
        "rfm_segment_code": "segment_code",
        "rfm_segment_name_en": "segment_name_en",
        "rfm_segment_name_zh": "segment_name_zh",
        "rfm_cell": "rfm_cell",
        "rfm_cluster_segment_code": "cluster_segment_code",
        "recency_days": "recency_days",
        "frequency": "frequency",
        "monetary": "monetary",
        "is_reseller_suspect": "is_reseller_suspect",
    },
    "tags.tag_nes": {
        "nes_status": "nes_status",
        "purchase_cycle_days": "purchase_cycle_days",
        "days_since_last_order": "days_since_last_order",
        "next_order_expected_date": "next_order_expected_date",
    },
    "tags.tag_loyalty": {
        "loyalty_level": "loyalty_level",
        "top_brand": "top_brand",
        "loyalty_score": "loyalty_score",
    },
    "tags.tag_activity": {
        "activity_level": "activity_level",
        "activity_score": "activity_score",
    },
    "tags.tag_member_value": {
        "member_value_tier": "member_value_tier",
        "member_value_score": "member_value_score",
    },
    "tags.tag_lifecycle": {
        "lifecycle_stage": "lifecycle_stage",
        "lifecycle_value_tier": "lifecycle_value_tier",
    },
    "tags.tag_price": {
        "price_sensitivity": "price_sensitivity",
        "spending_power": "spending_power",
        "coupon_threshold": "coupon_threshold",
        "is_price_hunter": "is_price_hunter",
    },
    "tags.tag_preferences": {
        "preferred_category": "preferred_category",
        "preferred_brand": "preferred_brand",
        "preferred_price_band": "preferred_price_band",
        "preferred_store": "preferred_store",
    },
    "tags.tag_interest": {
        "intent_level": "intent_level",
        "top_interest_category": "top_interest_category",
        "is_cart_open": "is_cart_open",
    },
    "tags.tag_channel": {
        "acquisition_channel": "acquisition_channel",
        "preferred_channel": "preferred_channel",
        "preferred_contact_channel": "preferred_contact_channel",
        "reachability": "reachability",
        "is_outreach_fatigued": "is_outreach_fatigued",
    },
    "tags.tag_aarrr": {"aarrr_stage": "aarrr_stage"},
    "tags.tag_demographics": {
        "age_band": "age_band",
        "usual_store_city": "usual_store_city",
    },
    "tags.tag_moments": {
        "do_not_disturb": "do_not_disturb",
        "next_birthday_date": "next_birthday_date",
    },
    "core.customer_engagement": {
        name: name
        for name in (
            "calls_last_90_days", "post_count", "reply_count", "likes_received", "share_count",
            "referred_customers", "call_satisfaction", "last_call_at",
        )
    },
}  # fmt: skip

#: Columns that are 0, not NULL, of who is not in their table.
COUNTS = (
    "calls_last_90_days", "post_count", "reply_count", "likes_received", "share_count",
    "referred_customers",
)  # fmt: skip


@table("tags.customer_360", key=["one_id"])
def customer_360(world: World) -> Rows:
    """One row per customer; a family without a row for it is NULL in its columns.

    Who did not buy in the window of RFM is no suspected reseller; who did not call called 0 times.
    """
    rows: dict[str, Row] = {
        customer["one_id"]: {"one_id": customer["one_id"], "as_of_date": world.as_of_date}
        for customer in world["core.customers"]
    }
    for name, columns in FAMILIES.items():
        of_customer = {row["one_id"]: row for row in world[name]}
        for one_id, row in rows.items():
            family = of_customer.get(one_id, {})
            for shown, column in columns.items():
                row[shown] = family[column] if family else None
    for row in rows.values():
        row["is_reseller_suspect"] = bool(row["is_reseller_suspect"])
        for count in COUNTS:
            row[count] = row[count] or 0
    return list(rows.values())
