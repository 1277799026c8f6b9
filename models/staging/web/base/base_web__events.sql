with

source as {{ inlined() }} (

    {{ read_source("web", "events") }}

),

test_accounts as (

    {{ test_accounts(ref("base_web__accounts"), key=["user_id"]) }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("event_id") }} as event_id,
        {{ normalise_id("anonymous_id") }} as anonymous_id,
        {{ normalise_id("user_id") }} as user_id,
        {{ normalise_code("event") }} as event,
        {{ normalise_text("page_path") }} as page_path,
        {{ normalise_id("product_id") }} as product_id,
        {{ normalise_name("brand") }} as brand,
        {{ normalise_text("search_query") }} as search_query,
        {{ normalise_text("utm_source") }} as utm_source,
        {{ normalise_text("utm_medium") }} as utm_medium,
        {{ normalise_text("utm_campaign") }} as utm_campaign,
        {{ normalise_code("device_type") }} as device_type,
        {{ normalise_text("referrer") }} as referrer,
        {{ normalise_id("order_id") }} as order_id,
        cast({{ parse_money("engaged_seconds") }} as decimal(18, 2)) as engaged_seconds,
        {{ parse_timestamp_text("occurred_at") }} as occurred_at,
        {{ parse_timestamp_text("received_at") }} as received_at,
        {{ parse_timestamp_text("loaded_at") }} as loaded_at,
        is_repeated,
        raw_row
    from source

),

judged as {{ inlined() }} (

    select
        normalised.*,
        case
            when
                {{ is_unreadable("occurred_at") }}
                or {{ is_unreadable("loaded_at") }}
                then 'unreadable_value'
            when event_id is null or event is null or occurred_at is null then 'missing_key'
            when {{ is_before_start("occurred_at") }} then 'before_start'
            when {{ is_in_the_future("occurred_at") }} then 'in_the_future'
            when
                event not in (
                    'page_viewed',
                    'product_viewed',
                    'product_searched',
                    'product_added',
                    'product_wishlisted',
                    'signed_in',
                    'order_completed'
                )
                then 'unknown_value'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.user_id = test_accounts.user_id

),

{{ settle("web", "events") }}

select * from settled
