with

source as {{ inlined() }} (

    {{ read_source("web", "accounts") }}

),

texts as (

    select distinct
        mobile,
        {{ function("phone_listed") }}(mobile, 2) as second_mobile
    from source

),

-- a field may hold two numbers
numbers as (

    select mobile from texts
    union
    select second_mobile as mobile from texts
    where second_mobile is not null

),

phones as (

    {{ with_phone("(select mobile from numbers)", "mobile") }}

),

normalised as (

    select
        {{ function("normalise_id") }}(source.user_id) as user_id,
        {{ function("normalise_email") }}(source.email) as email,
        phones.phone,
        second_phones.phone as second_phone,
        {{ function("normalise_name") }}(source.full_name) as full_name,
        {{ function("normalise_gender") }}(source.gender) as gender,
        {{ function("normalise_name") }}(source.province) as province,
        {{ function("normalise_name") }}(source.city) as city,
        {{ function("read_id") }}(source.unionid, 'unionid', id_exceptions) as unionid,
        {{ function("parse_date") }}(source.birth_date) as birthday,
        {{ function("parse_timestamp_text") }}(source.registered_at) as registered_at,
        {{ function("parse_timestamp_text") }}(source.updated_at) as updated_at,
        {{ function("parse_timestamp_text") }}(source.loaded_at) as loaded_at,
        source.id_exceptions,
        source.is_repeated,
        source.raw_row
    from source
    left join phones on source.mobile = phones.mobile
    left join texts on source.mobile = texts.mobile
    left join phones as second_phones on texts.second_mobile = second_phones.mobile

),

plausible as {{ inlined() }} (

    select
        *,
        {{ function("plausible_birth_date") }}(birthday, loaded_at) as birth_date,
        {{ function("birth_date_issue") }}(birthday, raw_row.birth_date, loaded_at)
            as birth_date_issue
    from normalised

),

test_accounts as (

    select distinct
        written.user_id,
        true as is_test_account
    from (
        select
            user_id,
            {{ function("as_words") }}(full_name) as name_words,
            {{ function("as_words") }}(email) as email_words
        from plausible
    ) as written
    inner join {{ test_account_words() }} as patterns
        on
            (patterns.field = 'name' and name_words like patterns.words)
            or (patterns.field = 'email' and email_words like patterns.words)

),

validated as {{ inlined() }} (

    select
        plausible.*,
        case
            when
                {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.user_id) then 'lost_digits'
            when
                plausible.user_id is null
                or {{ function("is_placeholder_id") }}(
                    plausible.user_id, 'user_id', id_exceptions
                )
                then 'missing_key'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from plausible
    left join test_accounts
        on plausible.user_id = test_accounts.user_id

),

{{ deduplicate("web", "accounts", newest_by=["updated_at"]) }}

select {{ star_except(["birthday"]) }} from deduplicated
