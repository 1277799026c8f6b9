{#-
    Sessions with what happened in them; ids are hashed here, once per session. A browser
    that several logins use belongs to none of them: a visit without a sign-in belongs to the last
    login before it, for as long as `cookie_window_days` says, and to the browser otherwise.
-#}
{%- set window_seconds = var("cookie_window_days") * 86400 -%}
{%- call change_log.changed_keys(["visitor_key"]) %}
    {{ change_log.keys_from(ref("int_behaviour__session_events"), ["visitor_key"]) }}
{% endcall -%}
with

events as {{ inlined() }} (

    select * from {{ ref("int_behaviour__session_events") }}
    {{ change_log.only_changed("where", ["visitor_key"]) }}

),

-- where a visit came from is what its first event says
first_events as (

    select
        visitor_key,
        session_number,
        source_system,
        event_id as first_event_id,
        anonymous_id,
        account_system,
        page_path as landing_page,
        device_type,
        utm_source,
        utm_medium,
        utm_campaign,
        occurred_at as started_at
    from events
    where is_session_start

),

-- a page ping is time on a page that was opened before: alone it makes no session
totals as (

    select
        visitor_key,
        session_number,
        max(user_id) as user_id,
        count(case when event_type = 'page_pinged' then null else event_id end) as events,
        count(case when event_type = 'product_viewed' then 1 end) as product_views,
        count(case when event_type = 'product_searched' then 1 end) as searches,
        count(case when event_type = 'product_added' then 1 end) as cart_adds,
        count(case when event_type = 'product_wishlisted' then 1 end) as wishlist_adds,
        count(
            case when event_type = 'order_completed' and order_id is null then 1 end
        ) as orders_without_number,
        sum(engaged_seconds) as engaged_seconds,
        max(case when user_id is not null then occurred_at end) as signed_in_until,
        max(occurred_at) as ended_at
    from events
    group by visitor_key, session_number
    having count(case when event_type = 'page_pinged' then null else event_id end) > 0

),

viewed_pages as (

    select
        visitor_key,
        session_number,
        page_path,
        count(case when event_type = 'page_viewed' then 1 end) as page_views,
        count(case when event_type = 'product_viewed' then 1 end) as product_views
    from events
    where event_type in ('page_viewed', 'product_viewed')
    group by visitor_key, session_number, page_path

),

-- a collector may say of a product's page that it was viewed, and of its product too, maybe
-- without the path of the page
page_totals as (

    select
        visitor_key,
        session_number,
        sum(
            case when page_views > 0 or page_path is null then page_views else product_views end
        )
        + case
            when sum(page_views) > 0 then 0
            else sum(case when page_path is null then product_views else 0 end)
        end as page_views
    from viewed_pages
    group by visitor_key, session_number

),

placed_orders as (

    select
        visitor_key,
        session_number,
        order_id,
        row_number() over (
            partition by visitor_key, session_number
            order by occurred_at, event_id
        ) as order_number
    from events
    where event_type = 'order_completed' and order_id is not null

),

-- a page of thanks that is opened again tells of its order again
session_orders as (

    select
        visitor_key,
        session_number,
        count(distinct order_id) as orders,
        max(case when order_number = 1 then order_id end) as order_id
    from placed_orders
    group by visitor_key, session_number

),

shared_browsers as (

    select visitor_key
    from totals
    group by visitor_key
    having min(user_id) <> max(user_id)

),

-- who signed in last on a shared browser before each visit, and was seen until when
last_logins as (

    select
        totals.visitor_key,
        totals.session_number,
        {{ last_known("totals.user_id") }} over (
            partition by totals.visitor_key
            order by totals.session_number
            rows between unbounded preceding and 1 preceding
        ) as last_user_id,
        {{ last_known("totals.signed_in_until") }} over (
            partition by totals.visitor_key
            order by totals.session_number
            rows between unbounded preceding and 1 preceding
        ) as last_signed_in_until
    from totals
    inner join shared_browsers on totals.visitor_key = shared_browsers.visitor_key

),

sessions as (

    select
        first_events.*,
        totals.user_id,
        case
            when
                {{ epoch_seconds("first_events.started_at") }}
                - {{ epoch_seconds("last_logins.last_signed_in_until") }}
                between 0 and {{ window_seconds }}
                then last_logins.last_user_id
        end as last_user_id,
        totals.events,
        coalesce(page_totals.page_views, 0) as page_views,
        totals.product_views,
        totals.searches,
        totals.cart_adds,
        totals.wishlist_adds,
        totals.orders_without_number + coalesce(session_orders.orders, 0) as orders_completed,
        totals.engaged_seconds,
        totals.ended_at,
        session_orders.order_id
    from first_events
    inner join totals
        on
            first_events.visitor_key = totals.visitor_key
            and first_events.session_number = totals.session_number
    left join page_totals
        on
            first_events.visitor_key = page_totals.visitor_key
            and first_events.session_number = page_totals.session_number
    left join session_orders
        on
            first_events.visitor_key = session_orders.visitor_key
            and first_events.session_number = session_orders.session_number
    left join last_logins
        on
            first_events.visitor_key = last_logins.visitor_key
            and first_events.session_number = last_logins.session_number

)

select
    cast(
        {{ keyed_hash("'session|' || source_system || '|' || first_event_id") }} as string
    ) as session_id,
    cast(
        case
            when coalesce(user_id, last_user_id) is not null
                then {{ profile_id(
                    "account_system", "'account'", "coalesce(user_id, last_user_id)"
                ) }}
            else {{ profile_id("source_system", "'cookie'", "anonymous_id") }}
        end as string
    ) as profile_id,
    cast(
        {{ profile_id("source_system", "'cookie'", "anonymous_id") }} as string
    ) as cookie_profile_id,
    cast(visitor_key as string) as visitor_key,
    cast(session_number as integer) as session_number,
    cast(source_system as string) as source_system,
    cast(order_id as string) as order_id,
    cast(
        case
            when user_id is not null then 'login'
            when last_user_id is not null then 'last_login'
            else 'cookie'
        end as string
    ) as profile_basis,
    cast(device_type as string) as device_type,
    cast(utm_source as string) as utm_source,
    cast(utm_medium as string) as utm_medium,
    cast(utm_campaign as string) as utm_campaign,
    -- what follows ? or # may name a person
    cast({{ regex_replace_all("landing_page", "[?#].*$") }} as string) as landing_page,
    cast(events as integer) as events,
    cast(page_views as integer) as page_views,
    cast(product_views as integer) as product_views,
    cast(searches as integer) as searches,
    cast(cart_adds as integer) as cart_adds,
    cast(wishlist_adds as integer) as wishlist_adds,
    cast(orders_completed as integer) as orders_completed,
    cast(coalesce(engaged_seconds, 0) as decimal(18, 2)) as engaged_seconds,
    cast(user_id is not null as boolean) as is_signed_in,
    cast({{ business_date("started_at") }} as date) as started_date,
    cast(started_at as timestamp) as started_at,
    cast(ended_at as timestamp) as ended_at
from sessions
