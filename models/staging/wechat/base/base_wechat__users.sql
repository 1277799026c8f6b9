with

source as {{ inlined() }} (

    {{ read_source(
        "wechat", "users", key=[normalise_id("app_id"), normalise_id("openid")],
    ) }}

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
        {{ normalise_phone("mobile") }} as phone,
        {{ parse_timestamp_text("subscribed_at") }} as subscribed_at,
        {{ parse_timestamp_text("unsubscribed_at") }} as unsubscribed_at,
        {{ parse_timestamp_text("updated_at") }} as updated_at,
        {{ parse_timestamp_text("loaded_at") }} as loaded_at,
        is_repeated,
        raw_row
    from source

),

judged as {{ inlined() }} (

    select
        *,
        case
            when
                {{ is_unreadable("updated_at") }}
                or {{ is_unreadable("loaded_at") }}
                then 'unreadable_value'
            when app_id is null or openid is null then 'missing_key'
        end as fault
    from normalised

),

{{ settle("judged", key=["app_id", "openid"], newest_by=["updated_at"]) }}

select * from settled
