with

source as {{ inlined() }} (

    {{ read_source("community", "likes") }}

),

test_accounts as (

    {{ test_accounts(ref("stg_community__members"), key=["user_id"]) }}

),

normalised as {{ inlined() }} (

    select
        {{ function("normalise_id") }}(like_id) as like_id,
        {{ function("normalise_id") }}(post_id) as post_id,
        {{ function("read_id") }}(user_id, 'user_id', id_exceptions) as user_id,
        {{ function("parse_timestamp_text") }}(liked_at) as liked_at,
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
                {{ function("is_unreadable") }}(liked_at, raw_row.liked_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.like_id) then 'lost_digits'
            when
                like_id is null
                or liked_at is null
                then 'missing_key'
            when {{ function("is_before_start") }}(liked_at) then 'before_start'
            when {{ function("is_in_the_future") }}(liked_at, loaded_at) then 'in_the_future'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.user_id = test_accounts.user_id

),

{{ deduplicate("community", "likes") }}

select * from deduplicated
