{%- set dimensions = [
    "category", "brand", "price_band", "colour", "store", "payment_method", "daypart", "weekpart",
] -%}

with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

preferences as (

    select * from {{ ref("int_preferences__values") }}

),

tag_preferences as (

    select
        {% for dimension in dimensions -%}
            max(case when dimension = '{{ dimension }}' and is_supported then choice end)
                as preferred_{{ dimension }},
            max(case when dimension = '{{ dimension }}' then choice_share end)
                as {{ dimension }}_share,
            {% for measure in ["evidence", "population_share", "confidence"] -%}
                max(case when dimension = '{{ dimension }}' then {{ measure }} end)
                    as {{ dimension }}_{{ measure }},
            {% endfor -%}
        {% endfor -%}
        one_id
    from preferences
    group by one_id

)

select
    cast(tag_preferences.one_id as string) as one_id,
    {% for dimension in dimensions -%}
        cast(tag_preferences.preferred_{{ dimension }} as string) as preferred_{{ dimension }},
    {% endfor -%}
    {% for dimension in dimensions -%}
        cast(tag_preferences.{{ dimension }}_evidence as bigint) as {{ dimension }}_evidence,
        {% for measure in ["share", "population_share", "confidence"] -%}
            {{ rounded("tag_preferences." ~ dimension ~ "_" ~ measure, 7, 4) }}
                as {{ dimension }}_{{ measure }},
        {% endfor -%}
    {% endfor -%}
    cast(as_of.as_of_date as date) as as_of_date
from tag_preferences
cross join as_of
