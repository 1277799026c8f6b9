with

source as {{ inlined() }} (

    {{ read_source("community", "posts") }}

),

test_accounts as (

    {{ test_accounts(ref("stg_community__members"), key=["user_id"]) }}

),

normalised as {{ inlined() }} (

    select
        {{ function("normalise_id") }}(post_id) as post_id,
        {{ function("read_id") }}(user_id, 'user_id', id_exceptions) as user_id,
        {{ function("read_id") }}(parent_post_id, 'parent_post_id', id_exceptions)
            as parent_post_id,
        {{ function("normalise_name") }}(topic) as topic,
        {{ function("normalise_id") }}(product_id) as product_id,
        {{ function("clean_text") }}(body) as body,
        {{ function("parse_timestamp_text") }}(posted_at) as posted_at,
        {{ function("parse_timestamp_text") }}(deleted_at) as deleted_at,
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
                {{ function("is_unreadable") }}(posted_at, raw_row.posted_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.post_id) then 'lost_digits'
            when
                post_id is null
                or posted_at is null
                then 'missing_key'
            when {{ function("is_before_start") }}(posted_at) then 'before_start'
            when {{ function("is_in_the_future") }}(posted_at, loaded_at) then 'in_the_future'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.user_id = test_accounts.user_id

),

{{ deduplicate("community", "posts") }}

select * from deduplicated
