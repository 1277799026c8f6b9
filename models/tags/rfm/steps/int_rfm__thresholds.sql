{%- set scoring = setting("rfm_scoring") -%}
{%- set average_of = {
    "recency": "r_score", "frequency": "f_score", "monetary": "m_score"
} if setting("rfm_average_of") == "scores" else {
    "recency": "recency_days", "frequency": "frequency", "monetary": "monetary"
} -%}

with

-- ranks are compared with nothing
cut_points as (

    select * from {{ ref("int_rfm__cut_points") }}
    where scope = 'overall' and '{{ scoring }}' <> 'rank'

),

rfm_scores as (

    select * from {{ ref("int_rfm__scores") }}
    where scope = 'overall'

),

fences as (

    select * from {{ ref("int_rfm__reseller_fences") }}

),

averages as (

    select
        avg({{ average_of.recency }}) as recency_average,
        avg({{ average_of.frequency }}) as frequency_average,
        avg({{ average_of.monetary }}) as monetary_average
    from rfm_scores

),

thresholds as (

    {% for cut in range(1, 5) -%}
        select
            'rfm_' || measure as tag_code,
            'score_{{ cut + 1 }}_from' as threshold_code,
            cut_{{ cut }} as threshold_value,
            '{{ "seed" if scoring == "cuts" else "data" }}' as origin
        from cut_points
        where measure <> 'recency_days'
        union all
        -- the fewer days, the better
        select
            'rfm_' || measure as tag_code,
            'score_{{ 6 - cut }}_below' as threshold_code,
            cut_{{ cut }} as threshold_value,
            '{{ "seed" if scoring == "cuts" else "data" }}' as origin
        from cut_points
        where measure = 'recency_days'
        union all
    {% endfor -%}
    {% for name in average_of -%}
        select
            'rfm_segment' as tag_code,
            'average_{{ average_of[name] }}' as threshold_code,
            {{ name }}_average as threshold_value,
            'data' as origin
        from averages
        union all
    {% endfor -%}
    {% for name in ["frequency", "monetary", "recency"] -%}
        select
            'reseller_suspect' as tag_code,
            '{{ name }}_fence' as threshold_code,
            {{ name }}_fence as threshold_value,
            'data' as origin
        from fences
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    cast(tag_code as string) as tag_code,
    cast(threshold_code as string) as threshold_code,
    cast(round(threshold_value, 4) as string) as threshold_value,
    cast(origin as string) as origin
from thresholds
where threshold_value is not null
