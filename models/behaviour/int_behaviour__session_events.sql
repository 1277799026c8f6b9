{#-
    Splits each cookie's events into sessions. Events that name a session of the browser or app
    are one session of it, whatever the pauses; of the others one ends after a silence. Either
    ends when another login appears; events without a login belong to the session they fall into,
    so that what was browsed before signing in counts for the login. The passes carry five
    columns only and nothing is hashed here: with all columns in tow they take three times as
    long.
-#}
{%- set gap_seconds = var("session_gap_minutes") * 60 -%}
{#-
    A visitor is a browser or device of one system; one without cookies is known by its login,
    without either by the session that the client names; an event with none of them is a session of
    its own.
-#}
{%- set visitor_key = "source_system || '|' || " ~ visitor_of_event() -%}
{%- call change_log.changed_keys(["visitor_key"]) %}
    {{ change_log.keys_from(ref("input_events"), [visitor_key], ["occurred_at"]) }}
{% endcall -%}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

events as (

    select * from {{ ref("input_events") }}

),

visible as (

    select
        source_system,
        event_id,
        user_id,
        {{ visitor_key }} as visitor_key,
        client_session_id,
        occurred_at
    from {{ ref("input_events") }}
    where
        {{ is_seen("occurred_at") }}
    {{ change_log.only_changed("and", [visitor_key]) }}

),

timed as (

    select
        *,
        lag(occurred_at) over (
            partition by visitor_key, client_session_id
            order by occurred_at, event_id
        ) as previous_at
    from visible

),

-- a session of the client has no silence
spaced as (

    select
        *,
        {{ is_after_silence("previous_at", "occurred_at", gap_seconds) }}
        and (client_session_id is null or previous_at is null) as is_after_silence
    from timed

),

-- what an event says of the login: its name, or '' where a silence makes it unknown
announced as (

    select
        *,
        case
            when user_id is not null then user_id
            when is_after_silence then ''
        end as login_news
    from spaced

),

signed as (

    select
        *,
        coalesce(
            {{ last_known("login_news") }} over (
                partition by visitor_key, client_session_id
                order by occurred_at, event_id
                rows between unbounded preceding and 1 preceding
            ),
            ''
        ) as known_user_id
    from announced

),

started as (

    select
        source_system,
        event_id,
        visitor_key,
        client_session_id,
        occurred_at,
        case
            when is_after_silence then 1
            when user_id <> known_user_id and known_user_id <> '' then 1
            else 0
        end as is_session_start
    from signed

),

counted as (

    select
        *,
        sum(is_session_start) over (
            partition by visitor_key
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as started_sessions
    from started

),

-- sessions of the client may lie side by side, so an event takes the number of its own start
numbered as (

    select
        source_system,
        event_id,
        visitor_key,
        is_session_start,
        max(case when is_session_start = 1 then started_sessions end) over (
            partition by visitor_key, client_session_id
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as session_number
    from counted

)

select
    cast(numbered.visitor_key as string) as visitor_key,
    cast(numbered.session_number as integer) as session_number,
    cast(events.source_system as string) as source_system,
    cast(events.event_id as string) as event_id,
    cast(events.event_type as string) as event_type,
    cast(events.anonymous_id as string) as anonymous_id,
    cast(events.account_system as string) as account_system,
    cast(events.user_id as string) as user_id,
    cast(events.order_id as string) as order_id,
    cast(events.product_id as string) as product_id,
    cast(events.brand as string) as brand,
    cast(events.category as string) as category,
    cast(events.search_query as string) as search_query,
    cast(events.page_path as string) as page_path,
    cast(events.device_type as string) as device_type,
    cast(events.utm_source as string) as utm_source,
    cast(events.utm_medium as string) as utm_medium,
    cast(events.utm_campaign as string) as utm_campaign,
    cast(
        coalesce(
            events.engaged_seconds,
            case when events.event_type = 'page_pinged' then {{ var("page_ping_seconds") }} end
        ) as decimal(18, 2)
    ) as engaged_seconds,
    cast(numbered.is_session_start = 1 as boolean) as is_session_start,
    cast(events.occurred_at as timestamp) as occurred_at
from events
inner join numbered
    on
        events.source_system = numbered.source_system
        and events.event_id = numbered.event_id
