with

source as {{ inlined() }} (

    {{ read_source("web", "accounts", key=[normalise_id("user_id")]) }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("user_id") }} as user_id,
        {{ normalise_email("email") }} as email,
        {{ normalise_phone("mobile") }} as phone,
        {{ normalise_name("full_name") }} as full_name,
        {{ normalise_gender("gender") }} as gender,
        {{ birth_date_issue("birth_date", "loaded_at") }} as birth_date_issue,
        {{ normalise_name("province") }} as province,
        {{ normalise_name("city") }} as city,
        {{ normalise_id("unionid") }} as unionid,
        {{ plausible_birth_date("birth_date", "loaded_at") }} as birth_date,
        {{ parse_timestamp_text("registered_at") }} as registered_at,
        {{ parse_timestamp_text("updated_at") }} as updated_at,
        {{ parse_timestamp_text("loaded_at") }} as loaded_at,
        is_repeated,
        raw_row
    from source

),

test_accounts as (

    select distinct
        normalised.user_id,
        true as is_test_account
    from normalised
    inner join {{ ref("test_account_patterns") }} as patterns
        on (patterns.field = 'name' and lower(normalised.full_name) like patterns.pattern)
        or (patterns.field = 'email' and normalised.email like patterns.pattern)

),

judged as {{ inlined() }} (

    select
        normalised.*,
        case
            when
                {{ is_unreadable("updated_at") }}
                or {{ is_unreadable("loaded_at") }}
                then 'unreadable_value'
            when normalised.user_id is null then 'missing_key'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.user_id = test_accounts.user_id

),

{{ settle("judged", key=["user_id"], newest_by=["updated_at"]) }}

select * from settled
