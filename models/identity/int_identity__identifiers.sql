{%- call change_log.changed_keys(["profile_id"]) %}
    {{ change_log.keys_from(ref("int_identity__profiles"), ["profile_id"]) }}
{% endcall -%}
{%- call change_log.changed_keys(["profile_id"]) %}
    {{ change_log.keys_from(ref("int_identity__logins"), [profile_id_web_account("user_id")]) }}
{% endcall -%}
with

profiles as (

    select * from {{ ref("int_identity__profiles") }}
    {{ change_log.only_changed("where", ["profile_id"]) }}

),

logins as (

    select * from {{ ref("int_identity__logins") }}

),

held as (

    select
        profile_id,
        'member_id' as identifier_type,
        natural_key as identifier_value,
        first_seen_at,
        last_seen_at
    from profiles
    where profile_type = 'crm_member'
    union all
    select
        profile_id,
        'card' as identifier_type,
        card_no as identifier_value,
        first_seen_at,
        last_seen_at
    from profiles
    where card_no is not null
    union all
    select
        profile_id,
        'phone' as identifier_type,
        phone as identifier_value,
        first_seen_at,
        last_seen_at
    from profiles
    where phone is not null
    union all
    select
        profile_id,
        'email' as identifier_type,
        email as identifier_value,
        first_seen_at,
        last_seen_at
    from profiles
    where email is not null
    union all
    select
        profile_id,
        'unionid' as identifier_type,
        unionid as identifier_value,
        first_seen_at,
        last_seen_at
    from profiles
    where unionid is not null
    union all
    select
        profile_id,
        'openid' as identifier_type,
        natural_key as identifier_value,
        first_seen_at,
        last_seen_at
    from profiles
    where profile_type = 'wechat_user'
    union all
    select
        profile_id,
        'login' as identifier_type,
        natural_key as identifier_value,
        first_seen_at,
        last_seen_at
    from profiles
    where profile_type = 'web_account'
    union all
    select
        profile_id,
        'cookie' as identifier_type,
        natural_key as identifier_value,
        first_seen_at,
        last_seen_at
    from profiles
    where profile_type = 'web_cookie'

),

-- signing in on a browser is what ties its cookie to the account
signed_in as (

    select
        {{ profile_id_web_account("user_id") }} as profile_id,
        'cookie' as identifier_type,
        anonymous_id as identifier_value,
        first_seen_at,
        last_seen_at
    from logins
    where
        anonymous_id is not null
        and user_id is not null
    {{ change_log.only_changed("and", [profile_id_web_account("user_id")]) }}

),

rules as (

    select identifier_type, normaliser from {{ ref("identifier_types") }}

),

carried as (

    select * from held
    union all
    select * from signed_in

),

normalised as (

    select
        carried.profile_id,
        carried.identifier_type,
        {{ normalised_identifier("carried.identifier_value") }} as identifier_value,
        carried.first_seen_at,
        carried.last_seen_at
    from carried
    inner join rules on carried.identifier_type = rules.identifier_type

),

identifiers as (

    select
        profile_id,
        identifier_type,
        identifier_value,
        {{ keyed_hash("identifier_type || '|' || identifier_value") }} as identifier_hash,
        first_seen_at,
        last_seen_at
    from normalised
    where identifier_value <> ''

)

select * from identifiers
