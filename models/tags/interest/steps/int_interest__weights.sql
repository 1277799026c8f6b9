{#-
    The seed as one row, or the end of the build where a row of it would be without effect
    or without sense.
-#}
{%- set known = interest_events().values() | join("', '") -%}

with

interest_weights as (

    select * from {{ ref("interest_weights") }}

),

checked as (

    select
        event_type,
        half_life_days,
        case
            when coalesce(event_type, '') not in ('{{ known }}')
                then {{ stop_build(
                    "'seed interest_weights: there is no event type ' || coalesce(event_type, '(empty)')"
                    ~ " || '; known are: " ~ interest_events().values() | join(", ") ~ "'"
                ) }}
            when count(*) over (partition by event_type) > 1
                then {{ stop_build(
                    "'seed interest_weights: ' || event_type || ' stands there twice'"
                ) }}
            when weight is null or weight < 0
                then {{ stop_build(
                    "'seed interest_weights: the weight of ' || event_type || ' must be at least 0'"
                ) }}
            when half_life_days is null or half_life_days <= 0
                then {{ stop_build(
                    "'seed interest_weights: the half-life of ' || event_type || ' must be above 0'"
                ) }}
            else weight
        end as weight
    from interest_weights

)

-- an event type without a row counts nothing
select
{% for event_type in interest_events().values() -%}
        cast(
            coalesce(sum(case when event_type = '{{ event_type }}' then weight end), 0) as double
        ) as {{ event_type }}_weight,
        cast(
            coalesce(max(case when event_type = '{{ event_type }}' then half_life_days end), 1)
            as double
        ) as {{ event_type }}_half_life_days
        {{- "," if not loop.last }}
{% endfor -%}
from checked
