{%- set weights = setting("rfm_weights") -%}

with

rfm_values as (

    select * from {{ ref("int_tags__rfm_values") }}

),

cut_points as (

    select * from {{ ref("int_tags__rfm_cut_points") }}

),

{% if setting("rfm_scoring") == "rank" -%}
    -- Equal values of recency and spend share their rank. Orders are few and often equal,
    -- so equal customers are told apart by the order of their first natural key.
    ranked as (

        select
            *,
            rank() over (order by recency_days) as recency_rank,
            row_number() over (order by frequency, natural_key_rank) as frequency_rank,
            rank() over (order by monetary) as monetary_rank,
            count(*) over () as customer_count
        from rfm_values

    ),

    scored as (

        select
            *,
            6 - {{ score_by_rank("recency_rank", "customer_count") }} as r_score,
            {{ score_by_rank("frequency_rank", "customer_count") }} as f_score,
            {{ score_by_rank("monetary_rank", "customer_count") }} as m_score
        from ranked

    ),
{%- else -%}
    scored as (

        select
            rfm_values.*,
            6 - {{ score_by_cuts("rfm_values.recency_days", "recency_cuts") }} as r_score,
            {{ score_by_cuts("rfm_values.frequency", "frequency_cuts") }} as f_score,
            {{ score_by_cuts("rfm_values.monetary", "monetary_cuts") }} as m_score
        from rfm_values
        inner join cut_points as recency_cuts on recency_cuts.measure = 'recency_days'
        inner join cut_points as frequency_cuts on frequency_cuts.measure = 'frequency'
        inner join cut_points as monetary_cuts on monetary_cuts.measure = 'monetary'

    ),
{%- endif %}

averages as (

    select
        {% if setting("rfm_average_of") == "scores" -%}
            avg(r_score) as r_average,
            avg(f_score) as f_average,
            avg(m_score) as m_average
        {%- else -%}
            avg(recency_days) as r_average,
            avg(frequency) as f_average,
            avg(monetary) as m_average
        {%- endif %}
    from scored

),

rfm_scores as (

    select
        scored.*,
        scored.r_score * {{ weights[0] }}
        + scored.f_score * {{ weights[1] }}
        + scored.m_score * {{ weights[2] }} as rfm_score,
        -- 1 = at least as good as the average
        {% if setting("rfm_average_of") == "scores" -%}
            case when scored.r_score >= averages.r_average then 1 else 0 end as r_above,
            case when scored.f_score >= averages.f_average then 1 else 0 end as f_above,
            case when scored.m_score >= averages.m_average then 1 else 0 end as m_above
        {%- else -%}
            case when scored.recency_days <= averages.r_average then 1 else 0 end as r_above,
            case when scored.frequency >= averages.f_average then 1 else 0 end as f_above,
            case when scored.monetary >= averages.m_average then 1 else 0 end as m_above
        {%- endif %}
    from scored
    cross join averages

)

select
    cast(one_id as string) as one_id,
    cast(recency_days as integer) as recency_days,
    cast(frequency as bigint) as frequency,
    cast(monetary as decimal(18, 2)) as monetary,
    cast(r_score as integer) as r_score,
    cast(f_score as integer) as f_score,
    cast(m_score as integer) as m_score,
    cast(rfm_score as decimal(9, 2)) as rfm_score,
    cast(r_above as integer) as r_above,
    cast(f_above as integer) as f_above,
    cast(m_above as integer) as m_above,
    cast(as_of_date as date) as as_of_date
from rfm_scores
