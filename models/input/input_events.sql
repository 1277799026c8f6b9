{#- A new system adds a select. A login may be an account of another system. -#}
with

events as (

    select
        'web' as source_system,
        event_id,
        anonymous_id,
        'web' as account_system,
        user_id,
        event as event_name,
        event_type,
        page_path,
        product_id,
        brand,
        search_query,
        utm_source,
        utm_medium,
        utm_campaign,
        device_type,
        referrer,
        'web-' || order_id as order_id,
        client_session_id,
        category,
        engaged_seconds,
        occurred_at,
        received_at,
        loaded_at
    from {{ ref("stg_web__events") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(event_id as string) as event_id,
    cast(anonymous_id as string) as anonymous_id,
    cast(account_system as string) as account_system,
    cast(user_id as string) as user_id,
    cast(event_name as string) as event_name,
    cast(event_type as string) as event_type,
    cast(page_path as string) as page_path,
    cast(product_id as string) as product_id,
    cast(brand as string) as brand,
    cast(search_query as string) as search_query,
    cast(utm_source as string) as utm_source,
    cast(utm_medium as string) as utm_medium,
    cast(utm_campaign as string) as utm_campaign,
    cast(device_type as string) as device_type,
    cast(referrer as string) as referrer,
    cast(order_id as string) as order_id,
    cast(client_session_id as string) as client_session_id,
    cast(category as string) as category,
    cast(engaged_seconds as decimal(18, 2)) as engaged_seconds,
    cast(occurred_at as timestamp) as occurred_at,
    cast(received_at as timestamp) as received_at,
    cast(loaded_at as timestamp) as loaded_at
from events
