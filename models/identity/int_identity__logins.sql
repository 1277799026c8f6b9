{%- set key = ["source_system", "anonymous_id", "account_system", "user_id"] -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("input_events"), key, ["occurred_at"]) }}
{% endcall -%}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

events as (

    select source_system, anonymous_id, account_system, user_id, occurred_at
    from {{ ref("input_events") }}
    where
        {{ is_seen("occurred_at") }}
    {{ change_log.only_changed("and", key) }}

),

logins as (

    select
        source_system,
        anonymous_id,
        account_system,
        user_id,
        count(*) as event_count,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at
    from events
    where anonymous_id is not null or user_id is not null
    group by source_system, anonymous_id, account_system, user_id

)

select * from logins
