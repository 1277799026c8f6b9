with

source as {{ inlined() }} (

    {{ read_source("web", "accounts") }}

),

phones as (

    {{ with_phone("(select distinct mobile from source)", "mobile") }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("source.user_id") }} as user_id,
        {{ normalise_email("source.email") }} as email,
        phones.phone,
        {{ normalise_name("source.full_name") }} as full_name,
        {{ normalise_gender("source.gender") }} as gender,
        {{ normalise_name("source.province") }} as province,
        {{ normalise_name("source.city") }} as city,
        {{ normalise_id("source.unionid") }} as unionid,
        {{ parse_date("source.birth_date") }} as birthday,
        {{ parse_timestamp_text("source.registered_at") }} as registered_at,
        {{ parse_timestamp_text("source.updated_at") }} as updated_at,
        {{ parse_timestamp_text("source.loaded_at") }} as loaded_at,
        source.is_repeated,
        source.raw_row
    from source
    left join phones on source.mobile = phones.mobile

),

plausible as {{ inlined() }} (

    select
        *,
        {{ plausible_birth_date("birthday") }} as birth_date,
        {{ birth_date_issue("birthday", "raw_row.birth_date") }} as birth_date_issue
    from normalised

),

test_accounts as (

    select distinct
        plausible.user_id,
        true as is_test_account
    from plausible
    inner join {{ ref("test_account_patterns") }} as patterns
        on (patterns.field = 'name' and lower(plausible.full_name) like patterns.pattern)
        or (patterns.field = 'email' and plausible.email like patterns.pattern)

),

judged as {{ inlined() }} (

    select
        plausible.*,
        case
            when
                {{ is_unreadable("updated_at") }}
                or {{ is_unreadable("loaded_at") }}
                then 'unreadable_value'
            when plausible.user_id is null then 'missing_key'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from plausible
    left join test_accounts
        on plausible.user_id = test_accounts.user_id

),

{{ settle("web", "accounts", newest_by=["updated_at"]) }}

select {{ star_except(["birthday"]) }} from settled
