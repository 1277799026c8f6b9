with

source as {{ inlined() }} (

    {{ read_source("wechat", "users") }}

),

phones as (

    {{ with_phone("(select distinct mobile from source)", "mobile") }}

),

normalised as (

    select
        {{ function("normalise_id") }}(source.app_id) as app_id,
        {{ function("normalise_id") }}(source.openid) as openid,
        {{ function("read_id") }}(source.unionid, 'unionid', id_exceptions) as unionid,
        {{ function("normalise_name") }}(source.nickname) as nickname,
        {{ function("normalise_gender") }}(source.gender) as gender,
        {{ function("normalise_name") }}(source.province) as province,
        {{ function("normalise_name") }}(source.city) as city,
        phones.phone,
        {{ function("parse_timestamp_text") }}(source.subscribed_at) as subscribed_at,
        {{ function("parse_timestamp_text") }}(source.unsubscribed_at) as unsubscribed_at,
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
        written.app_id,
        written.openid,
        true as is_test_account
    from (
        select
            app_id,
            openid,
            {{ function("as_words") }}(nickname) as name_words
        from normalised
    ) as written
    inner join {{ test_account_words() }} as patterns
        on
            (patterns.field = 'name' and name_words like patterns.words)

),

validated as {{ inlined() }} (

    select
        normalised.*,
        case
            when
                {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when
                {{ function("has_lost_digits") }}(raw_row.app_id)
                or {{ function("has_lost_digits") }}(raw_row.openid)
                then 'lost_digits'
            when
                normalised.app_id is null
                or normalised.openid is null
                or {{ function("is_placeholder_id") }}(normalised.openid, 'openid', id_exceptions)
                then 'missing_key'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on
            normalised.app_id = test_accounts.app_id
            and normalised.openid = test_accounts.openid

),

{{ deduplicate("wechat", "users", newest_by=["updated_at"]) }}

select * from deduplicated
