with

source as {{ inlined() }} (

    {{ read_source(
        "wechat", "users", key=[normalise_id("app_id"), normalise_id("openid")],
    ) }}

),

phoned as {{ inlined() }} (

    {{ with_phone("source", "mobile") }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("app_id") }} as app_id,
        {{ normalise_id("openid") }} as openid,
        {{ normalise_id("unionid") }} as unionid,
        {{ normalise_name("nickname") }} as nickname,
        {{ normalise_gender("gender") }} as gender,
        {{ normalise_name("province") }} as province,
        {{ normalise_name("city") }} as city,
        phone,
        {{ parse_timestamp_text("subscribed_at") }} as subscribed_at,
        {{ parse_timestamp_text("unsubscribed_at") }} as unsubscribed_at,
        {{ parse_timestamp_text("updated_at") }} as updated_at,
        {{ parse_timestamp_text("loaded_at") }} as loaded_at,
        is_repeated,
        raw_row
    from phoned

),

test_accounts as (

    select distinct
        normalised.app_id,
        normalised.openid,
        true as is_test_account
    from normalised
    inner join {{ ref("test_account_patterns") }} as patterns
        on (patterns.field = 'name' and lower(normalised.nickname) like patterns.pattern)

),

judged as {{ inlined() }} (

    select
        normalised.*,
        case
            when
                {{ is_unreadable("updated_at") }}
                or {{ is_unreadable("loaded_at") }}
                then 'unreadable_value'
            when normalised.app_id is null or normalised.openid is null then 'missing_key'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.app_id = test_accounts.app_id
            and normalised.openid = test_accounts.openid

),

{{ settle("judged", key=["app_id", "openid"], newest_by=["updated_at"]) }}

select * from settled
