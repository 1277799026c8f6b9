"""Names, types and formats of the files the simulator writes.

Types: s = string, c = string with few values, i = integer, n = money or
quantity (decimal(18,4)), b = boolean, D = date, T = timestamp (UTC).
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

DECIMAL = pa.decimal128(18, 4)
ARROW_TYPES = {
    "s": pa.string(),
    "c": pa.dictionary(pa.int32(), pa.string()),
    "i": pa.int64(),
    "n": DECIMAL,
    "b": pa.bool_(),
    "D": pa.date32(),
    "T": pa.timestamp("us"),
    "f": pa.float64(),
}


@dataclass(frozen=True)
class Table:
    """One file: where it lies, its format, its columns in order."""

    system: str
    name: str
    format: str
    columns: tuple[tuple[str, str], ...]
    encoding: str = "utf-8"

    @property
    def key(self) -> str:
        """`system.name`."""
        return f"{self.system}.{self.name}"

    @property
    def path(self) -> str:
        """Path below the data set's folder."""
        return f"{self.system}/{self.name}.{self.format}"

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema of the batches handed to the writer."""
        return pa.schema([(name, ARROW_TYPES[code]) for name, code in self.columns])


def _table(key: str, file_format: str, columns: str, encoding: str = "utf-8") -> Table:
    system, name = key.split(".")
    words = columns.replace(",", " ").split()
    pairs = tuple((column, code) for column, code in (word.split(":") for word in words))
    return Table(system, name, file_format, pairs, encoding)


_ORDER_LINES = """
    order_id:s line_no:i product_id:c quantity:n list_amount:n net_amount:n
    coupon_amount:n loaded_at:T
