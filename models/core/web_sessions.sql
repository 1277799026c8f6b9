{#- A view: when customers merge or split only core.customer_profiles changes. -#}
with

web_sessions as (

    select * from {{ ref("int_behaviour__web_sessions") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

)

select
    cast(web_sessions.session_id as string) as session_id,
    cast(customer_profiles.one_id as string) as one_id,
    cast(web_sessions.profile_id as string) as profile_id,
    cast(web_sessions.source_system as string) as source_system,
    cast(web_sessions.cookie_profile_id as string) as cookie_profile_id,
    cast(web_sessions.order_id as string) as order_id,
    cast(web_sessions.profile_basis as string) as profile_basis,
    cast(web_sessions.device_type as string) as device_type,
    cast(web_sessions.utm_source as string) as utm_source,
    cast(web_sessions.utm_medium as string) as utm_medium,
    cast(web_sessions.utm_campaign as string) as utm_campaign,
    cast(web_sessions.landing_page as string) as landing_page,
    cast(web_sessions.page_views as integer) as page_views,
    cast(web_sessions.product_views as integer) as product_views,
    cast(web_sessions.searches as integer) as searches,
    cast(web_sessions.cart_adds as integer) as cart_adds,
    cast(web_sessions.wishlist_adds as integer) as wishlist_adds,
    cast(web_sessions.orders_completed as integer) as orders_completed,
    cast(web_sessions.engaged_seconds as decimal(18, 2)) as engaged_seconds,
    cast(web_sessions.is_signed_in as boolean) as is_signed_in,
    cast(web_sessions.started_date as date) as started_date,
    cast(web_sessions.started_at as timestamp) as started_at,
    cast(web_sessions.ended_at as timestamp) as ended_at
from web_sessions
left join customer_profiles
    on web_sessions.profile_id = customer_profiles.profile_id
