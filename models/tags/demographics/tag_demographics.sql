with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

customers as (

    select * from {{ ref("customers") }}

),

member_attributes as (

    select * from {{ ref("int_demographics__member_attributes") }}

),

usual_cities as (

    select * from {{ ref("int_demographics__usual_cities") }}

),

agreement as (

    {{ read_parameters(ref("demographics_parameters"), "city", ["usual_city_agreement"]) }}

),

gender_names as (

    select * from {{ ref("tag_values") }}
    where tag_code = 'gender'

),

age_bands as (

    select
        *,
        lead(age_from) over (order by age_from) as age_below
    from {{ ref("age_bands") }}

),

aged as (

    select
        customers.one_id,
        extract(year from as_of.as_of_date) - extract(year from customers.birth_date)
        - case
            when
                extract(month from as_of.as_of_date) * 100 + extract(day from as_of.as_of_date)
                < extract(month from customers.birth_date) * 100
                + extract(day from customers.birth_date)
                then 1
            else 0
        end as age
    from customers
    cross join as_of
    where customers.birth_date is not null

),

-- where the customer gives no place, the stores may tell, unless they contradict the half of it
-- that is given; a name never does
places as (

    select
        usual_cities.one_id,
        usual_cities.city,
        usual_cities.province
    from usual_cities
    inner join customers
        on usual_cities.one_id = customers.one_id
    where
        (customers.city is null or customers.city = usual_cities.city)
        and (customers.province is null or customers.province = usual_cities.province)

),

attributes as (

    select
        customers.*,
        member_attributes.income_band,
        member_attributes.household_size,
        member_attributes.kids_count,
        coalesce(aged.age, member_attributes.age_from) as age_or_more,
        extract(month from customers.birth_date) as birth_month,
        coalesce(customers.city, places.city) as known_city,
        coalesce(customers.province, places.province) as known_province,
        case
            when customers.city is not null then 'given'
            when places.city is not null then 'inferred'
        end as city_basis,
        case
            when customers.province is not null then 'given'
            when places.province is not null then 'inferred'
        end as province_basis,
        case
            when
                member_attributes.household_size is not null
                or member_attributes.kids_count is not null
                or member_attributes.income_band is not null
                then 'given'
        end as household_basis,
        usual_cities.probability * agreement.usual_city_agreement as inferred_confidence,
        usual_cities.visits as usual_city_visits,
        usual_cities.all_visits as store_visits,
        usual_cities.city as usual_store_city,
        usual_cities.probability as usual_store_city_confidence,
        {{ business_date("customers.registered_at") }} as member_since
    from customers
    cross join agreement
    left join aged
        on customers.one_id = aged.one_id
    left join member_attributes
        on customers.one_id = member_attributes.one_id
    left join usual_cities
        on customers.one_id = usual_cities.one_id
    left join places
        on customers.one_id = places.one_id

)

select
    cast(attributes.one_id as string) as one_id,
    cast(attributes.gender as string) as gender,
    cast(gender_names.name_en as string) as gender_name_en,
    cast(gender_names.name_zh as string) as gender_name_zh,
    cast(attributes.gender_source as string) as gender_source,
    cast(case when attributes.gender is not null then 'given' end as string) as gender_basis,
    cast(age_bands.band_code as string) as age_band,
    cast(age_bands.name_en as string) as age_band_name_en,
    cast(age_bands.name_zh as string) as age_band_name_zh,
    cast(case when attributes.age_or_more is not null then 'given' end as string) as age_basis,
    cast(attributes.known_city as string) as city,
    cast(attributes.city_basis as string) as city_basis,
    cast(attributes.known_province as string) as province,
    cast(attributes.province_basis as string) as province_basis,
    cast(attributes.usual_store_city as string) as usual_store_city,
    cast(attributes.income_band as string) as income_band,
    cast(attributes.household_basis as string) as household_basis,
    cast(attributes.card_level as string) as card_level,
    cast(attributes.card_level_source as string) as card_level_source,
    cast(attributes.source_systems as string) as source_systems,
    cast(attributes.birth_month as integer) as birth_month,
    cast(attributes.household_size as integer) as household_size,
    cast(attributes.kids_count as integer) as kids_count,
    cast(attributes.profile_count as integer) as profile_count,
    cast(attributes.usual_city_visits as bigint) as usual_city_visits,
    cast(attributes.store_visits as bigint) as store_visits,
    {% for attribute, present in {
        "gender": "attributes.gender",
        "age": "attributes.age_or_more",
        "household": "attributes.household_basis",
    }.items() -%}
        cast(case when {{ present }} is not null then 1 end as decimal(5, 4))
            as {{ attribute }}_confidence,
    {% endfor -%}
    {% for attribute in ["city", "province"] -%}
        cast(
            case attributes.{{ attribute }}_basis
                when 'given' then 1
                when 'inferred' then {{ rounded("attributes.inferred_confidence", 5, 4) }}
            end as decimal(5, 4)
        ) as {{ attribute }}_confidence,
    {% endfor -%}
    {{ rounded("attributes.usual_store_city_confidence", 5, 4) }}
        as usual_store_city_confidence,
    cast(attributes.kids_count > 0 as boolean) as has_children,
    cast(attributes.is_identified as boolean) as is_identified,
    cast(attributes.is_contactable as boolean) as is_contactable,
    cast(attributes.member_since as date) as member_since,
    cast(as_of.as_of_date as date) as as_of_date
from attributes
left join gender_names
    on attributes.gender = gender_names.tag_value
left join age_bands
    on
        attributes.age_or_more >= age_bands.age_from
        and (age_bands.age_below is null or attributes.age_or_more < age_bands.age_below)
cross join as_of
