with

source as {{ inlined() }} (

    {{ read_source("web", "accounts") }}

),

phones as (

    {{ with_phone("(select distinct mobile from source)", "mobile") }}

),

normalised as {{ inlined() }} (

    select
        {{ function("normalise_id") }}(source.user_id) as user_id,
        {{ function("normalise_email") }}(source.email) as email,
        phones.phone,
        {{ function("normalise_name") }}(source.full_name) as full_name,
        {{ function("normalise_gender") }}(source.gender) as gender,
        {{ function("normalise_name") }}(source.province) as province,
        {{ function("normalise_name") }}(source.city) as city,
        {{ function("normalise_id") }}(source.unionid) as unionid,
        {{ function("parse_date") }}(source.birth_date) as birthday,
        {{ function("parse_timestamp_text") }}(source.registered_at) as registered_at,
        {{ function("parse_timestamp_text") }}(source.updated_at) as updated_at,
        {{ function("parse_timestamp_text") }}(source.loaded_at) as loaded_at,
        source.is_repeated,
        source.raw_row
    from source
    left join phones on source.mobile = phones.mobile

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
        plausible.user_id,
        true as is_test_account
    from plausible
    inner join {{ ref("test_account_patterns") }} as patterns
        on
            (patterns.field = 'name' and lower(plausible.full_name) like patterns.pattern)
            or (patterns.field = 'email' and plausible.email like patterns.pattern)

),

validated as {{ inlined() }} (

    select
        plausible.*,
        case
            when
                {{ function("is_unreadable") }}(updated_at, raw_row.updated_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when plausible.user_id is null then 'missing_key'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from plausible
    left join test_accounts
        on plausible.user_id = test_accounts.user_id

),

{{ deduplicate("web", "accounts", newest_by=["updated_at"]) }}

select {{ star_except(["birthday"]) }} from deduplicated
