{#- A new system adds a select: messages, redeemed coupons. -#}
with

touches as (

    select
        'crm' as source_system,
        'campaign_contact' as touch_type,
        contact_id as source_touch_id,
        'crm' as record_system,
        'member' as record_type,
        member_id as natural_key,
        channel,
        campaign_id,
        cast(null as string) as source_order_id,
        status as detail,
        -- a system that does not say what became of its messages is taken to have sent them
        coalesce(status not in ('bounced', 'failed'), true) as is_delivered,
        sent_at,
        opened_at,
        clicked_at,
        unsubscribed_at,
        loaded_at
    from {{ ref("stg_crm__contacts") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'wechat' as source_system,
        'wechat_message' as touch_type,
        message_id as source_touch_id,
        'wechat' as record_system,
        'user' as record_type,
        {{ wechat_user_key("app_id", "openid") }} as natural_key,
        'wechat' as channel,
        campaign_id,
        cast(null as string) as source_order_id,
        message_type as detail,
        true as is_delivered,
        sent_at,
        opened_at,
        clicked_at,
        cast(null as timestamp) as unsubscribed_at,
        loaded_at
    from {{ ref("stg_wechat__messages") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'crm' as source_system,
        'coupon_redemption' as touch_type,
        redemption_id as source_touch_id,
        'crm' as record_system,
        'member' as record_type,
        member_id as natural_key,
        cast(null as string) as channel,
        campaign_id,
        order_id as source_order_id,
        coupon_id as detail,
        true as is_delivered,
        redeemed_at as sent_at,
        cast(null as timestamp) as opened_at,
        cast(null as timestamp) as clicked_at,
        cast(null as timestamp) as unsubscribed_at,
        loaded_at
    from {{ ref("stg_crm__coupon_redemptions") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(touch_type as string) as touch_type,
    cast(source_touch_id as string) as source_touch_id,
    cast(record_system as string) as record_system,
    cast(record_type as string) as record_type,
    cast(natural_key as string) as natural_key,
    cast(channel as string) as channel,
    cast(campaign_id as string) as campaign_id,
    cast(source_order_id as string) as source_order_id,
    cast(detail as string) as detail,
    cast(is_delivered as boolean) as is_delivered,
    cast(sent_at as timestamp) as sent_at,
    cast(opened_at as timestamp) as opened_at,
    cast(clicked_at as timestamp) as clicked_at,
    cast(unsubscribed_at as timestamp) as unsubscribed_at,
    cast(loaded_at as timestamp) as loaded_at
from touches
