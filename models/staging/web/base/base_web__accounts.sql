with

source as {{ inlined() }} (

    {{ read_source("web", "accounts", key=[normalise_id("user_id")]) }}

),

phoned as {{ inlined() }} (

    {{ with_phone("source", "mobile") }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("user_id") }} as user_id,
        {{ normalise_email("email") }} as email,
        phone,
        {{ normalise_name("full_name") }} as full_name,
        {{ normalise_gender("gender") }} as gender,
        {{ normalise_name("province") }} as province,
        {{ normalise_name("city") }} as city,
        {{ normalise_id("unionid") }} as unionid,
        {{ parse_date("birth_date") }} as birthday,
        {{ parse_timestamp_text("registered_at") }} as registered_at,
        {{ parse_timestamp_text("updated_at") }} as updated_at,
        {{ parse_timestamp_text("loaded_at") }} as loaded_at,
        is_repeated,
        raw_row
    from phoned

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

{{ settle("judged", key=["user_id"], newest_by=["updated_at"]) }}

select {{ star_except(["birthday"]) }} from settled
