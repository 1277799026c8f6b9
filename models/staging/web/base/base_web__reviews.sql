with

source as {{ inlined() }} (

    {{ read_source("web", "reviews") }}

),

test_accounts as (

    {{ test_accounts(ref("base_web__accounts"), key=["user_id"]) }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("review_id") }} as review_id,
        {{ normalise_id("user_id") }} as user_id,
        {{ normalise_id("order_id") }} as order_id,
        {{ normalise_id("product_id") }} as product_id,
        {{ normalise_text("review_text") }} as review_text,
        {{ parse_integer("rating") }} as rating,
        {{ parse_flag("is_verified") }} as is_verified,
        {{ parse_timestamp_text("reviewed_at") }} as reviewed_at,
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
                {{ is_unreadable("reviewed_at") }}
                or {{ is_unreadable("loaded_at") }}
                then 'unreadable_value'
            when review_id is null then 'missing_key'
            when {{ is_before_start("reviewed_at") }} then 'before_start'
            when {{ is_in_the_future("reviewed_at") }} then 'in_the_future'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.user_id = test_accounts.user_id

),

{{ settle("web", "reviews") }}

select * from settled