"""

TABLES = {
    table.key: table
    for table in (
        _table(
            "crm.members",
            "csv",
            """
            member_id:s card_no:s full_name:s gender:s birth_date:s mobile:s
            email:s province:s city:s address:s card_level:s joined_at:s
            joined_store_id:s join_channel:s unionid:s status:s age_band:s
            income_band:s marital_status:s household_size:s kids_count:s
            home_ownership:s updated_at:s loaded_at:s
            """,
        ),
        _table(
            "crm.member_consents",
            "parquet",
            "member_id:s channel:c is_granted:b changed_at:T loaded_at:T",
        ),
        _table(
            "crm.campaigns",
            "csv",
            """
            campaign_id:s campaign_name:s campaign_type:s channel:s
            objective:s starts_at:s ends_at:s loaded_at:s
            """,
        ),
        _table(
            "crm.campaign_members",
            "parquet",
            "campaign_id:c member_id:s arm:c assigned_at:T loaded_at:T",
        ),
        _table(
            "crm.contacts",
            "parquet",
            """
            contact_id:s campaign_id:c member_id:s channel:c sent_at:T
            status:c opened_at:T clicked_at:T unsubscribed_at:T loaded_at:T
            """,
        ),
        _table(
            "crm.coupons",
            "parquet",
            """
            coupon_id:s campaign_id:s product_id:s discount_type:s
            discount_value:n min_spend:n loaded_at:T
            """,
        ),
        _table(
            "crm.coupon_redemptions",
            "parquet",
            """
            redemption_id:s coupon_id:c campaign_id:c member_id:s order_id:s
            redeemed_at:T loaded_at:T
            """,
        ),
        _table(
            "crm.service_tickets",
            "csv",
            """
            ticket_id:s member_id:s mobile:s channel:s topic:s severity:s
            description:s opened_at:s closed_at:s satisfaction:s loaded_at:s
            """,
            encoding="gbk",
        ),
        _table(
            "pos.stores",
            "csv",
            """
            store_id:s store_name:s province:s city:s store_type:s
            opened_on:s loaded_at:s
            """,
        ),
        _table(
            "pos.products",
            "csv",
            """
            product_id:s product_name:s brand:s department:s category:s
            subcategory:s colour:s list_price:s launched_on:s loaded_at:s
            """,
        ),
        _table(
            "pos.receipts",
            "parquet",
            """
            receipt_id:s store_id:c till_id:c staff_id:c card_no:s mobile:s
            customer_name:s sold_at:T payment_method:c returns_receipt_id:s
            total_amount:n loaded_at:T
            """,
        ),
        _table(
            "pos.receipt_lines",
            "parquet",
            _ORDER_LINES.replace("order_id", "receipt_id"),
        ),
        _table(
            "web.accounts",
            "jsonl",
            """
            user_id:s email:s mobile:s full_name:s gender:s birth_date:s
            province:s city:s unionid:s registered_at:T updated_at:T
            loaded_at:T
            """,
        ),
        _table(
            "web.events",
            "parquet",
            """
            event_id:s anonymous_id:c user_id:c event:c page_path:c
            product_id:c brand:c search_query:c engaged_seconds:n
            utm_source:c utm_medium:c utm_campaign:c device_type:c referrer:c
            order_id:s occurred_at:T received_at:T loaded_at:T
            """,
        ),
        _table(
            "web.orders",
            "parquet",
            """
            order_id:s user_id:s anonymous_id:s mobile:s email:s
            recipient_name:s province:c city:c ordered_at:T status:c
            payment_method:c returns_order_id:s shipping_amount:n
            total_amount:n loaded_at:T
            """,
        ),
        _table("web.order_lines", "parquet", _ORDER_LINES),
        _table(
            "web.reviews",
            "jsonl",
            """
            review_id:s user_id:s order_id:s product_id:s rating:i
            is_verified:b review_text:s reviewed_at:T loaded_at:T
            """,
        ),
        _table(
            "wechat.users",
            "jsonl",
            """
            app_id:s openid:s unionid:s nickname:s gender:s province:s city:s
            mobile:s subscribed_at:T unsubscribed_at:T updated_at:T
            loaded_at:T
            """,
        ),
        _table(
            "wechat.messages",
            "parquet",
            """
            message_id:s app_id:c openid:s campaign_id:c message_type:c
            sent_at:T opened_at:T clicked_at:T loaded_at:T
            """,
        ),
        _table(
            "wechat.orders",
            "parquet",
            """
            order_id:s app_id:c openid:s mobile:s recipient_name:s
            province:c city:c ordered_at:T status:c payment_method:c
            returns_order_id:s shipping_amount:n total_amount:n loaded_at:T
            """,
        ),
        _table("wechat.order_lines", "parquet", _ORDER_LINES),
        _table(
            "call_centre.calls",
            "csv",
            """
            call_id:s phone_number:s direction:s agent_id:s started_at:s
            duration_seconds:s topic:s outcome:s satisfaction:s loaded_at:s
            """,
        ),
        _table(
            "community.members",
            "jsonl",
            """
            user_id:s nickname:s mobile:s email:s unionid:s joined_at:T updated_at:T
            loaded_at:T
            """,
        ),
        _table(
            "community.posts",
            "jsonl",
            """
            post_id:s user_id:s parent_post_id:s topic:s product_id:s body:s posted_at:T
            deleted_at:T loaded_at:T
            """,
        ),
        _table(
            "community.likes", "parquet", "like_id:s post_id:s user_id:s liked_at:T loaded_at:T"
        ),
        _table(
            "wechat.share_events",
            "parquet",
            """
            event_id:s share_id:s event_type:c app_id:c openid:s visitor_openid:s channel:c
            campaign_id:c product_id:c order_id:s occurred_at:T loaded_at:T
            """,
        ),
        _table(
            "crm.referral_events",
            "csv",
            """
            event_id:s referral_code:s member_id:s referred_member_id:s event_type:s
            channel:s occurred_at:s loaded_at:s
            """,
        ),
        _table(
            "crm.member_identifiers",
            "csv",
            """
            member_id:s identifier_type:s issued_by:s identifier_value:s
            linked_at:s loaded_at:s
            """,
        ),
        _table(
            "marketplace.orders",
            "csv",
            """
            order_id:s buyer_id:s mobile:s email:s recipient_name:s
            province:s city:s ordered_at:s status:s payment_method:s
            returns_order_id:s shipping_amount:n tax_amount:n
            discount_amount:n total_amount:n currency:s loaded_at:s
            """,
        ),
        _table(
            "marketplace.order_lines",
            "csv",
            _ORDER_LINES.replace(":T", ":s").replace(":c", ":s"),
        ),
        _table(
            "truth.profiles",
            "parquet",
            "source_system:c profile_type:c natural_key:s person_id:s",
        ),
        _table(
            "truth.people",
            "parquet",
            """
            person_id:s life_cycle:c value_cluster:c purchase_cycle_days:f
            active_from:D active_until:D churned_at:D is_price_hunter:b
            is_reseller:b price_sensitivity:f channel_habit:c
            weekday_habit:c time_of_day_habit:c favourite_brand:c
            second_brand:c favourite_category:c second_category:c
            acquisition_channel:c campaign_segment:c true_uplift:f
            contact_habit:c household_id:s gender:c birth_date:D city:c
            is_member:b has_web_account:b has_wechat:b orders:i
            is_influencer:b follows:s
            """,
        ),
    )
}
