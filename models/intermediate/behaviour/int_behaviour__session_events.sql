{#-
    Splits each cookie's events into sessions, in one narrow pass before anything is
    hashed. A session ends after a silence or when another login appears; events
    without a login belong to the session they fall into, so that what was browsed
    before signing in counts for the login.
-#}
{%- set gap_seconds = setting("session_gap_minutes") * 60 -%}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

events as (

    select
        events.event_id,
        events.event,
        events.anonymous_id,
        events.user_id,
        events.order_id,
        events.product_id,
        events.brand,
        events.search_query,
        events.page_path,
        events.device_type,
        events.utm_source,
        events.utm_medium,
        events.utm_campaign,
        events.engaged_seconds,
        events.occurred_at,
        -- an app without cookies is told apart by its login; an event with neither
        -- is a session of its own
        coalesce(
            events.anonymous_id, '|user|' || events.user_id, '|event|' || events.event_id
        ) as visitor_key
    from {{ ref("stg_web__events") }} as events
    cross join as_of
    where events.occurred_at <= as_of.as_of_at

),

spaced as (

    select
        *,
        coalesce(
            {{ epoch_seconds("occurred_at") }} - lag({{ epoch_seconds("occurred_at") }}) over (
                partition by visitor_key
                order by occurred_at, event_id
            ) > {{ gap_seconds }},
            true
        ) as is_after_gap
    from events

),

-- what an event says of the login: its name, or '' where a silence makes it unknown
announced as (

    select
        *,
        case when is_after_gap or user_id is not null then coalesce(user_id, '') end
            as login_news
    from spaced

),

signed as (

    select
        *,
        coalesce(
            {{ last_known("login_news") }} over (
                partition by visitor_key
                order by occurred_at, event_id
                rows between unbounded preceding and 1 preceding
            ),
            ''
        ) as known_user_id
    from announced

),

started as (

    select
        *,
        case
            when is_after_gap then 1
            when user_id <> known_user_id and known_user_id <> '' then 1
            else 0
        end as is_session_start
    from signed

),

numbered as (

    select
        *,
        sum(is_session_start) over (
            partition by visitor_key
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as session_number
    from started

)

select
    cast(visitor_key as varchar) as visitor_key,
    cast(session_number as integer) as session_number,
    cast(event_id as varchar) as event_id,
    cast(event as varchar) as event_type,
    cast(anonymous_id as varchar) as anonymous_id,
    cast(user_id as varchar) as user_id,
    cast(order_id as varchar) as order_id,
    cast(product_id as varchar) as product_id,
    cast(brand as varchar) as brand,
    cast(search_query as varchar) as search_query,
    cast(page_path as varchar) as page_path,
    cast(device_type as varchar) as device_type,
    cast(utm_source as varchar) as utm_source,
    cast(utm_medium as varchar) as utm_medium,
    cast(utm_campaign as varchar) as utm_campaign,
    cast(engaged_seconds as decimal(18, 2)) as engaged_seconds,
    cast(is_session_start = 1 as boolean) as is_session_start,
    cast(occurred_at as timestamp) as occurred_at
from numbered
