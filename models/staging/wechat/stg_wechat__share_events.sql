with

source as {{ inlined() }} (

    {{ read_source("wechat", "share_events") }}

),

test_accounts as (

    {{ test_accounts(ref("stg_wechat__users"), key=["app_id", "openid"]) }}

),

normalised as {{ inlined() }} (

    select
        {{ function("normalise_id") }}(event_id) as event_id,
        {{ function("normalise_id") }}(share_id) as share_id,
        {{ function("normalise_id") }}(app_id) as app_id,
        {{ function("read_id") }}(openid, 'openid', id_exceptions) as openid,
        {{ function("read_id") }}(visitor_openid, 'visitor_openid', id_exceptions)
            as visitor_openid,
        {{ function("normalise_code") }}(event_type) as event_type,
        {{ function("normalise_code") }}(channel) as channel,
        {{ function("normalise_id") }}(campaign_id) as campaign_id,
        {{ function("normalise_id") }}(product_id) as product_id,
        {{ function("normalise_id") }}(order_id) as order_id,
        {{ function("parse_timestamp_text") }}(occurred_at) as occurred_at,
        {{ function("parse_timestamp_text") }}(loaded_at) as loaded_at,
        id_exceptions,
        is_repeated,
        raw_row
    from source

),

validated as {{ inlined() }} (

    select
        normalised.*,
        case
            when
                {{ function("is_unreadable") }}(occurred_at, raw_row.occurred_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.event_id) then 'lost_digits'
            when
                event_id is null
                or event_type is null
                or occurred_at is null
                then 'missing_key'
            when {{ function("is_before_start") }}(occurred_at) then 'before_start'
            when {{ function("is_in_the_future") }}(occurred_at, loaded_at) then 'in_the_future'
            when
                event_type not in ('share', 'open', 'register', 'order')
                then 'unknown_value'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on
            normalised.app_id = test_accounts.app_id
            and normalised.openid = test_accounts.openid

),

{{ deduplicate("wechat", "share_events") }}

select * from deduplicated
