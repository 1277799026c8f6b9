with

interest_weights as (

    select * from {{ ref("interest_weights") }}

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
from interest_weights
