def model(dbt, session):
    """Great Expectations on the raw tables, before anything is built from them."""
    from one360.quality.checkpoints import check_raw_in

    return check_raw_in(
        session,
        {
            "crm.members": dbt.source("crm", "members"),
            "crm.member_consents": dbt.source("crm", "member_consents"),
            "crm.campaigns": dbt.source("crm", "campaigns"),
            "crm.campaign_members": dbt.source("crm", "campaign_members"),
            "crm.contacts": dbt.source("crm", "contacts"),
            "crm.coupons": dbt.source("crm", "coupons"),
            "crm.coupon_redemptions": dbt.source("crm", "coupon_redemptions"),
            "crm.service_tickets": dbt.source("crm", "service_tickets"),
            "pos.stores": dbt.source("pos", "stores"),
            "pos.products": dbt.source("pos", "products"),
            "pos.receipts": dbt.source("pos", "receipts"),
            "pos.receipt_lines": dbt.source("pos", "receipt_lines"),
            "web.accounts": dbt.source("web", "accounts"),
            "web.events": dbt.source("web", "events"),
            "web.orders": dbt.source("web", "orders"),
            "web.order_lines": dbt.source("web", "order_lines"),
            "web.reviews": dbt.source("web", "reviews"),
            "wechat.users": dbt.source("wechat", "users"),
            "wechat.messages": dbt.source("wechat", "messages"),
            "wechat.orders": dbt.source("wechat", "orders"),
            "wechat.order_lines": dbt.source("wechat", "order_lines"),
        },
        most_rows=int(dbt.config.meta_get("gx_sample_rows")),
    )
