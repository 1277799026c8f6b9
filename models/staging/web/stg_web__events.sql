with

source as {{ inlined() }} (

    {{ read_source("web", "events") }}

),

event_types as (

    {{ event_types("web", "events") }}

),

test_accounts as (

    {{ test_accounts(ref("stg_web__accounts"), key=["user_id"]) }}

),

normalised as {{ inlined() }} (

    select
        {{ function("normalise_id") }}(event_id) as event_id,
        {{ function("read_id") }}(anonymous_id, 'anonymous_id', id_exceptions) as anonymous_id,
        {{ function("read_id") }}(user_id, 'user_id', id_exceptions) as user_id,
        {{ function("normalise_code") }}(
            {{ function("clean_text") }}({{ function("squeeze_text") }}(event))
        ) as event,
        {{ function("clean_text") }}(page_path) as page_path,
        {{ function("normalise_id") }}(product_id) as product_id,
        {{ function("normalise_name") }}(brand) as brand,
        {{ function("clean_text") }}(search_query) as search_query,
        {{ function("clean_text") }}(utm_source) as utm_source,
        {{ function("clean_text") }}(utm_medium) as utm_medium,
        {{ function("clean_text") }}(utm_campaign) as utm_campaign,
        {{ function("normalise_code") }}(device_type) as device_type,
        {{ function("clean_text") }}(referrer) as referrer,
        {{ function("normalise_id") }}(order_id) as order_id,
        {{ function("read_id") }}(client_session_id, 'client_session_id', id_exceptions)
            as client_session_id,
        {{ function("normalise_name") }}(category) as category,
        {{ function("normalise_text") }}(user_agent) as user_agent,
        properties,
        cast({{ function("parse_money") }}(engaged_seconds) as decimal(18, 2)) as engaged_seconds,
        {{ function("parse_timestamp_text") }}(occurred_at) as occurred_at,
        {{ function("parse_timestamp_text") }}(received_at) as received_at,
        {{ function("parse_timestamp_text") }}(loaded_at) as loaded_at,
        id_exceptions,
        is_repeated,
        raw_row
    from source

),

known_bots as (

    {{ known_bots("normalised") }}

),

validated as {{ inlined() }} (

    select
        normalised.{{ star_except(["user_agent", "properties"]) }},
        coalesce(event_types.event_type, normalised.event) as event_type,
        case
            when
                {{ function("is_unreadable") }}(occurred_at, raw_row.occurred_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                or {{ function("is_broken_json") }}(properties)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.event_id) then 'lost_digits'
            when
                event_id is null
                or event is null
                or occurred_at is null
                then 'missing_key'
            when {{ function("is_before_start") }}(occurred_at) then 'before_start'
            when
                {{ function("is_in_the_future") }}(occurred_at, loaded_at)
                or {{ function("is_in_the_future") }}(occurred_at, received_at)
                then 'in_the_future'
            when {{ function("is_years_late") }}(occurred_at, received_at) then 'clock_off'
            when known_bots.is_known_bot then 'known_bot'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join event_types on normalised.event = event_types.event_name
    left join known_bots on normalised.user_agent = known_bots.user_agent
    left join test_accounts on normalised.user_id = test_accounts.user_id

),

{{ deduplicate("web", "events") }}

select * from deduplicated
