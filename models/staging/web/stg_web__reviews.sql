with

source as {{ inlined() }} (

    {{ read_source("web", "reviews") }}

),

test_accounts as (

    {{ test_accounts(ref("stg_web__accounts"), key=["user_id"]) }}

),

normalised as (

    select
        {{ function("normalise_id") }}(review_id) as review_id,
        {{ function("read_id") }}(user_id, 'user_id', id_exceptions) as user_id,
        {{ function("normalise_id") }}(order_id) as order_id,
        {{ function("normalise_id") }}(product_id) as product_id,
        {{ function("clean_text") }}(review_text) as review_text,
        {{ function("parse_integer") }}(rating) as rating,
        {{ function("parse_flag") }}(is_verified) as is_verified,
        {{ function("parse_timestamp_text") }}(reviewed_at) as reviewed_at,
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
                {{ function("is_unreadable") }}(reviewed_at, raw_row.reviewed_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.review_id) then 'lost_digits'
            when
                review_id is null
                then 'missing_key'
            when {{ function("is_before_start") }}(reviewed_at) then 'before_start'
            when {{ function("is_in_the_future") }}(reviewed_at, loaded_at) then 'in_the_future'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.user_id = test_accounts.user_id

),

{{ deduplicate("web", "reviews") }}

select * from deduplicated
