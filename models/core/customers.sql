{%- set golden_attributes = [
    "gender", "birth_date", "card_level", "company", "phone", "email"
] -%}

with

profiles as (

    select * from {{ ref("int_identity__profiles") }}

),

one_ids as (

    select profile_id, one_id from {{ ref("int_identity__one_ids") }}

),

golden_values as (

    select *
    from {{ ref("int_identity__golden_candidates") }}
    where candidate_rank = 1

),

consents as (

    select * from {{ ref("int_identity__consents") }}

),

chosen as (

    select
        one_id,
        {% for attribute in golden_attributes -%}
            max(case when attribute = '{{ attribute }}' then attribute_value end)
                as {{ attribute }},
            max(case when attribute = '{{ attribute }}' then source_system end)
                as {{ attribute }}_source,
        {% endfor -%}
        max(case when attribute = 'place' then nullif(split_part(attribute_value, '|', 1), '') end)
            as province,
        max(case when attribute = 'place' then nullif(split_part(attribute_value, '|', 2), '') end)
            as city,
        max(case when attribute = 'place' then source_system end) as place_source
    from golden_values
    group by one_id

),

seen as (

    select
        one_ids.one_id,
        {{ string_list("distinct profiles.source_system", ",", "profiles.source_system") }}
            as source_systems,
        count(*) as profile_count,
        max(case when profiles.record_type <> 'cookie' then 1 else 0 end) as identified,
        max(case when profiles.record_type = 'user' then 1 else 0 end) as has_openid,
        min(profiles.first_seen_at) as first_seen_at,
        max(profiles.last_seen_at) as last_seen_at,
        min(profiles.registered_at) as registered_at
    from profiles
    inner join one_ids on profiles.profile_id = one_ids.profile_id
    group by one_ids.one_id

),

golden as (

    select
        seen.*,
        {% for attribute in golden_attributes -%}
            chosen.{{ attribute }},
            chosen.{{ attribute }}_source,
        {% endfor -%}
        chosen.province,
        chosen.city,
        chosen.place_source
    from seen
    left join chosen on seen.one_id = chosen.one_id

),

granted as (

    select
        one_id,
        max(case when channel = 'phone' or channel = 'sms' then 1 else 0 end) as by_phone,
        max(case when channel = 'email' then 1 else 0 end) as by_email,
        max(case when channel = 'wechat' then 1 else 0 end) as by_wechat,
        -- an app pushes without an address of its own
        max(case when channel = 'app_push' then 1 else 0 end) as by_app
    from consents
    where is_granted
    group by one_id

),

customers as (

    select
        golden.*,
        {{ mask_phone("golden.phone") }} as phone_masked,
        {{ mask_email("golden.email") }} as email_masked,
        golden.identified = 1 as is_identified,
        coalesce(
            (granted.by_phone = 1 and golden.phone is not null)
            or (granted.by_email = 1 and golden.email is not null)
            or (granted.by_wechat = 1 and golden.has_openid = 1)
            or granted.by_app = 1,
            false
        ) as is_contactable
    from golden
    left join granted on golden.one_id = granted.one_id

)

select
    cast(one_id as string) as one_id,
    cast(source_systems as string) as source_systems,
    cast(gender as string) as gender,
    cast(gender_source as string) as gender_source,
    cast(province as string) as province,
    cast(case when province is not null then place_source end as string) as province_source,
    cast(city as string) as city,
    cast(case when city is not null then place_source end as string) as city_source,
    cast(card_level as string) as card_level,
    cast(card_level_source as string) as card_level_source,
    cast(company as string) as company,
    cast(company_source as string) as company_source,
    cast(phone_masked as string) as phone_masked,
    cast(phone_source as string) as phone_source,
    cast(email_masked as string) as email_masked,
    cast(email_source as string) as email_source,
    cast(birth_date_source as string) as birth_date_source,
    cast(profile_count as bigint) as profile_count,
    cast(is_identified as boolean) as is_identified,
    cast(is_contactable as boolean) as is_contactable,
    cast(birth_date as date) as birth_date,
    cast(first_seen_at as timestamp) as first_seen_at,
    cast(last_seen_at as timestamp) as last_seen_at,
    cast(registered_at as timestamp) as registered_at
from customers
