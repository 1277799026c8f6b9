{#-
    What members said of themselves, per customer: of several cards the value of the one
    changed last, each attribute by itself.
-#}
{%- set attributes = ["age_band", "income_band", "household_size", "kids_count"] -%}
with

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

members as (

    select
        {% for attribute in attributes -%}
            members.{{ attribute }},
        {% endfor -%}
        customer_profiles.one_id,
        members.source_system,
        members.natural_key,
        members.updated_at
    from {{ ref("input_people") }} as members
    inner join customer_profiles
        on
            {{ profile_id("members.source_system", "members.record_type", "members.natural_key") }}
            = customer_profiles.profile_id
    where coalesce({{ attributes | join(", ") }}) is not null

),

placed as (

    select
        {% for attribute in attributes -%}
            {{ attribute }},
            row_number() over (
                partition by one_id
                order by
                    case when {{ attribute }} is null then 1 else 0 end asc,
                    updated_at desc nulls last,
                    source_system asc,
                    natural_key asc
            ) as {{ attribute }}_place,
        {% endfor -%}
        one_id
    from members

),

chosen as (

    select
        {% for attribute in attributes -%}
            max(case when {{ attribute }}_place = 1 then {{ attribute }} end) as {{ attribute }},
        {% endfor -%}
        one_id
    from placed
    group by one_id

),

-- '5+' and '45-54' begin with the number that counts
member_attributes as (

    select
        one_id,
        income_band,
        try_cast(nullif({{ regex_extract("age_band", "^[0-9]+") }}, '') as integer) as age_from,
        try_cast(nullif({{ regex_extract("household_size", "^[0-9]+") }}, '') as integer)
            as household_size,
        try_cast(nullif({{ regex_extract("kids_count", "^[0-9]+") }}, '') as integer)
            as kids_count
    from chosen

)

select
    cast(one_id as string) as one_id,
    cast(income_band as string) as income_band,
    cast(age_from as integer) as age_from,
    cast(household_size as integer) as household_size,
    cast(kids_count as integer) as kids_count
from member_attributes
