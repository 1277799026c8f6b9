with

source as {{ inlined() }} (

    {{ read_source("wechat", "orders", key=[normalise_id("order_id")]) }}

),

test_accounts as (

    {{ test_accounts(ref("base_wechat__users"), key=["app_id", "openid"]) }}

),

phoned as {{ inlined() }} (

    {{ with_phone("source", "mobile") }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("order_id") }} as order_id,
        {{ normalise_id("app_id") }} as app_id,
        {{ normalise_id("openid") }} as openid,
        phone,
        {{ normalise_name("recipient_name") }} as recipient_name,
        {{ normalise_name("province") }} as province,
        {{ normalise_name("city") }} as city,
        {{ normalise_code("status") }} as status,
        {{ normalise_code("payment_method") }} as payment_method,
        {{ normalise_id("returns_order_id") }} as returns_order_id,
        cast({{ parse_money("shipping_amount") }} as decimal(18, 2)) as shipping_amount,
        cast({{ parse_money("total_amount") }} as decimal(18, 2)) as total_amount,
        {{ parse_timestamp_text("ordered_at") }} as ordered_at,
        {{ parse_timestamp_text("loaded_at") }} as loaded_at,
        is_repeated,
        raw_row
    from phoned

),

judged as {{ inlined() }} (

    select
        normalised.*,
        case
            when
                {{ is_unreadable("ordered_at") }}
                or {{ is_unreadable("shipping_amount") }}
                or {{ is_unreadable("total_amount") }}
                or {{ is_unreadable("loaded_at") }}
                then 'unreadable_value'
            when order_id is null or ordered_at is null then 'missing_key'
            when {{ is_before_start("ordered_at") }} then 'before_start'
            when {{ is_in_the_future("ordered_at") }} then 'in_the_future'
            when
                status not in (
                    'paid',
                    'shipped',
                    'completed',
                    'cancelled',
                    'refunded'
                )
                then 'unknown_value'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.app_id = test_accounts.app_id
            and normalised.openid = test_accounts.openid

),

{{ settle("judged", key=["order_id"]) }}

select * from settled
