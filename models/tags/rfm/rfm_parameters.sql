{%- set scoring = var("rfm_scoring") -%}
{%- set share = var("reseller_quantile") -%}
{%- set averaged = ["r_score", "f_score", "m_score"] if var("rfm_average_of") == "scores"
    else ["recency_days", "frequency", "monetary"] -%}

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

averages as (

    select
        {% for column in averaged -%}
            avg({{ column }}) as average_{{ column }},
        {% endfor -%}
        count(*) as customers
    from rfm_scores

),

-- Orders cannot be many times those of the best customers, spend can: that separates
-- resellers from frequent customers.
fences as (

    select
        {{ quantile("frequency", share) }} as frequency_fence,
        {{ var("reseller_spend_multiple") }} * {{ quantile("monetary", share) }}
            as monetary_fence,
        {{ quantile("recency_days", var("reseller_recent_share")) }} as recency_fence
    from rfm_scores

),

rfm_parameters as (

    -- of days the fewer are the better
    {% for cut in range(1, 5) -%}
        select
            'rfm_' || measure as tag_code,
            cast(null as string) as scope,
            case
                when measure = 'recency_days' then 'score_{{ 6 - cut }}_below'
                else 'score_{{ cut + 1 }}_from'
            end as parameter_code,
            cut_{{ cut }} as parameter_value,
            cast(round(cut_{{ cut }}, 4) as string) as threshold_value,
            '{{ "seed" if scoring == "cuts" else "data" }}' as origin
        from cut_points
        union all
    {% endfor -%}
    {% for column in averaged -%}
        {{ parameter_rows("averages", "rfm_segment", ["average_" ~ column], 4) }}
        union all
    {% endfor -%}
    {{ parameter_rows(
        "fences",
        "reseller_suspect",
        ["frequency_fence", "monetary_fence", "recency_fence"],
        4,
    ) }}

)

{{ as_parameters("rfm_parameters") }}
