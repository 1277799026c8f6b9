{# The raw tables by system, each with the columns of its key as staging names them. #}
{% macro raw_table_keys() %}
    {{ return({
        "crm": {
            "members": ["member_id"],
            "member_consents": ["member_id", "channel", "changed_at"],
            "campaigns": ["campaign_id"],
            "campaign_members": ["campaign_id", "member_id"],
            "contacts": ["contact_id"],
            "coupons": ["coupon_id", "campaign_id", "product_id"],
            "coupon_redemptions": ["redemption_id"],
            "service_tickets": ["ticket_id"],
        },
        "pos": {
            "stores": ["store_id"],
            "products": ["product_id"],
            "receipts": ["receipt_id"],
            "receipt_lines": ["receipt_id", "line_no"],
        },
        "web": {
            "accounts": ["user_id"],
            "events": ["event_id"],
            "orders": ["order_id"],
            "order_lines": ["order_id", "line_no"],
            "reviews": ["review_id"],
        },
        "wechat": {
            "users": ["app_id", "openid"],
            "messages": ["message_id"],
            "orders": ["order_id"],
            "order_lines": ["order_id", "line_no"],
        },
    }) }}
{% endmacro %}
