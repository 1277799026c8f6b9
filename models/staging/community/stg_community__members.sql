with

source as {{ inlined() }} (

    {{ read_source("community", "members") }}

),

phones as (

    {{ with_phone("(select distinct mobile from source)", "mobile") }}

),

normalised as (

    select
        {{ function("normalise_id") }}(source.user_id) as user_id,
        {{ function("normalise_name") }}(source.nickname) as nickname,
        phones.phone,
        {{ function("normalise_email") }}(source.email) as email,
        {{ function("read_id") }}(source.unionid, 'unionid', id_exceptions) as unionid,
        {{ function("parse_timestamp_text") }}(source.joined_at) as joined_at,
        {{ function("parse_timestamp_text") }}(source.updated_at) as updated_at,
        {{ function("parse_timestamp_text") }}(source.loaded_at) as loaded_at,
        source.id_exceptions,
        source.is_repeated,
        source.raw_row
    from source
    left join phones on source.mobile = phones.mobile

),

test_accounts as (

    select distinct
        written.user_id,
        true as is_test_account
    from (
        select
            user_id,
            {{ function("as_words") }}(nickname) as name_words,
            {{ function("as_words") }}(email) as email_words
        from normalised
    ) as written
    inner join {{ test_account_words() }} as patterns
        on
            (patterns.field = 'name' and name_words like patterns.words)
            or (patterns.field = 'email' and email_words like patterns.words)

),

validated as {{ inlined() }} (

    select
        normalised.*,
        case
            when
                {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.user_id) then 'lost_digits'
            when
                normalised.user_id is null
                or {{ function("is_placeholder_id") }}(
                    normalised.user_id, 'user_id', id_exceptions
                )
                then 'missing_key'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.user_id = test_accounts.user_id

),

{{ deduplicate("community", "members", newest_by=["updated_at"]) }}

select * from deduplicated
