with

source as {{ inlined() }} (

    {{ read_source("crm", "members") }}

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
        {{ function("normalise_id") }}(source.member_id) as member_id,
        {{ function("read_card") }}(source.card_no, 'card_no', id_exceptions) as card_no,
        coalesce(
            {{ function("normalise_name") }}(source.full_name),
            {{ function("full_name") }}(
                {{ function("normalise_name") }}(source.given_name),
                {{ function("normalise_name") }}(source.family_name)
            )
        ) as full_name,
        {{ function("normalise_name") }}(source.given_name) as given_name,
        {{ function("normalise_name") }}(source.family_name) as family_name,
        {{ function("normalise_name") }}(source.company) as company,
        {{ function("normalise_gender") }}(source.gender) as gender,
        phones.phone,
        second_phones.phone as second_phone,
        {{ function("normalise_email") }}(source.email) as email,
        {{ function("normalise_name") }}(source.province) as province,
        {{ function("normalise_name") }}(source.city) as city,
        {{ function("normalise_text") }}(source.address) as address,
        {{ function("normalise_name") }}(source.card_level) as card_level,
        {{ function("normalise_id") }}(source.joined_store_id) as joined_store_id,
        {{ function("normalise_name") }}(source.join_channel) as join_channel,
        {{ function("read_id") }}(source.unionid, 'unionid', id_exceptions) as unionid,
        {{ function("normalise_code") }}(source.status) as status,
        {{ function("normalise_name") }}(source.age_band) as age_band,
        {{ function("normalise_name") }}(source.income_band) as income_band,
        {{ function("normalise_name") }}(source.marital_status) as marital_status,
        {{ function("normalise_name") }}(source.household_size) as household_size,
        {{ function("normalise_name") }}(source.kids_count) as kids_count,
        {{ function("normalise_name") }}(source.home_ownership) as home_ownership,
        {{ function("parse_date") }}(source.birth_date) as birthday,
        {{ function("parse_timestamp_text") }}(source.joined_at) as joined_at,
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
        written.member_id,
        true as is_test_account
    from (
        select
            member_id,
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
            when {{ function("has_lost_digits") }}(raw_row.member_id) then 'lost_digits'
            when
                plausible.member_id is null
                or {{ function("is_placeholder_id") }}(
                    plausible.member_id, 'member_id', id_exceptions
                )
                then 'missing_key'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from plausible
    left join test_accounts
        on plausible.member_id = test_accounts.member_id

),

{{ deduplicate("crm", "members", newest_by=["updated_at"]) }}

select {{ star_except(["birthday"]) }} from deduplicated
