def model(dbt, session):
    """Great Expectations on the marts, before anything is published."""
    from one360.quality.checkpoints import check_marts_out

    return check_marts_out(
        session,
        {
            "core.customers": dbt.ref("customers"),
            "core.customer_profiles": dbt.ref("customer_profiles"),
            "core.customer_profile_history": dbt.ref("customer_profile_history"),
            "core.customer_identifiers": dbt.ref("customer_identifiers"),
            "core.issued_one_ids": dbt.ref("issued_one_ids"),
            "core.one_id_ledger": dbt.ref("one_id_ledger"),
            "core.orders": dbt.ref("orders"),
            "core.order_lines": dbt.ref("order_lines"),
            "core.web_sessions": dbt.ref("web_sessions"),
            "core.touches": dbt.ref("touches"),
            "tags.tag_rfm": dbt.ref("tag_rfm"),
            "tags.tag_nes": dbt.ref("tag_nes"),
            "tags.tag_loyalty": dbt.ref("tag_loyalty"),
            "tags.tag_brand_loyalty": dbt.ref("tag_brand_loyalty"),
            "tags.tag_activity": dbt.ref("tag_activity"),
            "tags.customer_tags": dbt.ref("customer_tags"),
            "tags.customer_360": dbt.ref("customer_360"),
            "campaigns.campaign_audiences": dbt.ref("campaign_audiences"),
            "campaigns.campaign_effects": dbt.ref("campaign_effects"),
        },
        as_of=dbt.ref("int_behaviour__as_of"),
        most_rows=int(dbt.config.meta_get("gx_sample_rows")),
    )
