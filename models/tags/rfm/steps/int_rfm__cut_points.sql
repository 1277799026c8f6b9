{%- set scoring = var("rfm_scoring") -%}
{%- set margin = var("rfm_quantile_margin") -%}

with

rfm_values as (

    select * from {{ ref("int_tags__rfm_values") }}
    where is_compared

),

cuts as (

    select * from {{ ref("rfm_cuts") }}

),

scopes as (

    select
        'overall' as scope,
        'all' as scope_value
    union
    select
        scope,
        scope_value
    from rfm_values

),

-- rounded, because 65.06 does not reach a float a little above 65.06
cut_points as (

    {% for measure in ["recency_days", "frequency", "monetary"] -%}
        select
            scope,
            scope_value,
            '{{ measure }}' as measure,
            round({{ quantile(measure, 0.2) }} + {{ margin }}, 6) as cut_1,
            round({{ quantile(measure, 0.4) }} + {{ margin }}, 6) as cut_2,
            round({{ quantile(measure, 0.6) }} + {{ margin }}, 6) as cut_3,
            round({{ quantile(measure, 0.8) }} + {{ margin }}, 6) as cut_4
        from rfm_values
        where '{{ scoring }}' <> 'cuts'
        group by scope, scope_value
        union all
    {% endfor -%}
    select
        scopes.scope,
        scopes.scope_value,
        cuts.measure,
        cuts.cut_1,
        cuts.cut_2,
        cuts.cut_3,
        cuts.cut_4
    from scopes
    cross join cuts
    where '{{ scoring }}' = 'cuts'

)

select
    cast(scope as string) as scope,
    cast(scope_value as string) as scope_value,
    cast(measure as string) as measure,
    cast(cut_1 as double) as cut_1,
    cast(cut_2 as double) as cut_2,
    cast(cut_3 as double) as cut_3,
    cast(cut_4 as double) as cut_4
from cut_points
