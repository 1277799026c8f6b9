{#- A new system adds a select: what it knows of the people it has a record of. -#}
with

people as (

    select
        'crm' as source_system,
        'member' as record_type,
        member_id as natural_key,
        full_name,
        given_name,
        family_name,
        company,
        phone,
        email,
        unionid,
        card_no,
        gender,
        province,
        city,
        card_level,
        join_channel,
        age_band,
        income_band,
        household_size,
        kids_count,
        birth_date,
        joined_at as registered_at,
        cast(null as timestamp) as left_at,
        updated_at,
        loaded_at
    from {{ ref("stg_crm__members") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'web' as source_system,
        'account' as record_type,
        user_id as natural_key,
        full_name,
        cast(null as string) as given_name,
        cast(null as string) as family_name,
        cast(null as string) as company,
        phone,
        email,
        unionid,
        cast(null as string) as card_no,
        gender,
        province,
        city,
        cast(null as string) as card_level,
        cast(null as string) as join_channel,
        cast(null as string) as age_band,
        cast(null as string) as income_band,
        cast(null as string) as household_size,
        cast(null as string) as kids_count,
        birth_date,
        registered_at,
        cast(null as timestamp) as left_at,
        updated_at,
        loaded_at
    from {{ ref("stg_web__accounts") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'wechat' as source_system,
        'user' as record_type,
        {{ wechat_user_key("app_id", "openid") }} as natural_key,
        cast(null as string) as full_name,
        cast(null as string) as given_name,
        cast(null as string) as family_name,
        cast(null as string) as company,
        phone,
        cast(null as string) as email,
        unionid,
        cast(null as string) as card_no,
        gender,
        province,
        city,
        cast(null as string) as card_level,
        cast(null as string) as join_channel,
        cast(null as string) as age_band,
        cast(null as string) as income_band,
        cast(null as string) as household_size,
        cast(null as string) as kids_count,
        cast(null as date) as birth_date,
        subscribed_at as registered_at,
        unsubscribed_at as left_at,
        updated_at,
        loaded_at
    from {{ ref("stg_wechat__users") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'community' as source_system,
        'account' as record_type,
        user_id as natural_key,
        cast(null as string) as full_name,
        cast(null as string) as given_name,
        cast(null as string) as family_name,
        cast(null as string) as company,
        phone,
        email,
        unionid,
        cast(null as string) as card_no,
        cast(null as string) as gender,
        cast(null as string) as province,
        cast(null as string) as city,
        cast(null as string) as card_level,
        cast(null as string) as join_channel,
        cast(null as string) as age_band,
        cast(null as string) as income_band,
        cast(null as string) as household_size,
        cast(null as string) as kids_count,
        cast(null as date) as birth_date,
        joined_at as registered_at,
        cast(null as timestamp) as left_at,
        updated_at,
        loaded_at
    from {{ ref("stg_community__members") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(record_type as string) as record_type,
    cast(natural_key as string) as natural_key,
    cast(
        coalesce(full_name, {{ function("full_name") }}(given_name, family_name)) as string
    ) as full_name,
    cast(given_name as string) as given_name,
    cast(family_name as string) as family_name,
    cast(company as string) as company,
    cast(phone as string) as phone,
    cast(email as string) as email,
    cast(unionid as string) as unionid,
    cast(card_no as string) as card_no,
    cast(gender as string) as gender,
    cast(province as string) as province,
    cast(city as string) as city,
    cast(card_level as string) as card_level,
    cast(join_channel as string) as join_channel,
    cast(age_band as string) as age_band,
    cast(income_band as string) as income_band,
    cast(household_size as string) as household_size,
    cast(kids_count as string) as kids_count,
    cast(birth_date as date) as birth_date,
    cast(registered_at as timestamp) as registered_at,
    cast(left_at as timestamp) as left_at,
    cast(updated_at as timestamp) as updated_at,
    cast(loaded_at as timestamp) as loaded_at
from people
