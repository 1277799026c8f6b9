with

rfm_scores as (

    select * from {{ ref("int_rfm__scores") }}
    where scope = 'category'

),

segment_names as (

    select * from {{ ref("rfm_segments") }}

)

select
    cast(rfm_scores.one_id as string) as one_id,
    cast(rfm_scores.scope_value as string) as category,
    cast(
        cast(rfm_scores.r_score as string)
        || cast(rfm_scores.f_score as string)
        || cast(rfm_scores.m_score as string) as string
    ) as rfm_cell,
    cast(rfm_scores.segment_code as string) as segment_code,
    cast(segment_names.name_en as string) as segment_name_en,
    cast(segment_names.name_zh as string) as segment_name_zh,
    cast(rfm_scores.recency_days as integer) as recency_days,
    cast(rfm_scores.frequency as bigint) as frequency,
    cast(rfm_scores.monetary as decimal(18, 2)) as monetary,
    cast(rfm_scores.r_score as integer) as r_score,
    cast(rfm_scores.f_score as integer) as f_score,
    cast(rfm_scores.m_score as integer) as m_score,
    cast(rfm_scores.rfm_score as decimal(9, 2)) as rfm_score,
    cast(rfm_scores.scope_customers as bigint) as category_customers,
    cast(rfm_scores.as_of_date as date) as as_of_date
from rfm_scores
left join segment_names on rfm_scores.segment_code = segment_names.segment_code
