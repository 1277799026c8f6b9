with

source as {{ inlined() }} (

    {{ read_source("crm", "members", key=[normalise_id("member_id")]) }}

),

phoned as {{ inlined() }} (

    {{ with_phone("source", "mobile") }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("member_id") }} as member_id,
        {{ normalise_card("card_no") }} as card_no,
        {{ normalise_name("full_name") }} as full_name,
        {{ normalise_gender("gender") }} as gender,
        phone,
        {{ normalise_email("email") }} as email,
        {{ normalise_name("province") }} as province,
        {{ normalise_name("city") }} as city,
        {{ normalise_text("address") }} as address,
        {{ normalise_name("card_level") }} as card_level,
        {{ normalise_id("joined_store_id") }} as joined_store_id,
        {{ normalise_name("join_channel") }} as join_channel,
        {{ normalise_id("unionid") }} as unionid,
        {{ normalise_code("status") }} as status,
        {{ normalise_name("age_band") }} as age_band,
        {{ normalise_name("income_band") }} as income_band,
        {{ normalise_name("marital_status") }} as marital_status,
        {{ normalise_name("household_size") }} as household_size,
        {{ normalise_name("kids_count") }} as kids_count,
        {{ normalise_name("home_ownership") }} as home_ownership,
        {{ parse_date("birth_date") }} as birthday,
        {{ parse_timestamp_text("joined_at") }} as joined_at,
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
        plausible.member_id,
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
            when plausible.member_id is null then 'missing_key'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from plausible
    left join test_accounts
        on plausible.member_id = test_accounts.member_id

),

{{ settle("judged", key=["member_id"], newest_by=["updated_at"]) }}

select {{ star_except(["birthday"]) }} from settled
