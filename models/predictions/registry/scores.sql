{#- A line per model. -#}
{%- set rooms = [
    ref("int_churn__scores"),
    ref("int_repeat__scores"),
] -%}
with

scores as (

    {% for room in rooms -%}
        select
            one_id,
            purpose,
            level,
            model_version,
            reason,
            horizon_days,
            score,
            as_of_date
        from {{ room }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    cast(one_id as string) as one_id,
    cast(purpose as string) as purpose,
    cast(level as string) as level,
    cast(model_version as string) as model_version,
    cast(reason as string) as reason,
    cast(horizon_days as integer) as horizon_days,
    cast(score as double) as score,
    cast(as_of_date as date) as as_of_date
from scores
