with

source as {{ inlined() }} (

    {{ read_source("crm", "coupon_redemptions") }}

),

test_accounts as (

    {{ test_accounts(ref("base_crm__members"), key=["member_id"]) }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("redemption_id") }} as redemption_id,
        {{ normalise_id("coupon_id") }} as coupon_id,
        {{ normalise_id("campaign_id") }} as campaign_id,
        {{ normalise_id("member_id") }} as member_id,
        {{ normalise_id("order_id") }} as order_id,
        {{ parse_timestamp_text("redeemed_at") }} as redeemed_at,
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
                {{ is_unreadable("redeemed_at") }}
                or {{ is_unreadable("loaded_at") }}
                then 'unreadable_value'
            when redemption_id is null then 'missing_key'
            when {{ is_before_start("redeemed_at") }} then 'before_start'
            when {{ is_in_the_future("redeemed_at") }} then 'in_the_future'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.member_id = test_accounts.member_id

),

{{ settle("crm", "coupon_redemptions") }}

select * from settled
