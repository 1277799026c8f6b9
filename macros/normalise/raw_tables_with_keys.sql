{# Every raw table with the columns of its key as staging names them. #}
{% macro raw_tables_with_keys() %}
    {{ return([
        {"system": "crm", "name": "members", "key": ["member_id"]},
        {"system": "crm", "name": "member_consents", "key": ["member_id", "channel", "changed_at"]},
        {"system": "crm", "name": "campaigns", "key": ["campaign_id"]},
        {"system": "crm", "name": "campaign_members", "key": ["campaign_id", "member_id"]},
        {"system": "crm", "name": "contacts", "key": ["contact_id"]},
        {"system": "crm", "name": "coupons", "key": ["coupon_id", "campaign_id", "product_id"]},
        {"system": "crm", "name": "coupon_redemptions", "key": ["redemption_id"]},
        {"system": "crm", "name": "service_tickets", "key": ["ticket_id"]},
        {"system": "pos", "name": "stores", "key": ["store_id"]},
        {"system": "pos", "name": "products", "key": ["product_id"]},
        {"system": "pos", "name": "receipts", "key": ["receipt_id"]},
        {"system": "pos", "name": "receipt_lines", "key": ["receipt_id", "line_no"]},
        {"system": "web", "name": "accounts", "key": ["user_id"]},
        {"system": "web", "name": "events", "key": ["event_id"]},
        {"system": "web", "name": "orders", "key": ["order_id"]},
        {"system": "web", "name": "order_lines", "key": ["order_id", "line_no"]},
        {"system": "web", "name": "reviews", "key": ["review_id"]},
        {"system": "wechat", "name": "users", "key": ["app_id", "openid"]},
        {"system": "wechat", "name": "messages", "key": ["message_id"]},
        {"system": "wechat", "name": "orders", "key": ["order_id"]},
        {"system": "wechat", "name": "order_lines", "key": ["order_id", "line_no"]},
    ]) }}
{% endmacro %}
