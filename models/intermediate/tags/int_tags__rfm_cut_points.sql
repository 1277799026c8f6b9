{%- set scoring = setting("rfm_scoring") -%}
{%- set measures = ["recency_days", "frequency", "monetary"] -%}

with

rfm_values as (

    select * from {{ ref("int_tags__rfm_values") }}

),

rfm_cuts as (

    select * from {{ ref("rfm_cuts") }}

),

-- a value up to the margin above a quantile still counts to the lower fifth
quantiles as (

    {% for measure in measures -%}
        select
            {% for fifth in range(1, 5) -%}
                {{ quantile(measure, fifth / 5) }} + {{ setting("rfm_quantile_margin") }}
                    as cut_{{ fifth }},
            {% endfor -%}
            '{{ measure }}' as measure
        from rfm_values
        {{ "union all" if not loop.last }}
    {% endfor %}

),

cut_points as (

    select measure, cut_1, cut_2, cut_3, cut_4
    from quantiles
    where '{{ scoring }}' <> 'cuts'
    union all
    select measure, cut_1, cut_2, cut_3, cut_4
    from rfm_cuts
    where '{{ scoring }}' = 'cuts'

)

select
    cast('{{ scoring }}' as string) as rfm_scoring,
    cast(measure as string) as measure,
    cast(cut_1 as double) as cut_1,
    cast(cut_2 as double) as cut_2,
    cast(cut_3 as double) as cut_3,
    cast(cut_4 as double) as cut_4
from cut_points
