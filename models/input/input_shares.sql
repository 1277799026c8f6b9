{#- A new system adds a select: shares and referrals, and who came by them. -#}
with

shares as (

    select
        'wechat' as source_system,
        'share' as share_type,
        event_id as source_event_id,
        share_id,
        event_type as step,
        'wechat' as record_system,
        'user' as record_type,
        {{ wechat_user_key("app_id", "openid") }} as natural_key,
        'wechat' as referred_record_system,
        'user' as referred_record_type,
        {{ wechat_user_key("app_id", "visitor_openid") }} as referred_natural_key,
        channel,
        campaign_id,
        product_id,
        'wechat-' || order_id as order_id,
        occurred_at,
        loaded_at
    from {{ ref("stg_wechat__share_events") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'crm' as source_system,
        'referral' as share_type,
        event_id as source_event_id,
        cast(null as string) as share_id,
        case when event_type = 'refer' then 'share' else event_type end as step,
        'crm' as record_system,
        'member' as record_type,
        member_id as natural_key,
        'crm' as referred_record_system,
        'member' as referred_record_type,
        referred_member_id as referred_natural_key,
        channel,
        cast(null as string) as campaign_id,
        cast(null as string) as product_id,
        cast(null as string) as order_id,
        occurred_at,
        loaded_at
    from {{ ref("stg_crm__referral_events") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(share_type as string) as share_type,
    cast(source_event_id as string) as source_event_id,
    cast(share_id as string) as share_id,
    cast(step as string) as step,
    cast(record_system as string) as record_system,
    cast(record_type as string) as record_type,
    cast(natural_key as string) as natural_key,
    cast(referred_record_system as string) as referred_record_system,
    cast(referred_record_type as string) as referred_record_type,
    cast(referred_natural_key as string) as referred_natural_key,
    cast(channel as string) as channel,
    cast(campaign_id as string) as campaign_id,
    cast(product_id as string) as product_id,
    cast(order_id as string) as order_id,
    cast(occurred_at as timestamp) as occurred_at,
    cast(loaded_at as timestamp) as loaded_at
from shares
