{%- set golden_attributes = [
    "gender", "birth_date", "card_level", "phone", "email"
] -%}

with

profiles as (

    select * from {{ ref("int_identity__profiles") }}

),

one_ids as (

    select profile_id, one_id from {{ ref("int_identity__one_ids") }}

),

source_priority as (

    select * from {{ ref("source_priority") }}

),

guards as (

    select * from {{ ref("int_identity__guards") }}

),

consents as (

    select * from {{ ref("int_identity__consents") }}

),

-- a value that belongs to several people is nobody's golden contact
suspect_phones as (

    select identifier_value from guards
    where identifier_type = 'phone'

),

suspect_emails as (

    select identifier_value from guards
    where identifier_type = 'email'

),

candidates as (

    select
        one_ids.one_id,
        profiles.profile_id,
        profiles.source_system,
        profiles.profile_type,
        profiles.gender,
        profiles.birth_date,
        profiles.province,
        profiles.city,
        profiles.card_level,
        case when suspect_phones.identifier_value is null then profiles.phone end as phone,
        case when suspect_emails.identifier_value is null then profiles.email end as email,
        profiles.registered_at,
        profiles.first_seen_at,
        profiles.last_seen_at,
        -- best source first, then the latest word; the profile id settles the rest
        cast(9 - source_priority.priority as varchar)
        || coalesce(cast(profiles.last_seen_at as varchar), '')
        || profiles.profile_id as survivor_key
    from profiles
    inner join one_ids on profiles.profile_id = one_ids.profile_id
    inner join source_priority on profiles.source_system = source_priority.source_system
    left join suspect_phones on profiles.phone = suspect_phones.identifier_value
    left join suspect_emails on profiles.email = suspect_emails.identifier_value

),

golden as (

    select
        one_id,
        {% for attribute in golden_attributes -%}
            max_by({{ attribute }}, survivor_key)
            filter (where {{ attribute }} is not null) as {{ attribute }},
            max_by(source_system, survivor_key)
            filter (where {{ attribute }} is not null) as {{ attribute }}_source,
        {% endfor -%}
        -- a place is one attribute: never the province of one source and the city of another
        max_by(province, survivor_key)
        filter (where coalesce(city, province) is not null) as province,
        max_by(city, survivor_key)
        filter (where coalesce(city, province) is not null) as city,
        max_by(source_system, survivor_key)
        filter (where coalesce(city, province) is not null) as place_source,
        {{ string_list("distinct source_system", ",", "source_system") }} as source_systems,
        count(*) as profile_count,
        max(case when profile_type <> 'web_cookie' then 1 else 0 end) as identified,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        min(registered_at) as registered_at
    from candidates
    group by one_id

),

granted as (

    select
        one_id,
        max(case when channel = 'phone' or channel = 'sms' then 1 else 0 end) as by_phone,
        max(case when channel = 'email' then 1 else 0 end) as by_email,
        max(case when channel in ('wechat', 'app_push') then 1 else 0 end) as by_app
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
            or granted.by_app = 1,
            false
        ) as is_contactable
    from golden
    left join granted on golden.one_id = granted.one_id

)

select
    cast(one_id as varchar) as one_id,
    cast(source_systems as varchar) as source_systems,
    cast(gender as varchar) as gender,
    cast(gender_source as varchar) as gender_source,
    cast(province as varchar) as province,
    cast(case when province is not null then place_source end as varchar) as province_source,
    cast(city as varchar) as city,
    cast(case when city is not null then place_source end as varchar) as city_source,
    cast(card_level as varchar) as card_level,
    cast(card_level_source as varchar) as card_level_source,
    cast(phone_masked as varchar) as phone_masked,
    cast(phone_source as varchar) as phone_source,
    cast(email_masked as varchar) as email_masked,
    cast(email_source as varchar) as email_source,
    cast(birth_date_source as varchar) as birth_date_source,
    cast(profile_count as bigint) as profile_count,
    cast(is_identified as boolean) as is_identified,
    cast(is_contactable as boolean) as is_contactable,
    cast(birth_date as date) as birth_date,
    cast(first_seen_at as timestamp) as first_seen_at,
    cast(last_seen_at as timestamp) as last_seen_at,
    cast(registered_at as timestamp) as registered_at
from customers
