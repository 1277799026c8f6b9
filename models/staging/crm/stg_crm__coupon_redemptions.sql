with

source as {{ inlined() }} (

    {{ read_source("crm", "coupon_redemptions") }}

),

test_accounts as (

    {{ test_accounts(ref("stg_crm__members"), key=["member_id"]) }}

),

normalised as (

    select
        {{ function("normalise_id") }}(redemption_id) as redemption_id,
        {{ function("normalise_id") }}(coupon_id) as coupon_id,
        {{ function("normalise_id") }}(campaign_id) as campaign_id,
        {{ function("read_id") }}(member_id, 'member_id', id_exceptions) as member_id,
        {{ function("normalise_id") }}(order_id) as order_id,
        {{ function("parse_timestamp_text") }}(redeemed_at) as redeemed_at,
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
                {{ function("is_unreadable") }}(redeemed_at, raw_row.redeemed_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.redemption_id) then 'lost_digits'
            when
                redemption_id is null
                then 'missing_key'
            when {{ function("is_before_start") }}(redeemed_at) then 'before_start'
            when {{ function("is_in_the_future") }}(redeemed_at, loaded_at) then 'in_the_future'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.member_id = test_accounts.member_id

),

{{ deduplicate("crm", "coupon_redemptions") }}

select * from deduplicated
